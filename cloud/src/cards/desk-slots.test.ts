import { describe, expect, it } from 'vitest';
import { bookAheadMs, freeDays, isSlot, slotsOfToday } from './desk-slots.ts';
import type { DeskHours } from './desk-slots.ts';

const days = [1, 2, 3, 4, 5];
const hours: DeskHours = {
  zone: 'Asia/Shanghai',
  windows: [
    { days, from: 9 * 60, to: 9 * 60 + 35 },
    { days, from: 14 * 60, to: 14 * 60 + 20 },
  ],
  slotMinutes: 10,
  capacity: 2,
};
/** Wall time in Shanghai; 2026-11-23 is a Monday. */
const at = (date: string, time: string): number => Date.parse(`${date}T${time}:00+08:00`);

describe('the free times of a desk', () => {
  it('are whole slots within the opening hours, from now on, for seven days', () => {
    const nowMs = at('2026-11-23', '09:05');
    const found = freeDays(hours, new Map(), nowMs);
    expect(found.map(({ date }) => date)).toEqual([
      ...['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27', '2026-11-30'],
    ]);
    const times = found.map(({ slots }) => slots.map(({ time }) => time));
    // 09:30 would end after the desk has closed.
    expect(times[0]).toEqual(['09:10', '09:20', '14:00', '14:10']);
    expect(times[1]).toEqual(['09:00', '09:10', '09:20', '14:00', '14:10']);
    expect(times.at(-1)).toEqual(['09:00']);
  });

  it('lose the places that are taken, and never fall below none', () => {
    const nowMs = at('2026-11-23', '08:00');
    const taken = new Map([
      [at('2026-11-23', '09:00'), 1],
      [at('2026-11-23', '09:10'), 2],
      [at('2026-11-23', '09:20'), 3],
    ]);
    const free = freeDays(hours, taken, nowMs)[0]?.slots.map((slot) => slot.free);
    expect(free).toEqual([1, 0, 0, 2, 2]);
  });

  it('follow the wall clock where it is set', () => {
    const berlin = { ...hours, zone: 'Europe/Berlin', windows: [{ days, from: 540, to: 560 }] };
    const slots = freeDays(berlin, new Map(), Date.parse('2026-10-23T12:00:00Z'));
    expect(slots.map((day) => day.slots[0]?.at)).toEqual([
      ...['2026-10-26', '2026-10-27', '2026-10-28', '2026-10-29', '2026-10-30'].map(
        (date) => `${date}T08:00:00.000Z`,
      ),
    ]);
  });
});

describe('a moment', () => {
  const nowMs = at('2026-11-23', '09:05');
  it.each([
    ['the next slot', at('2026-11-23', '09:10'), true],
    ['one that has begun', at('2026-11-23', '09:00'), false],
    ['between two', at('2026-11-23', '09:15'), false],
    ['a second late', at('2026-11-23', '09:10') + 1000, false],
    ['at lunch', at('2026-11-23', '12:00'), false],
    ['the last that is whole', at('2026-11-23', '09:20'), true],
    ['too near to the end', at('2026-11-23', '09:30'), false],
    ['on a Sunday', at('2026-11-29', '09:10'), false],
    ['too far away', at('2026-11-23', '09:10') + bookAheadMs, false],
  ])('%s', (_, atMs, is) => {
    expect(isSlot(hours, atMs, nowMs)).toBe(is);
  });
});

it('knows the slots of today, past ones too', () => {
  const today = slotsOfToday(hours, at('2026-11-23', '23:59'));
  expect(today).toEqual(
    ['09:00', '09:10', '09:20', '14:00', '14:10'].map((time) => at('2026-11-23', time)),
  );
  expect(slotsOfToday(hours, at('2026-11-29', '09:00'))).toEqual([]);
});
