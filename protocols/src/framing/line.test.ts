import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineDecoder } from './line.ts';
import type { LineDecoder, LineOutput } from './line.ts';
import { lineVectors } from './line.vectors.ts';

const framing = { lineBytesMax: 16, halfLineMaxMs: 500 };
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const line = (text: string): LineOutput => ({ kind: 'line', text });
const fault = (name: 'too_long' | 'not_text' | 'half_line', bytes: number): LineOutput => ({
  kind: 'fault',
  fault: name,
  bytes,
});
const linesOf = (outputs: readonly LineOutput[]): readonly string[] =>
  outputs.flatMap((output) => (output.kind === 'line' ? [output.text] : []));
const bytesIn = (outputs: readonly LineOutput[]): number =>
  outputs.reduce((sum, output) => sum + ('text' in output ? output.text.length : output.bytes), 0);

describe('line decoder: vectors', () => {
  it.each(lineVectors)('$source: $bytes', ({ bytes, outputs }) => {
    expect(createLineDecoder(framing).push(bytesOf(bytes), 0)).toEqual(outputs);
  });

  it.each(lineVectors)('$source, cut at every place', ({ bytes, outputs }) => {
    const all = bytesOf(bytes);
    for (let cut = 0; cut <= all.length; cut += 1) {
      const decoder = createLineDecoder(framing);
      const parts = [all.subarray(0, cut), all.subarray(cut)];
      expect(parts.flatMap((part) => decoder.push(part, 0))).toEqual(outputs);
    }
  });

  it.each(lineVectors)('$source, byte by byte', ({ bytes, outputs }) => {
    const decoder = createLineDecoder(framing);
    const singles = [...bytesOf(bytes)].map((byte) => Uint8Array.of(byte));
    expect(singles.flatMap((single) => decoder.push(single, 0))).toEqual(outputs);
  });
});

type Step = readonly [atMs: number, bytes: string | 'expire', outputs: readonly LineOutput[]];

const play = (decoder: LineDecoder, steps: readonly Step[]): void => {
  for (const [atMs, bytes, outputs] of steps) {
    const got = bytes === 'expire' ? decoder.expire(atMs) : decoder.push(bytesOf(bytes), atMs);
    expect(got, `${bytes} at ${atMs} ms`).toEqual(outputs);
  }
};

const timed: readonly (readonly [string, readonly Step[]])[] = [
  [
    'a half line waits, then is dropped',
    [
      [0, 'ABC', []],
      [499, 'expire', []],
      [500, 'expire', [fault('half_line', 3)]],
      [501, 'DEF\r', [line('DEF')]],
    ],
  ],
  [
    'a half line that goes on is one line',
    [
      [0, 'ABC', []],
      [499, 'DEF\r', [line('ABCDEF')]],
    ],
  ],
  [
    'a late timer changes nothing',
    [
      [0, 'ABC', []],
      [700, 'DEF\r', [fault('half_line', 3), line('DEF')]],
    ],
  ],
  [
    'the tail of a half line is no line',
    [
      [0, 'ABC', []],
      [300, 'DEF', []],
      [500, 'expire', [fault('half_line', 6)]],
      [600, 'GHI\r', [fault('half_line', 3)]],
      [601, 'JKL\r', [line('JKL')]],
    ],
  ],
  [
    'silence ends what is skipped',
    [
      [0, 'ABC', []],
      [300, 'DEF', []],
      [500, 'expire', [fault('half_line', 6)]],
      [800, 'expire', []],
      [801, 'JKL\r', [line('JKL')]],
    ],
  ],
  [
    'the tail of an over-long line is no line, however late its parts come',
    [
      [0, 'x'.repeat(20), []],
      [400, 'x'.repeat(20), []],
      [500, 'expire', [fault('too_long', 40)]],
      [800, 'tail', []],
      [1000, 'expire', [fault('too_long', 4)]],
      [1200, 'tail\r', [fault('too_long', 4)]],
      [1201, 'JKL\r', [line('JKL')]],
    ],
  ],
  [
    'after silence an over-long line without an end is over',
    [
      [0, 'x'.repeat(20), []],
      [500, 'expire', [fault('too_long', 20)]],
      [501, 'JKL\r', [line('JKL')]],
    ],
  ],
];

describe('line decoder: time', () => {
  it.each(timed)('%s', (_case, steps) => {
    play(createLineDecoder(framing), steps);
  });

  it('asks to be woken when a half line falls due, and not otherwise', () => {
    const decoder = createLineDecoder(framing);
    expect(decoder.wakeAtMs()).toBeUndefined();
    decoder.push(bytesOf('A'), 100);
    decoder.push(bytesOf('B'), 300);
    expect(decoder.wakeAtMs()).toBe(600);
    decoder.push(bytesOf('\r'), 301);
    expect(decoder.wakeAtMs()).toBeUndefined();
    decoder.push(bytesOf('x'.repeat(17)), 400);
    expect(decoder.wakeAtMs()).toBe(900);
    expect(decoder.expire(900)).toEqual([fault('too_long', 17)]);
    expect(decoder.wakeAtMs()).toBeUndefined();
  });

  it('tells of a half frame for ever once per interval, and never as a line', () => {
    const decoder = createLineDecoder(framing);
    const outputs: LineOutput[] = [];
    for (let ms = 0; ms < 60_000; ms += 10) outputs.push(...decoder.push(bytesOf('z'), ms));
    expect(linesOf(outputs)).toEqual([]);
    expect(outputs.length).toBeGreaterThan(100);
    expect(outputs.length).toBeLessThanOrEqual(121);
    outputs.push(...decoder.push(bytesOf('\rGOOD\r'), 60_000));
    expect(linesOf(outputs)).toEqual(['GOOD']);
  });
});

const noise = fc.uint8Array({ maxLength: 60 });
const noTerminator = noise.map((bytes) => bytes.filter((b) => b !== 0x0d && b !== 0x0a));
const arrivals = fc.array(
  fc.record({ bytes: noise, gapMs: fc.integer({ min: 0, max: 700 }), wake: fc.boolean() }),
  { maxLength: 20 },
);

/** As a driver's timer does: it must come to an end. */
const expireUntil = (decoder: LineDecoder, untilMs: number): readonly LineOutput[] => {
  const out: LineOutput[] = [];
  for (let wakes = 0; wakes < 100; wakes += 1) {
    const dueMs = decoder.wakeAtMs();
    if (dueMs === undefined || dueMs > untilMs) return out;
    out.push(...decoder.expire(dueMs));
  }
  throw new Error('asks to be woken again and again');
};

describe('line decoder: properties', () => {
  it('gives printable lines within the bound and never throws', () => {
    fc.assert(
      fc.property(arrivals, (steps) => {
        const decoder = createLineDecoder(framing);
        let nowMs = 0;
        for (const { bytes, gapMs } of steps) {
          nowMs += gapMs;
          for (const text of linesOf(decoder.push(bytes, nowMs))) {
            expect(text).toMatch(/^[\x20-\x7e]{1,16}$/);
          }
        }
      }),
    );
  });

  it('puts every byte into one line, terminator or fault, whether or not timers fire', () => {
    fc.assert(
      fc.property(arrivals, (steps) => {
        const woken = createLineDecoder(framing);
        const late = createLineDecoder(framing);
        const got: { woken: LineOutput[]; late: LineOutput[] } = { woken: [], late: [] };
        let nowMs = 0;
        for (const { bytes, gapMs, wake } of steps) {
          const until = nowMs + gapMs;
          if (wake) got.woken.push(...expireUntil(woken, until));
          nowMs = until;
          got.woken.push(...woken.push(bytes, nowMs));
          got.late.push(...late.push(bytes, nowMs));
        }
        got.woken.push(...woken.expire(nowMs + 10_000));
        got.late.push(...late.expire(nowMs + 10_000));
        const sent = steps.reduce(
          (sum, { bytes }) => sum + bytes.filter((b) => b !== 0x0d && b !== 0x0a).length,
          0,
        );
        expect(bytesIn(got.woken)).toBe(sent);
        expect(bytesIn(got.late)).toBe(sent);
        expect(linesOf(got.woken)).toEqual(linesOf(got.late));
      }),
      { numRuns: 500 },
    );
  });

  it('recovers the line after any noise and a terminator', () => {
    const end = fc.constantFrom('\r', '\n', '\r\n');
    fc.assert(
      fc.property(arrivals, noTerminator, end, end, (steps, last, endOfNoise, endOfLine) => {
        const decoder = createLineDecoder(framing);
        let nowMs = 0;
        for (const { bytes, gapMs } of steps) {
          nowMs += gapMs;
          decoder.push(bytes, nowMs);
        }
        decoder.push(last, nowMs);
        decoder.push(bytesOf(endOfNoise), nowMs);
        const outputs = decoder.push(bytesOf(` GOOD PASS ${endOfLine}`), nowMs);
        expect(outputs).toEqual([line(' GOOD PASS ')]);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same whatever the cuts', () => {
    fc.assert(
      fc.property(noise, fc.array(fc.nat(60), { maxLength: 6 }), (bytes, cuts) => {
        const whole = createLineDecoder(framing).push(bytes, 0);
        const decoder = createLineDecoder(framing);
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
        expect(pieces.flatMap((piece) => decoder.push(piece, 0))).toEqual(whole);
      }),
    );
  });
});

describe('line decoder: size', () => {
  it('takes a line of the largest bound that a profile may set', () => {
    const decoder = createLineDecoder({ lineBytesMax: 65_536, halfLineMaxMs: 500 });
    const text = 'A'.repeat(65_536);
    expect(decoder.push(bytesOf(`${text}\r`), 0)).toEqual([line(text)]);
  });

  it('drops a line of 10 MB in chunks as one fault, in linear time', () => {
    const decoder = createLineDecoder({ lineBytesMax: 512, halfLineMaxMs: 500 });
    const chunk = new Uint8Array(64 * 1024).fill(0x41);
    const startedAt = performance.now();
    for (let sent = 0; sent < 10 * 1024 * 1024; sent += chunk.length) {
      expect(decoder.push(chunk, 0)).toEqual([]);
    }
    const outputs = decoder.push(bytesOf('\rBB8\r'), 0);
    expect(outputs).toEqual([fault('too_long', 10 * 1024 * 1024), line('BB8')]);
    // A hundred times what it takes: quadratic work would need minutes.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
