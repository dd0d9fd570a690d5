/** Versions are three numbers; compared as such, never as text. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (const i of [0, 1, 2]) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** @param version undefined = there is none to be above */
export const isHigher = (a: string, version: string | undefined): boolean =>
  version === undefined || compareVersions(a, version) > 0;
