import { describe, expect, it } from 'vitest';
import { wallClock } from './time.ts';

// zone | moment | weekday, minutes since midnight, date; offsets by the IANA time zone database
const moments: readonly (readonly [string, string, number, string, string])[] = [
  ['Asia/Shanghai', '2026-09-01T02:00:00Z', 2, '10:00', '2026-09-01'],
  ['Asia/Shanghai', '2026-09-01T15:59:59Z', 2, '23:59', '2026-09-01'],
  ['Asia/Shanghai', '2026-09-01T16:00:00Z', 3, '00:00', '2026-09-02'],
  ['Asia/Shanghai', '2026-12-31T16:00:00Z', 5, '00:00', '2027-01-01'],
  ['Asia/Shanghai', '2028-02-28T16:00:00Z', 2, '00:00', '2028-02-29'],
  ['Asia/Urumqi', '2026-09-01T02:00:00Z', 2, '08:00', '2026-09-01'],
  ['Asia/Kolkata', '2026-09-06T18:30:00Z', 1, '00:00', '2026-09-07'],
  ['UTC', '1970-01-01T00:00:00Z', 4, '00:00', '1970-01-01'],
  ['Pacific/Kiritimati', '2026-09-05T10:00:00Z', 7, '00:00', '2026-09-06'],
  ['America/New_York', '2026-09-01T03:59:00Z', 1, '23:59', '2026-08-31'],
  // Summer time: 02:00 becomes 03:00, and in autumn 03:00 becomes 02:00.
  ['Europe/Berlin', '2026-03-29T00:59:00Z', 7, '01:59', '2026-03-29'],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', 7, '03:00', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25T00:30:00Z', 7, '02:30', '2026-10-25'],
  ['Europe/Berlin', '2026-10-25T01:30:00Z', 7, '02:30', '2026-10-25'],
];

describe('wall time', () => {
  it.each(moments)('%s at %s', (zone, at, weekday, clock, date) => {
    const [hours = 0, minutes = 0] = clock.split(':').map(Number);
    const wall = wallClock(zone)(Date.parse(at));
    expect(wall).toEqual({ weekday, minutes: hours * 60 + minutes, date });
  });

  it.each(['', 'Campus/Library', 'constructor'])('throws for a zone %j', (zone) => {
    expect(() => wallClock(zone)).toThrow(RangeError);
  });
});
