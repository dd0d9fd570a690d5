import { crc16Modbus } from '../checksum/checksum.ts';

/**
 * The client's side of Modbus: requests built, replies read. Section numbers are those of "MODBUS
 * Application Protocol Specification" V1.1b3.
 */
export const pduBytesMax = 253;
/** Unit, PDU and CRC: "MODBUS over Serial Line" V1.02 §2.5.1. */
export const rtuBytesMax = pduBytesMax + 3;
const rtuBytesMin = 4;

export type ModbusArea = 'coil' | 'discrete' | 'holding' | 'input';
/** Coils and inputs as booleans, registers as 0 … 65535. */
export type ModbusValues = readonly boolean[] | readonly number[];

type ReadRow = {
  readonly fn: 1 | 2 | 3 | 4;
  readonly countMax: number;
  readonly hasBits: boolean;
};

/** §6.1 to §6.4. */
const reads: Readonly<Record<ModbusArea, ReadRow>> = {
  coil: { fn: 1, countMax: 2000, hasBits: true },
  discrete: { fn: 2, countMax: 2000, hasBits: true },
  holding: { fn: 3, countMax: 125, hasBits: false },
  input: { fn: 4, countMax: 125, hasBits: false },
};

/** §6.5, §6.6, §6.11, §6.12. */
const writes = {
  coil: { single: 5, multiple: 15, countMax: 1968 },
  holding: { single: 6, multiple: 16, countMax: 123 },
} as const;

const addressMax = 0xffff;
const coilOn = 0xff00;
const exceptionBit = 0x80;

const u16 = (value: number): readonly [number, number] => [value >> 8, value & 0xff];
const u16At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const isWithin = (value: number, max: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= max;

const fits = (address: number, count: number, countMax: number): boolean =>
  isWithin(address, addressMax) &&
  isWithin(count, countMax) &&
  count > 0 &&
  address + count - 1 <= addressMax;

/** @returns the PDU; undefined where the standard allows no such block */
export const readRequest = (
  area: ModbusArea,
  address: number,
  count: number,
): Uint8Array | undefined => {
  const { fn, countMax } = reads[area];
  if (!fits(address, count, countMax)) return undefined;
  return Uint8Array.of(fn, ...u16(address), ...u16(count));
};

export type WriteRequest = {
  readonly area: 'coil' | 'holding';
  readonly address: number;
  readonly values: ModbusValues;
  /** Function 15 or 16 also for one value: some devices know no other. */
  readonly multiple?: boolean;
  /** A coil written with this in the place of FF00: devices that take a time there. */
  readonly rawCoil?: number;
};

/** @returns the PDU; undefined where a value or the block does not fit */
export const writeRequest = (request: WriteRequest): Uint8Array | undefined => {
  const { area, address, values, multiple = false, rawCoil } = request;
  const { single, multiple: many, countMax } = writes[area];
  if (!fits(address, values.length, countMax)) return undefined;
  const words = values.map(Number);
  if (!words.every((word) => isWithin(word, area === 'coil' ? 1 : 0xffff))) return undefined;
  const [first = 0] = words;
  if (values.length === 1 && !multiple) {
    const word = area === 'coil' ? (rawCoil ?? first * coilOn) : first;
    return isWithin(word, 0xffff)
      ? Uint8Array.of(single, ...u16(address), ...u16(word))
      : undefined;
  }
  const data = area === 'coil' ? packBits(words) : words.flatMap(u16);
  return Uint8Array.of(many, ...u16(address), ...u16(words.length), data.length, ...data);
};

/** The first in the lowest bit of the first byte (§6.1). */
const packBits = (bits: readonly number[]): readonly number[] => {
  const bytes = new Array<number>(Math.ceil(bits.length / 8)).fill(0);
  for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
  return bytes;
};

/** §7. */
const exceptions = {
  1: 'illegal_function',
  2: 'illegal_address',
  3: 'illegal_value',
  4: 'device_failure',
  5: 'acknowledge',
  6: 'device_busy',
  8: 'memory_parity',
  10: 'no_path',
  11: 'no_target',
} as const;
export type ModbusException = (typeof exceptions)[keyof typeof exceptions] | 'other';

const exceptionNames: Readonly<Record<number, ModbusException>> = exceptions;

/**
 * - `other_request`: it answers another function, block or value
 * - `bad_length`: more or fewer bytes than such a reply has
 * - `bad_request`: what it should answer is no request that we build
 */
export type ModbusReplyFault = 'other_request' | 'bad_length' | 'bad_request';

export type ModbusReply =
  | { readonly ok: true; readonly values: ModbusValues }
  | { readonly ok: false; readonly exception: ModbusException; readonly code: number }
  | { readonly ok: false; readonly fault: ModbusReplyFault };

const refuse = (fault: ModbusReplyFault): ModbusReply => ({ ok: false, fault });
const written: ModbusReply = { ok: true, values: [] };

/**
 * Reads a reply by the request that it answers.
 * @param request a PDU as `readRequest` and `writeRequest` build them
 * @param reply a PDU
 * @returns the values that were read; none for a write that was done
 */
export const parseReply = (request: Uint8Array, reply: Uint8Array): ModbusReply => {
  const fn = request[0] ?? 0;
  const got = reply[0];
  if (request.length < 5) return refuse('bad_request');
  if (got === undefined) return refuse('bad_length');
  if (got === (fn | exceptionBit)) {
    const code = reply[1];
    if (code === undefined || reply.length !== 2) return refuse('bad_length');
    return { ok: false, exception: exceptionNames[code] ?? 'other', code };
  }
  if (got !== fn) return refuse('other_request');
  const row = Object.values(reads).find((read) => read.fn === fn);
  if (row !== undefined) return parseRead(row, u16At(request, 3), reply);
  return parseWritten(request, reply);
};

const parseRead = (row: ReadRow, count: number, reply: Uint8Array): ModbusReply => {
  const size = row.hasBits ? Math.ceil(count / 8) : 2 * count;
  if (reply.length !== 2 + size) return refuse('bad_length');
  if (reply[1] !== size) return refuse('other_request');
  const indexes = Array.from({ length: count }, (_, i) => i);
  const values = row.hasBits
    ? indexes.map((i) => (((reply[2 + (i >> 3)] ?? 0) >> (i & 7)) & 1) === 1)
    : indexes.map((i) => u16At(reply, 2 + 2 * i));
  return { ok: true, values };
};

/** All four writes answer with the first five bytes of the request. */
const parseWritten = (request: Uint8Array, reply: Uint8Array): ModbusReply => {
  const known = Object.values(writes).some(
    ({ single, multiple }) => request[0] === single || request[0] === multiple,
  );
  if (!known) return refuse('bad_request');
  if (reply.length !== 5) return refuse('bad_length');
  return reply.every((byte, i) => byte === request[i]) ? written : refuse('other_request');
};

/** Unit, PDU, CRC with its low byte first: "MODBUS over Serial Line" V1.02 §2.5.1. */
export const rtuFrame = (unit: number, pdu: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(pdu.length + 3);
  frame[0] = unit;
  frame.set(pdu, 1);
  const crc = crc16Modbus(frame.subarray(0, -2));
  frame[frame.length - 2] = crc & 0xff;
  frame[frame.length - 1] = crc >> 8;
  return frame;
};

export type ParsedRtu =
  | { readonly ok: true; readonly unit: number; readonly pdu: Uint8Array }
  | { readonly ok: false; readonly fault: 'truncated' | 'too_long' | 'bad_checksum' };

/** One whole frame, as it lies between two silences. */
export const parseRtu = (bytes: Uint8Array): ParsedRtu => {
  if (bytes.length < rtuBytesMin) return { ok: false, fault: 'truncated' };
  if (bytes.length > rtuBytesMax) return { ok: false, fault: 'too_long' };
  const body = bytes.subarray(0, -2);
  const crc = (bytes[bytes.length - 2] ?? 0) | ((bytes[bytes.length - 1] ?? 0) << 8);
  if (crc16Modbus(body) !== crc) return { ok: false, fault: 'bad_checksum' };
  return { ok: true, unit: body[0] ?? 0, pdu: body.slice(1) };
};
