import type { CommandEntry, Reading } from '@gatehouse/device-profiles';
import type { Cancel, Clock } from '../ports.ts';

export type ConfirmBy = NonNullable<CommandEntry['confirmBy']>;

/** While one waits, the device is asked this often, whatever its polls wish for. */
export const confirmEveryMs = 100;

/** Listens from the moment of sending: an event may come before the reply to its command. */
export type Confirmation = {
  /** Within the time of the profile, counted from this call. */
  readonly outcome: () => Promise<boolean>;
  readonly cancel: () => void;
};

/** Waits for the device's own word that a command worked. */
export type Confirmations = {
  /** @param sentAtMs monotonic; what the device was asked before that says nothing */
  readonly expect: (confirmBy: ConfirmBy, sentAtMs: number) => Confirmation;
  readonly hear: (reading: Reading, askedAtMs: number) => void;
  /** What waits is not confirmed. */
  readonly stop: () => void;
};

type Waiting = {
  readonly confirmBy: ConfirmBy;
  readonly sentAtMs: number;
  readonly settle: (isConfirmed: boolean) => void;
};

/** @param hurry asks the device at once */
export const createConfirmations = (clock: Clock, hurry: () => void): Confirmations => {
  const waiting = new Set<Waiting>();
  const expect = (confirmBy: ConfirmBy, sentAtMs: number): Confirmation => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let cancelTimer: Cancel = () => undefined;
    let cancelAsking: Cancel = () => undefined;
    const ask = (): void => {
      hurry();
      cancelAsking = clock.after(confirmEveryMs, ask);
    };
    const settle = (isConfirmed: boolean): void => {
      waiting.delete(one);
      cancelTimer();
      cancelAsking();
      resolve(isConfirmed);
    };
    const one: Waiting = { confirmBy, sentAtMs, settle };
    waiting.add(one);
    return {
      outcome: () => {
        if (!waiting.has(one)) return promise;
        cancelTimer = clock.after(confirmBy.withinMs, () => settle(false));
        ask();
        return promise;
      },
      cancel: () => settle(false),
    };
  };
  return {
    expect,
    hear: (reading, askedAtMs) => {
      for (const { confirmBy, sentAtMs, settle } of [...waiting]) {
        if (askedAtMs >= sentAtMs && confirms(confirmBy, reading)) settle(true);
      }
    },
    stop: () => {
      for (const { settle } of [...waiting]) settle(false);
    },
  };
};

const confirms = ({ state, equals, event }: ConfirmBy, reading: Reading): boolean => {
  if (event !== undefined) return reading.events.some((told) => told.event === event);
  return state !== undefined && reading.values[`state.${state}`] === equals;
};
