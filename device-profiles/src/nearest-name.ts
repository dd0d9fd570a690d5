const namesMax = 500;

/** The name that was probably meant, for hints; undefined where none is near. */
export const nearestName = (name: string, known: readonly string[]): string | undefined =>
  known
    .slice(0, namesMax)
    .map((candidate) => ({ candidate, edits: distance(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.ceil(candidate.length / 4)))
    .toSorted((a, b) => a.edits - b.edits)[0]?.candidate;

const charsMax = 120;

/** Letters that differ (Levenshtein). */
const distance = (a: string, b: string): number => {
  if (a.length > charsMax || b.length > charsMax) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
