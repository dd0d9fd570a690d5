/** Chance that a seed repeats: "sfc32" of Chris Doty-Humphrey's PractRand. */
export type Random = {
  /** 0 … below - 1 */
  readonly below: (below: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly bytes: (length: number) => Uint8Array;
};

/** The same seed and name give the same stream on any machine. */
export const createRandom = (seed: number, name: string): Random => {
  let [a, b, c, d] = [0x9e3779b9, seed | 0, 0, 1];
  for (const char of name) c = (Math.imul(c, 31) + char.charCodeAt(0)) | 0;
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i += 1) next();
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  };
};
