/** One after another, at most so many at a time; who comes too many gets `full`. */
export type Turns = <T>(run: () => Promise<T>, full: T) => Promise<T>;

export const createTurns = (waitingMax: number): Turns => {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (run, full) => {
    if (waiting >= waitingMax) return Promise.resolve(full);
    waiting += 1;
    const mine = last.then(run).finally(() => (waiting -= 1));
    last = mine.catch(() => undefined);
    return mine;
  };
};
