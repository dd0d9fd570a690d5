import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined } from '../testing.ts';
import { noFaults } from './faults.ts';
import { createRandom, seedFor } from './random.ts';
import { planTransmission } from './transmission.ts';

const pass = new TextEncoder().encode(`${'A'.repeat(122)}\r`);
const random = createRandom(1);

describe('transmission', () => {
  it.each([
    ['at once', undefined, noFaults, 1, 0],
    ['at 115200 baud', 115_200, noFaults, 2, 10.68],
    ['at 9600 baud', 9_600, noFaults, 14, 128.13],
    ['at 300 baud', 300, noFaults, 123, 4_100],
    ['slow', 115_200, { ...noFaults, slow: true }, 123, 369],
    ['silent', 115_200, { ...noFaults, silent: true }, 0, 0],
  ])('%s: pieces and time', (_case, baud, faults, count, tookMs) => {
    const pieces = planTransmission({ bytes: pass, baud, faults, random });
    expect(pieces).toHaveLength(count);
    expect(pieces.reduce((sum, { afterMs }) => sum + afterMs, 0)).toBeCloseTo(tookMs, 1);
  });

  it('sends every byte in order at any pace', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(1_000_000), (bytes, more) => {
        const pieces = planTransmission({ bytes, baud: 300 + more, faults: noFaults, random });
        expect(joined(pieces.map((piece) => piece.bytes))).toEqual(bytes);
        expect(pieces.every((piece) => piece.bytes.length > 0 && piece.afterMs > 0)).toBe(true);
      }),
    );
  });

  it('adds noise around and inside, the same under the same seed', () => {
    const noisy = (seed: number): readonly number[] => [
      ...joined(
        planTransmission({
          bytes: pass,
          baud: undefined,
          faults: { ...noFaults, noisy: true },
          random: createRandom(seed),
        }).map((piece) => piece.bytes),
      ),
    ];
    expect(noisy(7)).toEqual(noisy(7));
    expect(noisy(7)).not.toEqual(noisy(8));
    const lengths = Array.from({ length: 200 }, (_, seed) => noisy(seed).length - pass.length);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...lengths)).toBeLessThan(40);
    expect(lengths.some((more) => more > 17)).toBe(true);
  });
});

describe('seeded chance', () => {
  it('is the same again, and covers its range', () => {
    const draw = (seed: number): readonly number[] => {
      const chance = createRandom(seed);
      return Array.from({ length: 1_000 }, () => chance.below(10));
    };
    expect(draw(5)).toEqual(draw(5));
    expect(new Set(draw(5)).size).toBe(10);
    expect(draw(5)).not.toEqual(draw(6));
  });

  it('gives each name a seed of its own', () => {
    const seeds = ['a', 'b', 'east-gate-1-in', 'east-gate-1-out'].map((name) => seedFor(1, name));
    expect(new Set(seeds).size).toBe(4);
    expect(seedFor(1, 'a')).not.toBe(seedFor(2, 'a'));
  });
});
