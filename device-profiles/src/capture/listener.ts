import { parseReply, parseRtu, readRequest } from '@gatehouse/protocols';
import type { Args, PlainCodec, ModbusCodec, SerialCodec } from '../compiled.ts';
import type { ModbusTable } from '../language/bindings.ts';
import { isSecretArg } from '../language/secrets.ts';
import { meaningOf, nothingMeant } from './meaning.ts';
import type { Meaning } from './meaning.ts';
import { createMbapSplitter, createRtuSplitter } from './modbus-frames.ts';
import type { HeardRtu, RtuSplitter } from './modbus-frames.ts';

export type From = 'device' | 'gateway';
/** @param ms monotonic, from the beginning of the capture */
export type Chunk = { readonly ms: number; readonly from: From; readonly bytes: Uint8Array };

/** How Modbus lies on the line: with checksums, or in the frames of its TCP. */
export type ModbusMode = 'rtu' | 'tcp';

/** What happened on the line. Frames are as the decoder gave them, of Modbus always as RTU. */
export type LineEvent =
  | {
      readonly kind: 'said';
      readonly ms: number;
      readonly frame: Uint8Array;
      readonly meaning: Meaning;
      /** Of Modbus: the request that it answers. */
      readonly request: Uint8Array | undefined;
    }
  | {
      readonly kind: 'asked';
      readonly ms: number;
      readonly frame: Uint8Array;
      readonly command: string | undefined;
      readonly args: Args;
      /** Of a serial line, where no command: the place of a poll. */
      readonly poll: number | undefined;
      readonly isShown: boolean;
    }
  | { readonly kind: 'fault'; readonly ms: number; readonly fault: string; readonly bytes: number };

export type Listener = {
  readonly push: (chunk: Chunk) => readonly LineEvent[];
  readonly expire: (nowMs: number) => readonly LineEvent[];
  /** Undefined: nothing is half heard. */
  readonly wakeAtMs: () => number | undefined;
};

export const createListener = (codec: PlainCodec, mode: ModbusMode): Listener =>
  codec.transport === 'serial' ? serialListener(codec) : modbusListener(codec, mode);

type Asked = Extract<LineEvent, { readonly kind: 'asked' }>;

/** What went to the device; undefined where it is nothing of this profile. */
const askedBy = (codec: SerialCodec, frame: Uint8Array, ms: number): Asked | undefined => {
  const got = codec.peer.read(frame);
  if (got === undefined) return undefined;
  const { command, args } = got;
  const poll = command === undefined ? got.step : undefined;
  const isShown = !Object.keys(args).some(isSecretArg);
  return { kind: 'asked', ms, frame, command, args, poll, isShown };
};

const serialListener = (codec: SerialCodec): Listener => {
  const decoders = { device: codec.createDecoder(), gateway: codec.peer.createDecoder() };
  type Outputs = ReturnType<(typeof decoders)['device']['push']>;
  const told = (outputs: Outputs, from: From, ms: number): readonly LineEvent[] =>
    outputs.map((output) => {
      if (output.kind === 'fault') {
        return { kind: 'fault', ms, fault: output.fault, bytes: output.bytes };
      }
      const frame = output.bytes;
      const meaning = meaningOf(codec, frame);
      // On a line with two wires, or one that only listens, both directions come alike.
      const mayBeOurs = from === 'gateway' || meaning.faults.length > 0;
      const asked = mayBeOurs ? askedBy(codec, frame, ms) : undefined;
      return asked ?? { kind: 'said', ms, frame, meaning, request: undefined };
    });
  return {
    push: ({ ms, from, bytes }) => told(decoders[from].push(bytes, ms), from, ms),
    expire: (nowMs) => [
      ...told(decoders.device.expire(nowMs), 'device', nowMs),
      ...told(decoders.gateway.expire(nowMs), 'gateway', nowMs),
    ],
    wakeAtMs: () => earliest(decoders.device.wakeAtMs(), decoders.gateway.wakeAtMs()),
  };
};

const earliest = (...times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

const createSplitter: Readonly<Record<ModbusMode, () => RtuSplitter>> = {
  rtu: createRtuSplitter,
  tcp: createMbapSplitter,
};

const unasked: Meaning = { ...nothingMeant, faults: ['no_request'] };

/** A request that nobody answered is forgotten when the next one comes. */
const modbusListener = (codec: ModbusCodec, mode: ModbusMode): Listener => {
  const splitters = { device: createSplitter[mode](), gateway: createSplitter[mode]() };
  let request: Uint8Array | undefined;
  const told = (heard: readonly HeardRtu[], from: From, ms: number): readonly LineEvent[] =>
    heard.map((one): LineEvent => {
      if (one.kind === 'fault') return { ...one, ms };
      const frame = one.bytes;
      const isOurs = from === 'gateway';
      const meaning =
        isOurs || request === undefined ? unasked : exchangeMeaning(codec, request, frame);
      if (isOurs || (meaning.faults.length > 0 && isRequest(frame))) {
        request = frame;
        return { ms, frame, ...askedModbus(codec, frame) };
      }
      const answered = request;
      request = undefined;
      return { kind: 'said', ms, frame, meaning, request: answered };
    });
  return {
    push: ({ ms, from, bytes }) => told(splitters[from].push(bytes, ms), from, ms),
    expire: (nowMs) => [
      ...told(splitters.device.expire(nowMs), 'device', nowMs),
      ...told(splitters.gateway.expire(nowMs), 'gateway', nowMs),
    ],
    wakeAtMs: () => earliest(splitters.device.wakeAtMs(), splitters.gateway.wakeAtMs()),
  };
};

type Block = { readonly table: ModbusTable; readonly address: number; readonly count: number };

const readTables: Readonly<Record<number, ModbusTable>> = {
  1: 'coil',
  2: 'discrete',
  3: 'holding',
  4: 'input',
};

const u16At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** What a read asks for; undefined of any other PDU. */
export const blockOf = (pdu: Uint8Array): Block | undefined => {
  const table = readTables[pdu[0] ?? 0];
  if (table === undefined || pdu.length !== 5) return undefined;
  const block = { table, address: u16At(pdu, 1), count: u16At(pdu, 3) };
  return readRequest(block.table, block.address, block.count) === undefined ? undefined : block;
};

/** A reply by the request that it answers, both as RTU frames. */
export const exchangeMeaning = (
  codec: ModbusCodec,
  request: Uint8Array,
  reply: Uint8Array,
): Meaning => {
  const [asked, answered] = [parseRtu(request), parseRtu(reply)];
  if (!asked.ok) return { ...nothingMeant, faults: [`request ${asked.fault}`] };
  if (!answered.ok) return { ...nothingMeant, faults: [answered.fault] };
  if (asked.unit !== answered.unit) return { ...nothingMeant, faults: ['other_request'] };
  const got = parseReply(asked.pdu, answered.pdu);
  if (!got.ok) {
    return 'exception' in got
      ? { ...nothingMeant, refused: `exception_${got.exception}` }
      : { ...nothingMeant, faults: [got.fault] };
  }
  const block = blockOf(asked.pdu);
  if (block === undefined) return { ...nothingMeant, message: 'written' };
  const { values, faults } = codec.read(block.table, block.address, got.values);
  return {
    ...nothingMeant,
    message: `${block.table} ${block.address} +${block.count}`,
    values,
    faults: faults.map(({ path, fault }) => `${fault} ${path}`),
  };
};

const coilOn = 0xff00;

type Written = {
  readonly table: 'coil' | 'holding';
  readonly address: number;
  readonly values: readonly number[] | readonly boolean[];
};

const wordsOf = (pdu: Uint8Array, word: number): readonly number[] =>
  Array.from({ length: Math.min(word, Math.max(0, pdu.length - 6) >> 1) }, (_, i) =>
    u16At(pdu, 6 + 2 * i),
  );

const bitsOf = (pdu: Uint8Array, word: number): readonly boolean[] =>
  Array.from(
    { length: Math.min(word, 8 * Math.max(0, pdu.length - 6)) },
    (_, i) => (((pdu[6 + (i >> 3)] ?? 0) >> (i & 7)) & 1) === 1,
  );

type WriteRow = {
  readonly table: Written['table'];
  readonly values: (pdu: Uint8Array, word: number) => Written['values'];
};

/** By function; a coil with another word than on and off carries that word. */
const writeTable: Readonly<Record<number, WriteRow>> = {
  5: {
    table: 'coil',
    values: (_pdu, word) => (word === 0 || word === coilOn ? [word === coilOn] : [word]),
  },
  6: { table: 'holding', values: (_pdu, word) => [word] },
  15: { table: 'coil', values: bitsOf },
  16: { table: 'holding', values: wordsOf },
};

/** What a write request carries, as the device's half takes it. */
const writtenBy = (pdu: Uint8Array): Written | undefined => {
  const row = writeTable[pdu[0] ?? 0];
  if (row === undefined || pdu.length < 5) return undefined;
  return { table: row.table, address: u16At(pdu, 1), values: row.values(pdu, u16At(pdu, 3)) };
};

const isRequest = (frame: Uint8Array): boolean => {
  const parsed = parseRtu(frame);
  if (!parsed.ok) return false;
  return blockOf(parsed.pdu) !== undefined || writtenBy(parsed.pdu) !== undefined;
};

const askedModbus = (codec: ModbusCodec, frame: Uint8Array): Omit<Asked, 'ms' | 'frame'> => {
  const parsed = parseRtu(frame);
  const written = parsed.ok ? writtenBy(parsed.pdu) : undefined;
  const found =
    written === undefined
      ? undefined
      : codec.peer.written(written.table, written.address, written.values);
  const args = found?.args ?? {};
  return {
    kind: 'asked',
    command: found?.command,
    args,
    poll: undefined,
    isShown: !Object.keys(args).some(isSecretArg),
  };
};
