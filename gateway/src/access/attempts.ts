import { isSameAttempt, sameAttemptMaxMs } from '@gatehouse/protocols';
import type { DecidedAttempt, Pass } from '@gatehouse/protocols';

/** Scans that are no pass make at most one row in this time at one reader. */
export const noiseEveryMs = 1_000;

/** UIDs that one reader still knows from lately: a reader of tags sees several at once. */
export const uidsKept = 16;

type Held = {
  decided: DecidedAttempt | undefined;
  /** UID → monotonic time of its decision, the oldest first. */
  readonly uids: Map<string, number>;
  noiseAtMs: number;
  typedAtMs: number;
  repeats: number;
};

/** What an attempt is told by; undefined = nonsense. Nobody types two PINs within a second. */
export type Attempt = { readonly pass: Pass } | { readonly uid: string } | 'typed' | undefined;

export type Attempts = {
  /** True where this scan belongs to an attempt that was already answered: it is only counted. */
  readonly isRepeat: (reader: string, attempt: Attempt, monoMs: number) => boolean;
  /** To be called with each scan that makes a row; gives how many were folded since the last. */
  readonly decided: (reader: string, attempt: Attempt, monoMs: number) => number;
  /** Counts a scan that belongs to what was answered, although its code is another. */
  readonly fold: (reader: string) => void;
  /** Nothing came of the last attempt: the next scan is a new one, whatever it shows. */
  readonly forget: (reader: string) => void;
};

/** A phone or card held before a reader is one attempt, and so is a stream of nonsense. */
export const createAttempts = (): Attempts => {
  const byReader = new Map<string, Held>();
  const held = (reader: string): Held => {
    const known = byReader.get(reader);
    if (known !== undefined) return known;
    const fresh: Held = {
      ...{
        decided: undefined,
        uids: new Map(),
        noiseAtMs: -noiseEveryMs,
        typedAtMs: -noiseEveryMs,
        repeats: 0,
      },
    };
    byReader.set(reader, fresh);
    return fresh;
  };
  const isSame = (state: Held, reader: string, attempt: Attempt, monoMs: number): boolean => {
    if (attempt === undefined) return monoMs - state.noiseAtMs < noiseEveryMs;
    if (attempt === 'typed') return monoMs - state.typedAtMs < noiseEveryMs;
    if ('uid' in attempt) {
      const atMs = state.uids.get(attempt.uid);
      return atMs !== undefined && monoMs - atMs <= sameAttemptMaxMs;
    }
    const { decided } = state;
    return decided !== undefined && isSameAttempt(attempt.pass, decided, reader, monoMs);
  };
  return {
    isRepeat: (reader, attempt, monoMs) => {
      const state = held(reader);
      const same = isSame(state, reader, attempt, monoMs);
      if (same) state.repeats += 1;
      return same;
    },
    decided: (reader, attempt, monoMs) => {
      const state = held(reader);
      const { repeats } = state;
      state.repeats = 0;
      note(state, reader, attempt, monoMs);
      return repeats;
    },
    fold: (reader) => {
      held(reader).repeats += 1;
    },
    forget: (reader) => {
      const state = held(reader);
      state.decided = undefined;
      state.uids.clear();
      state.noiseAtMs = -noiseEveryMs;
      state.typedAtMs = -noiseEveryMs;
    },
  };
};

const note = (state: Held, readerId: string, attempt: Attempt, monoMs: number): void => {
  if (attempt === undefined) {
    state.noiseAtMs = monoMs;
  } else if (attempt === 'typed') {
    state.typedAtMs = monoMs;
  } else if ('pass' in attempt) {
    // A copy: what is kept must not hold the whole pass, which is evidence.
    state.decided = { body: attempt.pass.body.slice(), readerId, decidedAtMs: monoMs };
  } else {
    const { uids } = state;
    uids.delete(attempt.uid);
    uids.set(attempt.uid, monoMs);
    const [oldest] = uids.keys();
    if (uids.size > uidsKept && oldest !== undefined) uids.delete(oldest);
  }
};
