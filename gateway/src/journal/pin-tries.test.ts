import { expect, it } from 'vitest';
import { readPinTries } from './pin-tries.ts';

it.each([
  [undefined, []],
  ['[{"key":"number 1","at":[1,2]}]', [{ key: 'number 1', at: [1, 2] }]],
  ['[{"key":"number 1"}]', []],
  ['nonsense', []],
  ['', []],
])('wrong PINs of %j', (text, tries) => {
  expect(readPinTries(text)).toEqual(tries);
});
