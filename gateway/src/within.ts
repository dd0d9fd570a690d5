import type { Clock } from './ports.ts';

/** What a promise that never rejects has come to within a time; a late one is not stopped. */
export const within = <T>(
  promise: Promise<T>,
  waitMs: number,
  clock: Pick<Clock, 'after'>,
): Promise<{ readonly done: T | undefined; readonly late: boolean }> =>
  new Promise((resolve) => {
    const cancel = clock.after(waitMs, () => {
      resolve({ done: undefined, late: true });
    });
    void promise.then((done) => {
      cancel();
      resolve({ done, late: false });
    });
  });
