import { describe, expect, it } from 'vitest';
import { timescaleLevel, timescaleSteps } from './timescale.ts';

describe('timescaleLevel', () => {
  it.each([
    // extension in the database, setting timescaledb.license, level
    [false, null, 'none'],
    [false, 'timescale', 'none'],
    [true, 'apache', 'apache'],
    [true, null, 'apache'],
    [true, 'timescale', 'community'],
  ] as const)('installed %s, licence %s: %s', (installed, licence, level) => {
    expect(timescaleLevel(installed, licence)).toBe(level);
  });
});

describe('timescaleSteps', () => {
  it.each([
    ['none', 0, false],
    ['apache', 1, false],
    ['community', 3, true],
  ] as const)('%s: %i steps, compression %s', (level, count, compresses) => {
    const texts = timescaleSteps(level).map(({ sql }) => sql);
    expect(texts).toHaveLength(count);
    expect(texts.some((sql) => sql.includes('compress'))).toBe(compresses);
  });
});
