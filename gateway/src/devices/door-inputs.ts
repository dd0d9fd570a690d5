import type { Side } from '@gatehouse/protocols';

/** What a door controller reports, in the order in which it is true. */
export type DoorSignal =
  | { readonly kind: 'device'; readonly state: 'silent' | 'back' }
  | { readonly kind: 'contact'; readonly state: 'open' | 'closed' | 'unknown' }
  | { readonly kind: 'output'; readonly state: 'on' | 'off' | 'unknown' }
  | { readonly kind: 'passage'; readonly side: Side }
  | { readonly kind: 'fire'; readonly active: boolean }
  | { readonly kind: 'tamper'; readonly active: boolean }
  /** Outputs that were found on without a pulse of ours, and are off now; before `back`. */
  | { readonly kind: 'relocked'; readonly outputs: readonly Side[] };

/** What of a door matters here; absent = unknown. A contact is true while open. */
export type Sample = {
  readonly output?: boolean;
  readonly contact?: boolean;
  readonly passageEntry?: boolean;
  readonly passageExit?: boolean;
  readonly fire?: boolean;
  readonly tamper?: boolean;
};

type PassagePoint = 'passageEntry' | 'passageExit';
const passages: readonly { readonly point: PassagePoint; readonly side: Side }[] = [
  { point: 'passageEntry', side: 'entry' },
  { point: 'passageExit', side: 'exit' },
];

export type InputState = {
  /** Absent = unknown. */
  readonly last: Sample;
  /** Since when a passage input has been on, monotonic. */
  readonly onSinceMs: Readonly<Partial<Record<PassagePoint, number>>>;
};
export const noInputs: InputState = { last: {}, onSinceMs: {} };

/** Fire and tamper alone, which matter whatever else is known. */
export const alarmsOf = ({ fire, tamper }: Sample): Sample => ({
  ...(fire === undefined ? {} : { fire }),
  ...(tamper === undefined ? {} : { tamper }),
});

/**
 * What a sample says that the last one did not. A passage input that is on in the first sample is
 * no passage: when it went on is unknown.
 */
export const stepInputs = (
  state: InputState,
  sample: Sample,
  nowMs: number,
  stuckAfterMs: number,
): {
  readonly state: InputState;
  readonly signals: readonly DoorSignal[];
  readonly stuck: readonly PassagePoint[];
} => {
  const { last } = state;
  const signals: DoorSignal[] = [];
  for (const kind of ['fire', 'tamper'] as const) {
    const active = sample[kind];
    if (active === undefined || active === (last[kind] === true)) continue;
    signals.push({ kind, active });
  }
  if (sample.output !== last.output) {
    signals.push({ kind: 'output', state: words(sample.output, 'on', 'off') });
  }
  if (sample.contact !== last.contact) {
    signals.push({ kind: 'contact', state: words(sample.contact, 'open', 'closed') });
  }
  for (const { point, side } of passages) {
    if (sample[point] === true && last[point] === false) signals.push({ kind: 'passage', side });
  }
  // The keys are the points of `passages`.
  const onSinceMs = Object.fromEntries(
    passages.flatMap(({ point }) =>
      sample[point] === true ? [[point, state.onSinceMs[point] ?? nowMs]] : [],
    ),
  ) as InputState['onSinceMs'];
  const stuck = passages
    .map(({ point }) => point)
    .filter((point) => nowMs - (onSinceMs[point] ?? nowMs) > stuckAfterMs);
  // What is not known of an alarm does not end it.
  return { state: { last: { ...alarmsOf(last), ...sample }, onSinceMs }, signals, stuck };
};

const words = <T>(on: boolean | undefined, yes: T, no: T): T | 'unknown' => {
  if (on === undefined) return 'unknown';
  return on ? yes : no;
};
