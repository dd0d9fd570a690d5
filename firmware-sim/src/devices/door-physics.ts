import type { Side } from '@gatehouse/protocols';
import type { DeviceResult, InputName, PeopleInput } from './machine.ts';

/**
 * A turnstile or strike door as a pure state machine: what the controller's outputs do by
 * themselves, and what people do to the door. Everything that ends by itself is kept as the moment
 * when it ends, so that the same state is right at any later time without being stepped.
 */

/** What a model has of it. */
export type DoorShape = {
  /** Those that can be released. */
  readonly sides: readonly Side[];
  readonly inputs: readonly InputName[];
};

export const passagePulseMs = 300;
export const contactOpenMs = 1_500;

type OutputState = {
  /** The timed register's release ends here, by the device itself. */
  readonly timedUntilMs: number;
  /** The plain coil stays on until it is written off. */
  readonly coil: boolean;
};

export type DoorState = {
  readonly outputs: Readonly<Partial<Record<Side, OutputState>>>;
  readonly activeUntilMs: Readonly<Partial<Record<InputName, number>>>;
  /** Inputs that read this whatever happens: a broken sensor, a fire panel, an open lid. */
  readonly stuck: Readonly<Partial<Record<InputName, boolean>>>;
};

export type DoorInput =
  /** Releases for so long, then it locks by itself; 0 ends the release. */
  | { readonly kind: 'release'; readonly side: Side; readonly forMs: number }
  /** The plain coil. Off opens the relay: a timed release ends too. */
  | { readonly kind: 'write_coil'; readonly side: Side; readonly on: boolean }
  /** Outputs fall off; people and sensors know nothing of it. */
  | { readonly kind: 'cut_power' }
  | PeopleInput;

export type DoorResult = Exclude<DeviceResult, 'refused'>;
export type DoorStep = { readonly state: DoorState; readonly result: DoorResult };

const off: OutputState = { timedUntilMs: 0, coil: false };

export const startDoor = ({ sides }: DoorShape): DoorState => ({
  outputs: Object.fromEntries(sides.map((side) => [side, off])),
  activeUntilMs: {},
  stuck: {},
});

/** @param nowMs any clock that never goes back; the same one for all calls */
export const stepDoor = (
  shape: DoorShape,
  state: DoorState,
  input: DoorInput,
  nowMs: number,
): DoorStep => {
  switch (input.kind) {
    case 'release': {
      const timedUntilMs = nowMs + input.forMs;
      return setOutput(state, input.side, (output) => ({ ...output, timedUntilMs }));
    }
    case 'write_coil':
      return setOutput(state, input.side, (output) =>
        input.on ? { ...output, coil: true } : { timedUntilMs: nowMs, coil: false },
      );
    case 'cut_power':
      return { state: { ...state, outputs: startDoor(shape).outputs }, result: 'done' };
    case 'stick':
      return shape.inputs.includes(input.input)
        ? { state: stick(state, input.input, input.on), result: 'done' }
        : { state, result: 'absent' };
    case 'walk':
    case 'force':
    case 'hold':
      return pass(shape, state, input, nowMs);
  }
};

export const isReleased = (state: DoorState, side: Side, nowMs: number): boolean => {
  const output = state.outputs[side];
  return output !== undefined && (output.coil || nowMs < output.timedUntilMs);
};

export const isLatched = (state: DoorState, side: Side): boolean =>
  state.outputs[side]?.coil === true;

/** 0 where no timed release runs. */
export const timedLeftMs = (state: DoorState, side: Side, nowMs: number): number =>
  Math.max(0, (state.outputs[side]?.timedUntilMs ?? 0) - nowMs);

export const isActive = (state: DoorState, input: InputName, nowMs: number): boolean =>
  state.stuck[input] ?? nowMs < (state.activeUntilMs[input] ?? 0);

const setOutput = (
  state: DoorState,
  side: Side,
  change: (output: OutputState) => OutputState,
): DoorStep => {
  const output = state.outputs[side];
  if (output === undefined) return { state, result: 'absent' };
  const outputs = { ...state.outputs, [side]: change(output) };
  return { state: { ...state, outputs }, result: 'done' };
};

const stick = (state: DoorState, input: InputName, on: boolean | undefined): DoorState => {
  const { [input]: _was, ...others } = state.stuck;
  return { ...state, stuck: on === undefined ? others : { ...others, [input]: on } };
};

type Passing = Extract<DoorInput, { readonly kind: 'walk' | 'force' | 'hold' }>;

/** A door with a contact opens and closes; a turnstile's beam on that side is broken briefly. */
const pass = (
  { sides, inputs }: DoorShape,
  state: DoorState,
  input: Passing,
  nowMs: number,
): DoorStep => {
  const beam = input.side === 'entry' ? 'passageEntry' : 'passageExit';
  const hasBeam = inputs.includes(beam);
  const hasContact = inputs.includes('contact');
  if (!sides.includes(input.side) || !(hasBeam || hasContact)) {
    return { state, result: 'absent' };
  }
  const isOpen = hasContact && isActive(state, 'contact', nowMs);
  const inTheWay = hasBeam && isActive(state, beam, nowMs);
  const mayPass = isReleased(state, input.side, nowMs) || isOpen;
  const needsRelease = input.kind === 'walk' || (input.kind === 'hold' && !hasBeam);
  if (needsRelease && !mayPass) return { state, result: 'locked' };
  if (input.kind === 'walk' && inTheWay) return { state, result: 'occupied' };
  const forMs = input.kind === 'hold' ? input.forMs : undefined;
  const until = (usualMs: number, name: InputName): number =>
    Math.max(nowMs + (forMs ?? usualMs), state.activeUntilMs[name] ?? 0);
  const activeUntilMs = {
    ...state.activeUntilMs,
    ...(hasBeam && { [beam]: until(passagePulseMs, beam) }),
    ...(hasContact && { contact: until(contactOpenMs, 'contact') }),
  };
  const result = input.kind === 'hold' ? 'done' : 'passed';
  return { state: { ...state, activeUntilMs }, result };
};
