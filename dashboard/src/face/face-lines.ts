import { maskNumber } from '@gatehouse/protocols';
import type { FaceField, FaceView, MeView } from '@gatehouse/protocols';
import type { TimeWords } from '../event/time.ts';
import type { Words } from '../i18n/i18n.ts';

/** What a card says of its holder. */
export type FaceFacts = Pick<MeView, 'person'> & {
  readonly card: Pick<MeView['card'], 'number' | 'validTo'>;
};

export type FaceLine = { readonly kind: 'name' | 'name_en' | 'line'; readonly text: string };

/** As cards look where the server says nothing of a face. */
export const plainFields: readonly FaceField[] = ['name', 'unit', 'kind'];

type Speaking = Pick<Words, 't' | 'pick'> & { readonly times: Pick<TimeWords, 'lastDate'> };

type FieldText = (facts: FaceFacts, words: Speaking, number: FaceView['number']) => string;

const texts: Readonly<Record<Exclude<FaceField, 'photo'>, FieldText>> = {
  name: ({ person }, { pick }) => pick(person.name),
  name_en: ({ person }) => person.name.en,
  number: ({ card }, { t }, form) =>
    t('face.number', { number: form === 'whole' ? card.number : maskNumber(card.number) }),
  kind: ({ person }, { t }) => t(`affiliation.${person.affiliation}`),
  unit: ({ person }, { pick }) => pick(person.unit),
  valid_to: ({ card }, { t, times }) =>
    t('face.validTo', { date: times.lastDate(Date.parse(card.validTo)) }),
};

/** Names stand alone, the rest beside each other; nothing stands there twice. */
export const faceLines = (
  fields: readonly FaceField[],
  facts: FaceFacts,
  words: Speaking & { readonly number: FaceView['number'] },
): readonly FaceLine[] => {
  const lines: FaceLine[] = [];
  const said = new Set<string>();
  for (const field of fields) {
    if (field === 'photo') continue;
    const text = texts[field](facts, words, words.number);
    if (text === '' || said.has(text)) continue;
    said.add(text);
    const kind = field === 'name' || field === 'name_en' ? field : 'line';
    const last = lines.at(-1);
    if (kind === 'line' && last?.kind === 'line') {
      lines[lines.length - 1] = { kind, text: `${last.text} · ${text}` };
    } else {
      lines.push({ kind, text });
    }
  }
  return lines;
};
