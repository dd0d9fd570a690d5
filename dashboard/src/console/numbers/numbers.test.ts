import { describe, expect, it } from 'vitest';
import { busiest, heatCells, heatLevel, percentOf } from './heat.ts';
import { filterOf, readCardListSearch, readNumbersSearch } from './numbers-search.ts';

describe('the heat of an hour', () => {
  it.each([
    [0, 100, 0],
    [1, 100, 1],
    [4, 100, 1],
    [5, 100, 2],
    [50, 100, 4],
    [100, 100, 5],
    [3, 0, 0],
  ])('%d of %d at most is level %d', (count, most, level) => {
    expect(heatLevel(count, most)).toBe(level);
  });

  it('fills the whole week, and names its busiest hour', () => {
    const cells = heatCells(
      [
        { weekday: 1, hour: 8, granted: 40, denied: 1 },
        { weekday: 7, hour: 23, granted: 4, denied: 9 },
      ],
      'granted',
    );
    expect(cells).toHaveLength(168);
    expect(busiest(cells)).toEqual({ weekday: 1, hour: 8, count: 40, level: 5 });
    expect(cells.at(-1)).toEqual({ weekday: 7, hour: 23, count: 4, level: 2 });
    expect(busiest(heatCells([], 'denied'))).toBeUndefined();
  });
});

describe('a share', () => {
  it.each([
    [0, 0, 0],
    [0, 9, 0],
    [1, 100_000, 1],
    [99_999, 100_000, 99],
    [7, 7, 100],
    [1, 3, 33],
  ])('%d of %d is %d %%', (part, whole, percent) => {
    expect(percentOf(part, whole)).toBe(percent);
  });
});

describe('what an address holds', () => {
  it.each<readonly [Readonly<Record<string, unknown>>, object]>([
    [{}, {}],
    [
      { by: 'unit', never: 90, days: 30, show: 'denied' },
      { by: 'unit', never: 90, days: 30, show: 'denied' },
    ],
    [{ by: 'shoe', never: 31, days: '7', show: 'all' }, {}],
  ])('numbers %j', (search, read) => {
    expect(readNumbersSearch(search)).toEqual(read);
  });

  it.each<readonly [Readonly<Record<string, unknown>>, object]>([
    [{}, { list: 'issued', neverDays: 30 }],
    [
      { list: 'never', by: 'group', group: 'students', q: 2024, never: 90 },
      { list: 'never', by: 'group', group: 'students', q: '2024', neverDays: 90 },
    ],
    [
      { list: 'gone', group: '', q: { a: 1 } },
      { list: 'issued', neverDays: 30 },
    ],
    [{ q: 'x'.repeat(200) }, { list: 'issued', q: 'x'.repeat(80), neverDays: 30 }],
  ])('cards %j', (search, filter) => {
    expect(filterOf(readCardListSearch(search))).toEqual(filter);
  });
});
