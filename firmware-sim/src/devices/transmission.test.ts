import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined } from '../testing.ts';
import { noFaults } from './faults.ts';
import { createRandom, seedFor } from './random.ts';
import { checksumPlace, planTransmission } from './transmission.ts';
import type { Transmission } from './transmission.ts';

const pass = new TextEncoder().encode(`${'A'.repeat(122)}\r`);
const random = createRandom(1);
const plain = { baud: undefined, random, checksumAt: undefined, replyTimeoutMs: 200 };

describe('transmission', () => {
  it.each([
    ['at once', undefined, noFaults, 1, 0],
    ['at 115200 baud', 115_200, noFaults, 2, 10.68],
    ['at 9600 baud', 9_600, noFaults, 14, 128.13],
    ['at 300 baud', 300, noFaults, 123, 4_100],
    ['slow', 115_200, { ...noFaults, slow: true }, 123, 369],
    ['silent', 115_200, { ...noFaults, silent: true }, 0, 0],
  ])('%s: pieces and time', (_case, baud, faults, count, tookMs) => {
    const pieces = planTransmission({ ...plain, bytes: pass, baud, faults });
    expect(pieces).toHaveLength(count);
    expect(pieces.reduce((sum, { afterMs }) => sum + afterMs, 0)).toBeCloseTo(tookMs, 1);
  });

  it('sends every byte in order at any pace', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(1_000_000), (bytes, more) => {
        const pieces = planTransmission({ ...plain, bytes, baud: 300 + more, faults: noFaults });
        expect(joined(pieces.map((piece) => piece.bytes))).toEqual(bytes);
        expect(pieces.every((piece) => piece.bytes.length > 0 && piece.afterMs > 0)).toBe(true);
      }),
    );
  });

  it('adds noise around and inside, the same under the same seed', () => {
    const noisy = (seed: number): readonly number[] => [
      ...joined(
        planTransmission({
          ...plain,
          bytes: pass,
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

describe('a damaged transmission', () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
  /** What two hundred frames become. */
  const sent = (faults: Partial<Transmission['faults']>, checksumAt?: number) =>
    Array.from({ length: 200 }, () => {
      const options = { ...plain, bytes, checksumAt, faults: { ...noFaults, ...faults } };
      return planTransmission(options);
    });
  const whole = (pieces: ReturnType<typeof planTransmission>): Uint8Array =>
    joined(pieces.map((piece) => piece.bytes));

  it('badChecksum: a quarter has another checksum, and nothing else of it differs', () => {
    const wrong = sent({ badChecksum: true }, 39).filter((pieces) => whole(pieces)[39] !== 39);
    expect(wrong.length).toBeGreaterThan(25);
    expect(wrong.length).toBeLessThan(80);
    for (const pieces of wrong) {
      expect(whole(pieces).subarray(0, 39)).toEqual(bytes.subarray(0, 39));
    }
  });

  it('badChecksum: what has none stays whole', () => {
    for (const pieces of sent({ badChecksum: true })) expect(whole(pieces)).toEqual(bytes);
  });

  it('truncated: a quarter breaks off', () => {
    const all = sent({ truncated: true }).map(whole);
    const short = all.filter((frame) => frame.length < bytes.length);
    expect(short.length).toBeGreaterThan(25);
    expect(short.length).toBeLessThan(80);
    for (const frame of all) expect(frame).toEqual(bytes.subarray(0, frame.length));
  });

  it('lossy: one byte in a hundred is gone, the others keep their order', () => {
    const all = sent({ lossy: true }).map(whole);
    const lost = all.reduce((sum, frame) => sum + bytes.length - frame.length, 0);
    expect(lost).toBeGreaterThan(30);
    expect(lost).toBeLessThan(150);
    for (const frame of all) expect([...frame]).toEqual([...frame].toSorted((a, b) => a - b));
  });

  it('lateReply: a quarter comes after its time', () => {
    const late = sent({ lateReply: true }).filter(([first]) => (first?.afterMs ?? 0) > 200);
    expect(late.length).toBeGreaterThan(25);
    expect(late.length).toBeLessThan(80);
  });

  it.each([
    [{ at: -1 }, 10, 9],
    [{ at: 3 }, 10, 3],
    [undefined, 10, undefined],
  ])('finds the checksum %j in %i bytes at %s', (checksum, length, place) => {
    const at = checksum && { type: 'xor' as const, from: 0, to: -1, ...checksum };
    const framing = { kind: 'frames' as const, start: '02', frameBytesMax: 64, silenceMs: 50 };
    const full = at === undefined ? framing : { ...framing, checksum: at };
    expect(checksumPlace(full, length)).toBe(place);
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
