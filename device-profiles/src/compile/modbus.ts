import type { CodecFault, Value } from '@gatehouse/protocols';
import type { Args, Encoded, ModbusBlock, ModbusCodec, ModbusWrite, Values } from '../compiled.ts';
import { modbusTables } from '../language/bindings.ts';
import type { ModbusBinding, ModbusTable, Register } from '../language/bindings.ts';
import type { Model } from '../language/model.ts';
import { entryAt, isList, itemEntry, own } from '../language/values.ts';
import { filledArgs } from './arguments.ts';
import { createCell } from './cell.ts';
import type { Cell, Outcome } from './cell.ts';
import { planReads } from './plan-reads.ts';
import { createWrites } from './register-writes.ts';
import type { CommandWrites } from './register-writes.ts';

/** One register entry of a profile, for one device. */
type Place = {
  readonly path: string;
  readonly table: ModbusTable;
  readonly address: number;
  /** 1, or the length of the list. */
  readonly items: number;
  readonly isList: boolean;
  /** Registers or bits of all items. */
  readonly size: number;
  readonly everyMs: number;
  readonly cell: Cell;
};

export const compileModbus = (model: Model, binding: ModbusBinding, params: Args): ModbusCodec => {
  const places = binding.registers.map((register) => placeOf(model, binding, register, params));
  const byTable = tablesOf(places);
  const commands = Object.entries(binding.commands ?? {}).map(([command, writes]) =>
    createWrites({ model, binding, command, writes, params }),
  );
  const areas = areasOf(places, commands);
  const spans = places.map(({ table, address, size, everyMs }) => ({
    table,
    address,
    count: size,
    everyMs,
  }));
  return {
    transport: 'modbus',
    modes: binding.modes,
    line: binding.line,
    unit: binding.unit ?? 1,
    reads: planReads(spans, binding.poll),
    replyTimeoutMs: binding.poll.replyTimeoutMs,
    missesMax: binding.poll.missesMax,
    read: (table, from, block) => readBlock(byTable[table], from, block),
    encode: (command, args) => encode(model, commands, command, args),
    peer: {
      block: (table, address, count, values) => {
        const area = areas[table];
        const isHere =
          area !== undefined && count > 0 && address >= area.from && address + count <= area.to;
        return isHere ? writeBlock(byTable[table], { table, address, count }, values) : undefined;
      },
      written: (table, address, values) => matched(commands, table, address, values),
    },
  };
};

const placeOf = (model: Model, binding: ModbusBinding, register: Register, params: Args): Place => {
  const { table, address, count, value: path } = register;
  const entry = entryAt(model, path, {});
  const item = entry === undefined ? undefined : itemEntry(entry);
  const cell = createCell(register, { value: path }, item, binding);
  return {
    path,
    table,
    address: typeof address === 'number' ? address : addressBy(address, params),
    items: count ?? 1,
    isList: count !== undefined,
    size: cell.width * (count ?? 1),
    everyMs: register.everyMs ?? binding.poll.everyMs,
    cell,
  };
};

const addressBy = (
  { base, plus, step }: { readonly base: number; readonly plus: string; readonly step?: number },
  params: Args,
): number => base + Number(params[plus] ?? 0) * (step ?? 1);

const tablesOf = (places: readonly Place[]): Readonly<Record<ModbusTable, readonly Place[]>> => {
  const of = (name: ModbusTable): readonly Place[] =>
    places.filter(({ table }) => table === name).toSorted((a, b) => a.address - b.address);
  return {
    coil: of('coil'),
    discrete: of('discrete'),
    holding: of('holding'),
    input: of('input'),
  };
};

type Fault = { readonly path: string; readonly fault: CodecFault };

const readBlock = (
  places: readonly Place[],
  from: number,
  block: ModbusBlock,
): { readonly values: Values; readonly faults: readonly Fault[] } => {
  const values: Record<string, Value> = {};
  const faults: Fault[] = [];
  for (const place of places) {
    const start = place.address - from;
    if (start < 0 || start + place.size > block.length) continue;
    const got = readPlace(place, block.slice(start, start + place.size));
    if (got.ok) values[place.path] = got.value;
    else faults.push({ path: place.path, fault: got.fault });
  }
  return { values, faults };
};

const readPlace = ({ cell, items, isList: many }: Place, block: ModbusBlock): Outcome<Value> => {
  if (!many) return cell.read(block);
  const list: (string | number | boolean | null)[] = [];
  for (let i = 0; i < items; i += 1) {
    const got = cell.read(block.slice(i * cell.width, (i + 1) * cell.width));
    if (!got.ok) return got;
    if (!isList(got.value)) list.push(got.value);
  }
  return { ok: true, value: list };
};

type Request = { readonly table: ModbusTable; readonly address: number; readonly count: number };

const writeBlock = (
  places: readonly Place[],
  { table, address, count }: Request,
  values: Values,
): ModbusBlock => {
  const words = new Array<number>(count).fill(0);
  for (const place of places) {
    const value = own(values, place.path);
    if (value === undefined) continue;
    writePlace(place, value).forEach((word, index) => {
      const at = place.address + index - address;
      // Several values share a register by bits: each fills its own.
      if (at >= 0 && at < count) words[at] = (words[at] ?? 0) | word;
    });
  }
  return isBits(table) ? words.map((word) => word !== 0) : words;
};

export const isBits = (table: ModbusTable): boolean => table === 'coil' || table === 'discrete';

const writePlace = ({ cell, items, isList: many }: Place, value: Value): readonly number[] => {
  const each = many ? (isList(value) ? value.slice(0, items) : []) : [value];
  return each.flatMap((item) => {
    const put = cell.write(item);
    return put.ok ? put.value : new Array<number>(cell.width).fill(0);
  });
};

type Area = { readonly from: number; readonly to: number };

/**
 * Like most devices, one answers a whole block from the lowest to the highest address of a table;
 * gaps inside read 0.
 */
const areasOf = (
  places: readonly Place[],
  commands: readonly CommandWrites[],
): Readonly<Partial<Record<ModbusTable, Area>>> => {
  const written = commands.flatMap(({ areas }) => areas);
  const read = places.map(({ table, address, size }) => ({
    table,
    from: address,
    to: address + size,
  }));
  const all = [...read, ...written];
  return Object.fromEntries(
    modbusTables.flatMap((name) => {
      const mine = all.filter(({ table }) => table === name);
      const from = Math.min(...mine.map((area) => area.from));
      const to = Math.max(...mine.map((area) => area.to));
      return mine.length === 0 ? [] : [[name, { from, to }]];
    }),
  );
};

const encode = (
  model: Model,
  commands: readonly CommandWrites[],
  command: string,
  args: Args,
): Encoded<ModbusWrite> => {
  const writes = commands.find(({ name }) => name === command);
  if (writes === undefined) return { ok: false, fault: 'unknown_command', at: command };
  const filled = filledArgs(own(model.commands, command)?.args, args);
  return filled.ok ? writes.encode(filled.args) : filled;
};

const matched = (
  commands: readonly CommandWrites[],
  table: 'coil' | 'holding',
  address: number,
  values: ModbusBlock,
): ReturnType<ModbusCodec['peer']['written']> => {
  const found = commands.flatMap(({ name, match }) => {
    const hit = match(table, address, values);
    return hit === undefined ? [] : [{ command: name, ...hit }];
  });
  // What is always the same says more than what takes any value: 0 ends a release.
  const best = found.find(({ isFixed }) => isFixed) ?? found[0];
  return best === undefined
    ? undefined
    : { command: best.command, step: best.step, args: best.args };
};
