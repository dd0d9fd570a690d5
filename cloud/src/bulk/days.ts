import { wallClock } from '@gatehouse/protocols';

/** yyyy-mm-dd */
export type Day = string;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const yearMin = 2000;
const yearMax = 2100;

const utcMs = (day: Day): number => Date.parse(`${day}T00:00:00Z`);
const dayText = (atMs: number): Day => new Date(atMs).toISOString().slice(0, 10);

/** How many days both of them and those between are. */
export const daysFrom = (from: Day, to: Day): number => (utcMs(to) - utcMs(from)) / dayMs + 1;

/** Days of one zone; made once, the clock behind it is dear. */
export type Days = {
  /** Unix ms of the first moment of the day. */
  readonly startMs: (day: Day) => number;
  /** The day after. */
  readonly next: (day: Day) => Day;
  readonly of: (atMs: number) => Day;
};

const form = /^(\d{4})(?:-|\/|\.|\u5e74)(\d{1,2})(?:-|\/|\.|\u6708)(\d{1,2})\u65e5?$/;

/** Year first, as 2026-09-01, 2026/9/1, 2026.9.1 or in Chinese; a day that there is. */
export const parseDay = (text: string): Day | undefined => {
  const [, year, month = '', date = ''] = form.exec(text.normalize('NFKC')) ?? [];
  if (year === undefined || Number(year) < yearMin || Number(year) > yearMax) return undefined;
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const atMs = utcMs(day);
  return Number.isNaN(atMs) || dayText(atMs) !== day ? undefined : day;
};

export const createDays = (zone: string): Days => {
  const wallAt = wallClock(zone);
  /** How far the zone's clock is ahead of UTC. */
  const aheadMs = (atMs: number): number => {
    const { date, minutes } = wallAt(atMs);
    return utcMs(date) + minutes * minuteMs - atMs;
  };
  return {
    startMs: (day) => {
      const asUtc = utcMs(day);
      // Twice: the first guess may lie beyond a change of the clock.
      const guess = asUtc - aheadMs(asUtc);
      return asUtc - aheadMs(guess);
    },
    next: (day) => dayText(utcMs(day) + dayMs),
    of: (atMs) => wallAt(atMs).date,
  };
};
