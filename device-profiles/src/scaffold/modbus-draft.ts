import { parseRtu } from '@gatehouse/protocols';
import { blockOf } from '../capture/listener.ts';
import { modbusTables } from '../language/bindings.ts';
import { units } from '../language/units.ts';
import type { Answers, Sample } from './answers.ts';
import { emptyDraft, nameOf, titled } from './draft.ts';
import type { Draft } from './draft.ts';

const types = ['bit', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64'] as const;
/** Of a request that was pasted without a map. */
const guessedMax = 32;

type Row = {
  readonly table: (typeof modbusTables)[number];
  readonly address: number;
  readonly type: (typeof types)[number];
  readonly name: string;
  readonly scale: number | undefined;
  readonly unit: (typeof units)[number] | undefined;
};

/** `holding 0 u16 temperature 0.1 Cel`: table, address, type, name, then scale and unit. */
const parsedRow = (text: string, index: number): Row | string => {
  const [table, address, type, name = '', ...rest] = text.trim().split(/\s+/);
  const place = modbusTables.find((one) => one === table);
  const kind = types.find((one) => one === type);
  const at = Number(address);
  const scale = rest.map(Number).find((number) => Number.isFinite(number));
  const unit = units.find((one) => rest.includes(one) && one !== String(scale));
  if (place === undefined) return `register ${text}: table is one of ${modbusTables.join(', ')}`;
  if (!Number.isInteger(at) || at < 0 || at > 65_535) return `register ${text}: no address`;
  if (kind === undefined) return `register ${text}: type is one of ${types.join(', ')}`;
  return {
    table: place,
    address: at,
    type: kind,
    name: nameOf(name, `value${index}`),
    scale,
    unit,
  };
};

export const modbusDraft = (answers: Answers, samples: readonly Sample[]): Draft | string => {
  const draft = emptyDraft();
  const rows = (answers.registers ?? []).map(parsedRow);
  const wrong = rows.find((row) => typeof row === 'string');
  if (typeof wrong === 'string') return wrong;
  const told = rows.flatMap((row) => (typeof row === 'string' ? [] : [row]));
  const all = told.length > 0 ? told : guessedRows(samples);
  if (told.length === 0) draft.notes.push(`${all.length} registers from what was asked: name them`);
  const registers = (all.length > 0 ? all : [placeholder]).map((row) => addRow(draft, row));
  const { baud, parity, unit } = answers;
  Object.assign(draft.binding, {
    transport: 'modbus',
    modes: ['rtu'],
    line: { baud, ...(parity === undefined || parity === 'none' ? {} : { parity }) },
    unit: unit ?? 1,
    poll: { everyMs: 1000, replyTimeoutMs: 300, missesMax: 5 },
    registers,
  });
  return draft;
};

const placeholder: Row = {
  table: 'holding',
  address: 0,
  type: 'u16',
  name: 'value0',
  scale: undefined,
  unit: undefined,
};

const guessedRows = (samples: readonly Sample[]): readonly Row[] => {
  const rows = new Map<string, Row>();
  for (const { bytes } of samples) {
    const parsed = parseRtu(bytes);
    const block = parsed.ok ? blockOf(parsed.pdu) : undefined;
    if (block === undefined) continue;
    const type = block.table === 'coil' || block.table === 'discrete' ? 'bit' : 'u16';
    for (let i = 0; i < block.count && rows.size < guessedMax; i += 1) {
      const address = block.address + i;
      const name = `${block.table}${address}`;
      rows.set(name, { ...placeholder, table: block.table, address, type, name });
    }
  }
  return [...rows.values()];
};

/** Bits are states, numbers are measurements, until somebody knows better. */
const addRow = ({ model, initial }: Draft, row: Row): object => {
  const { table, address, type, name, scale, unit } = row;
  const isBit = type === 'bit';
  if (isBit) {
    model.state[name] = { type: 'boolean', class: 'audit', title: titled(name) };
    initial[`state.${name}`] = false;
  } else {
    model.telemetry[name] = { type: 'number', unit: unit ?? '1', title: titled(name) };
    initial[`telemetry.${name}`] = 0;
  }
  const value = `${isBit ? 'state' : 'telemetry'}.${name}`;
  return { table, address, type, ...(scale === undefined ? {} : { scale }), value };
};
