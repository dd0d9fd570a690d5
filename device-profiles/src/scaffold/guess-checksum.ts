import { checksum, checksumBytes, checksumTypes } from '@gatehouse/protocols';
import type { FrameFraming } from '@gatehouse/protocols';

export type ChecksumSpec = NonNullable<FrameFraming['checksum']>;

/** A checksum that some of the frames have, and how many others were tried. */
export type ChecksumGuess = {
  readonly spec: ChecksumSpec;
  readonly agrees: number;
  readonly tried: number;
};

const orders = ['big', 'little'] as const;
const fromMax = 6;

export type Around = {
  readonly startBytes: number;
  readonly endBytes: number;
  /** Bytes behind the end: there it must stand; 0: before the end. */
  readonly behind: number;
};

/** Written as bytes or as hexadecimal digits, in either order. */
const specsFor = ({ endBytes, behind }: Around): readonly ChecksumSpec[] =>
  checksumTypes.flatMap((type) =>
    [false, true].flatMap((digits) => {
      const size = checksumBytes(type) * (digits ? 2 : 1);
      if (behind > 0 && size !== behind) return [];
      const ranges = rangesFor(behind > 0 ? -size : -(size + endBytes));
      return (checksumBytes(type) === 1 ? [undefined] : orders).flatMap((order) =>
        ranges.map((range): ChecksumSpec => ({
          ...range,
          type,
          ...(order === undefined ? {} : { order }),
          ...(digits ? { digits: true } : {}),
        })),
      );
    }),
  );

type Range = Pick<ChecksumSpec, 'from' | 'to' | 'at'>;

/** From any of the first bytes to just before it, or to one byte earlier. */
const rangesFor = (at: number): readonly Range[] =>
  Array.from({ length: fromMax + 1 }, (_, from) => from).flatMap((from) =>
    [at, at - 1].map((to) => ({ from, to, at })),
  );

const digitsOf = (bytes: readonly number[]): readonly number[] =>
  bytes.flatMap((byte) =>
    [...byte.toString(16).padStart(2, '0').toUpperCase()].map((char) => char.charCodeAt(0)),
  );

/** Digits a … f are as good as A … F. */
const capital = (byte: number): number => (byte >= 0x61 && byte <= 0x66 ? byte - 0x20 : byte);

const fits = (frame: Uint8Array, { type, from, to, at, order, digits }: ChecksumSpec): boolean => {
  const end = frame.length + to;
  if (end - from < 1) return false;
  const size = checksumBytes(type);
  const value = checksum(type, frame.subarray(from, end));
  const bytes = Array.from({ length: size }, (_, i) => {
    const shift = 8 * (order === 'big' ? size - 1 - i : i);
    return (value >>> shift) & 0xff;
  });
  const found = (i: number): number => frame[frame.length + at + i] ?? -1;
  return digits === true
    ? digitsOf(bytes).every((digit, i) => capital(found(i)) === digit)
    : bytes.every((byte, i) => found(i) === byte);
};

/** Frames alike prove nothing twice. */
export const distinct = (frames: readonly Uint8Array[]): readonly Uint8Array[] => [
  ...new Map(frames.map((frame) => [frame.join(), frame])).values(),
];

/**
 * Tries every checksum over every plausible range. Of equals the longest wins, then the one that
 * covers most; one that begins where the frame or its content does before others.
 */
export const guessChecksum = (
  frames: readonly Uint8Array[],
  around: Around,
): ChecksumGuess | undefined => {
  const specs = specsFor(around);
  const found = specs
    .map((spec) => ({ spec, agrees: frames.filter((frame) => fits(frame, spec)).length }))
    .filter(({ agrees }) => agrees > 0)
    .toSorted(
      (a, b) =>
        b.agrees - a.agrees ||
        bytesOf(b.spec) - bytesOf(a.spec) ||
        strangeness(a.spec, around) - strangeness(b.spec, around),
    );
  const [best] = found;
  return best === undefined ? undefined : { ...best, tried: specs.length };
};

/** Of short frames the upper byte of a sum says nothing. */
const thinSums: readonly string[] = ['sum16', 'sum16-negated'];

/** How many bytes of it would have to agree by chance; a digit has a half. */
const bytesOf = ({ type }: ChecksumSpec): number =>
  thinSums.includes(type) ? 1 : checksumBytes(type);

const strangeness = ({ from, to, at }: ChecksumSpec, { startBytes }: Around): number => {
  const natural = [0, startBytes, 1, 2].indexOf(from);
  return (natural < 0 ? 4 + from : natural) + (to === at ? 0 : 10);
};

/**
 * Whether so much agreement is chance.
 * @returns how many wrong guesses one would expect to agree as well
 */
export const chanceOf = ({ spec, agrees, tried }: ChecksumGuess): number =>
  tried * 256 ** (-bytesOf(spec) * agrees);
