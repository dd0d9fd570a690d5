import type { Clock } from '../ports.ts';

export const createSystemClock = (): Clock => ({
  nowMs: () => Date.now(),
  monoMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
});
