import type { PlainCodec } from '../compiled.ts';
import { hexText } from '../vectors/report.ts';
import type { Chunk, LineEvent, ModbusMode } from './listener.ts';
import { createListener } from './listener.ts';
import { differencesOf, hidden, nothingMeant } from './meaning.ts';
import type { Difference, Meaning } from './meaning.ts';

/** All that happened on a recorded line, as one version of a profile understands it. */
export const replayed = (
  codec: PlainCodec,
  chunks: readonly Chunk[],
  mode: ModbusMode,
): readonly LineEvent[] => {
  const listener = createListener(codec, mode);
  const events: LineEvent[] = [];
  for (const chunk of chunks) {
    // Between two chunks time passes: what stands still is given up when it was, not later.
    for (let wake = listener.wakeAtMs(); wake !== undefined && wake < chunk.ms;) {
      events.push(...listener.expire(wake));
      const next = listener.wakeAtMs();
      wake = next === undefined || next <= wake ? undefined : next;
    }
    events.push(...listener.push(chunk));
  }
  const end = listener.wakeAtMs();
  return end === undefined ? events : [...events, ...listener.expire(end)];
};

export type Disagreement = {
  readonly ms: number;
  /** Hexadecimal; undefined where it may be secret, or no frame. */
  readonly frame: string | undefined;
  readonly differences: readonly Difference[];
};

export type Replay = {
  readonly events: readonly [number, number];
  readonly disagreements: readonly Disagreement[];
  /** How often each path differs. */
  readonly counts: Readonly<Record<string, number>>;
};

type Pair = readonly [LineEvent | undefined, LineEvent | undefined];

/** Two versions on the same line: only where they do not say the same. */
export const compareReplays = (a: readonly LineEvent[], b: readonly LineEvent[]): Replay => {
  const disagreements = paired(a, b).flatMap(disagreementOf);
  const counts: Record<string, number> = {};
  for (const { path } of disagreements.flatMap(({ differences }) => differences)) {
    counts[path] = (counts[path] ?? 0) + 1;
  }
  return { events: [a.length, b.length], disagreements, counts };
};

/** What both found, whatever it means to them. */
const keyOf = (event: LineEvent): string =>
  event.kind === 'fault' ? `${event.fault} ${event.bytes}` : hexText(event.frame);

/** How far one version may find other frames than the other before they meet again. */
const lookAheadMax = 32;

const paired = (a: readonly LineEvent[], b: readonly LineEvent[]): readonly Pair[] => {
  const [left, right] = [a.map(keyOf), b.map(keyOf)];
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i >= a.length || j >= b.length || left[i] === right[j]) {
      pairs.push([a[i], b[j]]);
      i += 1;
      j += 1;
      continue;
    }
    const inB = right.slice(j, j + lookAheadMax).indexOf(left[i] ?? '');
    const inA = left.slice(i, i + lookAheadMax).indexOf(right[j] ?? '');
    if (inB >= 0 && (inA < 0 || inB <= inA)) {
      pairs.push(...b.slice(j, j + inB).map((event): Pair => [undefined, event]));
      j += inB;
    } else if (inA >= 0) {
      pairs.push(...a.slice(i, i + inA).map((event): Pair => [event, undefined]));
      i += inA;
    } else {
      pairs.push([a[i], undefined], [undefined, b[j]]);
      i += 1;
      j += 1;
    }
  }
  return pairs;
};

const asMeaning = (event: LineEvent | undefined): Meaning => {
  if (event === undefined) return nothingMeant;
  if (event.kind === 'said') return event.meaning;
  if (event.kind === 'fault') return { ...nothingMeant, faults: [event.fault] };
  const { command, args, poll, isShown } = event;
  const name = command ?? (poll === undefined ? 'asked' : `poll ${poll}`);
  return { ...nothingMeant, isShown, events: [{ event: `sent ${name}`, fields: args }] };
};

const disagreementOf = ([a, b]: Pair): readonly Disagreement[] => {
  const [before, after] = [asMeaning(a), asMeaning(b)];
  const isShown = before.isShown && after.isShown;
  const differences = differencesOf(before, after).map((difference) =>
    isShown || !isOfEvent(difference) ? difference : masked(difference),
  );
  const event = a ?? b;
  if (differences.length === 0 || event === undefined) return [];
  const frame = event.kind === 'fault' || !isShown ? undefined : hexText(event.frame);
  return [{ ms: event.ms, frame, differences }];
};

const isOfEvent = ({ path }: Difference): boolean => /^event\..*\./.test(path);

const masked = ({ path, before, after }: Difference): Difference => ({
  path,
  before: before === undefined ? undefined : hidden,
  after: after === undefined ? undefined : `${hidden} (other)`,
});
