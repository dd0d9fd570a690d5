import type { TelemetryView } from '@gatehouse/protocols';

export type ChartPoint = TelemetryView['series'][number]['points'][number];

export type ChartRange = { readonly id: '1h' | '24h' | '7d' | '30d'; readonly ms: number };
const hourMs = 3_600_000;
export const chartRanges: readonly ChartRange[] = [
  { id: '1h', ms: hourMs },
  { id: '24h', ms: 24 * hourMs },
  { id: '7d', ms: 7 * 24 * hourMs },
  { id: '30d', ms: 30 * 24 * hourMs },
];

/** Points that a chart draws; null breaks the line. */
export type ChartColumns = {
  readonly at: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
};

const pointsMax = 300;
/** So many usual steps without a point and nothing came. */
const gapSteps = 3;

const medianStepMs = (points: readonly ChartPoint[]): number => {
  const steps = points
    .slice(1)
    .map(({ at }, i) => at - (points[i]?.at ?? at))
    .sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
};

/** A line across a night without readings would be a reading that nobody took. */
export const gapAfterMs = (points: readonly ChartPoint[], rangeMs: number): number =>
  gapSteps * Math.max(medianStepMs(points), rangeMs / pointsMax);

export const columnsOf = (points: readonly ChartPoint[], rangeMs: number): ChartColumns => {
  const ordered = [...points].sort((a, b) => a.at - b.at);
  const gapMs = gapAfterMs(ordered, rangeMs);
  const withGaps = ordered.flatMap((point, i): readonly (ChartPoint | number)[] => {
    const before = ordered[i - 1];
    const isGap = before !== undefined && point.at - before.at > gapMs;
    return isGap ? [(before.at + point.at) / 2, point] : [point];
  });
  const column = (name: 'mean' | 'low' | 'high'): readonly (number | null)[] =>
    withGaps.map((each) => (typeof each === 'number' ? null : each[name]));
  return {
    at: withGaps.map((each) => (typeof each === 'number' ? each : each.at)),
    mean: column('mean'),
    low: column('low'),
    high: column('high'),
  };
};

/** The index of the next point that holds a value, going this way; the same where none is left. */
export const nextPoint = (columns: ChartColumns, from: number, step: 1 | -1): number => {
  for (let i = from + step; i >= 0 && i < columns.at.length; i += step) {
    if (columns.mean[i] !== null) return i;
  }
  return from;
};
