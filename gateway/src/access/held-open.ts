import { sameAttemptMaxMs } from '@gatehouse/protocols';

/**
 * For whom each reader's door is open just now. A phone that is held renews its code, and its owner
 * has not come twice: while the door is open to somebody, another code of the same key at the same
 * reader neither opens it again, which would let a second person in, nor makes a row. The code that
 * was not used dies like any that a phone has shown and nobody read. When the pulse is over, the
 * next code counts: who was too slow gets another one.
 */
export type HeldOpen = {
  readonly begin: (reader: string, credential: string, untilMono: number) => void;
  /** It did not open after all, or was not confirmed. */
  readonly end: (reader: string) => void;
  readonly isFor: (reader: string, credential: string, monoMs: number) => boolean;
};

/** A door that is held open for longer than an attempt lasts is asked about again. */
export const heldOpenUntil = (monoMs: number, unlockMs: number): number =>
  monoMs + Math.min(unlockMs, sameAttemptMaxMs);

export const createHeldOpen = (): HeldOpen => {
  const byReader = new Map<string, { readonly credential: string; readonly untilMono: number }>();
  return {
    begin: (reader, credential, untilMono) => {
      byReader.set(reader, { credential, untilMono });
    },
    end: (reader) => {
      byReader.delete(reader);
    },
    isFor: (reader, credential, monoMs) => {
      const held = byReader.get(reader);
      return held?.credential === credential && monoMs < held.untilMono;
    },
  };
};
