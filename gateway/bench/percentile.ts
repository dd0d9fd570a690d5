/**
 * Nearest rank: the smallest value that at least `percent` of all values do not exceed.
 * @param percent above 0, at most 100
 * @throws RangeError where there is no value
 */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.ceil((sorted.length * percent) / 100) - 1];
  if (value === undefined) throw new RangeError(`no ${percent}th percentile of ${values.length}`);
  return value;
};
