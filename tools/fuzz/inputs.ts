import type { Random } from './random.ts';
import type { FuzzInput } from './target.ts';

/** Most inputs are as short as frames are; a few are floods. */
const shortBytesMax = 300;
const floodBytesMax = 64 * 1024;
const cutsMax = 6;

type Maker = (random: Random, samples: readonly Uint8Array[]) => Uint8Array;

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const noise: Maker = (random) => random.bytes(random.below(shortBytesMax));

const sample: Maker = (random, samples) =>
  samples.length === 0 ? noise(random, samples) : random.pick(samples).slice();

/** Bytes at which lengths, signs and escapes turn. */
const edges = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x0d, 0x0a, 0x10, 0x7e, 0x7d];

const flipBit: Maker = (random, samples) => {
  const bytes = sample(random, samples);
  const at = random.below(bytes.length);
  return bytes.map((byte, i) => (i === at ? byte ^ (1 << random.below(8)) : byte));
};

const overwrite: Maker = (random, samples) => {
  const bytes = sample(random, samples);
  for (let i = random.below(4); i >= 0; i -= 1) {
    bytes[random.below(bytes.length)] = random.pick(edges);
  }
  return bytes;
};

const truncate: Maker = (random, samples) => {
  const bytes = sample(random, samples);
  return bytes.subarray(0, random.below(bytes.length + 1));
};

const insert: Maker = (random, samples) => {
  const bytes = sample(random, samples);
  const at = random.below(bytes.length + 1);
  const many = random.bytes(1 + random.below(8));
  return join(bytes.subarray(0, at), many, bytes.subarray(at));
};

const remove: Maker = (random, samples) => {
  const bytes = sample(random, samples);
  const at = random.below(bytes.length + 1);
  return join(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4)));
};

/** A beginning with the largest lengths behind it. */
const hugeLength: Maker = (random, samples) => {
  const bytes = sample(random, samples);
  const at = random.below(Math.min(10, bytes.length));
  return join(bytes.subarray(0, at), new Uint8Array(1 + random.below(4)).fill(0xff), bytes);
};

const mixed: Maker = (random, samples) => {
  const makers = [sample, flipBit, truncate, insert, hugeLength, noise];
  const parts = Array.from({ length: 2 + random.below(6) }, () =>
    random.pick(makers)(random, samples),
  );
  return join(...parts);
};

/** The first bytes of a sample, or any, again and again. */
const flood: Maker = (random, samples) => {
  const bytes = sample(random, samples);
  const pattern = bytes.subarray(0, 1 + random.below(Math.min(12, bytes.length)));
  return new Uint8Array(Buffer.alloc(random.below(floodBytesMax), pattern));
};

/** How often each is made. */
const weights: readonly (readonly [Maker, number])[] = [
  [sample, 5],
  [noise, 15],
  [flipBit, 15],
  [overwrite, 15],
  [truncate, 10],
  [insert, 10],
  [remove, 10],
  [hugeLength, 10],
  [mixed, 9],
  [flood, 1],
];
const makers = weights.flatMap(([maker, weight]) => Array<Maker>(weight).fill(maker));

export const makeInput = (random: Random, samples: readonly Uint8Array[]): FuzzInput => {
  const bytes = random.pick(makers)(
    random,
    samples.filter(({ length }) => length > 0),
  );
  const cuts = Array.from({ length: random.below(cutsMax + 1) }, () =>
    random.below(bytes.length + 1),
  );
  return { bytes, cuts: cuts.toSorted((a, b) => a - b) };
};
