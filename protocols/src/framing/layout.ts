import { fromHex } from '../bytes.ts';
import { checksum, checksumBytes } from '../checksum/checksum.ts';
import type { FrameFault, FrameFraming, FrameGeometry, Framing } from './framing.ts';

/** Where everything lies that a frame owns; offsets as in FrameFraming. */
export type Layout = {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  /** Whole frames of fixed size. */
  readonly bytes: number | undefined;
  readonly length: LengthPlace | undefined;
  readonly checksum: ChecksumPlace | undefined;
  /** Bytes behind `end`: a checksum that stands last. */
  readonly behindEnd: number;
  /** No frame is shorter. */
  readonly bytesMin: number;
  readonly bytesMax: number;
  readonly geometry: FrameGeometry;
};

export type LengthPlace = {
  readonly at: number;
  readonly size: 1 | 2;
  readonly adds: number;
  readonly read: (frame: Uint8Array) => number;
  readonly write: (frame: Uint8Array, value: number) => void;
};

export type ChecksumPlace = {
  /** On the wire: two for each byte where it is written as digits. */
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  /** What should stand at `at`; undefined where the digits that it covers are none. */
  readonly of: (covered: Uint8Array) => Uint8Array | undefined;
  readonly hasDigits: boolean;
};

/** @returns undefined where the text is no hexadecimal bytes */
export const hexBytes = (text = ''): Uint8Array | undefined =>
  fromHex(text.replaceAll(' ', '').toLowerCase());

const none = new Uint8Array();

const lengthPlace = (length: NonNullable<FrameFraming['length']>): LengthPlace => {
  const { at, adds, type } = length;
  if (type === 'u8') {
    return {
      at,
      adds,
      size: 1,
      read: (frame) => frame[at] ?? 0,
      write: (frame, value) => {
        frame[at] = value;
      },
    };
  }
  const [high, low] = type === 'u16' ? [at, at + 1] : [at + 1, at];
  return {
    at,
    adds,
    size: 2,
    read: (frame) => ((frame[high] ?? 0) << 8) | (frame[low] ?? 0),
    write: (frame, value) => {
      frame[high] = value >> 8;
      frame[low] = value & 0xff;
    },
  };
};

const upperHex = '0123456789ABCDEF';

const toDigits = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 2 * bytes.length }, (_, i) => {
    const byte = bytes[i >> 1] ?? 0;
    return upperHex.charCodeAt(i % 2 === 0 ? byte >> 4 : byte & 15);
  });

const asciiOf = (bytes: Uint8Array): string =>
  bytes.reduce((text, byte) => text + String.fromCharCode(byte), '');

type Checksum = NonNullable<FrameFraming['checksum']>;

const checksumOf = (spec: Checksum): ChecksumPlace['of'] => {
  const { type, order = 'little', digits = false, overDigits = false } = spec;
  const size = checksumBytes(type);
  return (covered) => {
    const data = overDigits ? hexBytes(asciiOf(covered)) : covered;
    if (data === undefined) return undefined;
    const value = checksum(type, data);
    const bytes = Uint8Array.from({ length: size }, (_, i) => {
      const shift = 8 * (order === 'little' ? i : size - 1 - i);
      return (value >>> shift) & 0xff;
    });
    return digits ? toDigits(bytes) : bytes;
  };
};

const checksumPlace = (spec: Checksum, framing: FrameFraming, end: Uint8Array): ChecksumPlace => {
  const size = checksumBytes(spec.type) * (spec.digits === true ? 2 : 1);
  const { from, to } = spec;
  // In frames of fixed size the tail can be told by both ways of counting.
  const fromEnd = spec.at - (framing.bytes ?? Infinity);
  const isTail = spec.at >= 0 && fromEnd < 0 && fromEnd >= -(size + end.length);
  const at = isTail ? fromEnd : spec.at;
  return { size, from, to, at, of: checksumOf(spec), hasDigits: spec.digits === true };
};

/** The smallest frame in which what a checksum covers has room. */
const coveredBytesMin = ({ from, to }: ChecksumPlace): number => {
  if (from >= 0) return to <= 0 ? from - to : to;
  return Math.max(-from, to);
};

/** Frames that are sound (`framingFault`). */
export const layoutOf = (framing: FrameFraming): Layout => {
  const start = hexBytes(framing.start) ?? none;
  const end = hexBytes(framing.end) ?? none;
  const length = framing.length === undefined ? undefined : lengthPlace(framing.length);
  const check =
    framing.checksum === undefined ? undefined : checksumPlace(framing.checksum, framing, end);
  const behindEnd = check !== undefined && check.at === -check.size ? check.size : 0;
  const beforeEnd = check !== undefined && check.at === -(check.size + end.length);
  const tail = end.length + (behindEnd > 0 || beforeEnd ? (check?.size ?? 0) : 0);
  const lengthFollows = length !== undefined && length.at === start.length;
  const head = start.length + (lengthFollows ? length.size : 0);
  const owned = Math.max(
    start.length,
    length === undefined ? 0 : length.at + length.size,
    check !== undefined && check.at >= 0 ? check.at + check.size : 0,
  );
  const checkAbove = check !== undefined && check.at < 0 ? -check.at : 0;
  return {
    start,
    end,
    bytes: framing.bytes,
    length,
    checksum: check,
    behindEnd,
    bytesMin: Math.max(
      owned + tail,
      owned + checkAbove,
      check === undefined ? 1 : coveredBytesMin(check),
    ),
    bytesMax: framing.frameBytesMax,
    geometry: { head, tail },
  };
};

const noGeometry: FrameGeometry = { head: 0, tail: 0 };

/** Of lines and of frames between silences all bytes are the fields' own. */
export const frameGeometry = (framing: Framing): FrameGeometry =>
  framing.kind === 'frames' ? layoutOf(framing).geometry : noGeometry;

const place = (offset: number, size: number): number => (offset < 0 ? size + offset : offset);

/** The bytes that a checksum covers, and those where it stands. */
export const checksumRanges = (check: ChecksumPlace, frame: Uint8Array) => {
  const at = place(check.at, frame.length);
  return {
    covered: frame.subarray(place(check.from, frame.length), toOf(check, frame.length)),
    stands: frame.subarray(at, at + check.size),
  };
};

/** `to: 0` from behind the last byte cannot be written as -0: 0 means the end of the frame. */
const toOf = (check: ChecksumPlace, size: number): number =>
  check.to === 0 ? size : place(check.to, size);

/** Digits a … f are as good as A … F. */
const upperCase = (byte: number): number => (byte >= 0x61 && byte <= 0x66 ? byte - 0x20 : byte);

const isSame = (a: number, b: number, areDigits: boolean): boolean =>
  a === b || (areDigits && upperCase(a) === upperCase(b));

const hasChecksum = (check: ChecksumPlace, frame: Uint8Array): boolean => {
  const { covered, stands } = checksumRanges(check, frame);
  const expected = check.of(covered);
  return (
    expected !== undefined &&
    expected.length === stands.length &&
    expected.every((byte, i) => isSame(byte, stands[i] ?? 0, check.hasDigits))
  );
};

export const startsWith = (bytes: Uint8Array, pattern: Uint8Array, at = 0): boolean => {
  for (let i = 0; i < pattern.length; i += 1) {
    if (bytes[at + i] !== pattern[i]) return false;
  }
  return true;
};

/** What is wrong with a whole, unescaped frame. */
export const faultOf = (layout: Layout, frame: Uint8Array): FrameFault | undefined => {
  const { length, end, checksum: check } = layout;
  if (frame.length < layout.bytesMin || frame.length > layout.bytesMax) return 'bad_length';
  if (layout.bytes !== undefined && frame.length !== layout.bytes) return 'bad_length';
  if (length !== undefined && length.read(frame) + length.adds !== frame.length) {
    return 'bad_length';
  }
  if (!startsWith(frame, end, frame.length - layout.behindEnd - end.length)) return 'bad_end';
  return check === undefined || hasChecksum(check, frame) ? undefined : 'bad_checksum';
};
