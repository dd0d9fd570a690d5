/** One thing in which two versions of a profile differ, and what it demands of the version. */
export const levels = ['major', 'minor', 'patch'] as const;
export type Level = (typeof levels)[number];

export type Change = {
  readonly level: Level;
  /** As in the file: `model.state.contact`. */
  readonly path: string;
  readonly what: string;
};

export const change = (level: Level, path: string, what: string): Change => ({ level, path, what });

/** The strongest of all; undefined where nothing differs. */
export const demandOf = (changes: readonly Change[]): Level | undefined =>
  levels.find((level) => changes.some((one) => one.level === level));

const numbersOf = (version: string): readonly number[] => version.split('.').map(Number);

/** What the step from one version number to another claims; `back` where it goes down. */
export const stepOf = (from: string, to: string): Level | 'none' | 'back' => {
  const [before, after] = [numbersOf(from), numbersOf(to)];
  const index = levels.findIndex((_level, i) => before[i] !== after[i]);
  if (index < 0) return 'none';
  return (after[index] ?? 0) > (before[index] ?? 0) ? (levels[index] ?? 'none') : 'back';
};

/** The least version that may follow. */
export const nextVersion = (version: string, demand: Level | undefined): string => {
  if (demand === undefined) return version;
  const index = levels.indexOf(demand);
  const step = (number: number, i: number): number =>
    i < index ? number : i === index ? number + 1 : 0;
  return numbersOf(version).map(step).join('.');
};

/** Whether `to` says at least what the changes demand. */
export const isEnough = (from: string, to: string, demand: Level | undefined): boolean => {
  const step = stepOf(from, to);
  if (step === 'back') return false;
  if (step === 'none') return demand === undefined;
  return demand === undefined || levels.indexOf(step) <= levels.indexOf(demand);
};

export const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);

/** Equal whatever the order of keys. */
export const isSame = (a: unknown, b: unknown): boolean => plain(a) === plain(b);

const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([x], [y]) => (x < y ? -1 : 1)))
      : inner,
  ) ?? '';

type Pair<T> = { readonly name: string; readonly a: T | undefined; readonly b: T | undefined };

/** Everything that either side names. */
export const pairs = <T>(
  a: Readonly<Record<string, T>> | undefined,
  b: Readonly<Record<string, T>> | undefined,
): readonly Pair<T>[] => {
  const of = (record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
    record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
  const names = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])];
  return names.map((name) => ({ name, a: of(a, name), b: of(b, name) }));
};
