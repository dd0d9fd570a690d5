import { describe, expect, it } from 'vitest';
import { scheduleRuns } from './schedule.ts';

const day = [{ days: [1, 2, 3, 4, 5], from: 480, to: 1320 }];
const night = [{ days: [5], from: 1320, to: 360 }];
const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 1440 }];

/** Windows, weekday (1 = Monday), minutes, runs. */
const rows: readonly (readonly [string, typeof day, number, number, boolean])[] = [
  ['before the day begins', day, 1, 479, false],
  ['the minute it begins', day, 1, 480, true],
  ['the last minute', day, 5, 1319, true],
  ['the minute it ends', day, 5, 1320, false],
  ['not on a Saturday', day, 6, 600, false],
  ['Friday night', night, 5, 1439, true],
  ['Saturday before dawn', night, 6, 359, true],
  ['Saturday at dawn', night, 6, 360, false],
  ['Friday before dawn is Thursday night', night, 5, 100, false],
  ['Sunday night goes on into Monday', [{ days: [7], from: 1320, to: 60 }], 1, 30, true],
  ['always at midnight', always, 3, 0, true],
  ['always a minute before', always, 3, 1439, true],
  ['nothing', [], 3, 600, false],
];

describe('a schedule runs', () => {
  for (const [name, windows, weekday, minutes, runs] of rows) {
    it(name, () => {
      expect(scheduleRuns(windows, { weekday, minutes, date: '2026-11-21' })).toBe(runs);
    });
  }
});
