import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';

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

export type Point =
  'outputEntry' | 'outputExit' | 'passageEntry' | 'passageExit' | 'contact' | 'fire' | 'tamper';
export type Sample = Readonly<Partial<Record<Point, boolean>>>;

/** The one read that covers every input of a door. */
export type InputMap = {
  readonly from: number;
  readonly count: number;
  readonly offsets: readonly (readonly [Point, number])[];
};

/** Most inputs of one read: "MODBUS Application Protocol" V1.1b3 §6.2. */
const inputsPerReadMax = 2000;

/** @throws GatewayError GW_CONFIG where one read cannot cover the inputs of the profile */
export const inputMap = (profile: ModbusDoorProfile): InputMap => {
  const { outputs, inputs } = profile;
  const addresses: readonly (readonly [Point, number | undefined])[] = [
    ['outputEntry', outputs.entry.state.address],
    ['outputExit', outputs.exit?.state.address],
    ['passageEntry', inputs.passageEntry],
    ['passageExit', inputs.passageExit],
    ['contact', inputs.contact],
    ['fire', inputs.fire],
    ['tamper', inputs.tamper],
  ];
  const used = addresses.flatMap(([point, at]) => (at === undefined ? [] : [{ point, at }]));
  const from = Math.min(...used.map(({ at }) => at));
  const count = Math.max(...used.map(({ at }) => at)) - from + 1;
  if (count > inputsPerReadMax) {
    const detail = `profile ${profile.id}: its inputs lie ${count} apart, ${inputsPerReadMax} fit`;
    throw new GatewayError('GW_CONFIG', detail);
  }
  return { from, count, offsets: used.map(({ point, at }) => [point, at - from] as const) };
};

export const toSample = (map: InputMap, bits: readonly boolean[]): Sample =>
  Object.fromEntries(map.offsets.map(([point, offset]) => [point, bits[offset] === true]));

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

/** After a silence nothing is known but the alarms, whose change meanwhile must be told. */
export const forgetInputs = (state: InputState): InputState => ({
  ...state,
  last: alarmsOf(state.last),
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
    const active = sample[kind] === true;
    if (active !== (last[kind] === true)) signals.push({ kind, active });
  }
  const on = anyOutput(sample);
  if (on !== anyOutput(last)) signals.push({ kind: 'output', state: on === true ? 'on' : 'off' });
  if (sample.contact !== undefined && sample.contact !== last.contact) {
    signals.push({ kind: 'contact', state: sample.contact ? 'open' : 'closed' });
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
  return { state: { last: sample, onSinceMs }, signals, stuck };
};

/** Whether any output is on; undefined = unknown. */
const anyOutput = (sample: Sample): boolean | undefined =>
  sample.outputEntry === undefined ? undefined : sample.outputEntry || sample.outputExit === true;
