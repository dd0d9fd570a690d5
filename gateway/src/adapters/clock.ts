import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports.ts';

/** The machine's clock; how far it is believed is found out in `time-keeper.ts`. */
export const createSystemClock = (): Clock => ({
  nowMs: () => Date.now(),
  monoMs: () => performance.now(),
  boot: randomBytes(4).toString('hex'),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
});
