/**
 * Counts what happened within a window that slides, exactly, in memory bounded by `countMax`.
 * @returns add: false when `countMax` had already happened within the last `windowMs`
 */
export const createSlidingCount = (options: {
  readonly countMax: number;
  readonly windowMs: number;
}): { readonly add: (nowMs: number) => boolean } => {
  const times: number[] = [];
  return {
    add: (nowMs) => {
      while (times.length > 0 && nowMs - (times[0] ?? 0) >= options.windowMs) times.shift();
      if (times.length >= options.countMax) return false;
      times.push(nowMs);
      return true;
    },
  };
};
