/** One form for every figure that the project states about itself. */
export type BenchResult = {
  readonly bench: string;
  /** Everything measured; the unit stands in the name: `p99Ms`, `memoryMiB`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Ours against the limit of the same run; null where the aim is no ratio. */
  readonly ratio: number | null;
  /** What it was measured against in the same run, in words. */
  readonly limit: string;
  readonly aim: number | null;
  /** True only if every aim of the bench is met. */
  readonly met: boolean;
};

type BenchRow = { readonly name: string; readonly path: string; readonly measures: string };

export const benchTable: readonly BenchRow[] = [
  {
    name: 'verify',
    path: 'gateway/bench/verify.ts',
    measures: 'pass text in, judged, against raw P-256 verify; memory with 140,000 cards',
  },
  {
    name: 'scan',
    path: 'gateway/bench/scan.ts',
    measures: 'last byte of a scan in, first unlock byte out, other doors busy, disk slow',
  },
  {
    name: 'claim',
    path: 'gateway/bench/claim.ts',
    measures: 'ask of a claim group to its answer, over mTLS, the mark on disk before',
  },
  {
    name: 'revoke',
    path: 'cloud/bench/revoke.ts',
    measures: 'freeze pressed to the scan refused, at each of 50 gateways, over mTLS',
  },
  {
    name: 'bus',
    path: 'gateway/bench/bus.ts',
    measures: 'share of a shared RS-485 line that polls use, and how soon a command begins',
  },
  {
    name: 'codec',
    path: 'device-profiles/bench/codec.ts',
    measures: 'bytes of a frame in, values out, for every example of the catalogue',
  },
  {
    name: 'numbers',
    path: 'cloud/bench/numbers.ts',
    measures: 'numbers of 140,000 cards and 5 million uses, against an indexed count of the cards',
  },
  {
    name: 'bulk',
    path: 'cloud/bench/bulk.ts',
    measures: 'a file of 20,000 new cards, dry run and apply, against inserting the same rows',
  },
];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isNumberOrNull = (value: unknown): boolean => value === null || Number.isFinite(value);

export const isBenchModule = (
  module: unknown,
): module is { readonly bench: () => Promise<unknown> } =>
  isRecord(module) && typeof module['bench'] === 'function';

/** Benches are loaded by path, so the compiler cannot vouch for what they return. */
export const isBenchResult = (value: unknown): value is BenchResult =>
  isRecord(value) &&
  typeof value['bench'] === 'string' &&
  typeof value['limit'] === 'string' &&
  typeof value['met'] === 'boolean' &&
  isNumberOrNull(value['ratio']) &&
  isNumberOrNull(value['aim']) &&
  isRecord(value['figures']) &&
  Object.values(value['figures']).every((figure) => Number.isFinite(figure));

const round = (value: number): string => String(Number(value.toPrecision(4)));

export const readable = (result: BenchResult): string => {
  const rows: readonly (readonly [string, string])[] = [
    ...Object.entries(result.figures).map(([name, value]) => [name, round(value)] as const),
    ['ratio', result.ratio === null ? '-' : round(result.ratio)],
    ['aim', result.aim === null ? '-' : round(result.aim)],
    ['against', result.limit],
    ['met', result.met ? 'yes' : 'NO'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [result.bench, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join(
    '\n',
  );
};
