import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports.ts';

/** The machine's clock; its quality is what the gateway itself finds out, see `time-keeper.ts`. */
export const createSystemClock = (): Clock => ({
  nowMs: () => Date.now(),
  monoMs: () => performance.now(),
  quality: () => 'trusted',
  boot: randomBytes(4).toString('hex'),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
});
