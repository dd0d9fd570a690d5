import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes.ts';
import { decodeBase45, encodeBase45 } from './base45.ts';
import { base45Refusals, base45Vectors } from './base45.vectors.ts';

describe('base45', () => {
  it.each(base45Vectors)('reads and writes $text ($source)', ({ hex, text }) => {
    const bytes = fromHex(hex) ?? new Uint8Array();
    expect(encodeBase45(bytes)).toBe(text);
    expect(decodeBase45(text)).toEqual(bytes);
  });

  it.each(base45Refusals)('refuses $text ($source)', ({ text }) => {
    expect(decodeBase45(text)).toBeUndefined();
  });

  it('does not trim: a space is a digit', () => {
    const text = encodeBase45(Uint8Array.of(0, 36));
    expect(text.startsWith(' ')).toBe(true);
    expect(toHex(decodeBase45(text) ?? new Uint8Array())).toBe('0024');
    expect(decodeBase45(text.trim())).not.toEqual(Uint8Array.of(0, 36));
  });

  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeBase45(encodeBase45(bytes))).toEqual(bytes);
      }),
    );
  });

  it('has one text for each bytes: what it accepts, it writes again unchanged', () => {
    const anyDigit = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:');
    fc.assert(
      fc.property(fc.string({ unit: anyDigit, maxLength: 12 }), (text) => {
        const bytes = decodeBase45(text);
        if (bytes !== undefined) expect(encodeBase45(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('answers any text with bytes or undefined, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const bytes = decodeBase45(text);
        expect(bytes === undefined || bytes instanceof Uint8Array).toBe(true);
      }),
    );
  });
});
