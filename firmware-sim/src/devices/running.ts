import type { Values } from '@gatehouse/device-profiles';
import type { DeviceInput, DoorView, Machine, MachineStep } from './machine.ts';

/** A machine together with its state, so that machines of any state look alike. */
export type Running = {
  readonly step: (input: DeviceInput, nowMs: number) => Omit<MachineStep<unknown>, 'state'>;
  readonly values: (nowMs: number) => Values;
  readonly writable: readonly string[];
  /** Undefined where there is no door. */
  readonly door: (nowMs: number) => DoorView | undefined;
};

export const run = <S>(machine: Machine<S>, nowMs: number): Running => {
  let state = machine.start(nowMs);
  return {
    step: (input, atMs) => {
      const { state: next, ...rest } = machine.step(state, input, atMs);
      state = next;
      return rest;
    },
    values: (atMs) => machine.values(state, atMs),
    writable: machine.writable,
    door: (atMs) => machine.door?.(state, atMs),
  };
};
