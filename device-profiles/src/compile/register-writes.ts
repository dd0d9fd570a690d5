import type { Args, Encoded, ModbusBlock, ModbusWrite } from '../compiled.ts';
import type { ModbusBinding, RegisterWrite } from '../language/bindings.ts';
import type { Model } from '../language/model.ts';
import { entryAt, own, splitPath, valueFault } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { createCell } from './cell.ts';
import type { Cell } from './cell.ts';

/** What one command of a Modbus device writes, in both directions. */
export type CommandWrites = {
  readonly name: string;
  /** @param args with defaults, checked */
  readonly encode: (args: Args) => Encoded<ModbusWrite>;
  readonly match: (
    table: 'coil' | 'holding',
    address: number,
    values: ModbusBlock,
  ) => { readonly step: number; readonly args: Args; readonly isFixed: boolean } | undefined;
  /** Where it may write. */
  readonly areas: readonly {
    readonly table: 'coil' | 'holding';
    readonly from: number;
    readonly to: number;
  }[];
};

type Options = {
  readonly model: Model;
  readonly binding: ModbusBinding;
  readonly command: string;
  readonly writes: readonly RegisterWrite[];
  readonly params: Args;
};

/** One write; `entry` is undefined where it always writes the same. */
type Slot = {
  readonly write: RegisterWrite;
  readonly cell: Cell;
  readonly entry: ValueEntry | undefined;
};

/** Neighbours that both say `multiple` go in one request. */
type Step = { readonly first: Slot; readonly slots: readonly Slot[] };

export const createWrites = (options: Options): CommandWrites => {
  const { model, command, params } = options;
  const steps = stepsOf(options);
  const scope = { command };
  return {
    name: command,
    encode: (args) => {
      const sends: ModbusWrite[] = [];
      for (const step of steps) {
        const send = encodeStep(step, { args, params });
        if (!('table' in send)) return { ok: false, ...send };
        sends.push(send);
      }
      return { ok: true, sends };
    },
    match: (table, address, values) => {
      for (const [step, group] of steps.entries()) {
        const args = matchStep(group, { model, scope, params }, { table, address, values });
        if (args === undefined) continue;
        const isFixed = group.slots.every(({ write }) => write.value === undefined);
        return { step, args, isFixed };
      }
      return undefined;
    },
    areas: steps.flatMap((step) => areaOf(step, model, scope, params)),
  };
};

const stepsOf = ({ model, binding, command, writes }: Options): readonly Step[] => {
  const steps: { first: Slot; slots: Slot[] }[] = [];
  for (const write of writes) {
    const entry = write.value === undefined ? undefined : entryAt(model, write.value, { command });
    const slot = { write, cell: cellOf(write, entry, binding), entry };
    const last = steps.at(-1);
    if (last !== undefined && isNext(last, slot)) last.slots.push(slot);
    else steps.push({ first: slot, slots: [slot] });
  }
  return steps;
};

const cellOf = (
  write: RegisterWrite,
  entry: ValueEntry | undefined,
  binding: ModbusBinding,
): Cell => {
  if (write.value !== undefined) return createCell(write, { value: write.value }, entry, binding);
  const { const: fixed } = write;
  const raw = typeof fixed === 'boolean' ? Number(fixed) : fixed;
  return createCell(write, { const: raw ?? 0 }, undefined, binding);
};

const isNext = ({ first, slots }: Step, { write }: Slot): boolean => {
  const [from, to] = [first.write.address, write.address];
  const sameWay = write.multiple === true && first.write.multiple === true;
  if (!sameWay || write.table !== first.write.table) return false;
  const offset = sizeOf(slots);
  if (typeof from === 'number') return to === from + offset;
  if (typeof to === 'number') return false;
  return to.plus === from.plus && to.step === from.step && to.base === from.base + offset;
};

const sizeOf = (slots: readonly Slot[]): number =>
  slots.reduce((sum, { cell }) => sum + cell.width, 0);

type Given = { readonly args: Args; readonly params: Args };
type Refused = Omit<Extract<Encoded<ModbusWrite>, { readonly ok: false }>, 'ok'>;

const addressMax = 65_535;

const encodeStep = ({ first, slots }: Step, given: Given): ModbusWrite | Refused => {
  const words: number[] = [];
  for (const { write, cell } of slots) {
    const value = write.value === undefined ? null : valueOf(write.value, given);
    if (value === undefined) return { fault: 'missing', at: write.value ?? '' };
    const put = cell.write(value);
    if (!put.ok) return { fault: put.fault, at: write.value ?? 'const' };
    words.push(...put.value);
  }
  const { table, address, multiple, unanswered, type } = first.write;
  const at = typeof address === 'number' ? address : addressBy(address, given);
  if (!Number.isInteger(at) || at < 0 || at > addressMax) {
    return { fault: 'out_of_range', at: typeof address === 'number' ? 'address' : address.plus };
  }
  const isRaw = table === 'coil' && type !== 'bit';
  return {
    table,
    address: at,
    values: table === 'coil' ? words.map((word) => word !== 0) : words,
    multiple: multiple === true,
    unanswered: unanswered === true,
    rawCoil: isRaw ? words[0] : undefined,
  };
};

const valueOf = (path: string, { args, params }: Given): Args[string] | undefined => {
  const { part, name } = splitPath(path);
  return own(part === 'params' ? params : args, name);
};

type Offset = Exclude<RegisterWrite['address'], number>;

const addressBy = ({ base, plus, step }: Offset, given: Given): number =>
  base + Number(valueOf(plus, given)) * (step ?? 1);

type Known = { readonly model: Model; readonly scope: { readonly command: string } } & {
  readonly params: Args;
};
type Written = {
  readonly table: 'coil' | 'holding';
  readonly address: number;
  readonly values: ModbusBlock;
};

const matchStep = ({ first, slots }: Step, known: Known, written: Written): Args | undefined => {
  const { table, address, values } = written;
  if (table !== first.write.table || values.length !== sizeOf(slots)) return undefined;
  // A word that is neither on nor off means nothing to a plain coil.
  const isWord = table === 'coil' && typeof values[0] === 'number';
  if (isWord && first.write.type === 'bit') return undefined;
  const args = matchAddress(first.write.address, address, known);
  if (args === undefined) return undefined;
  let found: Args = args;
  let from = 0;
  for (const { write, cell, entry } of slots) {
    const got = cell.read(values.slice(from, from + cell.width));
    if (!got.ok) return undefined;
    from += cell.width;
    if (write.value === undefined || entry === undefined) continue;
    const { part, name } = splitPath(write.value);
    const other = part === 'params' ? own(known.params, name) : own(found, name);
    if (other !== undefined && other !== got.value) return undefined;
    if (got.value === null || valueFault(entry, got.value) !== undefined) return undefined;
    if (part === 'args') found = { ...found, [name]: got.value };
  }
  return found;
};

/** The argument that this address stands for. */
const matchAddress = (
  place: RegisterWrite['address'],
  address: number,
  { model, scope, params }: Known,
): Args | undefined => {
  if (typeof place === 'number') return place === address ? {} : undefined;
  const { part, name } = splitPath(place.plus);
  if (part === 'params') return addressBy(place, { args: {}, params }) === address ? {} : undefined;
  const index = (address - place.base) / (place.step ?? 1);
  const entry = entryAt(model, place.plus, scope);
  const fits = entry !== undefined && Number.isInteger(index) && !valueFault(entry, index);
  return fits ? { [name]: index } : undefined;
};

const areaOf = (
  { first, slots }: Step,
  model: Model,
  scope: { readonly command: string },
  params: Args,
): CommandWrites['areas'] => {
  const { table, address: place } = first.write;
  const size = sizeOf(slots);
  if (typeof place === 'number') return [{ table, from: place, to: place + size }];
  const { part } = splitPath(place.plus);
  if (part === 'params') {
    const from = addressBy(place, { args: {}, params });
    return [{ table, from, to: from + size }];
  }
  const entry = entryAt(model, place.plus, scope);
  const ends = [entry?.min ?? 0, entry?.max ?? 0].map(
    (end) => place.base + end * (place.step ?? 1),
  );
  return [{ table, from: Math.min(...ends), to: Math.max(...ends) + size }];
};
