import { createFrameDecoder, frameGeometry } from '@gatehouse/protocols';
import type { Framing } from '@gatehouse/protocols';
import { heard } from '../frames.ts';
import { hexText } from '../vectors/report.ts';
import { knownParts } from './answers.ts';
import type { Answers, Sample } from './answers.ts';
import { emptyDraft, readerWords, sentCommand, titled } from './draft.ts';
import type { Draft } from './draft.ts';
import { guessFraming } from './guess-framing.ts';

const charsMaxMax = 2048;
const lineBytesMax = 512;

const lineOf = ({ baud, parity }: Answers): object => ({
  baud,
  ...(parity === undefined || parity === 'none' ? {} : { parity }),
});

const bytesFrom = (samples: readonly Sample[], side: Sample['from']): readonly Uint8Array[] =>
  samples.filter(({ from }) => from === side).map(({ bytes }) => bytes);

/** Frames: how they lie is guessed from the examples; what is inside stays raw for now. */
export const framesDraft = (answers: Answers, samples: readonly Sample[]): Draft | string => {
  const known = knownParts(answers);
  if (typeof known === 'string') return known;
  const draft = emptyDraft();
  const received = guessFraming(bytesFrom(samples, 'device'), known);
  const sent = bytesFrom(samples, 'gateway');
  const first = received ?? guessFraming(sent, known);
  if (first === undefined) return 'frames need at least one example to begin with';
  const { framing } = first;
  draft.notes.push(...notesOf('', first));
  const others = sent.filter((bytes) => !isWhole(framing, bytes));
  const second =
    received === undefined || others.length === 0 ? undefined : guessFraming(sent, known);
  if (second !== undefined) draft.notes.push(...notesOf('to the device: ', second));
  Object.assign(draft.binding, {
    transport: 'serial',
    line: lineOf(answers),
    framing,
    ...(second === undefined ? {} : { sends: second.framing }),
  });
  const messages = addMessages(draft, answers, framing, bytesFrom(samples, 'device'));
  addCommands(draft, samples, { framing, sends: second?.framing ?? framing, messages });
  return draft;
};

const notesOf = (
  prefix: string,
  { reasons, agrees, of }: NonNullable<ReturnType<typeof guessFraming>>,
): readonly string[] => [
  ...reasons.map((reason) => prefix + reason),
  `${prefix}${agrees} of ${of} different frames come out whole`,
];

const isWhole = (framing: Framing, bytes: Uint8Array): boolean =>
  frameIn(framing, bytes)?.length === bytes.length;

const frameIn = (framing: Framing, bytes: Uint8Array): Uint8Array | undefined => {
  const [only, ...more] = heard(createFrameDecoder(framing), bytes);
  return only?.kind === 'frame' && more.length === 0 ? only.bytes : undefined;
};

/** The bytes that fields own. */
const contentOf = (framing: Framing, bytes: Uint8Array): Uint8Array | undefined => {
  const frame = frameIn(framing, bytes);
  if (frame === undefined) return undefined;
  const { head, tail } = frameGeometry(framing);
  return frame.subarray(head, frame.length - tail);
};

const twoDigits = (byte: number): string => byte.toString(16).padStart(2, '0').toUpperCase();

/** By the first byte of the content: most devices tell their messages apart by it. */
const addMessages = (
  { model, binding, initial }: Draft,
  { family }: Answers,
  framing: Framing,
  frames: readonly Uint8Array[],
): ReadonlyMap<number, string> => {
  const kinds = new Map<number, number>();
  for (const bytes of frames) {
    const content = contentOf(framing, bytes);
    const kind = content?.[0];
    if (content === undefined || kind === undefined) continue;
    kinds.set(kind, Math.max(kinds.get(kind) ?? 0, content.length - 1));
  }
  const word = readerWords[family];
  const messages: Record<string, object> = {};
  const names = new Map<number, string>();
  for (const [kind, restBytes] of kinds) {
    const name = `m${twoDigits(kind)}`;
    names.set(kind, name);
    const type = { type: 'u8', const: kind };
    const charsMax = Math.min(charsMaxMax, Math.max(2, 4 * restBytes));
    if (restBytes === 0) {
      messages[name] = { fields: [type] };
    } else if (word === undefined) {
      const state = `raw${twoDigits(kind)}`;
      model.state[state] = {
        type: 'text',
        charsMax,
        class: 'audit',
        title: titled(`Raw ${twoDigits(kind)}`),
      };
      initial[`state.${state}`] = '';
      messages[name] = { fields: [type, { type: 'hex', length: 'rest', value: `state.${state}` }] };
    } else {
      const event = `read${twoDigits(kind)}`;
      model.events[event] = {
        norm: word.norm,
        class: 'audit',
        secret: true,
        fields: { [word.field]: { type: 'text', charsMax } },
      };
      const value = `event.${word.field}`;
      messages[name] = { emit: event, fields: [type, { type: 'hex', length: 'rest', value }] };
    }
  }
  if (Object.keys(messages).length > 0) binding['messages'] = messages;
  return names;
};

type Known = {
  readonly framing: Framing;
  readonly sends: Framing;
  readonly messages: ReadonlyMap<number, string>;
};

const commandsMax = 32;

/** What the gateway sends, as commands: one of them may open a door, so none is a poll. */
const addCommands = (
  { binding, model, notes }: Draft,
  samples: readonly Sample[],
  { framing, sends, messages }: Known,
): void => {
  const commands: Record<string, readonly object[]> = {};
  const known = new Set<string>();
  for (const [index, { from, bytes }] of samples.entries()) {
    const content = from === 'gateway' ? contentOf(sends, bytes) : undefined;
    const first = content?.[0];
    if (content === undefined || first === undefined || known.has(hexText(content))) continue;
    if (known.size >= commandsMax) break;
    known.add(hexText(content));
    const next = samples[index + 1];
    const kind = next?.from === 'device' ? contentOf(framing, next.bytes)?.[0] : undefined;
    const reply = kind === undefined ? undefined : messages.get(kind);
    const name = freeName(`send${twoDigits(first)}`, commands);
    const fields = [{ type: 'hex', const: hexText(content) }];
    commands[name] = [{ ...(reply === undefined ? {} : { reply }), fields }];
    model.commands[name] = sentCommand(
      `Send ${hexText(content).slice(0, 60)}`,
      reply !== undefined,
    );
  }
  if (known.size === 0) return;
  binding['commands'] = commands;
  notes.push(asPollsHint);
};

const asPollsHint = 'what is sent is a command for now: move to polls what only asks';

const freeName = (name: string, taken: object): string => {
  let free = name;
  for (let i = 2; Object.hasOwn(taken, free); i += 1) free = `${name}x${i}`;
  return free;
};

const printable = /^[\x20-\x7e]*$/;

/** Lines of text: each is one event. */
export const linesDraft = (answers: Answers, samples: readonly Sample[]): Draft => {
  const draft = emptyDraft();
  const { model, binding, notes } = draft;
  const word = readerWords[answers.family];
  const event = word === undefined ? 'line' : 'read';
  const field = word?.field ?? 'text';
  model.events[event] = {
    ...(word === undefined
      ? { title: titled('A line'), class: 'telemetry' }
      : { norm: word.norm, class: 'audit', secret: true }),
    fields: {
      [field]: {
        type: 'text',
        charsMax: lineBytesMax,
        ...(word === undefined ? { title: titled('Text') } : {}),
      },
    },
  };
  const texts = samples.map(({ bytes }) => new TextDecoder().decode(bytes));
  const ends = texts.map((text) => /[\r\n]+$/.exec(text)?.[0]).filter((end) => end !== undefined);
  const sends = ends.every((end) => end === '\r\n') && ends.length > 0 ? 'crlf' : 'cr';
  if (ends.length === 0) {
    notes.push('no example ends in \\r or \\n: CR is taken, "TEXT\\r\\n" shows it');
  }
  const strange = texts.filter((text) => !printable.test(text.replace(/[\r\n]+$/, '')));
  if (strange.length > 0) notes.push(`${strange.length} examples are no lines of text: try frames`);
  Object.assign(binding, {
    transport: 'serial',
    line: lineOf(answers),
    framing: { kind: 'lines', lineBytesMax, halfLineMaxMs: 500, sends },
    messages: { [event]: { text: `{event.${field}}`, emit: event } },
  });
  const sent = [...new Set(asked(samples))].slice(0, commandsMax);
  const commands = sent.map((text, i) => {
    const content = text.replaceAll('{', '{{').replaceAll('}', '}}');
    model.commands[`send${i + 1}`] = sentCommand(`Send ${text.slice(0, 60)}`, true);
    return [`send${i + 1}`, [{ reply: event, text: content }]] as const;
  });
  if (commands.length > 0) {
    binding['commands'] = Object.fromEntries(commands);
    notes.push(asPollsHint);
  }
  return draft;
};

const asked = (samples: readonly Sample[]): readonly string[] =>
  samples
    .filter(({ from }) => from === 'gateway')
    .map(({ bytes }) => new TextDecoder().decode(bytes).replace(/[\r\n]+$/, ''))
    .filter((text) => text !== '' && printable.test(text));
