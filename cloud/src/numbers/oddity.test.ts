import { describe, expect, it } from 'vitest';
import { oddityOf, ratioLimit } from './oddity.ts';
import type { KeyUse, Usual } from './oddity.ts';
import { csvCell, csvLine } from './card-csv.ts';

/** Of made : used itself, for reading. */
const usual = (keys: number, ratio: number, mad: number): Usual => ({
  keys,
  median: Math.log(ratio),
  mad,
});

describe('the bound of made : used', () => {
  it.each<readonly [string, Usual | undefined, Usual | undefined, basis: string, limit: number]>([
    ['nobody yet', undefined, undefined, 'fixed', 50],
    ['too few anywhere', usual(19, 2, 0.1), usual(19, 2, 0.1), 'fixed', 50],
    ['too few alike', usual(19, 2, 0.1), usual(20, 3, 0.1), 'all', 12],
    ['all alike: four times the usual', usual(20, 2.5, 0), undefined, 'affiliation', 10],
    ['own before all', usual(20, 2, 0), usual(2000, 9, 0), 'affiliation', 8],
    ['spread: 3.5 deviations', usual(500, 3, 0.5), undefined, 'affiliation', 40.17],
  ])('%s', (_, own, all, basis, limit) => {
    const found = ratioLimit(own, all);
    expect([found.basis, Math.round(found.limit * 100) / 100]).toEqual([basis, limit]);
  });
});

describe('what is odd', () => {
  it.each<readonly [string, KeyUse, limit: number, string | null]>([
    ['somebody films it', { made: 10_000, used: 3, doors: 1 }, 40, 'hoarded'],
    ['just above the bound', { made: 401, used: 10, doors: 3 }, 40, 'hoarded'],
    ['at the bound', { made: 400, used: 10, doors: 3 }, 40, null],
    ['few codes, however few were used', { made: 199, used: 1, doors: 1 }, 40, null],
    ['a program that makes one per door', { made: 31, used: 30, doors: 8 }, 40, 'everywhere'],
    ['at few doors', { made: 31, used: 30, doors: 7 }, 40, null],
    ['few uses', { made: 29, used: 29, doors: 20 }, 40, null],
    ['a person at many doors', { made: 90, used: 40, doors: 20 }, 40, null],
    ['a counter that began elsewhere', { made: 3, used: 40, doors: 9 }, 40, 'everywhere'],
    ['never used', { made: 0, used: 0, doors: 0 }, 40, null],
  ])('%s', (_, use, limit, oddity) => {
    expect(oddityOf(use, limit)).toBe(oddity);
  });
});

describe('a cell of an export', () => {
  it.each([
    ['李雷', '李雷'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1),2', `"'@SUM(A1),2"`],
    ['+86', "'+86"],
    ['-1', "'-1"],
    ['two\r\nlines', '"two\r\nlines"'],
    ['', ''],
  ])('%j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
    expect(csvLine([text, 'x'])).toBe(`${cell},x\r\n`);
  });
});
