import { parseReply, parseRtu, readRequest, rtuFrame, writeRequest } from '@gatehouse/protocols';
import { widthOf } from '../compile/cell.ts';
import type { Args, Encoded, ModbusBlock, ModbusCodec, ModbusWrite, Values } from '../compiled.ts';
import type { ModbusBinding, ModbusTable } from '../language/bindings.ts';
import type { Vector } from '../language/vectors.ts';
import { bytesOfHex, failure, hexText, hit, outcomeText, success, valueHits } from './report.ts';
import type { Run } from './report.ts';

/** Requests and replies as RTU frames; the unit is the one that the vector names. */
export const runModbus = (codec: ModbusCodec, binding: ModbusBinding, vector: Vector): Run =>
  vector.command === undefined
    ? runRead(codec, binding, vector)
    : runCommand(codec, vector, vector.command);

const framesOf = ({ tx }: Vector): readonly Uint8Array[] => [tx ?? []].flat().map(bytesOfHex);

const tables: Readonly<Record<number, ModbusTable>> = {
  1: 'coil',
  2: 'discrete',
  3: 'holding',
  4: 'input',
};

type Asked = {
  readonly unit: number;
  readonly pdu: Uint8Array;
  readonly table: ModbusTable;
  readonly address: number;
  readonly count: number;
};

/** A read request that we would send in just this way. */
const askedBy = (frame: Uint8Array): Asked | string => {
  const parsed = parseRtu(frame);
  if (!parsed.ok) return parsed.fault;
  const { unit, pdu } = parsed;
  const [fn = 0, addressHigh = 0, addressLow = 0, countHigh = 0, countLow = 0] = pdu;
  const table = tables[fn];
  if (table === undefined) return `function ${fn}, which is no read`;
  const address = (addressHigh << 8) | addressLow;
  const count = (countHigh << 8) | countLow;
  const ours = readRequest(table, address, count);
  if (ours === undefined || hexText(ours) !== hexText(pdu)) return 'no request of the standard';
  return { unit, pdu, table, address, count };
};

const expectedText = ({ error, out }: Vector): string =>
  error === undefined ? outcomeText(out) : `error ${error}`;

const runRead = (codec: ModbusCodec, binding: ModbusBinding, vector: Vector): Run => {
  const [request] = framesOf(vector);
  const asked = request === undefined ? 'nothing' : askedBy(request);
  if (typeof asked === 'string') return failure('tx: a read request', asked);
  if (vector.in === undefined) return failure('in: the reply', 'nothing');
  const expected = expectedText(vector);
  const reply = replyTo(asked, bytesOfHex(vector.in), 'read');
  if (typeof reply === 'string') {
    const got = `error ${reply}`;
    return got === expected ? success([hit.error(reply)]) : failure(expected, got);
  }
  const { values, faults } = codec.read(asked.table, asked.address, reply);
  const [fault] = faults;
  if (fault !== undefined) {
    const got = `error ${fault.fault}`;
    return got === expected ? success([hit.error(fault.fault)]) : failure(expected, got);
  }
  const got = outcomeText(outcomeOf(values));
  if (got !== expected) return failure(expected, got);
  return answeredBack(codec, binding, { asked, reply, values }) ?? success(registerHits(values));
};

const registerHits = (values: Values): readonly string[] => valueHits('registers', values);

const outcomeOf = (values: Values): NonNullable<Vector['out']> => {
  const of = (part: string): Args =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([path]) => path.startsWith(part))
        .map(([path, value]) => [path.slice(part.length), value]),
    );
  // The schema's lists are mutable and ours are not; nobody writes into either.
  return { state: of('state.'), telemetry: of('telemetry.') } as NonNullable<Vector['out']>;
};

/** What was read or why not: a code of a frame, a reply or an exception. */
const replyTo = (
  { unit, pdu, table, count }: Pick<Asked, 'unit' | 'pdu' | 'table' | 'count'>,
  bytes: Uint8Array,
  kind: 'read' | 'write',
): ModbusBlock | string => {
  const parsed = parseRtu(bytes);
  const dataBytes = table === 'coil' || table === 'discrete' ? Math.ceil(count / 8) : 2 * count;
  const whole = kind === 'read' ? 5 + dataBytes : 8;
  if (!parsed.ok) return bytes.length < whole ? 'truncated' : parsed.fault;
  if (parsed.unit !== unit) return 'other_unit';
  const reply = parseReply(pdu, parsed.pdu);
  if (reply.ok) return reply.values;
  return 'exception' in reply ? `exception_${reply.exception}` : reply.fault;
};

type Answered = { readonly asked: Asked; readonly reply: ModbusBlock; readonly values: Values };

/** The device's half gives the same block for these values, where they leave it no choice. */
const answeredBack = (
  codec: ModbusCodec,
  binding: ModbusBinding,
  { asked, reply, values }: Answered,
): Run | undefined => {
  const { table, address, count } = asked;
  const block = codec.peer.block(table, address, count, values);
  if (block === undefined) return undefined;
  const again = outcomeText(outcomeOf(codec.read(table, address, block).values));
  const said = outcomeText(outcomeOf(values));
  if (again !== said) return failure(`answered back: ${said}`, again);
  const fixed = fixedAddresses(binding, table);
  const other = [...reply].findIndex(
    (word, i) => fixed.has(address + i) && Number(word) !== Number(block[i]),
  );
  if (other < 0) return undefined;
  const at = `${table} ${address + other}`;
  return failure(`answered back: ${at} = ${String(reply[other])}`, String(block[other]));
};

/** Addresses whose whole content a value tells, in one way. */
const fixedAddresses = (binding: ModbusBinding, table: ModbusTable): ReadonlySet<number> =>
  new Set(
    binding.registers
      .filter((register) => register.table === table && register.bits === undefined)
      // Text may be filled in two ways, and a float of four bytes is read with seven digits.
      .filter(({ type }) => type !== 'text' && type !== 'f32')
      .filter(({ unknown }) => (unknown?.length ?? 0) < 2)
      .filter(({ enum: names }) => {
        const given = Object.values(names ?? {});
        return new Set(given).size === given.length;
      })
      .flatMap((register) => {
        const { address, count } = register;
        if (typeof address !== 'number') return [];
        return Array.from({ length: widthOf(register) * (count ?? 1) }, (_, i) => address + i);
      }),
  );

const runCommand = (codec: ModbusCodec, vector: Vector, command: string): Run => {
  const args = vector.args ?? {};
  const encoded = codec.encode(command, args);
  const sent = framesOf(vector);
  if (sent.length === 0) {
    const got = encoded.ok ? writesText(codec.unit, encoded) : `error ${encoded.fault}`;
    const expected = expectedText(vector);
    return got === expected ? success([hit.error(vector.error ?? '')]) : failure(expected, got);
  }
  const expected = sent.map(hexText).join(' | ');
  if (!encoded.ok) return failure(expected, `error ${encoded.fault} at ${encoded.at}`);
  const unit = sent[0]?.[0] ?? codec.unit;
  const got = writesText(unit, encoded);
  if (got !== expected) return failure(expected, got);
  const back = understoodBack(codec, command, args, encoded.sends);
  if (back.failed !== undefined || vector.in === undefined) return back;
  const last = parseRtu(sent.at(-1) ?? new Uint8Array());
  if (!last.ok) return failure('tx: a write request', last.fault);
  const reply = replyTo(
    { unit, pdu: last.pdu, table: 'holding', count: 1 },
    bytesOfHex(vector.in),
    'write',
  );
  const answer = typeof reply === 'string' ? `error ${reply}` : 'nothing';
  if (answer !== expectedText(vector)) return failure(expectedText(vector), answer);
  return typeof reply === 'string' ? success([...back.hits, hit.error(reply)]) : back;
};

const requestOf = ({ table, ...write }: ModbusWrite): Uint8Array | undefined => {
  const { address, values, multiple, rawCoil } = write;
  const raw = rawCoil === undefined ? {} : { rawCoil };
  return writeRequest({ area: table, address, values, multiple, ...raw });
};

const writesText = (unit: number, encoded: Encoded<ModbusWrite>): string =>
  encoded.ok
    ? encoded.sends
        .map((write) => requestOf(write))
        .map((pdu) => (pdu === undefined ? 'no request' : hexText(rtuFrame(unit, pdu))))
        .join(' | ')
    : encoded.fault;

const understoodBack = (
  codec: ModbusCodec,
  command: string,
  args: Args,
  sends: readonly ModbusWrite[],
): Run => {
  const hits = [hit.command(command)];
  for (const [step, { table, address, values, rawCoil }] of sends.entries()) {
    const got = codec.peer.written(table, address, rawCoil === undefined ? values : [rawCoil]);
    if (got === undefined) return failure(`the device understands ${command}.${step}`, 'nothing');
    // Several commands may end the same release by the same write.
    const again = codec.encode(command, got.command === command ? { ...args, ...got.args } : args);
    const resent = writesText(codec.unit, again);
    const first = writesText(codec.unit, { ok: true, sends });
    if (resent !== first) return failure(`${command} again: ${first}`, resent);
    const paths = Object.entries(got.args).map(([name, value]) => [`args.${name}`, value] as const);
    hits.push(...valueHits(`commands.${command}`, Object.fromEntries(paths)));
  }
  return success(hits);
};
