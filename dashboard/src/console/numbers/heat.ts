import type { TrafficView } from '@gatehouse/protocols';

export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;
export const hoursOfDay: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour);

export type HeatCell = {
  readonly weekday: number;
  readonly hour: number;
  readonly count: number;
  /** 0 = nothing … 5 = among the busiest. */
  readonly level: number;
};

const levels = 5;

/** Levels by the square root of the share: a quiet hour is still seen beside a rush. */
export const heatLevel = (count: number, most: number): number =>
  count <= 0 || most <= 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(count / most) * levels));

/** All 168 hours of a week, by weekday and hour. */
export const heatCells = (
  hours: TrafficView['hours'],
  of: 'granted' | 'denied',
): readonly HeatCell[] => {
  const most = Math.max(0, ...hours.map((cell) => cell[of]));
  const counts = new Map(hours.map((cell) => [cell.weekday * 24 + cell.hour, cell[of]]));
  return weekdays.flatMap((weekday) =>
    hoursOfDay.map((hour) => {
      const count = counts.get(weekday * 24 + hour) ?? 0;
      return { weekday, hour, count, level: heatLevel(count, most) };
    }),
  );
};

export const busiest = (cells: readonly HeatCell[]): HeatCell | undefined =>
  cells.reduce<HeatCell | undefined>(
    (most, cell) => (cell.count > (most?.count ?? 0) ? cell : most),
    undefined,
  );

/** Of whole per cent: never 0 % of something, never 100 % of less than all. */
export const percentOf = (part: number, whole: number): number => {
  if (whole === 0 || part === 0) return 0;
  if (part >= whole) return 100;
  return Math.min(99, Math.max(1, Math.round((100 * part) / whole)));
};
