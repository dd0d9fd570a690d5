import type { Clock } from '../ports.ts';

/** Wakes one sleeper. What rings while nobody sleeps is heard at the next `wait`. */
export type Bell = {
  readonly ring: () => void;
  /** For good: every sleep, now and later, is over at once. */
  readonly end: () => void;
  readonly hasEnded: () => boolean;
  /** Until it rings, at most this long. */
  readonly wait: (maxMs: number) => Promise<void>;
  /** This long, however often it rings. */
  readonly rest: (ms: number) => Promise<void>;
};

export const createBell = ({ after }: Pick<Clock, 'after'>): Bell => {
  let rung = false;
  let ended = false;
  let wake: (by: 'ring' | 'end') => void = () => undefined;

  const sleep = (ms: number, wakesBy: readonly ('ring' | 'end')[]): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        cancel();
        wake = () => undefined;
        resolve();
      };
      const cancel = after(ms, done);
      wake = (by) => {
        if (wakesBy.includes(by)) done();
      };
    });

  return {
    ring: () => {
      rung = true;
      wake('ring');
    },
    end: () => {
      ended = true;
      wake('end');
    },
    hasEnded: () => ended,
    wait: async (maxMs) => {
      if (!rung && !ended) await sleep(maxMs, ['ring', 'end']);
      rung = false;
    },
    rest: async (ms) => {
      if (!ended) await sleep(ms, ['end']);
    },
  };
};
