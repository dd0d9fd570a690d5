import type { Cancel, Clock } from '../ports.ts';

export type NamedTimers = {
  /** Runs once after the delay; one of the same name that still waits is replaced. */
  readonly set: (name: string, delayMs: number, run: () => void) => void;
  readonly waits: (name: string) => boolean;
  readonly cancel: (...names: readonly string[]) => void;
  readonly cancelAll: () => void;
};

export const createNamedTimers = (clock: Clock): NamedTimers => {
  const waiting = new Map<string, Cancel>();
  const cancel = (...names: readonly string[]): void => {
    for (const name of names) {
      waiting.get(name)?.();
      waiting.delete(name);
    }
  };
  return {
    set: (name, delayMs, run) => {
      cancel(name);
      const done = clock.after(delayMs, () => {
        waiting.delete(name);
        run();
      });
      waiting.set(name, done);
    },
    waits: (name) => waiting.has(name),
    cancel,
    cancelAll: () => cancel(...waiting.keys()),
  };
};
