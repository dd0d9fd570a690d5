import { eventKinds, isEventKind, reasonRow } from '@gatehouse/protocols';
import type { EventView, Language, PersonView, Text } from '@gatehouse/protocols';
import type { Translate } from '../i18n/i18n.ts';
import { conditionRow } from './condition-words.ts';

export type PieceKind =
  | 'text'
  | 'person'
  | 'by'
  | 'side'
  | 'door'
  | 'gateway'
  | 'device'
  | 'reason'
  | 'next'
  | 'action'
  | 'condition'
  | 'subject'
  | 'detail';

export type Piece = { readonly kind: PieceKind; readonly text: string; readonly id?: string };

/** How loud an event is; colour and glyph follow from it. */
export type Tone = 'granted' | 'denied' | 'attention' | 'alarm' | 'quiet';

export type SentenceWords = {
  readonly language: Language;
  readonly t: Translate;
  /** The name of a door, device or gateway by its id; undefined where nobody knows it. */
  readonly nameOf: (id: string) => Text | undefined;
  /** What an event says in the words of its device's profile. */
  readonly detailOf?: (event: EventView) => string;
};

const tones: Readonly<Record<string, Tone>> = {
  'access.granted': 'granted',
  'access.denied': 'denied',
  'access.not_taken': 'quiet',
  'door.forced': 'alarm',
  'door.held': 'attention',
  'door.held_warned': 'attention',
  'reader.tampered': 'alarm',
  'device.lost': 'attention',
  'command.accepted': 'quiet',
  'command.confirmed': 'granted',
  'command.expired': 'attention',
  'command.failed': 'attention',
  'condition.raised': 'attention',
  'clock.stepped': 'attention',
  'sale.declined': 'denied',
};

const textOf = (data: EventView['data'], name: string): string => {
  const value = data[name];
  return typeof value === 'string' ? value : '';
};

const severityTones = { alarm: 'alarm', attention: 'attention', notice: 'quiet' } as const;

export const toneOf = ({ kind, data }: EventView): Tone => {
  const row = kind === 'condition.raised' ? conditionRow(textOf(data, 'code')) : undefined;
  if (row !== undefined) return severityTones[row.severity];
  if (textOf(data, 'reason').startsWith('exit_')) return 'attention';
  return tones[kind] ?? 'quiet';
};

/** Name and, in brackets, what the person is here. */
export const personText = (person: PersonView, { language, t }: SentenceWords): string => {
  const affiliation = t(`affiliation.${person.affiliation}`, { defaultValue: '' });
  return affiliation === ''
    ? person.name[language]
    : t('event.person', { name: person.name[language], affiliation });
};

const noPerson = ({ kind, data }: EventView, { t }: SentenceWords): string => {
  const end = textOf(data, 'uidEnd');
  if (end !== '') return t('event.cardEnding', { end });
  if (kind.startsWith('command.')) return t('event.system');
  return t(kind === 'access.taken' ? 'event.somebody' : 'event.nobody');
};

/** The value of each placeholder of the events table, made only where a sentence asks for it. */
const values: Readonly<
  Record<string, (event: EventView, words: SentenceWords) => Omit<Piece, 'kind'>>
> = {
  person: (event, words) =>
    event.person === null
      ? { text: noPerson(event, words) }
      : { text: personText(event.person, words), id: event.person.id },
  by: ({ data }, { t }) => ({
    text: t(`event.by.${textOf(data, 'by')}`, { defaultValue: t('event.by.pass') }),
  }),
  side: ({ data }, { t }) => {
    const side = textOf(data, 'side');
    return { text: side === '' ? '' : t(`event.side.${side}`, { defaultValue: side }) };
  },
  door: ({ door, device, deviceName, kind, gatewayName }, { language, t, nameOf }) => {
    if (door !== null) return { text: door.name[language], id: door.id };
    // A meter hangs at no door: its gateway is its place, and it is that of a command.
    if (kind.startsWith('device.')) return { text: gatewayName[language] };
    if (device === null) return { text: t('event.noDoor') };
    return { text: (deviceName ?? nameOf(device))?.[language] ?? device };
  },
  gateway: ({ gateway, gatewayName }, { language }) => ({
    text: gatewayName[language],
    id: gateway,
  }),
  device: ({ device, deviceName }, { language, nameOf }) =>
    device === null
      ? { text: '' }
      : { text: (deviceName ?? nameOf(device))?.[language] ?? device, id: device },
  reason: ({ data }, { language }) => {
    const code = textOf(data, 'reason');
    return { text: reasonRow(code)?.text[language] ?? code };
  },
  next: ({ data }, { language }) => ({
    text: reasonRow(textOf(data, 'reason'))?.next[language] ?? '',
  }),
  action: ({ data }, { t }) => {
    const action = textOf(data, 'action');
    return { text: t(`action.${action}`, { defaultValue: action }) };
  },
  condition: ({ data }, { language }) => {
    const code = textOf(data, 'code');
    return { text: conditionRow(code)?.title[language] ?? code };
  },
  subject: ({ data }, { language, nameOf }) => {
    const id = textOf(data, 'subject');
    return { text: nameOf(id)?.[language] ?? id, id };
  },
  detail: ({ data }) => ({ text: textOf(data, 'detail') }),
};

const templateOf = ({ kind, door, person }: EventView, words: SentenceWords): string => {
  const { language, t } = words;
  // An unlock from afar expects nobody in particular.
  if (kind === 'access.not_taken' && person === null) return t('event.unusedAt');
  if (isEventKind(kind)) return eventKinds[kind].sentence[language];
  return t(door === null ? 'event.unknownKind' : 'event.unknownKindAt', { kind });
};

/** A dash before a next step that is empty, and brackets around nothing, say nothing. */
const withoutEmptyEnds = (pieces: readonly Piece[]): readonly Piece[] => {
  const kept = pieces.filter(({ text }) => text !== '');
  const last = kept.at(-1);
  if (last?.kind !== 'text' || !/^[\s—·-]+$/.test(last.text)) return kept;
  return kept.slice(0, -1);
};

const placeholder = /\{([a-zA-Z]+)\}/;

/**
 * The sentence of an event in pieces, so that a screen can link a door and weigh a name. Kinds that
 * this build does not know say so and are shown.
 */
export const sentenceOf = (event: EventView, words: SentenceWords): readonly Piece[] => {
  const parts = templateOf(event, words).split(placeholder);
  const pieces = parts.map((part, i): Piece => {
    if (i % 2 === 0) return { kind: 'text', text: part };
    const value = Object.hasOwn(values, part) ? values[part]?.(event, words) : undefined;
    // Only names of the table above come this far; any other stays empty.
    return value === undefined ? { kind: 'text', text: '' } : { kind: part as PieceKind, ...value };
  });
  return withoutEmptyEnds(pieces);
};

/** The same sentence as plain text: for tests, titles and screen readers. */
export const plainSentence = (event: EventView, words: SentenceWords): string =>
  sentenceOf(event, words)
    .map(({ text }) => text)
    .join('')
    .replace(/ {2,}/g, ' ')
    .trim();
