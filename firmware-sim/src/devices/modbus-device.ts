import { own, splitPath } from '@gatehouse/device-profiles';
import type { Args, ModbusBinding, ModbusBlock, ModbusCodec } from '@gatehouse/device-profiles';
import { commandResult } from './device-state.ts';
import { createCommandSteps, plainArgs, stepsOf } from './command-steps.ts';
import type { CommandStep } from './command-steps.ts';
import type { LiveDevice } from './live-device.ts';
import type { DeviceInput } from './machine.ts';
import type { ModbusBank, ModbusWriteOutcome } from './modbus-pdu.ts';

export type ModbusDeviceOptions = {
  readonly device: LiveDevice;
  readonly codec: ModbusCodec;
  readonly binding: ModbusBinding;
  readonly params: Args;
};

/** What a device does when something is written to it; nothing is done before all of it fits. */
type Write = { readonly inputs: readonly DeviceInput[]; readonly answers: boolean };

/**
 * The registers of a device as a Modbus client sees them, by its profile. Reads outside of its map
 * and writes to what takes none are illegal addresses; a value that the command does not take is an
 * illegal value.
 */
export const createModbusBank = (options: ModbusDeviceOptions): ModbusBank => {
  const { device, codec } = options;
  const known = new Set(codec.reads.map(({ table }) => table));
  const places = writablePlaces(options);
  const gather = createCommandSteps();
  return {
    // Outputs can be asked for and written on any device; inputs only where there are some.
    has: (table) => table === 'coil' || table === 'holding' || known.has(table),
    read: (table, from, count) => codec.peer.block(table, from, count, device.values()),
    write: (table, from, values) => {
      const writes: Write[] = [];
      for (let at = 0; at < values.length;) {
        const next = longest(options, table, from + at, values.slice(at));
        if (next === undefined) {
          return places.has(`${table} ${from + at}`) ? 'illegal_value' : 'illegal_address';
        }
        writes.push(writeOf(options, gather, next));
        at += next.length;
      }
      return carryOut(device, writes);
    },
  };
};

/** A word where the standard has on or off. */
const isRawCoil = (table: 'coil' | 'holding', values: ModbusBlock): boolean =>
  table === 'coil' && typeof values[0] === 'number';

type Found = {
  /** Registers or bits of it. */
  readonly length: number;
  readonly input: DeviceInput | CommandStep;
};

/** The longest piece that means something: a price of two registers before its first half. */
const longest = (
  { device, codec }: ModbusDeviceOptions,
  table: 'coil' | 'holding',
  address: number,
  values: ModbusBlock,
): Found | undefined => {
  for (let length = values.length; length > 0; length -= 1) {
    const piece = values.slice(0, length);
    const step = codec.peer.written(table, address, piece);
    if (step !== undefined) return { length, input: step };
    if (isRawCoil(table, piece)) continue;
    const plain = codec.read(table, address, piece);
    const paths = Object.keys(plain.values);
    // A plain coil: it can be written where it is read.
    const isPlain = paths.length === length && plain.faults.length === 0;
    if (isPlain && paths.every((path) => device.writable.includes(path))) {
      return { length, input: { kind: 'set', values: plain.values } };
    }
  }
  return undefined;
};

const writeOf = (
  { device, codec }: ModbusDeviceOptions,
  gather: ReturnType<typeof createCommandSteps>,
  { input: found }: Found,
): Write => {
  if ('kind' in found) return { inputs: [found], answers: true };
  const { model } = device.profile;
  const { command, step } = found;
  const isLast = step === stepsOf(codec, model, found) - 1;
  const args = gather(found, isLast);
  const encoded = codec.encode(command, { ...plainArgs(model, command), ...args });
  const answers = !(encoded.ok && encoded.sends[step]?.unanswered === true);
  return { inputs: [{ kind: 'command', command, args, isLast }], answers };
};

const carryOut = (device: LiveDevice, writes: readonly Write[]): ModbusWriteOutcome => {
  const inputs = writes.flatMap((write) => write.inputs);
  const fits = inputs.every(
    (input) =>
      input.kind !== 'command' ||
      commandResult(device.profile, input.command, input.args) === 'done',
  );
  if (!fits) return 'illegal_value';
  for (const input of inputs) device.apply(input);
  return writes.every(({ answers }) => answers) ? 'written' : 'unanswered';
};

/** More channels than a device has relays. */
const channelsMax = 256;

/** `coil 16`: every address that some command writes. */
const writablePlaces = (options: ModbusDeviceOptions): ReadonlySet<string> => {
  const { binding, device, params } = options;
  const places = new Set<string>();
  for (const [command, writes] of Object.entries(binding.commands ?? {})) {
    for (const { table, address } of writes) {
      if (typeof address === 'number') {
        places.add(`${table} ${address}`);
        continue;
      }
      const { base, plus, step = 1 } = address;
      const { part, name } = splitPath(plus);
      const arg = own(own(device.profile.model.commands, command)?.args, name);
      const least = part === 'params' ? Number(params[name] ?? 0) : (arg?.min ?? 0);
      const most = part === 'params' ? least : (arg?.max ?? least);
      for (let i = least; i <= Math.min(most, least + channelsMax); i += 1) {
        places.add(`${table} ${base + i * step}`);
      }
    }
  }
  return places;
};
