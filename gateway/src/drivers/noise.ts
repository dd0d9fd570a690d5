import type { Cancel, Clock } from '../ports.ts';
import { createSlidingCount } from './sliding-count.ts';

/** More faults than this within `noiseWindowMs` and a device counts as noisy. */
export const faultsMax = 5;
export const noiseWindowMs = 10_000;
export const quietAfterMs = 60_000;

export type Noise = { readonly count: (fault: string) => void; readonly stop: () => void };

/**
 * The condition `reader_noisy`: raised above a rate of faults, cleared after a quiet time.
 * @param onNoisy undefined = it is over
 */
export const createNoise = (clock: Clock, onNoisy: (fault: string | undefined) => void): Noise => {
  const faults = createSlidingCount({ countMax: faultsMax, windowMs: noiseWindowMs });
  let lastFaultMs = 0;
  let raised = false;
  let cancel: Cancel = () => undefined;
  const watch = (waitMs: number) => {
    cancel = clock.after(waitMs, () => {
      const leftMs = lastFaultMs + quietAfterMs - clock.monoMs();
      if (leftMs > 0) {
        watch(leftMs);
        return;
      }
      raised = false;
      onNoisy(undefined);
    });
  };
  return {
    count: (fault) => {
      lastFaultMs = clock.monoMs();
      if (faults.add(lastFaultMs) || raised) return;
      raised = true;
      onNoisy(fault);
      watch(quietAfterMs);
    },
    stop: () => cancel(),
  };
};
