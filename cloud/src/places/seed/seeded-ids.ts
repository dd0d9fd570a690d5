import { uuidv7 } from '@gatehouse/protocols';

/** Numbers that look random and are the same for the same seed, whatever was drawn before. */
export type Draw = {
  /** 0 ≤ n < below */
  readonly below: (below: number) => number;
  /** @throws RangeError for an empty list */
  readonly of: <T>(list: readonly T[]) => T;
  readonly bytes: (length: number) => Uint8Array;
};

/** FNV-1a, 32 bit. http://www.isthe.com/chongo/tech/comp/fnv/ */
const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
};

/** The finalizer of MurmurHash3 over a Weyl sequence: spreads neighbouring seeds well apart. */
const nextOf = (state: number): { readonly state: number; readonly word: number } => {
  const moved = (state + 0x9e3779b9) | 0;
  let word = moved;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return { state: moved, word: (word ^ (word >>> 16)) >>> 0 };
};

/** A stream of its own for each `what`, so that a change of one leaves the others as they were. */
export const drawOf = (seed: number, what: string): Draw => {
  let state = fnv1a(`${seed}/${what}`);
  const word = (): number => {
    const next = nextOf(state);
    state = next.state;
    return next.word;
  };
  const below = (limit: number): number => Math.floor((word() / 2 ** 32) * limit);
  return {
    below,
    of: (list) => {
      const item = list[below(list.length)];
      if (item === undefined) throw new RangeError(`nothing to draw ${what} from`);
      return item;
    },
    bytes: (length) => Uint8Array.from({ length }, () => word() & 0xff),
  };
};

/** A uuidv7 that names the same thing under the same seed. */
export const seededUuid = (seed: number, what: string, atMs: number): string =>
  uuidv7(atMs, drawOf(seed, what).bytes(10));
