import type { DeviceHealth } from '@gatehouse/protocols';
import type { Clock } from '../ports.ts';
import type { LinkState } from './driver.ts';

const roundTripsKept = 31;

/** How well a device answers, and whether it counts as silent. */
export type LinkHealth = {
  /** @param sentMs monotonic, of what it answers; undefined = it spoke by itself */
  readonly heard: (sentMs?: number) => void;
  /** It did not answer; so many in a row and it is silent. */
  readonly missed: (why: string) => void;
  /** As `missed`, but it says nothing of the link: the device may have acted. */
  readonly unanswered: () => void;
  readonly badFrame: () => void;
  /** @param isAsked false: nothing is asked, so it is as well as its line */
  readonly opened: (isAsked: boolean) => void;
  /** Its line is gone. */
  readonly lost: (cause: string) => void;
  readonly state: () => LinkState | 'unknown';
  readonly report: (everyMs: DeviceHealth['everyMs']) => DeviceHealth;
};

export const createLinkHealth = (options: {
  readonly clock: Clock;
  readonly missesMax: number;
  readonly onLink: (state: LinkState, detail: string) => void;
  /** A device that does not answer is asked rarely. */
  readonly setSilent: (isSilent: boolean) => void;
}): LinkHealth => {
  const { clock } = options;
  const roundTrips: number[] = [];
  const counts = { answered: 0, missed: 0, badFrames: 0 };
  let lastHeardAt: number | null = null;
  let misses = 0;
  let state: LinkState | 'unknown' = 'unknown';
  const become = (to: LinkState, detail: string): void => {
    if (state === to) return;
    state = to;
    options.onLink(to, detail);
  };
  return {
    heard: (sentMs) => {
      lastHeardAt = clock.nowMs();
      misses = 0;
      if (sentMs !== undefined) {
        counts.answered += 1;
        roundTrips.push(clock.monoMs() - sentMs);
        if (roundTrips.length > roundTripsKept) roundTrips.shift();
      }
      if (state !== 'online') options.setSilent(false);
      become('online', '');
    },
    missed: (why) => {
      counts.missed += 1;
      misses += 1;
      if (misses >= options.missesMax) become('silent', why);
      if (state === 'silent') options.setSilent(true);
    },
    unanswered: () => {
      counts.missed += 1;
    },
    badFrame: () => {
      counts.badFrames += 1;
    },
    opened: (isAsked) => {
      misses = 0;
      options.setSilent(false);
      if (!isAsked) become('online', '');
    },
    lost: (cause) => become('silent', cause),
    state: () => state,
    report: (everyMs) => ({ ...counts, roundTripMs: median(roundTrips), lastHeardAt, everyMs }),
  };
};

const median = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
