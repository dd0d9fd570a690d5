import { expect, it } from 'vitest';
import { isCopied } from './copied.ts';

it.each([
  ['GM65 User Manual, p. 32', true],
  ['capture 2026-11-02, /dev/ttyUSB0', true],
  ['invented', false],
  ['invented (one bit flipped in the reply of p. 32)', false],
  ['Digicon Tx1500 manual, p. 31, table (frame built from it)', false],
  ['Hamlet HBCS2D100US manual, p. 50, CRC computed', false],
])('%s: copied %s', (source, copied) => {
  expect(isCopied({ binding: 'serial', source, in: '00' })).toBe(copied);
});
