import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePass, passChars } from '../pass/pass.ts';
import { parsePinEntry, pinEntryCharsMax } from './pin.ts';

const read = (text: string): string | undefined => {
  const entry = parsePinEntry(text);
  return entry && `${entry.number} ${new TextDecoder().decode(entry.pin)}`;
};

describe('what is typed on a keypad', () => {
  it.each([
    ['1234560000', '123456 0000'],
    ['1234560000#', '123456 0000'],
    ['00000112345678#', '000001 12345678'],
    ['123456000', undefined],
    ['123456#0000', undefined],
    ['123456000000000', undefined],
    ['1234560000##', undefined],
    ['1234560000\n', undefined],
    [' 1234560000', undefined],
    ['12345O0000', undefined],
    ['１２３４５６0000', undefined],
    ['', undefined],
  ])('%j: %s', (text, wanted) => {
    expect(read(text)).toBe(wanted);
  });

  it('is a number and a PIN for all digits, and nothing that could be a pass', () => {
    const digits = (min: number, max: number) =>
      fc
        .array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max })
        .map((each) => each.join(''));
    fc.assert(
      fc.property(digits(6, 6), digits(4, 8), fc.boolean(), (number, pin, ends) => {
        const text = `${number}${pin}${ends ? '#' : ''}`;
        expect(read(text)).toBe(`${number} ${pin}`);
        expect(parsePass(text).ok).toBe(false);
      }),
    );
    expect(pinEntryCharsMax).toBeLessThan(passChars);
  });
});
