import type { ClockQuality } from '@gatehouse/protocols';
import type { Cancel, Clock } from './ports.ts';

const lookEveryMs = 1_000;
/** A jump larger than this opens the window of old passes again: it is fenced. */
export const stepMaxMs = 2_000;

export type TimeKeeper = {
  /** The clock's own word, overruled where time stands below something signed later. */
  readonly quality: () => ClockQuality;
  /** It is at least this late, says something signed; unix ms. */
  readonly raiseFloor: (atMs: number) => void;
  readonly fenceMs: () => number | undefined;
  readonly fence: (atMs: number) => void;
  readonly start: (onStep: (byMs: number) => void) => void;
  readonly stop: () => void;
};

/** What is known about the wall clock, and the moment before which no pass counts. */
export const createTimeKeeper = (clock: Clock): TimeKeeper => {
  let floorMs = 0;
  let fenceMs: number | undefined;
  let offsetMs = clock.nowMs() - clock.monoMs();
  let cancel: Cancel = () => undefined;

  const look = (onStep: (byMs: number) => void): void => {
    const newOffsetMs = clock.nowMs() - clock.monoMs();
    const byMs = Math.round(newOffsetMs - offsetMs);
    offsetMs = newOffsetMs;
    if (Math.abs(byMs) > stepMaxMs) onStep(byMs);
    cancel = clock.after(lookEveryMs, () => {
      look(onStep);
    });
  };
  return {
    quality: () => (clock.nowMs() < floorMs - stepMaxMs ? 'untrusted' : clock.quality()),
    raiseFloor: (atMs) => {
      floorMs = Math.max(floorMs, atMs);
    },
    fenceMs: () => fenceMs,
    fence: (atMs) => {
      // After a step back the new, earlier time is the one that counts.
      fenceMs = atMs;
    },
    start: (onStep) => {
      look(onStep);
    },
    stop: () => {
      cancel();
    },
  };
};
