import { describe, expect, it } from 'vitest';
import { percentile } from './percentile.ts';

const oneTo = (n: number): number[] => Array.from({ length: n }, (_, i) => n - i);

describe('percentile by nearest rank', () => {
  it.each([
    { values: [7], percent: 50, is: 7 },
    { values: [7], percent: 99, is: 7 },
    { values: [15, 20, 35, 40, 50], percent: 30, is: 20 },
    { values: [15, 20, 35, 40, 50], percent: 40, is: 20 },
    { values: [15, 20, 35, 40, 50], percent: 100, is: 50 },
    { values: [10, 9, 100], percent: 50, is: 10 },
    { values: oneTo(100), percent: 99, is: 99 },
    { values: oneTo(101), percent: 99, is: 100 },
    { values: oneTo(400), percent: 99, is: 396 },
  ])('$percent % of $values.length values: $is', ({ values, percent, is }) => {
    expect(percentile(values, percent)).toBe(is);
  });

  it('is not defined for nothing', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });
});
