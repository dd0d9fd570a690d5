import { sameAttemptMaxMs } from '@gatehouse/protocols';

/**
 * To whom each reader's door is open just now. A phone that is held renews its code, and its owner
 * has not come twice: while the door is open to somebody, another code of the same key at the same
 * reader neither opens it again, which would let a second person in, nor makes a row. The code that
 * was not used dies like any that a phone has shown and nobody read. When the pulse is over, the
 * next code counts: who was too slow gets another one.
 */
export type HeldOpen = {
  /** It is about to open: being written, claimed, unlocked. */
  readonly opening: (reader: string, credential: string, monoMs: number) => void;
  /** It has opened, at that moment, for so long. */
  readonly opened: (reader: string, credential: string, pulse: Pulse) => void;
  /** It did not open after all, or was not confirmed. */
  readonly end: (reader: string, credential: string) => void;
  readonly isFor: (reader: string, credential: string, monoMs: number) => boolean;
};
type Pulse = { readonly monoMs: number; readonly unlockMs: number };

export const createHeldOpen = (): HeldOpen => {
  const byReader = new Map<string, Map<string, number>>();
  const slots = (reader: string): Map<string, number> => {
    const known = byReader.get(reader) ?? new Map<string, number>();
    byReader.set(reader, known);
    return known;
  };
  // A door that is held open for longer than an attempt lasts is asked about again.
  const hold = (reader: string, credential: string, { monoMs, unlockMs }: Pulse): void => {
    const held = slots(reader);
    for (const [other, untilMono] of held) if (untilMono <= monoMs) held.delete(other);
    held.set(credential, monoMs + Math.min(unlockMs, sameAttemptMaxMs));
  };
  return {
    opening: (reader, credential, monoMs) => {
      hold(reader, credential, { monoMs, unlockMs: sameAttemptMaxMs });
    },
    opened: hold,
    end: (reader, credential) => {
      slots(reader).delete(credential);
    },
    isFor: (reader, credential, monoMs) =>
      monoMs < (byReader.get(reader)?.get(credential) ?? -Infinity),
  };
};
