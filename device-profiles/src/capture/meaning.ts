import type { Value } from '@gatehouse/protocols';
import type { PushCodec } from '../compile/http-push.ts';
import type { Reading, SerialCodec, Values } from '../compiled.ts';
import { hexText } from '../vectors/report.ts';

/** What a frame said, in a form in which two versions of a profile can be laid side by side. */
export type Meaning = {
  /** The message, or for registers `holding 16 +2`; undefined where nothing could be read. */
  readonly message: string | undefined;
  /** The message as which it answers. */
  readonly replyAs: string | undefined;
  /** By path: `state.contact`. */
  readonly values: Values;
  readonly events: Reading['events'];
  /** `refused_…` or `exception_…`. */
  readonly refused: string | undefined;
  /** Codes, with the path where only one value cannot be read. */
  readonly faults: readonly string[];
  /** What goes back at once, as hexadecimal text. */
  readonly answer: string | undefined;
  /** False where it may hold a pass, card or PIN. */
  readonly isShown: boolean;
};

export const nothingMeant: Meaning = {
  message: undefined,
  replyAs: undefined,
  values: {},
  events: [],
  refused: undefined,
  faults: [],
  answer: undefined,
  isShown: true,
};

/** One whole frame of a serial line. */
export const meaningOf = (codec: SerialCodec, frame: Uint8Array): Meaning => {
  const got = codec.read(frame);
  if (!got.ok) return { ...nothingMeant, faults: [got.fault], isShown: got.isShown };
  return {
    message: got.message,
    replyAs: got.replyAs,
    values: got.reading.values,
    events: got.reading.events,
    refused: got.refuses === undefined ? undefined : `refused_${got.refuses}`,
    faults: [],
    answer: got.answer === undefined ? undefined : hexText(got.answer),
    isShown: got.isShown,
  };
};

/** One request of a head that pushes: its body, or its query. */
export const pushMeaningOf = (codec: PushCodec, text: string): Meaning => {
  const got = codec.read(codec.requestOf(text));
  if (!got.ok) return { ...nothingMeant, faults: [got.fault], isShown: false };
  const { message, reading, isShown } = got;
  const { values, events } = reading;
  return { ...nothingMeant, message, replyAs: message, values, events, isShown };
};

/** Everything that it says, one line each: `telemetry.voltage` → `12.1`. */
export const statementsOf = (meaning: Meaning): ReadonlyMap<string, string> => {
  const said = new Map<string, string>();
  const say = (path: string, value: Value): void => void said.set(path, JSON.stringify(value));
  for (const [path, value] of Object.entries(meaning.values)) say(path, value);
  for (const { event, fields } of meaning.events) {
    said.set(`event.${event}`, 'told');
    for (const [name, value] of Object.entries(fields)) say(`event.${event}.${name}`, value);
  }
  if (meaning.refused !== undefined) said.set('refused', meaning.refused);
  if (meaning.answer !== undefined) said.set('answer', meaning.answer);
  if (meaning.faults.length > 0) said.set('fault', meaning.faults.join(', '));
  return said;
};

/** One statement that two versions do not share. */
export type Difference = {
  readonly path: string;
  /** Undefined: the first version does not say it. */
  readonly before: string | undefined;
  readonly after: string | undefined;
};

export const differencesOf = (a: Meaning, b: Meaning): readonly Difference[] => {
  const [before, after] = [statementsOf(a), statementsOf(b)];
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
    .filter((difference) => difference.before !== difference.after);
};

/** `telemetry.voltage = 12.1, event.card told`; what may be secret only by its name. */
export const meaningText = (meaning: Meaning): string => {
  const texts = [...statementsOf(meaning)].map(([path, text]) => {
    if (path === 'fault') return `✗ ${text}`;
    if (text === 'told') return path;
    return `${path} = ${meaning.isShown || !path.startsWith('event.') ? text : hidden}`;
  });
  const what = meaning.message === undefined ? '' : `${meaning.message}  `;
  return `${what}${texts.join(', ')}`;
};

export const hidden = '•••';
