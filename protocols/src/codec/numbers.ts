import type { FieldType } from './field.ts';

/** A number of the machine. `read` and `write` trust that there is room. */
export type NumberType = {
  readonly size: number;
  readonly min: number;
  readonly max: number;
  readonly isFloat: boolean;
  readonly read: (bytes: Uint8Array, at: number) => number;
  readonly write: (bytes: Uint8Array, at: number, raw: number) => void;
};

const word = 2 ** 32;

const unsigned = (size: number, isLittle: boolean): NumberType => {
  const read = (bytes: Uint8Array, at: number): number => {
    let raw = 0;
    for (let i = 0; i < size; i += 1) {
      raw = raw * 256 + (bytes[isLittle ? at + size - 1 - i : at + i] ?? 0);
    }
    return raw;
  };
  const write = (bytes: Uint8Array, at: number, raw: number): void => {
    let left = raw;
    for (let i = 0; i < size; i += 1) {
      bytes[isLittle ? at + i : at + size - 1 - i] = left % 256;
      left = Math.floor(left / 256);
    }
  };
  const max = Math.min(2 ** (8 * size) - 1, Number.MAX_SAFE_INTEGER);
  return { size, min: 0, max, isFloat: false, read, write };
};

/** Two's complement of at most 32 bits. */
const signed = (size: number, isLittle: boolean): NumberType => {
  const { read, write } = unsigned(size, isLittle);
  const span = 2 ** (8 * size);
  const half = span / 2;
  return {
    size,
    min: -half,
    max: half - 1,
    isFloat: false,
    read: (bytes, at) => {
      const raw = read(bytes, at);
      return raw >= half ? raw - span : raw;
    },
    write: (bytes, at, raw) => write(bytes, at, raw < 0 ? raw + span : raw),
  };
};

/** A number has 53 exact bits: the words are read apart, so that what fits is exact. */
const signed64 = (isLittle: boolean): NumberType => {
  const { read: readWord, write: writeWord } = unsigned(4, isLittle);
  const highAt = isLittle ? 4 : 0;
  const lowAt = isLittle ? 0 : 4;
  return {
    size: 8,
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    isFloat: false,
    read: (bytes, at) => (readWord(bytes, at + highAt) | 0) * word + readWord(bytes, at + lowAt),
    write: (bytes, at, raw) => {
      const high = Math.floor(raw / word);
      writeWord(bytes, at + highAt, high < 0 ? high + word : high);
      writeWord(bytes, at + lowAt, raw - high * word);
    },
  };
};

const float = (size: 4 | 8, isLittle: boolean): NumberType => {
  const viewOf = (bytes: Uint8Array): DataView =>
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const max = size === 4 ? 3.4028234663852886e38 : Number.MAX_VALUE;
  return {
    size,
    min: -max,
    max,
    isFloat: true,
    read: (bytes, at) =>
      size === 4
        ? tidyFloat32(viewOf(bytes).getFloat32(at, isLittle))
        : viewOf(bytes).getFloat64(at, isLittle),
    write: (bytes, at, raw) => {
      if (size === 4) viewOf(bytes).setFloat32(at, raw, isLittle);
      else viewOf(bytes).setFloat64(at, raw, isLittle);
    },
  };
};

/** Seven digits, which is what 24 bits hold: 43 66 33 34 is 230.2 and not 230.20001220703125. */
const tidyFloat32 = (raw: number): number =>
  Number.isInteger(raw) || !Number.isFinite(raw) ? raw : Number(raw.toPrecision(7));

const little = true;

export const numberTypes: Readonly<Partial<Record<FieldType, NumberType>>> = {
  u8: unsigned(1, false),
  i8: signed(1, false),
  u16: unsigned(2, false),
  i16: signed(2, false),
  u24: unsigned(3, false),
  i24: signed(3, false),
  u32: unsigned(4, false),
  i32: signed(4, false),
  u48: unsigned(6, false),
  u64: unsigned(8, false),
  i64: signed64(false),
  f32: float(4, false),
  f64: float(8, false),
  u16le: unsigned(2, little),
  i16le: signed(2, little),
  u24le: unsigned(3, little),
  i24le: signed(3, little),
  u32le: unsigned(4, little),
  i32le: signed(4, little),
  u48le: unsigned(6, little),
  u64le: unsigned(8, little),
  i64le: signed64(little),
  f32le: float(4, little),
  f64le: float(8, little),
};
