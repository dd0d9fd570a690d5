import type { Args, DeviceProfile, Values } from '@gatehouse/device-profiles';
import type { Side, Value } from '@gatehouse/protocols';
import { plainArgs } from './command-steps.ts';
import { startDevice, stepDevice } from './device-state.ts';
import type { DeviceState } from './device-state.ts';
import {
  isActive,
  isLatched,
  isReleased,
  startDoor,
  stepDoor,
  timedLeftMs,
} from './door-physics.ts';
import type { DoorInput, DoorShape, DoorState } from './door-physics.ts';
import { inputNames } from './machine.ts';
import type { DeviceInput, DoorView, InputName, Machine, MachineStep } from './machine.ts';

/**
 * A device that releases a door: the physics of door and people own the states with a word of
 * `door.…`, the profile's `simulate` everything else of it.
 */
export type DoorMachineState = { readonly device: DeviceState; readonly door: DoorState };

type Profile = Pick<DeviceProfile, 'model' | 'simulate'>;
type Model = DeviceProfile['model'];

const sides: readonly Side[] = ['entry', 'exit'];

/** What a value of the model stands for, and how its two sides read. */
type Owned = {
  readonly path: string;
  /** In the order: not so, so. */
  readonly words: readonly [Value, Value];
  readonly reads: (door: DoorState, nowMs: number) => boolean;
  /** What becomes of the door when the world sets it; undefined: only the device decides. */
  readonly write: ((on: boolean) => DoorInput) | undefined;
  /** A register of it may be written: plain coils. */
  readonly isCoil: boolean;
};

type Meaning = Pick<Owned, 'reads' | 'write' | 'isCoil'>;

const releaseOf = (side: Side): Meaning => ({
  reads: (door, nowMs) => isReleased(door, side, nowMs),
  write: undefined,
  isCoil: false,
});
const latchOf = (side: Side): Meaning => ({
  reads: (door) => isLatched(door, side),
  write: (on) => ({ kind: 'write_coil', side, on }),
  isCoil: true,
});
/** What is switched off by hand is well again. */
const sensorOf = (input: InputName): Meaning => ({
  reads: (door, nowMs) => isActive(door, input, nowMs),
  write: (on) => ({ kind: 'stick', input, on: on ? true : undefined }),
  isCoil: false,
});

const inputNorms: Readonly<Record<InputName, string>> = {
  passageEntry: 'door.passage.entry',
  passageExit: 'door.passage.exit',
  contact: 'door.contact',
  fire: 'door.fire',
  tamper: 'door.tamper',
};
const meanings: Readonly<Record<string, Meaning>> = {
  'door.release.entry': releaseOf('entry'),
  'door.release.exit': releaseOf('exit'),
  'door.latch.entry': latchOf('entry'),
  'door.latch.exit': latchOf('exit'),
  ...Object.fromEntries(inputNames.map((name) => [inputNorms[name], sensorOf(name)] as const)),
};

type Releasing = { readonly side: Side; readonly opens: boolean };
const commandNorms: Readonly<Record<string, Releasing>> = {
  'door.open_entry': { side: 'entry', opens: true },
  'door.open_exit': { side: 'exit', opens: true },
  'door.close_entry': { side: 'entry', opens: false },
  'door.close_exit': { side: 'exit', opens: false },
};

/** Whether a model releases a door. */
export const hasDoor = ({ commands = {} }: Model): boolean =>
  Object.values(commands).some(({ norm = '' }) => commandNorms[norm]?.opens === true);

const shapeOf = ({ state = {}, commands = {} }: Model): DoorShape => {
  const norms = Object.values(state).map(({ norm }) => norm);
  const opened = Object.values(commands).map(({ norm = '' }) => commandNorms[norm]);
  return {
    sides: sides.filter((side) =>
      opened.some((each) => each?.opens === true && each.side === side),
    ),
    inputs: inputNames.filter((name) => norms.includes(inputNorms[name])),
  };
};

const ownedOf = ({ state = {} }: Model): readonly Owned[] =>
  Object.entries(state).flatMap(([name, { norm = '', type, values = [] }]) => {
    const meaning = Object.hasOwn(meanings, norm) ? meanings[norm] : undefined;
    if (meaning === undefined) return [];
    const [off = 'closed', on = 'open'] = values;
    const words = type === 'boolean' ? ([false, true] as const) : ([off, on] as const);
    return [{ path: `state.${name}`, words, ...meaning }];
  });

/** The machine of a device that releases a door. */
export const doorMachine = (profile: Profile, seed: number): Machine<DoorMachineState> => {
  const shape = shapeOf(profile.model);
  const owned = ownedOf(profile.model);
  const byPath = new Map(owned.map((each) => [each.path, each]));
  const step = (
    state: DoorMachineState,
    input: DeviceInput,
    nowMs: number,
  ): MachineStep<DoorMachineState> => {
    const { kind } = input;
    const device = stepDevice(profile, state.device, isOfPeople(input) ? time : input, nowMs);
    const acted = device.result === 'done' ? doorInput(profile, input) : undefined;
    const direct = acted === undefined ? undefined : stepDoor(shape, state.door, acted, nowMs);
    const before = direct?.state ?? state.door;
    const { rest, door } = taken(byPath, shape, device.state.values, before, nowMs);
    const refused = kind === 'set' && setsRelease(byPath, input.values);
    return {
      state: refused ? state : { device: { ...device.state, values: rest }, door },
      events: device.events,
      wakeAtMs: device.wakeAtMs,
      result: refused ? 'refused' : (direct?.result ?? device.result),
    };
  };
  return {
    start: (nowMs) => {
      const device = startDevice(profile, seed, nowMs);
      const values = withoutOwned(byPath, device.values);
      return { device: { ...device, values }, door: startDoor(shape) };
    },
    step,
    values: ({ device, door }, nowMs) => ({
      ...device.values,
      ...Object.fromEntries(
        owned.map(({ path, words, reads }) => [path, words[reads(door, nowMs) ? 1 : 0]]),
      ),
    }),
    writable: owned.filter(({ isCoil }) => isCoil).map(({ path }) => path),
    door: ({ door }, nowMs) => viewOf(shape, door, nowMs),
  };
};

const time: DeviceInput = { kind: 'time' };

const isOfPeople = ({ kind }: DeviceInput): boolean =>
  kind === 'walk' || kind === 'force' || kind === 'hold' || kind === 'stick';

const doorInput = ({ model }: Profile, input: DeviceInput): DoorInput | undefined => {
  switch (input.kind) {
    case 'command': {
      const norm = model.commands?.[input.command]?.norm ?? '';
      const releasing = commandNorms[norm];
      const args = { ...plainArgs(model, input.command), ...input.args };
      return releasing && released(releasing, args, input.isLast);
    }
    case 'act':
    case 'set':
    case 'time':
      return undefined;
    case 'cut_power':
    case 'walk':
    case 'force':
    case 'hold':
    case 'stick':
      return input;
  }
};

/** Of a closing, the first writes end the release; the last one opens the relay altogether. */
const released = (
  { side, opens }: Releasing,
  args: Args,
  isLast: boolean,
): DoorInput | undefined => {
  if (!opens) return isLast ? { kind: 'write_coil', side, on: false } : release(side, 0);
  return isLast ? release(side, Number(args['ms'] ?? 0)) : undefined;
};

const release = (side: Side, forMs: number): DoorInput => ({ kind: 'release', side, forMs });

type ByPath = ReadonlyMap<string, Owned>;

const withoutOwned = (byPath: ByPath, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([path]) => !byPath.has(path)));

/** Nobody outside decides that a door is released. */
const setsRelease = (byPath: ByPath, values: Values): boolean =>
  Object.keys(values).some((path) => {
    const owned = byPath.get(path);
    return owned !== undefined && owned.write === undefined;
  });

/** What effects and people set of the door's own states goes to the door. */
const taken = (
  byPath: ByPath,
  shape: DoorShape,
  values: Values,
  before: DoorState,
  nowMs: number,
): { readonly rest: Values; readonly door: DoorState } => {
  let door = before;
  for (const [path, value] of Object.entries(values)) {
    const owned = byPath.get(path);
    const write = owned?.write?.(value === owned.words[1]);
    if (write !== undefined) door = stepDoor(shape, door, write, nowMs).state;
  }
  return { rest: withoutOwned(byPath, values), door };
};

const viewOf = (shape: DoorShape, door: DoorState, nowMs: number): DoorView => ({
  outputs: Object.fromEntries(
    shape.sides.map((side) => [
      side,
      {
        on: isReleased(door, side, nowMs),
        timedLeftMs: timedLeftMs(door, side, nowMs),
        latched: isLatched(door, side),
      },
    ]),
  ),
  inputs: Object.fromEntries(shape.inputs.map((name) => [name, isActive(door, name, nowMs)])),
  stuck: Object.keys(door.stuck),
});
