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

/**
 * How a line travels: at the wire's pace, byte by byte where the head is slow, amid noise where it
 * is noisy. Half of the noise before a line ends in CR, so that some lines come through.
 * @param baud undefined: at once
 */
export const planTransmission = (options: {
  readonly bytes: Uint8Array;
  readonly baud: number | undefined;
  readonly faults: Faults;
  readonly random: Random;
}): readonly Piece[] => {
  const { baud, faults, random } = options;
  if (faults.silent) return [];
  const bytes = faults.noisy ? withNoise(options.bytes, random) : options.bytes;
  if (faults.slow) {
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

const withNoise = (bytes: Uint8Array, random: Random): Uint8Array => {
  const around = (): Uint8Array => random.bytes(1 + random.below(noiseAroundMax));
  const inside = [...bytes].flatMap((byte) =>
    random.next() < noiseInsideRate ? [random.below(256), byte] : [byte],
  );
  const before = random.next() < 0.5 ? [...around(), cr] : [...around()];
  return Uint8Array.from([...before, ...inside, ...around()]);
};
