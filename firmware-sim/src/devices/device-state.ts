import { entryAt, own, valueFault } from '@gatehouse/device-profiles';
import type { Args, DeviceProfile, Effect, Values } from '@gatehouse/device-profiles';
import type { Scalar, Value } from '@gatehouse/protocols';
import { plainArgs } from './command-steps.ts';
import type { DeviceEvent, DeviceInput, DeviceResult, Machine, MachineStep } from './machine.ts';
import { drawn } from './random.ts';

/**
 * Any device as its profile's `simulate` tells it: values that begin somewhere, drift, and change
 * some time after a command or an action, and events that it emits.
 */
export type DeviceState = {
  readonly values: Values;
  /** In the order in which they fall due. */
  readonly pending: readonly Pending[];
  /** When each value that drifts next moves. */
  readonly driftAtMs: Readonly<Record<string, number>>;
  /** State of the random numbers. */
  readonly chance: number;
};

type ItemSet = { readonly list: string; readonly index: number; readonly to: Scalar };
/** A field: a value, or the path whose value it has when the event happens. */
type FieldSource = { readonly value: Value } | { readonly path: string };
type Emit = {
  readonly event: string;
  readonly fields: Readonly<Record<string, FieldSource>>;
};
type Pending = {
  readonly atMs: number;
  readonly set: Values;
  readonly item: ItemSet | undefined;
  readonly emit: Emit | undefined;
};

export type DeviceStep = MachineStep<DeviceState>;
type Profile = Pick<DeviceProfile, 'model' | 'simulate'>;

const pendingMax = 256;
/** Of one value at a time; who looks after a year finds it moved, and not after a year's work. */
const driftStepsMax = 1_000;
/** Sums of decimal steps leave dust behind the sixth place. */
const precision = 1e6;

export const startDevice = ({ simulate }: Profile, seed: number, nowMs: number): DeviceState => ({
  values: simulate.initial,
  pending: [],
  driftAtMs: Object.fromEntries(
    Object.entries(simulate.drift ?? {}).map(([path, { everyMs }]) => [path, nowMs + everyMs]),
  ),
  chance: seed,
});

/** The pure machine of any profile. */
export const deviceMachine = (profile: Profile, seed: number): Machine<DeviceState> => ({
  start: (nowMs) => startDevice(profile, seed, nowMs),
  step: (state, input, nowMs) => stepDevice(profile, state, input, nowMs),
  values: ({ values }) => values,
  writable: [],
  door: undefined,
});

/** What fell due comes first, then the input. */
export const stepDevice = (
  profile: Profile,
  state: DeviceState,
  input: DeviceInput,
  nowMs: number,
): DeviceStep => {
  const caught = catchUp(profile, state, nowMs);
  const { effects, args, values, result } = meaningOf(profile, input);
  const begun = effects.map((effect) => pendingOf(effect, args, nowMs));
  const cut = input.kind === 'cut_power';
  const kept = cut ? [] : withoutTargets(caught.state.pending, [...begun, ...values]);
  const pending = [...kept, ...values, ...begun]
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(0, pendingMax);
  const done = runDue({ ...caught.state, pending }, nowMs);
  return {
    state: done.state,
    events: [...caught.events, ...done.events],
    wakeAtMs: done.state.pending[0]?.atMs,
    result,
  };
};

type Meaning = {
  readonly effects: readonly Effect[];
  readonly args: Args;
  /** Set at once. */
  readonly values: readonly Pending[];
  readonly result: DeviceResult;
};

const nothing: Meaning = { effects: [], args: {}, values: [], result: 'done' };
const atOnce = (set: Values): readonly Pending[] => [
  { atMs: -Infinity, set, item: undefined, emit: undefined },
];

const meaningOf = (profile: Profile, input: DeviceInput): Meaning => {
  const { model, simulate } = profile;
  switch (input.kind) {
    case 'command': {
      const result = commandResult(profile, input.command, input.args);
      if (result !== 'done' || !input.isLast) return { ...nothing, result };
      const args = { ...plainArgs(model, input.command), ...input.args };
      return { ...nothing, effects: own(simulate.react, input.command) ?? [], args };
    }
    case 'act': {
      const action = own(simulate.actions, input.action);
      if (action === undefined) return { ...nothing, result: 'absent' };
      return { ...nothing, effects: action.effects };
    }
    case 'set': {
      const result = valuesResult(profile, input.values);
      return result === 'done'
        ? { ...nothing, values: atOnce(input.values) }
        : { ...nothing, result };
    }
    case 'cut_power': {
      const fallen = Object.entries(model.safety?.failState ?? {});
      const values = Object.fromEntries(fallen.map(([name, value]) => [`state.${name}`, value]));
      return { ...nothing, values: atOnce(values) };
    }
    case 'time':
      return nothing;
    case 'walk':
    case 'force':
    case 'hold':
    case 'stick':
      return { ...nothing, result: 'absent' };
  }
};

/** What the device thinks of a command: `absent`, `refused` where an argument does not fit. */
export const commandResult = (
  { model }: Profile,
  command: string,
  args: Args,
): 'done' | 'absent' | 'refused' => {
  const entry = own(model.commands, command);
  if (entry === undefined) return 'absent';
  const fits = Object.entries(args).every(([name, value]) => {
    const arg = own(entry.args, name);
    return arg !== undefined && valueFault(arg, value) === undefined;
  });
  return fits ? 'done' : 'refused';
};

const valuesResult = ({ model }: Profile, values: Values): 'done' | 'absent' | 'refused' => {
  const entries = Object.entries(values).map(([path, value]) => ({
    entry: /^(?:state|telemetry)\./.test(path) ? entryAt(model, path, {}) : undefined,
    value,
  }));
  if (entries.some(({ entry }) => entry === undefined)) return 'absent';
  const fits = entries.every(
    ({ entry, value }) => entry !== undefined && valueFault(entry, value) === undefined,
  );
  return fits ? 'done' : 'refused';
};

const pendingOf = (effect: Effect, args: Args, nowMs: number): Pending => {
  const { afterMs = 0, set = {}, setItem, emit, with: fields = {} } = effect;
  const delayMs = Number(resolved(afterMs, args));
  return {
    atMs: nowMs + (Number.isFinite(delayMs) ? Math.max(0, delayMs) : 0),
    set: resolvedAll(set, args),
    item: setItem === undefined ? undefined : itemOf(setItem, args),
    emit: emit === undefined ? undefined : { event: emit, fields: sourcesOf(fields, args) },
  };
};

const itemOf = (
  { list, item, from = 0, to }: NonNullable<Effect['setItem']>,
  args: Args,
): ItemSet => {
  const value = resolved(to, args);
  return {
    list,
    index: Number(resolved(item, args)) - from,
    to: isList(value) ? null : value,
  };
};

const isList = (value: Value): value is readonly Scalar[] => Array.isArray(value);

/** A text `args.x` stands for the argument. */
const resolved = (value: Value, args: Args): Value =>
  typeof value === 'string' && value.startsWith('args.')
    ? (own(args, value.slice('args.'.length)) ?? null)
    : value;

const resolvedAll = (values: Args, args: Args): Args =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, resolved(value, args)]));

const sourcesOf = (fields: Args, args: Args): Emit['fields'] =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' && /^(?:state|telemetry)\./.test(value)
        ? { path: value }
        : { value: resolved(value, args) },
    ]),
  );

/** A value, or one item of a list: what an effect changes. */
const targetsOf = ({ set, item }: Pending): readonly string[] => [
  ...Object.keys(set),
  ...(item === undefined ? [] : [`${item.list}[${item.index}]`]),
];

/**
 * Who changes something owns it from then on: what others were still about to do to it falls away.
 * So a release that is renewed ends once, after the renewal.
 */
const withoutTargets = (
  pending: readonly Pending[],
  newest: readonly Pending[],
): readonly Pending[] => {
  const taken = new Set(newest.flatMap(targetsOf));
  return pending.filter((each) => !targetsOf(each).some((target) => taken.has(target)));
};

type Ran = { readonly state: DeviceState; readonly events: readonly DeviceEvent[] };

const catchUp = (profile: Profile, state: DeviceState, nowMs: number): Ran =>
  runDue(drift(profile, state, nowMs), nowMs);

const runDue = (state: DeviceState, nowMs: number): Ran => {
  const due = state.pending.filter(({ atMs }) => atMs <= nowMs);
  if (due.length === 0) return { state, events: [] };
  const events: DeviceEvent[] = [];
  let { values } = state;
  for (const { set, item, emit } of due) {
    values = withItem({ ...values, ...set }, item);
    if (emit !== undefined) events.push(eventOf(emit, values));
  }
  return { state: { ...state, values, pending: state.pending.slice(due.length) }, events };
};

const eventOf = ({ event, fields }: Emit, values: Values): DeviceEvent => ({
  event,
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, source]) => [
      name,
      'path' in source ? (values[source.path] ?? null) : source.value,
    ]),
  ),
});

const withItem = (values: Values, item: ItemSet | undefined): Values => {
  const list = item === undefined ? undefined : values[item.list];
  if (item === undefined || list === undefined || !isList(list)) return values;
  if (item.index < 0 || item.index >= list.length) return values;
  return { ...values, [item.list]: list.with(item.index, item.to) };
};

const drift = (profile: Profile, state: DeviceState, nowMs: number): DeviceState => {
  let { values, chance } = state;
  const driftAtMs = { ...state.driftAtMs };
  for (const [path, { step, everyMs }] of Object.entries(profile.simulate.drift ?? {})) {
    const dueMs = driftAtMs[path] ?? Infinity;
    if (dueMs > nowMs) continue;
    const steps = Math.floor((nowMs - dueMs) / everyMs) + 1;
    driftAtMs[path] = dueMs + steps * everyMs;
    for (let i = 0; i < Math.min(steps, driftStepsMax); i += 1) {
      const draw = drawn(chance);
      ({ chance } = draw);
      const value = values[path];
      if (typeof value !== 'number') continue;
      const moved = value + (2 * draw.value - 1) * step;
      values = { ...values, [path]: within(profile, path, moved) };
    }
  }
  return { ...state, values, chance, driftAtMs };
};

const within = ({ model }: Profile, path: string, value: number): number => {
  const entry = entryAt(model, path, {});
  const rounded =
    entry?.type === 'integer' ? Math.round(value) : Math.round(value * precision) / precision;
  return Math.min(Math.max(rounded, entry?.min ?? -Infinity), entry?.max ?? Infinity);
};
