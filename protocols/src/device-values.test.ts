import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { DeviceValues, valueCharsMax, valueItemsMax } from './device-values.ts';

const rows: readonly (readonly [what: string, values: unknown, fits: boolean])[] = [
  ['nothing', {}, true],
  ['one of each', { on: true, mode: 'auto', level: 1.5, hash: null, boxes: ['open', 1] }, true],
  ['a list in a list', { boxes: [[1]] }, false],
  ['an object', { box: {} }, false],
  ['a name that no profile can have', { 'a-b': 1 }, false],
  ['such a name with anything behind it', { __proto__x: { deep: {} } }, false],
  ['no number', { level: NaN }, false],
  ['a text that is as long as it may be', { text: 'x'.repeat(valueCharsMax) }, true],
  ['a longer text', { text: 'x'.repeat(valueCharsMax + 1) }, false],
  ['a list that is too long', { boxes: new Array(valueItemsMax + 1).fill(1) }, false],
  ['too many', Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`value${i}`, i])), false],
];

describe('values of a device', () => {
  it.each(rows)('%s', (_, values, fits) => {
    expect(Value.Check(DeviceValues, values)).toBe(fits);
  });
});
