import type { Clock } from '../ports.ts';
import { testNowMs } from './batches.ts';

/** Pauses a hundred times as short as asked for: real waiting for a real database, but little. */
export const hastyClock: Pick<Clock, 'nowMs' | 'after'> = {
  nowMs: () => testNowMs,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs / 100);
    return () => clearTimeout(timer);
  },
};
