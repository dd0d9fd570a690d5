import type { Framing } from '@gatehouse/protocols';
import { faultRates, lateByMs } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';

/** Bytes that leave the device this long after the piece before. */
export type Piece = { readonly afterMs: number; readonly bytes: Uint8Array };

/** Start bit, eight bits, stop bit. */
const bitsPerByte = 10;
const pieceMs = 10;
/** 123 bytes of a pass take 0.4 s: slow, and still within the half-line time of a usual profile. */
const slowByteGapMs = 3;
const noiseAroundMax = 8;
const noiseInsideRate = 0.02;
const cr = 0x0d;

export type Transmission = {
  /** One frame as it should be. */
  readonly bytes: Uint8Array;
  /** Undefined: at once. */
  readonly baud: number | undefined;
  readonly faults: Faults;
  readonly random: Random;
  /** Where its checksum lies; undefined: it has none that could be wrong. */
  readonly checksumAt: number | undefined;
  /** Of a reply that is late: whoever asked has given up by then. */
  readonly replyTimeoutMs: number;
};

/**
 * How a frame travels: at the wire's pace, byte by byte where the device is slow, amid noise where
 * it is noisy, and damaged as its faults say. Half of the noise before a frame ends in CR, so that
 * some lines come through.
 */
export const planTransmission = (options: Transmission): readonly Piece[] => {
  const { baud, faults, random, replyTimeoutMs } = options;
  if (faults.silent) return [];
  const bytes = damaged(options);
  const lateMs =
    faults.lateReply && random.next() < faultRates.lateReply
      ? replyTimeoutMs + lateByMs.least + random.below(lateByMs.most - lateByMs.least)
      : 0;
  const [first, ...rest] = piecesOf(bytes, baud, faults.slow);
  return first === undefined ? [] : [{ ...first, afterMs: first.afterMs + lateMs }, ...rest];
};

const piecesOf = (bytes: Uint8Array, baud: number | undefined, slow: boolean): readonly Piece[] => {
  if (slow) {
    return Array.from(bytes, (byte) => ({ afterMs: slowByteGapMs, bytes: Uint8Array.of(byte) }));
  }
  if (baud === undefined) return [{ afterMs: 0, bytes }];
  const bytesPerMs = baud / bitsPerByte / 1000;
  const length = Math.max(1, Math.floor(bytesPerMs * pieceMs));
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) => {
    const piece = bytes.subarray(index * length, (index + 1) * length);
    return { afterMs: piece.length / bytesPerMs, bytes: piece };
  });
};

type Damage = Pick<Transmission, 'bytes' | 'faults' | 'random' | 'checksumAt'>;

/** What is left of a frame, or what came to it. A silent device's frame is never asked about. */
export const damaged = ({ bytes, faults, random, checksumAt }: Damage): Uint8Array => {
  const wrong =
    checksumAt !== undefined && faults.badChecksum && random.next() < faultRates.badChecksum
      ? withFlippedBit(bytes, checksumAt)
      : bytes;
  const short =
    faults.truncated && random.next() < faultRates.truncated
      ? wrong.subarray(0, random.below(wrong.length))
      : wrong;
  const noisy = faults.noisy ? withNoise(short, random) : short;
  return faults.lossy ? withLosses(noisy, random) : noisy;
};

export const withLosses = (bytes: Uint8Array, random: Random): Uint8Array =>
  bytes.filter(() => random.next() >= faultRates.lossyByte);

const withFlippedBit = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

const withNoise = (bytes: Uint8Array, random: Random): Uint8Array => {
  const around = (): Uint8Array => random.bytes(1 + random.below(noiseAroundMax));
  const inside = [...bytes].flatMap((byte) =>
    random.next() < noiseInsideRate ? [random.below(256), byte] : [byte],
  );
  const before = random.next() < 0.5 ? [...around(), cr] : [...around()];
  return Uint8Array.from([...before, ...inside, ...around()]);
};

/** The first byte of the checksum in a frame of this length. */
export const checksumPlace = (framing: Framing, length: number): number | undefined => {
  const checksum = framing.kind === 'frames' ? framing.checksum : undefined;
  if (checksum === undefined) return undefined;
  return checksum.at < 0 ? length + checksum.at : checksum.at;
};
