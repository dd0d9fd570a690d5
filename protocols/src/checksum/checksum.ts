import type { ChecksumType } from '../framing/framing.ts';

/** Parameters as in the "Catalogue of parametrised CRC algorithms" (Greg Cook, RevEng). */
export type CrcParameters = {
  readonly width: 8 | 16 | 32;
  readonly poly: number;
  readonly init: number;
  /** refin and refout: no algorithm here has one without the other. */
  readonly isReflected: boolean;
  readonly xorOut: number;
};

type Sum = { readonly bytes: 1 | 2 | 4; readonly of: (bytes: Uint8Array) => number };

const reflect = (value: number, width: number): number => {
  let reflected = 0;
  for (let bit = 0; bit < width; bit += 1) {
    if ((value >>> bit) & 1) reflected |= 1 << (width - 1 - bit);
  }
  return reflected >>> 0;
};

const shiftReflected = (remainder: number, poly: number): number =>
  (remainder & 1) === 1 ? (remainder >>> 1) ^ poly : remainder >>> 1;

const reflectedTable = (poly: number, width: number): Uint32Array => {
  const reversed = reflect(poly, width);
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = shiftReflected(remainder, reversed);
    return remainder >>> 0;
  });
};

/** Of 8 and 16 bits: a register that is not reflected and has 32 bits does not occur here. */
const plainTable = (poly: number, width: number): Uint32Array => {
  const top = 2 ** (width - 1);
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder & top) === 0 ? remainder << 1 : (remainder << 1) ^ poly;
    }
    return remainder & (2 ** width - 1);
  });
};

/** A byte a step by a table of 256 remainders. */
export const createCrc = (parameters: CrcParameters): Sum => {
  const { width, poly, isReflected, xorOut } = parameters;
  const bytesOf = { 8: 1, 16: 2, 32: 4 } as const;
  const init = isReflected ? reflect(parameters.init, width) : parameters.init;
  const table = isReflected ? reflectedTable(poly, width) : plainTable(poly, width);
  const reflected = (bytes: Uint8Array): number => {
    let crc = init;
    for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
    return (crc ^ xorOut) >>> 0;
  };
  const mask = 2 ** width - 1;
  const plain = (bytes: Uint8Array): number => {
    let crc = init;
    for (const byte of bytes) {
      crc = ((crc << 8) & mask) ^ (table[((crc >>> (width - 8)) ^ byte) & 0xff] ?? 0);
    }
    return crc ^ xorOut;
  };
  return { bytes: bytesOf[width], of: isReflected ? reflected : plain };
};

const crc = (
  width: 8 | 16 | 32,
  poly: number,
  init: number,
  isReflected = false,
  xorOut = 0,
): Sum => createCrc({ width, poly, init, isReflected, xorOut });

const total = (bytes: Uint8Array): number => {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) >>> 0;
  return sum;
};

const xorOf = (bytes: Uint8Array): number => {
  let xor = 0;
  for (const byte of bytes) xor ^= byte;
  return xor;
};

const reflected = true;

/** One row a name. Catalogue names: MAXIM-DOW, IBM-SDLC (x25), ISO-HDLC (crc32); others alike. */
const sums: Readonly<Record<ChecksumType, Sum>> = {
  xor: { bytes: 1, of: xorOf },
  sum8: { bytes: 1, of: (bytes) => total(bytes) & 0xff },
  'sum8-negated': { bytes: 1, of: (bytes) => -total(bytes) & 0xff },
  'sum8-inverted': { bytes: 1, of: (bytes) => ~total(bytes) & 0xff },
  sum16: { bytes: 2, of: (bytes) => total(bytes) & 0xffff },
  'sum16-negated': { bytes: 2, of: (bytes) => -total(bytes) & 0xffff },
  'crc8-smbus': crc(8, 0x07, 0x00),
  'crc8-maxim': crc(8, 0x31, 0x00, reflected),
  'crc16-modbus': crc(16, 0x8005, 0xffff, reflected),
  'crc16-xmodem': crc(16, 0x1021, 0x0000),
  'crc16-ibm-3740': crc(16, 0x1021, 0xffff),
  'crc16-kermit': crc(16, 0x1021, 0x0000, reflected),
  'crc16-x25': crc(16, 0x1021, 0xffff, reflected, 0xffff),
  'crc16-mcrf4xx': crc(16, 0x1021, 0xffff, reflected),
  'crc16-arc': crc(16, 0x8005, 0x0000, reflected),
  'crc16-cms': crc(16, 0x8005, 0xffff),
  crc32: crc(32, 0x04c11db7, 0xffff_ffff, reflected, 0xffff_ffff),
};

/** @returns 0 … 2^(8 × checksumBytes) - 1 */
export const checksum = (type: ChecksumType, bytes: Uint8Array): number => sums[type].of(bytes);

/** Its size on the wire, before it is perhaps written as digits. */
export const checksumBytes = (type: ChecksumType): 1 | 2 | 4 => sums[type].bytes;

/** "MODBUS over Serial Line" V1.02 §6.2.2; on the wire the low byte comes first. */
export const crc16Modbus = (bytes: Uint8Array): number => sums['crc16-modbus'].of(bytes);
