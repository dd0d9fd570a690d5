import { describe, expect, it } from 'vitest';
import { isBenchResult, readable } from './bench-result.ts';
import type { BenchResult } from './bench-result.ts';

const good: BenchResult = {
  bench: 'verify',
  figures: { hotRatio: 0.91234567, memoryMiB: 120 },
  ratio: 0.91234567,
  limit: 'raw node:crypto verify',
  aim: 0.85,
  met: true,
};

describe('a bench result', () => {
  it.each([
    { what: 'whole', value: good, ok: true },
    { what: 'without a ratio', value: { ...good, ratio: null, aim: null }, ok: true },
    { what: 'with a figure that is no number', value: { ...good, figures: { a: NaN } }, ok: false },
    { what: 'with an infinite ratio', value: { ...good, ratio: Infinity }, ok: false },
    { what: 'without a verdict', value: { ...good, met: undefined }, ok: false },
    { what: 'null', value: null, ok: false },
  ])('$what: $ok', ({ value, ok }) => {
    expect(isBenchResult(value)).toBe(ok);
  });

  it('reads as a table', () => {
    expect(readable(good)).toBe(
      [
        'verify',
        '  hotRatio   0.9123',
        '  memoryMiB  120',
        '  ratio      0.9123',
        '  aim        0.85',
        '  against    raw node:crypto verify',
        '  met        yes',
      ].join('\n'),
    );
  });
});
