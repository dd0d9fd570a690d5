import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardSpan, isAffiliationSpan } from './span-rules.ts';
import type { Span } from './span-rules.ts';

const day = 24 * 60 * 60 * 1000;
const nowMs = 1000 * day;

/** In days from today. */
const span = (from: number, to: number | null) => ({
  fromMs: nowMs + from * day,
  toMs: to === null ? null : nowMs + to * day,
});

describe('the days of an affiliation', () => {
  it.each([
    ['staff', -400, null, true],
    ['staff', 10, null, true],
    ['student', -400, 900, true],
    ['student', -400, -1, false],
    ['student', 5, 5, false],
    ['student', 5, 4, false],
    ['guardian', -1, 0, false],
    ['visitor', 0, null, false],
    ['visitor', 0, 1, true],
    ['visitor', 0, 366, true],
    ['visitor', 0, 367, false],
    // It began a month ago: that month counts.
    ['visitor', -30, 336, true],
    ['visitor', -30, 337, false],
    // Nor is one written down years ahead.
    ['visitor', 300, 366, true],
    ['visitor', 300, 400, false],
  ] as const)('of a %s from %d to %s: %s', (kind, from, to, fits) => {
    expect(isAffiliationSpan(kind, span(from, to), nowMs)).toBe(fits);
  });
});

describe('the days of a card', () => {
  it.each([
    ['as the affiliation', span(-5, 5), {}, [-5, 5]],
    ['a part of it', span(-5, 5), span(0, 3), [0, 3]],
    ['all of it', span(-5, 5), span(-5, 5), [-5, 5]],
    ['a day before it', span(-5, 5), span(-6, 5), undefined],
    ['a day after it', span(-5, 5), span(-5, 6), undefined],
    ['an end that is over', span(-5, 5), span(-5, -1), undefined],
    ['an end before the beginning', span(-5, 5), span(4, 3), undefined],
    ['an affiliation without an end, and no wish', span(-5, null), {}, undefined],
    ['an affiliation without an end, and a wish', span(-5, null), { toMs: nowMs + day }, [-5, 1]],
  ] as const)('%s', (_, affiliation, wish, wanted) => {
    const { fromMs, toMs }: Partial<Span> = wish;
    const found = cardSpan(affiliation, { fromMs, toMs: toMs ?? undefined }, nowMs);
    const days = found && [(found.fromMs - nowMs) / day, (found.toMs - nowMs) / day];
    expect(days).toEqual(wanted);
  });

  it('never reach beyond the affiliation, whatever is asked for', () => {
    const days = fc.integer({ min: -500, max: 500 });
    fc.assert(
      fc.property(days, days, days, days, (from, to, wishFrom, wishTo) => {
        const whole = { fromMs: nowMs + from * day, toMs: nowMs + to * day };
        const wish = { fromMs: nowMs + wishFrom * day, toMs: nowMs + wishTo * day };
        const found = cardSpan(whole, wish, nowMs);
        if (found === undefined) return;
        expect(found.fromMs).toBeGreaterThanOrEqual(whole.fromMs);
        expect(found.toMs).toBeLessThanOrEqual(whole.toMs);
        expect(found.toMs).toBeGreaterThan(Math.max(found.fromMs, nowMs));
      }),
    );
  });
});
