/** Chance that is the same again under the same seed. */
export type Random = {
  /** 0 ≤ x < 1 */
  readonly next: () => number;
  /** Integer, 0 ≤ x < limit */
  readonly below: (limit: number) => number;
  readonly bytes: (length: number) => Uint8Array;
};

/**
 * Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are enough for noise on a wire.
 * @returns the next state, and 0 ≤ value < 1
 */
export const drawn = (state: number): { readonly chance: number; readonly value: number } => {
  const chance = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(chance ^ (chance >>> 15), chance | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { chance, value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 };
};

export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    const { chance, value } = drawn(state);
    state = chance;
    return value;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));
  return { next, below, bytes };
};

/** A seed of its own for each name, so that a new device does not change the others (FNV-1a). */
export const seedFor = (seed: number, name: string): number => {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
};
