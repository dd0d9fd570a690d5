import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitsOf, isWeakPin, pinRefusal } from './pin-choice.ts';

const numbers = ['240007', 'V2611-80452'];

describe('a PIN', () => {
  it.each([
    ['1234', 'weak'],
    ['123456', 'weak'],
    ['7890', 'weak'],
    ['87654321', 'weak'],
    ['2109', 'weak'],
    ['0000', 'weak'],
    ['99999999', 'weak'],
    ['1212', 'weak'],
    ['696969', 'weak'],
    // What stands on the card, or is typed before it.
    ['240007', 'weak'],
    ['4000', 'weak'],
    ['2611', 'weak'],
    ['80452', 'weak'],
    ['123', 'not_digits'],
    ['123456789', 'not_digits'],
    ['', 'not_digits'],
    ['12a4', 'not_digits'],
    ['١٢٣٤', 'not_digits'],
    ['2468\n', 'not_digits'],
    ['4071', undefined],
    ['246813', undefined],
    ['1235', undefined],
    ['1221', undefined],
  ])('%j: %s', (pin, refusal) => {
    expect(pinRefusal(pin, numbers)).toBe(refusal);
  });

  it('that is a run from any digit, either way, is weak', () => {
    const runs = fc.record({
      from: fc.integer({ min: 0, max: 9 }),
      step: fc.constantFrom(-1, 0, 1),
      length: fc.integer({ min: 4, max: 8 }),
    });
    fc.assert(
      fc.property(runs, ({ from, step, length }) => {
        const digits = Array.from({ length }, (_, i) => (from + step * i + 100) % 10);
        expect(isWeakPin(digits.join(''), [])).toBe(true);
      }),
    );
  });

  it('that is a part of a number is weak', () => {
    const digits = fc.stringMatching(/^[0-9]{4,12}$/);
    fc.assert(
      fc.property(digits, fc.nat(8), (number, at) => {
        const pin = number.slice(at, at + 8);
        fc.pre(pin.length >= 4);
        expect(isWeakPin(pin, [number])).toBe(true);
      }),
    );
  });
});

describe('drawn digits', () => {
  it('are each as likely as the others', () => {
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    const drawn = [...digitsOf(every, 256)];
    const counts = Array.from(
      { length: 10 },
      (_, digit) => drawn.filter((each) => each === String(digit)).length,
    );
    expect(counts).toEqual(Array.from({ length: 10 }, () => 25));
  });

  it('are as many as asked for, or fewer where the bytes are not fair', () => {
    expect(digitsOf(Uint8Array.of(0, 255, 19, 250, 249), 6)).toBe('099');
    expect(digitsOf(Uint8Array.of(1, 2, 3, 4), 2)).toBe('12');
  });
});
