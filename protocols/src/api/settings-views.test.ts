import Value from 'typebox/value';
import { expect, it } from 'vitest';
import { defaultSettings, Settings } from './settings-views.ts';

it.each([
  [0, true],
  [1, false],
  [2, false],
  [3, true],
  [365, true],
  [366, false],
  [-1, false],
  [3.5, false],
])('phones that are not seen for %d days lapse: %j', (revalidateDays, isPossible) => {
  expect(Value.Check(Settings, { ...defaultSettings, revalidateDays })).toBe(isPossible);
});
