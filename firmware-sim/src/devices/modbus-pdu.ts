/**
 * The server side of the MODBUS Application Protocol V1.1b3: one request PDU in, one response PDU
 * out. Written from the specification and not from the client library that the gateway uses, so
 * that the two prove each other.
 */
export type ModbusBank = {
  /** `undefined`: the block holds an address that the device does not have. */
  readonly readCoils: (from: number, count: number) => readonly boolean[] | undefined;
  readonly readDiscreteInputs: (from: number, count: number) => readonly boolean[] | undefined;
  readonly readHoldingRegisters: (from: number, count: number) => readonly number[] | undefined;
  /** All or nothing; false: an address that cannot be written. */
  readonly writeCoils: (from: number, values: readonly boolean[]) => boolean;
  readonly writeRegisters: (from: number, values: readonly number[]) => boolean;
};

/** §7 */
export const exceptions = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  busy: 6,
} as const;
type Exception = (typeof exceptions)[keyof typeof exceptions];

/** §4.1: a PDU never exceeds 253 bytes. */
export const pduBytesMax = 253;

/** @returns the body after the function code, or an exception */
type Row = (request: Uint8Array, bank: ModbusBank) => Uint8Array | Exception;

const { illegalFunction, illegalAddress, illegalValue } = exceptions;

export const exceptionPdu = (functionCode: number, exception: Exception): Uint8Array =>
  Uint8Array.of(functionCode | 0x80, exception);

/** Never throws; a malformed request is answered by an exception, as §7 says. */
export const answerPdu = (request: Uint8Array, bank: ModbusBank): Uint8Array => {
  const functionCode = request[0] ?? 0;
  const row = rows.get(functionCode);
  const body = row === undefined ? illegalFunction : row(request, bank);
  return typeof body === 'number'
    ? exceptionPdu(functionCode, body)
    : Uint8Array.of(functionCode, ...body);
};

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const packed = (bits: readonly boolean[]): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [index, on] of bits.entries()) {
    if (on) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return Uint8Array.of(bytes.length, ...bytes);
};

const readRow =
  <T>(options: {
    readonly countMax: number;
    readonly read: (bank: ModbusBank, from: number, count: number) => readonly T[] | undefined;
    readonly write: (values: readonly T[]) => Uint8Array;
  }): Row =>
  (request, bank) => {
    const count = word(request, 3);
    if (request.length !== 5 || count < 1 || count > options.countMax) return illegalValue;
    const values = options.read(bank, word(request, 1), count);
    return values === undefined ? illegalAddress : options.write(values);
  };

const writeSingleCoil: Row = (request, bank) => {
  const value = word(request, 3);
  if (request.length !== 5 || (value !== 0xff00 && value !== 0)) return illegalValue;
  return bank.writeCoils(word(request, 1), [value === 0xff00])
    ? request.subarray(1)
    : illegalAddress;
};

const writeSingleRegister: Row = (request, bank) => {
  if (request.length !== 5) return illegalValue;
  return bank.writeRegisters(word(request, 1), [word(request, 3)])
    ? request.subarray(1)
    : illegalAddress;
};

const writeManyRow =
  <T>(options: {
    readonly countMax: number;
    readonly bytesFor: (count: number) => number;
    readonly value: (body: Uint8Array, index: number) => T;
    readonly write: (bank: ModbusBank, from: number, values: readonly T[]) => boolean;
  }): Row =>
  (request, bank) => {
    const count = word(request, 3);
    const bytes = options.bytesFor(count);
    const fits = request[5] === bytes && request.length === 6 + bytes;
    if (!fits || count < 1 || count > options.countMax) return illegalValue;
    const body = request.subarray(6);
    const values = Array.from({ length: count }, (_, index) => options.value(body, index));
    return options.write(bank, word(request, 1), values) ? request.subarray(1, 5) : illegalAddress;
  };

const rows: ReadonlyMap<number, Row> = new Map([
  [
    0x01, // §6.1
    readRow({ countMax: 2000, read: (bank, from, n) => bank.readCoils(from, n), write: packed }),
  ],
  [
    0x02, // §6.2
    readRow({
      countMax: 2000,
      read: (bank, from, count) => bank.readDiscreteInputs(from, count),
      write: packed,
    }),
  ],
  [
    0x03, // §6.3
    readRow({
      countMax: 125,
      read: (bank, from, count) => bank.readHoldingRegisters(from, count),
      write: (words) => Uint8Array.of(words.length * 2, ...words.flatMap((w) => [w >> 8, w & 255])),
    }),
  ],
  [0x05, writeSingleCoil], // §6.5
  [0x06, writeSingleRegister], // §6.6
  [
    0x0f, // §6.11
    writeManyRow({
      countMax: 1968,
      bytesFor: (count) => Math.ceil(count / 8),
      value: (body, index) => (((body[index >> 3] ?? 0) >> (index & 7)) & 1) === 1,
      write: (bank, from, values) => bank.writeCoils(from, values),
    }),
  ],
  [
    0x10, // §6.12
    writeManyRow({
      countMax: 123,
      bytesFor: (count) => count * 2,
      value: (body, index) => word(body, index * 2),
      write: (bank, from, values) => bank.writeRegisters(from, values),
    }),
  ],
]);
