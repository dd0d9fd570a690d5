import type { LossRecord } from '../journal/record.ts';

type Owed = {
  readonly loss: LossRecord;
  readonly waiters: readonly { resolve: () => void; reject: (cause: Error) => void }[];
};

export type OwedLosses = {
  /** Resolves when the declaration is on disk, after however many failures. */
  readonly add: (loss: LossRecord) => Promise<void>;
  /** Tries again what is not on disk yet. */
  readonly flush: () => void;
  readonly abandon: (cause: Error) => void;
};

const keyOf = ({ stream, journalClass }: LossRecord): string => `${stream}.${journalClass}`;

/** Declarations of loss are never lost: one sum per stream and class waits for the disk. */
export const createOwedLosses = (send: (loss: LossRecord) => Promise<unknown>): OwedLosses => {
  const owed = new Map<string, Owed>();
  const join = (next: Owed): void => {
    const held = owed.get(keyOf(next.loss));
    const count = next.loss.count + (held?.loss.count ?? 0);
    const waiters = [...(held?.waiters ?? []), ...next.waiters];
    owed.set(keyOf(next.loss), { loss: { ...next.loss, count }, waiters });
  };
  const flush = (): void => {
    const sending = [...owed.values()];
    owed.clear();
    for (const item of sending) {
      send(item.loss).then(
        () => item.waiters.forEach(({ resolve }) => resolve()),
        () => join(item),
      );
    }
  };
  return {
    add: (loss) =>
      new Promise((resolve, reject) => {
        join({ loss, waiters: [{ resolve, reject }] });
        flush();
      }),
    flush,
    abandon: (cause) => {
      for (const { waiters } of owed.values()) waiters.forEach(({ reject }) => reject(cause));
      owed.clear();
    },
  };
};
