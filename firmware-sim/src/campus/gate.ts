/** Counts what is on its way outside of virtual time: statements that a real database works on. */
export type Gate = {
  readonly begin: () => void;
  readonly end: () => void;
  readonly isOpen: () => boolean;
  /** Resolves when nothing is on its way. */
  readonly quiet: () => Promise<void>;
};

export const createGate = (): Gate => {
  let count = 0;
  let sleepers: (() => void)[] = [];
  return {
    begin: () => {
      count += 1;
    },
    end: () => {
      count -= 1;
      if (count > 0) return;
      const woken = sleepers;
      sleepers = [];
      for (const wake of woken) wake();
    },
    isOpen: () => count === 0,
    quiet: () =>
      count === 0 ? Promise.resolve() : new Promise((resolve) => void sleepers.push(resolve)),
  };
};

/** Waits until neither a promise nor the outside can move anything more. */
export const createSettle = (gate: Gate, turn: () => Promise<void>) => async (): Promise<void> => {
  await turn();
  while (!gate.isOpen()) {
    await gate.quiet();
    await turn();
  }
};
