import { expect, it } from 'vitest';
import { isCopied, sourceTally } from './copied.ts';

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

it('counts them for a page or certificate', () => {
  const of = (source: string) => ({ binding: 'serial', source, in: '00' });
  const vectors = ['Manual, p. 1', 'capture 2026-11-02, tty', 'invented (cut off)'].map(of);
  const session = { session: 'a swing', binding: 'serial', steps: [{ waitMs: 1 }] };
  expect(sourceTally({ vectors: [...vectors, session] })).toEqual({
    documented: 1,
    captured: 1,
    invented: 1,
  });
});
