import type { Clock } from '../ports.ts';

/** A clock for tests: time stands still until `advance` moves it, timers run at their moment. */
export type VirtualClock = Clock & {
  /** Runs every timer that falls due, in order, and all promise work that follows from each. */
  readonly advance: (byMs: number) => Promise<void>;
  /** Lets promise work finish without moving time. */
  readonly settle: () => Promise<void>;
  /** Moves the wall time alone, as a time service does. */
  readonly stepWall: (byMs: number) => void;
  /** How many timers wait: a stopped thing must leave none. */
  readonly timersWaiting: () => number;
};

type Timer = { readonly dueMs: number; readonly order: number; readonly run: () => void };

/** @param startMs wall time at the start, unix milliseconds */
export const createVirtualClock = (startMs = Date.UTC(2026, 8, 1, 8)): VirtualClock => {
  const timers = new Set<Timer>();
  let monoMs = 0;
  let wallMs = startMs;
  let order = 0;
  // A macrotask begins when every promise callback of the former one has run.
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  const next = (untilMs: number): Timer | undefined =>
    [...timers]
      .filter((timer) => timer.dueMs <= untilMs)
      .toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  const moveTo = (toMs: number) => {
    wallMs += Math.max(0, toMs - monoMs);
    monoMs = Math.max(monoMs, toMs);
  };
  return {
    nowMs: () => wallMs,
    monoMs: () => monoMs,
    boot: '0badc0de',
    after: (delayMs, run) => {
      order += 1;
      const timer = { dueMs: monoMs + Math.max(0, delayMs), order, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance: async (byMs) => {
      const untilMs = monoMs + byMs;
      await settle();
      for (let timer = next(untilMs); timer !== undefined; timer = next(untilMs)) {
        moveTo(timer.dueMs);
        timers.delete(timer);
        timer.run();
        await settle();
      }
      moveTo(untilMs);
    },
    settle,
    stepWall: (byMs) => {
      wallMs += byMs;
    },
    timersWaiting: () => timers.size,
  };
};
