import type { ModbusBlock, ModbusTable } from '@gatehouse/device-profiles';

/**
 * The server side of the MODBUS Application Protocol V1.1b3: one request PDU in, one response PDU
 * out. Written from the specification and not from the client library that the gateway uses, so
 * that the two prove each other.
 */
export type ModbusBank = {
  /** Whether the device knows this table at all. */
  readonly has: (table: ModbusTable) => boolean;
  /** `undefined`: the block holds an address that the device does not have. */
  readonly read: (table: ModbusTable, from: number, count: number) => ModbusBlock | undefined;
  /**
   * All or nothing.
   * @param values of a coil written with a word that is neither on nor off: that word
   */
  readonly write: (
    table: 'coil' | 'holding',
    from: number,
    values: ModbusBlock,
  ) => ModbusWriteOutcome;
};

/** `unanswered`: it is done, and the device says nothing. */
export type ModbusWriteOutcome = 'written' | 'unanswered' | 'illegal_address' | 'illegal_value';

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

/** @returns the body after the function code, an exception, or undefined for no answer */
type Row = (request: Uint8Array, bank: ModbusBank) => Uint8Array | Exception | undefined;

const { illegalFunction, illegalAddress, illegalValue } = exceptions;

export const exceptionPdu = (functionCode: number, exception: Exception): Uint8Array =>
  Uint8Array.of(functionCode | 0x80, exception);

/**
 * Never throws; a malformed request is answered by an exception, as §7 says.
 * @returns undefined where the device does not answer
 */
export const answerPdu = (request: Uint8Array, bank: ModbusBank): Uint8Array | undefined => {
  const functionCode = request[0] ?? 0;
  const row = rows.get(functionCode);
  const body = row === undefined ? illegalFunction : row(request, bank);
  if (body === undefined) return undefined;
  return typeof body === 'number'
    ? exceptionPdu(functionCode, body)
    : Uint8Array.of(functionCode, ...body);
};

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const packed = (bits: ModbusBlock): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [index, on] of bits.entries()) {
    if (on) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return Uint8Array.of(bytes.length, ...bytes);
};

const words = (block: ModbusBlock): Uint8Array =>
  Uint8Array.of(
    block.length * 2,
    ...[...block].map(Number).flatMap((value) => [value >> 8, value & 0xff]),
  );

type ReadOptions = {
  readonly countMax: number;
  readonly write: (block: ModbusBlock) => Uint8Array;
};
const bits: ReadOptions = { countMax: 2000, write: packed };
const registers: ReadOptions = { countMax: 125, write: words };

const readRow =
  (table: ModbusTable, { countMax, write }: ReadOptions): Row =>
  (request, bank) => {
    if (!bank.has(table)) return illegalFunction;
    const count = word(request, 3);
    if (request.length !== 5 || count < 1 || count > countMax) return illegalValue;
    const block = bank.read(table, word(request, 1), count);
    return block === undefined ? illegalAddress : write(block);
  };

/** @param echo what a success answers with */
const answered = (
  outcome: ModbusWriteOutcome,
  echo: Uint8Array,
): Uint8Array | Exception | undefined => {
  if (outcome === 'written') return echo;
  if (outcome === 'unanswered') return undefined;
  return outcome === 'illegal_address' ? illegalAddress : illegalValue;
};

const coilOn = 0xff00;

/** On and off of the standard; any other word is for devices that take a time there. */
const writeSingleCoil: Row = (request, bank) => {
  const value = word(request, 3);
  if (request.length !== 5) return illegalValue;
  const isStandard = value === coilOn || value === 0;
  const outcome = bank.write('coil', word(request, 1), isStandard ? [value === coilOn] : [value]);
  return answered(outcome, request.subarray(1));
};

const writeSingleRegister: Row = (request, bank) => {
  if (request.length !== 5) return illegalValue;
  const outcome = bank.write('holding', word(request, 1), [word(request, 3)]);
  return answered(outcome, request.subarray(1));
};

const writeManyRow =
  (options: {
    readonly table: 'coil' | 'holding';
    readonly countMax: number;
    readonly bytesFor: (count: number) => number;
    readonly block: (body: Uint8Array, count: number) => ModbusBlock;
  }): Row =>
  (request, bank) => {
    const count = word(request, 3);
    const bytes = options.bytesFor(count);
    const fits = request[5] === bytes && request.length === 6 + bytes;
    if (!fits || count < 1 || count > options.countMax) return illegalValue;
    const block = options.block(request.subarray(6), count);
    const outcome = bank.write(options.table, word(request, 1), block);
    return answered(outcome, request.subarray(1, 5));
  };

const bitAt = (body: Uint8Array, index: number): boolean =>
  (((body[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;

const rows: ReadonlyMap<number, Row> = new Map([
  [0x01, readRow('coil', bits)], // §6.1
  [0x02, readRow('discrete', bits)], // §6.2
  [0x03, readRow('holding', registers)], // §6.3
  [0x04, readRow('input', registers)], // §6.4
  [0x05, writeSingleCoil], // §6.5
  [0x06, writeSingleRegister], // §6.6
  [
    0x0f, // §6.11
    writeManyRow({
      table: 'coil',
      countMax: 1968,
      bytesFor: (count) => Math.ceil(count / 8),
      block: (body, count) => Array.from({ length: count }, (_, index) => bitAt(body, index)),
    }),
  ],
  [
    0x10, // §6.12
    writeManyRow({
      table: 'holding',
      countMax: 123,
      bytesFor: (count) => count * 2,
      block: (body, count) => Array.from({ length: count }, (_, index) => word(body, index * 2)),
    }),
  ],
]);
