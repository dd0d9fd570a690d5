import type { Args, Values } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';

/** Inputs of a door controller. */
export const inputNames = ['passageEntry', 'passageExit', 'contact', 'fire', 'tamper'] as const;
export type InputName = (typeof inputNames)[number];

/** What can happen to a device, whatever it is. */
export type DeviceInput =
  /** From its wire. @param isLast the last of the sendings that make up the command */
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly args: Args;
      readonly isLast: boolean;
    }
  /** What people and the world do to it: an action of its profile. */
  | { readonly kind: 'act'; readonly action: string }
  /** It simply is so from now on; by path. */
  | { readonly kind: 'set'; readonly values: Values }
  | { readonly kind: 'cut_power' }
  /** Nothing but time. */
  | { readonly kind: 'time' }
  | PeopleInput;

/** What people do to a door. */
export type PeopleInput =
  /** A person walks through if the door lets them. */
  | { readonly kind: 'walk'; readonly side: Side }
  /** A person passes without a release. */
  | { readonly kind: 'force'; readonly side: Side }
  /** Somebody keeps the door open, or stands in the passage. */
  | { readonly kind: 'hold'; readonly side: Side; readonly forMs: number }
  /** An input reads this whatever happens; `undefined` repairs it. */
  | { readonly kind: 'stick'; readonly input: InputName; readonly on: boolean | undefined };

/**
 * - `absent`: the model has no such command, action, side or sensor
 * - `refused`: it has, and takes no such value
 * - `occupied`: somebody is still in the passage
 */
export type DeviceResult = 'done' | 'passed' | 'locked' | 'occupied' | 'absent' | 'refused';

/** What the device tells unasked. */
export type DeviceEvent = { readonly event: string; readonly fields: Args };

export type MachineStep<S> = {
  readonly state: S;
  readonly events: readonly DeviceEvent[];
  /** When it next does something by itself. */
  readonly wakeAtMs: number | undefined;
  readonly result: DeviceResult;
};

/** What stands at a door, for people who look at it. */
export type DoorView = {
  readonly outputs: Readonly<
    Partial<
      Record<
        Side,
        { readonly on: boolean; readonly timedLeftMs: number; readonly latched: boolean }
      >
    >
  >;
  readonly inputs: Readonly<Partial<Record<InputName, boolean>>>;
  /** Inputs that read one thing whatever happens. */
  readonly stuck: readonly string[];
};

/**
 * A device as a pure machine: without a wire, a timer or chance of its own.
 * `nowMs`: any clock that never goes back, the same one for all calls.
 */
export type Machine<S> = {
  readonly start: (nowMs: number) => S;
  readonly step: (state: S, input: DeviceInput, nowMs: number) => MachineStep<S>;
  /** What it would say of itself, as of the last step. */
  readonly values: (state: S, nowMs: number) => Values;
  /** Paths that a client may write where it reads them, beside what the commands write. */
  readonly writable: readonly string[];
  readonly door: ((state: S, nowMs: number) => DoorView) | undefined;
};
