import type { Cancel } from '../ports.ts';
import type { Timeline } from './timeline.ts';

/**
 * One run of a program. When its power goes nothing of it moves any more: its timers do not fire,
 * and what it waits for never comes.
 */
export type Life = {
  readonly isOver: () => boolean;
  readonly end: () => void;
  readonly onEnd: (run: () => void) => void;
  /** The same outcome, unless this life is over by then. */
  readonly mine: <T>(promise: Promise<T>) => Promise<T>;
  readonly after: (delayMs: number, run: () => void) => Cancel;
  readonly timersWaiting: () => number;
};

/** What the dead wait for. */
export const never = <T>(): Promise<T> => new Promise<T>(() => void 0);

export const createLife = (timeline: Timeline): Life => {
  const timers = new Set<Cancel>();
  const enders: (() => void)[] = [];
  let over = false;
  return {
    isOver: () => over,
    end: () => {
      if (over) return;
      over = true;
      for (const cancel of timers) cancel();
      timers.clear();
      for (const run of enders) run();
    },
    onEnd: (run) => void enders.push(run),
    mine: <T>(promise: Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        promise.then(
          (value) => {
            if (!over) resolve(value);
          },
          (error: unknown) => {
            if (!over) reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      }),
    after: (delayMs, run) => {
      if (over) return () => undefined;
      const cancelEvent = timeline.after(delayMs, () => {
        timers.delete(cancel);
        run();
      });
      const cancel = (): void => {
        timers.delete(cancel);
        cancelEvent();
      };
      timers.add(cancel);
      return cancel;
    },
    timersWaiting: () => timers.size,
  };
};
