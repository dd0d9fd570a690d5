import { registerField, widthOf } from '../compile/cell.ts';
import { blockMaxOf, modbusReadMax } from '../compile/plan-reads.ts';
import type { ModbusBinding, Register, RegisterWrite } from '../language/bindings.ts';
import type { PlainProfile } from '../language/profile.ts';
import { entryAt } from '../language/values.ts';
import { unknownName } from './complaint.ts';
import type { Complaint, Rule } from './complaint.ts';
import { fieldFaults } from './field-faults.ts';
import { mayLatch } from './model-rules.ts';
import { pathFault } from './value-rules.ts';

type At = readonly (string | number)[];

/** Registers and writes of each Modbus binding. */
export const modbusRule: Rule = (profile) =>
  Object.entries(profile.bindings).flatMap(([name, binding]) =>
    binding.transport === 'modbus' ? bindingFaults(profile, ['bindings', name], binding) : [],
  );

const bindingFaults = (
  profile: PlainProfile,
  at: At,
  binding: ModbusBinding,
): readonly Complaint[] => {
  const known = Object.keys(profile.model.commands ?? {});
  return [
    ...lineFaults(at, binding),
    ...binding.registers.flatMap((register, i) =>
      registerFaults(profile, [...at, 'registers', i], binding, register),
    ),
    ...twiceUsed(at, binding.registers),
    ...Object.entries(binding.commands ?? {}).flatMap(([command, writes]) => {
      const place = [...at, 'commands', command];
      return known.includes(command)
        ? writes.flatMap((write, i) => writeFaults(profile, command, [...place, i], write))
        : [{ at: place, message: unknownName(command, known) }];
    }),
  ];
};

const lineFaults = (at: At, { modes, line, poll, registers }: ModbusBinding) => {
  const found: Complaint[] = [];
  if (modes.includes('rtu') && line === undefined) {
    found.push({ at, message: 'lacks line: RTU needs at least { baud: … }' });
  }
  const hasRegisters = registers.some(({ table }) => table === 'holding' || table === 'input');
  if ((poll.blockMax ?? 0) > modbusReadMax.holding && hasRegisters) {
    found.push({
      at: [...at, 'poll', 'blockMax'],
      message: `must be ${modbusReadMax.holding} or less: no reply holds more registers`,
    });
  }
  return found;
};

const isBitTable = (table: Register['table']): boolean => table === 'coil' || table === 'discrete';
const addressMax = 65_535;

/** What holds for reading and writing alike. */
const keyFaults = (at: At, keys: Register | RegisterWrite, isRaw = false): readonly Complaint[] => {
  const { type, table, length } = keys;
  const needsLength = type === 'text' || type === 'bcd';
  const rows: readonly (readonly [boolean, string, string])[] = [
    [isBitTable(table) && type !== 'bit' && !isRaw, 'type', `must be bit: a ${table} is one bit`],
    [!isBitTable(table) && type === 'bit', 'type', "must be u16 with bits: '…': it is a register"],
    [needsLength && length === undefined, 'length', `is needed: the bytes of ${type}`],
    [!needsLength && length !== undefined, 'length', 'belongs to text and bcd'],
    [length !== undefined && length % 2 === 1, 'length', 'must be even: a register has two bytes'],
  ];
  return rows
    .filter(([isWrong]) => isWrong)
    .map(([, key, message]) => ({
      at: Object.hasOwn(keys, key) ? [...at, key] : at,
      message: Object.hasOwn(keys, key) ? message : `${key} ${message}`,
    }));
};

const registerFaults = (
  profile: PlainProfile,
  at: At,
  { poll }: ModbusBinding,
  register: Register,
): readonly Complaint[] => {
  const { table, address, count, value } = register;
  const size = widthOf(register) * (count ?? 1);
  const found: Complaint[] = [...keyFaults(at, register)];
  if (size > blockMaxOf(poll, table)) {
    const message = `needs ${size} in one reply, and one holds ${blockMaxOf(poll, table)}`;
    found.push({ at, message: `${message}: use fewer or several lists` });
  }
  const place =
    typeof address === 'number' ? address : { ...address, plus: `params.${address.plus}` };
  found.push(...addressFaults(profile, [...at, 'address'], place, { size, parts: ['params'] }));
  if (count !== undefined && register.bits !== undefined) {
    found.push({
      at: [...at, 'bits'],
      message: 'cannot stand with count: list the bits one by one',
    });
  }
  return [...found, ...fieldFaults(at, registerField(register, { value }))];
};

type Address = RegisterWrite['address'];
type Allowed = {
  readonly size: number;
  readonly parts: readonly string[];
  readonly command?: string;
};

const addressFaults = (
  { model }: PlainProfile,
  at: At,
  address: Address,
  { size, parts, command }: Allowed,
): readonly Complaint[] => {
  const beyond = { at, message: `ends above ${addressMax}, the last address there is` };
  if (typeof address === 'number') return address + size - 1 > addressMax ? [beyond] : [];
  const scope = { command };
  const unknown = pathFault(model, address.plus, parts, scope);
  if (unknown !== undefined) return [{ at: [...at, 'plus'], message: unknown }];
  const entry = entryAt(model, address.plus, scope);
  if (entry?.type !== 'integer' || entry.min === undefined || entry.max === undefined) {
    return [{ at: [...at, 'plus'], message: `needs ${address.plus} as integer with min and max` }];
  }
  const step = address.step ?? 1;
  const isHere = address.base + entry.min * step >= 0;
  return isHere && address.base + entry.max * step + size - 1 <= addressMax ? [] : [beyond];
};

/** Two meanings of one bit or register, and one value from two places: the second of each. */
const twiceUsed = (at: At, registers: readonly Register[]): readonly Complaint[] =>
  registers.flatMap((register, index) => {
    const before = registers.slice(0, index);
    const place = [...at, 'registers', index];
    if (before.some(({ value }) => value === register.value)) {
      return [{ at: [...place, 'value'], message: `${register.value} is read twice` }];
    }
    const other = before.findIndex((earlier) => overlaps(earlier, register));
    if (other < 0) return [];
    const message = `is read as ${registers[other]?.value} too (registers.${other})`;
    return [{ at: [...place, 'address'], message }];
  });

const overlaps = (a: Register, b: Register): boolean => {
  if (a.table !== b.table || plusOf(a) !== plusOf(b)) return false;
  const [fromA, fromB] = [baseOf(a), baseOf(b)];
  const apart = fromA + sizeOf(a) <= fromB || fromB + sizeOf(b) <= fromA;
  return !apart && !(a.bits !== undefined && b.bits !== undefined && !shareBits(a.bits, b.bits));
};

const baseOf = ({ address }: Register): number =>
  typeof address === 'number' ? address : address.base;
const plusOf = ({ address }: Register): string =>
  typeof address === 'number' ? '' : `${address.plus} ${address.step ?? 1}`;
const sizeOf = (register: Register): number => widthOf(register) * (register.count ?? 1);

const shareBits = (a: string, b: string): boolean => {
  const [lowA = 0, highA = lowA] = a.split('..').map(Number);
  const [lowB = 0, highB = lowB] = b.split('..').map(Number);
  return lowA <= highB && lowB <= highA;
};

const latchHint =
  'stays on until it is written off (E6): write a timed register that ends by itself, or give ' +
  'the reason in safety.latch';

const writeFaults = (
  profile: PlainProfile,
  command: string,
  at: At,
  write: RegisterWrite,
): readonly Complaint[] => {
  const { table, const: fixed, value, address } = write;
  if ((fixed === undefined) === (value === undefined)) {
    return [{ at, message: 'needs exactly one of const and value' }];
  }
  const size = widthOf(write);
  const parts = ['args', 'params'];
  const found: Complaint[] = [
    ...keyFaults(at, write, table === 'coil' && write.type === 'u16' && write.multiple !== true),
    ...addressFaults(profile, [...at, 'address'], address, { size, parts, command }),
  ];
  if (write.bits !== undefined) {
    found.push({
      at: [...at, 'bits'],
      message: 'would write the other bits of the register as 0: write the whole register',
    });
  }
  if (fixed !== undefined && write.enum !== undefined) {
    found.push({
      at: [...at, 'enum'],
      message: 'belongs to value: const is what goes on the wire',
    });
  }
  if (table === 'coil' && isLatching(write) && !mayLatch(profile, command)) {
    found.push({ at: [...at, fixed === undefined ? 'value' : 'const'], message: latchHint });
  }
  const raw = typeof fixed === 'boolean' ? Number(fixed) : fixed;
  const content = value === undefined ? { const: raw ?? 0 } : { value };
  return [...found, ...fieldFaults(at, registerField(write, content))];
};

/** A coil that takes a word instead of on and off (`u16`) takes a time. */
const isLatching = ({ type, const: fixed }: RegisterWrite): boolean =>
  type === 'bit' ? fixed === undefined || (fixed !== 0 && fixed !== false) : fixed === coilOn;
const coilOn = 0xff00;
