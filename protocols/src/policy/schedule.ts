import type { WallTime } from '../time.ts';
import type { PolicyRowOf } from './rows.ts';

export type ScheduleWindows = PolicyRowOf<'schedule'>['windows'];

/**
 * Whether a schedule runs at a wall time: from ≤ t < to, and a window that
 * ends at or before its start goes on over midnight into the next day.
 */
export const scheduleRuns = (windows: ScheduleWindows, { weekday, minutes }: WallTime): boolean => {
  const dayBefore = weekday === 1 ? 7 : weekday - 1;
  return windows.some(({ days, from, to }) =>
    from < to
      ? days.includes(weekday) && minutes >= from && minutes < to
      : (days.includes(weekday) && minutes >= from) || (days.includes(dayBefore) && minutes < to),
  );
};
