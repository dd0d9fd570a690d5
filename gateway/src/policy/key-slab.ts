const slotsPerChunk = 4096;

export type KeySlab = {
  /** @returns the slot that now holds a copy of the key */
  readonly put: (key: Uint8Array) => number;
  /** A view: valid until the slot is freed. */
  readonly get: (slot: number, length: number) => Uint8Array;
  readonly free: (slot: number) => void;
};

/**
 * Raw public keys side by side in large chunks: 140,000 of them take 9 MB, as objects of their own
 * several times that.
 * @param slotBytes the longest that is put
 */
export const createKeySlab = (slotBytes: number): KeySlab => {
  const chunks: Uint8Array[] = [];
  const unused: number[] = [];
  let next = 0;
  const place = (slot: number): { chunk: Uint8Array; at: number } => {
    const index = Math.floor(slot / slotsPerChunk);
    const chunk = (chunks[index] ??= new Uint8Array(slotsPerChunk * slotBytes));
    return { chunk, at: (slot % slotsPerChunk) * slotBytes };
  };
  return {
    put: (key) => {
      const slot = unused.pop() ?? next++;
      const { chunk, at } = place(slot);
      chunk.set(key.subarray(0, slotBytes), at);
      return slot;
    },
    get: (slot, length) => {
      const { chunk, at } = place(slot);
      return chunk.subarray(at, at + length);
    },
    free: (slot) => {
      unused.push(slot);
    },
  };
};
