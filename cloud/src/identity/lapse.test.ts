import { revalidateDaysMin } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { lapseStep } from './lapse.ts';

const dayMs = 24 * 60 * 60 * 1000;
const seenAtMs = Date.UTC(2026, 8, 1);
const at = (days: number): number => seenAtMs + days * dayMs;

// days since it was seen | told when it lapses (days), how often | what is done
const rows: readonly (readonly [number, number | undefined, number, string])[] = [
  [0, undefined, 0, 'nothing'],
  [4.99, undefined, 0, 'nothing'],
  [5, undefined, 0, 'tell 1: 7'],
  [6.5, undefined, 0, 'tell 1: 8.5'],
  // The cloud was away for three weeks: nobody loses a key without two days' notice.
  [21, undefined, 0, 'tell 1: 23'],
  [5.5, 7, 1, 'nothing'],
  [5.99, 7, 1, 'nothing'],
  [6, 7, 1, 'tell 2: 7'],
  [6.5, 7, 2, 'nothing'],
  [6.99, 7, 2, 'nothing'],
  [7, 7, 2, 'lapse'],
  // The second notice could not be given in time: the first was two days before.
  [7, 7, 1, 'lapse'],
  [22, 23, 1, 'tell 2: 23'],
];

describe('a phone key that is not seen online, with 7 days', () => {
  it.each(rows)('on day %d, told of day %s %d times: %s', (day, lapsesOn, told, expected) => {
    const lapsesAtMs = lapsesOn === undefined ? undefined : at(lapsesOn);
    const step = lapseStep({ seenAtMs, lapsesAtMs, told }, { days: 7, nowMs: at(day) });
    const said = step.do === 'tell' ? ` ${step.told}: ${(step.lapsesAtMs - seenAtMs) / dayMs}` : '';
    expect(`${step.do}${said}`).toBe(expected);
  });

  it('is not due at once when it was just shown, with the fewest days that can be set', () => {
    const key = { seenAtMs, lapsesAtMs: undefined, told: 0 };
    const step = lapseStep(key, { days: revalidateDaysMin, nowMs: seenAtMs + dayMs - 1 });
    expect(step).toEqual({ do: 'nothing' });
  });

  it('seen every day never hears of it, looked at every hour', () => {
    for (let hour = 0; hour <= 24; hour += 1) {
      const nowMs = seenAtMs + (hour * dayMs) / 24;
      expect(lapseStep({ seenAtMs, lapsesAtMs: undefined, told: 0 }, { days: 7, nowMs })).toEqual({
        do: 'nothing',
      });
    }
  });
});
