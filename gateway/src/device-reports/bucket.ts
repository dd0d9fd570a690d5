export type Bucket = {
  /** True where one more may go now; it is then used up. */
  readonly take: (monoMs: number) => boolean;
  /** Monotonic: when the next may go. */
  readonly readyAtMs: () => number;
};

/** `burst` at once, then one every `everyMs`: a device that chatters must not fill the journal. */
export const createBucket = (options: {
  readonly burst: number;
  readonly everyMs: number;
}): Bucket => {
  const { burst, everyMs } = options;
  // When it is full again; in between it holds one less for each `everyMs` that is missing.
  let fullAtMs = -Infinity;
  const readyAtMs = (): number => fullAtMs - (burst - 1) * everyMs;
  return {
    readyAtMs,
    take: (monoMs) => {
      if (monoMs < readyAtMs()) return false;
      fullAtMs = Math.max(fullAtMs, monoMs) + everyMs;
      return true;
    },
  };
};
