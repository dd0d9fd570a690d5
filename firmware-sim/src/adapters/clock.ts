import type { SimClock } from '../ports.ts';

export const systemClock: SimClock = {
  nowMs: () => Date.now(),
  monoMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
