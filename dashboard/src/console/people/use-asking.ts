import { useState } from 'react';

export type Asking = {
  readonly isBusy: boolean;
  readonly error: unknown;
  /** One at a time; what went wrong stays until the next. */
  readonly ask: (run: () => Promise<void>) => void;
};

/** A change that the server is asked for. */
export const useAsking = (): Asking => {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (asked: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await asked();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return {
    isBusy,
    error,
    ask: (asked) => {
      if (!isBusy) void run(asked);
    },
  };
};
