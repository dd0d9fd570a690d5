import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, hexOfRgb, rgbOfHex } from './colour.ts';
import { carriesWhiteText, darkenForWhiteText } from './readable-colour.ts';
import { contrastVectors } from './colour.vectors.ts';

const channel = fc.integer({ min: 0, max: 255 });
const colour = fc.tuple(channel, channel, channel).map(hexOfRgb);

describe('contrast', () => {
  for (const [a, b, ratio] of contrastVectors) {
    it(`of ${a} and ${b} is ${ratio}`, () => {
      expect(contrast(a, b)).toBeCloseTo(ratio, 2);
      expect(contrast(b, a)).toBe(contrast(a, b));
    });
  }
});

describe('a colour under white text', () => {
  for (const [from, to] of [
    ['#1f6f5c', '#1f6f5c'],
    ['#777777', '#767676'],
    ['#ffffff', '#767676'],
    ['#FF0000', '#ee0000'],
    ['#000000', '#000000'],
  ] as const) {
    it(`${from} becomes ${to}`, () => {
      expect(darkenForWhiteText(from)).toBe(to);
    });
  }

  it('is never lighter, passes, and the next lighter one does not', () => {
    fc.assert(
      fc.property(colour, (given) => {
        const found = darkenForWhiteText(given);
        expect(carriesWhiteText(found)).toBe(true);
        const [before, after] = [rgbOfHex(given), rgbOfHex(found)];
        after.forEach((part, i) => {
          expect(part).toBeLessThanOrEqual(before[i] ?? 0);
        });
        if (carriesWhiteText(given)) expect(found).toBe(given);
        const scale = Math.max(...after) / Math.max(...before);
        const [red, green, blue] = before.map((part) => part * Math.min(1, scale + 2 / 255));
        const lighter = hexOfRgb([red ?? 0, green ?? 0, blue ?? 0]);
        if (lighter !== found && !carriesWhiteText(given)) {
          expect(carriesWhiteText(lighter)).toBe(false);
        }
      }),
    );
  });
});
