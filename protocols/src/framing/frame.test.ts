import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameDecoder } from './decoder.ts';
import { frameVectors } from './frame.vectors.ts';
import { framingFault } from './framing-fault.ts';
import type { FrameFraming, FrameOutput, Framing } from './framing.ts';
import { frameGeometry } from './layout.ts';
import { sealFault, sealFrame } from './seal.ts';
import { frameTrials, outputsOf, wireOf } from './testing/frame-trials.ts';

const cases = frameVectors.flatMap((vector) =>
  vector.frames.map(({ source, hex }) => ({ vector, source, wire: wireOf(hex) })),
);
const refused = frameVectors.flatMap(({ framing, refused: rows = [] }) =>
  rows.map((row) => ({ ...row, framing })),
);

describe('frames: vectors', () => {
  for (const { name, run } of frameTrials) {
    it.each(cases)(`${name}: $source`, ({ vector, wire }) => {
      expect(run(vector, wire)).toEqual([]);
    });
  }

  it.each(refused)('$fault: $source', ({ framing, hex, fault }) => {
    const wire = wireOf(hex);
    expect(outputsOf(framing, [wire])).toEqual([{ kind: 'fault', fault, bytes: wire.length }]);
  });

  it.each(frameVectors)('$device: its framing is sound', ({ framing }) => {
    expect(framingFault(framing)).toBeUndefined();
  });
});

const framingOf = (name: string): FrameFraming => {
  const found = frameVectors.find(({ device }) => device.startsWith(name))?.framing;
  if (found?.kind !== 'frames') throw new Error(`no frames of ${name}`);
  return found;
};
const mach = framingOf('Mach');
const dust = framingOf('SDS011');
const zvt = framingOf('ZVT');
const frame = (hex: string): FrameOutput => ({ kind: 'frame', bytes: wireOf(hex) });
const fault = (name: Extract<FrameOutput, { fault: string }>['fault'], bytes: number) =>
  ({ kind: 'fault', fault: name, bytes }) as const;

type Step = readonly [atMs: number, hex: string, outputs: readonly FrameOutput[]];
const open = 'EB 01 40 00 AA';

const timed: readonly (readonly [string, Framing, readonly Step[]])[] = [
  [
    'a half frame waits',
    mach,
    [
      [0, 'EB 01', []],
      [49, '40 00 AA', [frame(open)]],
    ],
  ],
  [
    'a half frame is given up',
    mach,
    [
      [0, 'EB 01', []],
      [50, '', [fault('truncated', 2)]],
    ],
  ],
  [
    'a late timer changes nothing',
    mach,
    [
      [0, 'EB 01', []],
      [80, open, [fault('truncated', 2), frame(open)]],
    ],
  ],
  [
    'a frame inside what is given up comes out',
    mach,
    [[0, `EB ${open}`, [fault('bad_checksum', 1), frame(open)]]],
  ],
  [
    'a length that points far holds a frame up until silence',
    framingOf('HLK-LD2410C presence radar, c'),
    [
      [0, 'FD FC FB FA 30 00 FD FC FB FA 02 00 FE 00 04 03 02 01', []],
      [50, '', [fault('truncated', 6), frame('FD FC FB FA 02 00 FE 00 04 03 02 01')]],
    ],
  ],
  [
    'an end inside the data ends nothing while the checksum says so',
    dust,
    [
      [0, 'AA C0 AB 00 00', []],
      [1, '00 A1 60', []],
      [2, 'AC AB', [frame('AA C0 AB 00 00 00 A1 60 AC AB')]],
    ],
  ],
  [
    'without start, end and checksum one wrong length loses all until silence',
    zvt,
    [
      [0, '80 00 FF 80 00 00', []],
      [10, '80 00 00', []],
      [60, '80 00 00', [fault('bad_length', 9), frame('80 00 00')]],
    ],
  ],
  [
    'a flood is told once in each silenceMs',
    mach,
    [
      [0, '00 01 02', []],
      [30, '03', []],
      [50, '04', [fault('noise', 4)]],
      [90, '05', []],
      [100, '06', [fault('noise', 2)]],
      [120, open, [fault('noise', 1), frame(open)]],
    ],
  ],
];

describe('frames: time', () => {
  it.each(timed)('%s', (_name, framing, steps) => {
    const decoder = createFrameDecoder(framing);
    for (const [atMs, hex, outputs] of steps) {
      const got = hex === '' ? decoder.expire(atMs) : decoder.push(wireOf(hex), atMs);
      expect(got, `at ${atMs} ms`).toEqual(outputs);
    }
  });

  it('wakes exactly when there is something to tell', () => {
    const decoder = createFrameDecoder(mach);
    expect(decoder.wakeAtMs()).toBeUndefined();
    decoder.push(wireOf('EB 01'), 7);
    expect(decoder.wakeAtMs()).toBe(57);
    expect(decoder.expire(56)).toEqual([]);
    expect(decoder.expire(57)).toEqual([fault('truncated', 2)]);
    expect(decoder.wakeAtMs()).toBeUndefined();
  });
});

/** Bytes that look like frames without being any, cut anywhere. */
const hostile = (wires: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.constantFrom(...wires),
        fc.constantFrom(...wires.flatMap((wire) => [...wire])).map((b) => Uint8Array.of(b)),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

describe('frames: properties', () => {
  it.each(frameVectors)('$device: any cuts, and a good frame after noise', (vector) => {
    const { framing } = vector;
    const wires = vector.frames.map(({ hex }) => wireOf(hex));
    const [good = new Uint8Array()] = wires;
    const expected = outputsOf(framing, [good]);
    fc.assert(
      fc.property(hostile(wires), fc.array(fc.nat(150), { maxLength: 5 }), (bytes, cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
        expect(outputsOf(framing, pieces)).toEqual(outputsOf(framing, [bytes]));
        const decoder = createFrameDecoder(framing);
        decoder.push(bytes, 0);
        decoder.expire(50);
        expect([...decoder.push(good, 60), ...decoder.expire(120)]).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  const stuffed: FrameFraming = {
    kind: 'frames',
    start: '10 02',
    end: '10 03',
    escape: { mark: '10' },
    checksum: { type: 'crc16-kermit', from: 2, to: -4, at: -2 },
    frameBytesMax: 40,
    silenceMs: 50,
  };
  const flagged: FrameFraming = {
    kind: 'frames',
    start: '7E',
    end: '7E',
    escape: { mark: '7D', flip: '20' },
    checksum: { type: 'crc16-x25', from: 1, to: -3, at: -3 },
    frameBytesMax: 40,
    silenceMs: 50,
  };

  it.each([
    ['DLE STX … DLE ETX, checksum behind', stuffed],
    ['flags at both ends, as RFC 1662', flagged],
    ['SSP', framingOf('NV9')],
    ['XBee', framingOf('XBee')],
  ] as const)('%s: whatever stands inside comes out', (_name, framing) => {
    expect(framingFault(framing)).toBeUndefined();
    const { head, tail } = frameGeometry(framing);
    const middle = framing.length === undefined ? 0 : framing.length.at - head + 1;
    const special = fc.constantFrom(0x10, 0x02, 0x03, 0x7e, 0x7d, 0x7f, 0x5e, 0x5d);
    const data = fc.array(fc.oneof(special, fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(data, data, (a, b) => {
        const sealed = [a, b].map((inside) => {
          const bytes = Uint8Array.of(...Array<number>(head + Math.max(0, middle)).fill(0x22));
          return sealFrame(
            framing,
            Uint8Array.of(...bytes, ...inside, ...Array<number>(tail).fill(0)),
          );
        });
        const wire = Uint8Array.from(sealed.flatMap((each) => [...each]));
        const outputs = outputsOf(framing, [wire]);
        expect(outputs.map(({ kind }) => kind)).toEqual(['frame', 'frame']);
        for (const [i, inside] of [a, b].entries()) {
          const output = outputs[i];
          const bytes = output?.kind === 'frame' ? output.bytes : new Uint8Array();
          expect([
            ...bytes.slice(bytes.length - tail - inside.length, bytes.length - tail),
          ]).toEqual(inside);
        }
      }),
    );
  });
});

/** By chance eight bits would prove right in a flood. */
const ended: FrameFraming = {
  ...dust,
  checksum: { type: 'crc32', from: 1, to: -5, at: -5 },
  frameBytesMax: 4096,
};

/** Work is counted by time, a hundred times what it takes: quadratic work needs minutes. */
const chunks = 64;
const chunkBytes = 16_384;
const floods: readonly (readonly [string, Framing, string])[] = [
  ['start bytes', mach, 'EB'],
  ['start bytes of ended frames', dust, 'AA'],
  ['starts and ends', ended, 'AA AB'],
  ['ends', ended, 'AA AB AB AB AB AB AB AB AB'],
  ['lengths that point far', { ...framingOf('Digicon'), frameBytesMax: 4096 }, '02 F0 0F'],
  ['lengths without a start', { ...framingOf('Zebra'), frameBytesMax: 4096 }, 'FF'],
  ['marks', framingOf('NV9'), '7F'],
  ['no start at all', { ...framingOf('PZEM'), bytes: 4000, frameBytesMax: 4096 }, '11'],
];

describe('frames: floods', () => {
  it.each(floods)('1 MiB of %s', (_name, framing, hex) => {
    const decoder = createFrameDecoder(framing);
    const pattern = wireOf(hex);
    const chunk = Uint8Array.from(
      { length: chunkBytes },
      (_, i) => pattern[i % pattern.length] ?? 0,
    );
    const startedAt = performance.now();
    let told = 0;
    for (let i = 0; i < chunks; i += 1) told += decoder.push(chunk, i).length;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    // One chunk each millisecond: told at most once in 50.
    expect(told).toBeLessThanOrEqual(3);
  });
});

type Change = { readonly [Key in keyof FrameFraming]?: FrameFraming[Key] | undefined };
const broken: readonly (readonly [string, Change, string])[] = [
  ['nothing', { start: undefined, bytes: undefined }, 'at least one'],
  ['a start alone', { bytes: undefined }, 'nothing says where a frame ends'],
  ['a checksum over itself', { checksum: { type: 'xor', from: 0, to: 5, at: 4 } }, 'cover itself'],
  ['a checksum outside', { checksum: { type: 'xor', from: 0, to: 4, at: 5 } }, 'outside'],
  ['fewer bytes than its parts', { bytes: 1, checksum: undefined, end: 'AA' }, 'is below'],
  ['bytes above the bound', { bytes: 80 }, 'above frameBytesMax'],
  ['a bound too low', { frameBytesMax: 1 }, 'frameBytesMax is below'],
  ['half a byte', { start: 'E' }, 'hexadecimal'],
  ['a length inside the start', { length: { at: 0, type: 'u8', adds: 0 } }, 'inside start'],
  ['a mark of two bytes', { escape: { mark: '10 11' } }, 'one byte'],
  ['a flip that hits a flag', { escape: { mark: 'EA', flip: '01' } }, 'flip turns'],
];

describe('framingFault', () => {
  it.each(broken)('names %s', (_name, change, message) => {
    // A key that is left out and one that is undefined are the same to these checks.
    const framing = { ...mach, ...change } as FrameFraming;
    expect(framingFault(framing)).toContain(message);
  });
});

describe('sealFrame', () => {
  it.each<readonly [string, Framing, Uint8Array, string]>([
    [
      'a line that holds its end',
      { kind: 'lines', lineBytesMax: 16, halfLineMaxMs: 50 },
      Uint8Array.of(13),
      'not_text',
    ],
    ['another size', mach, new Uint8Array(6), 'bad_length'],
    ['above the bound', dust, new Uint8Array(65), 'too_long'],
    [
      'more than the length can say',
      { ...zvt, frameBytesMax: 1000 },
      new Uint8Array(300),
      'bad_length',
    ],
  ])('refuses %s', (_name, framing, bytes, name) => {
    expect(sealFault(framing, bytes)).toBe(name);
    expect(() => sealFrame(framing, bytes)).toThrow(RangeError);
  });
});
