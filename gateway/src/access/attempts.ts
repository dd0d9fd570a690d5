import { isSameAttempt } from '@gatehouse/protocols';
import type { DecidedAttempt, Pass } from '@gatehouse/protocols';

/** Scans that are no pass make at most one row in this time at one reader. */
export const noiseEveryMs = 1_000;

type Held = {
  decided: DecidedAttempt | undefined;
  noiseAtMs: number;
  repeats: number;
};

export type Attempts = {
  /** True where this scan belongs to an attempt that was already answered: it is only counted. */
  readonly isRepeat: (reader: string, pass: Pass | undefined, monoMs: number) => boolean;
  /** To be called with each scan that makes a row; gives how many were folded since the last. */
  readonly decided: (reader: string, pass: Pass | undefined, monoMs: number) => number;
  /** Counts a scan that belongs to what was answered, although its code is another. */
  readonly fold: (reader: string) => void;
  /** Nothing came of the last attempt: the next scan is a new one, whatever it shows. */
  readonly forget: (reader: string) => void;
};

/** A phone held before a reader is one attempt, and so is a stream of nonsense. */
export const createAttempts = (): Attempts => {
  const byReader = new Map<string, Held>();
  const held = (reader: string): Held => {
    const known = byReader.get(reader);
    if (known !== undefined) return known;
    const fresh: Held = { decided: undefined, noiseAtMs: -noiseEveryMs, repeats: 0 };
    byReader.set(reader, fresh);
    return fresh;
  };
  const isSame = (state: Held, reader: string, pass: Pass | undefined, monoMs: number): boolean => {
    if (pass === undefined) return monoMs - state.noiseAtMs < noiseEveryMs;
    const { decided } = state;
    return decided !== undefined && isSameAttempt(pass, decided, reader, monoMs);
  };
  return {
    isRepeat: (reader, pass, monoMs) => {
      const state = held(reader);
      const same = isSame(state, reader, pass, monoMs);
      if (same) state.repeats += 1;
      return same;
    },
    decided: (reader, pass, monoMs) => {
      const state = held(reader);
      const { repeats } = state;
      state.repeats = 0;
      if (pass === undefined) state.noiseAtMs = monoMs;
      // A copy: what is kept must not hold the whole pass, which is evidence.
      else state.decided = { body: pass.body.slice(), readerId: reader, decidedAtMs: monoMs };
      return repeats;
    },
    fold: (reader) => {
      held(reader).repeats += 1;
    },
    forget: (reader) => {
      const state = held(reader);
      state.decided = undefined;
      state.noiseAtMs = -noiseEveryMs;
    },
  };
};
