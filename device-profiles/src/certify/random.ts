/** Chance that a seed repeats: "xorshift32" of George Marsaglia (2003). */
export type Random = {
  /** 0 … limit - 1 */
  readonly below: (limit: number) => number;
  readonly bytes: (length: number) => Uint8Array;
  readonly pick: <T>(items: readonly T[]) => T | undefined;
};

export const createRandom = (seed: number): Random => {
  let state = (seed ^ 0x9e3779b9) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number): number => (limit <= 0 ? 0 : next() % limit);
  return {
    below,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
    pick: (items) => items[below(items.length)],
  };
};
