import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import { inputNames, isActive, isReleased, timedLeftMs } from './door-physics.ts';
import type { DoorInput, DoorState, Side } from './door-physics.ts';
import type { ModbusBank } from './modbus-pdu.ts';

const registerMax = 0xffff;

/** What one address reads and, where it may be written, what writing does. */
type Cell<T> = {
  readonly address: number;
  readonly read: (state: DoorState, nowMs: number) => T;
  readonly write?: (value: T) => DoorInput;
};

/**
 * The door's registers as a Modbus client sees them. Like most controllers it answers a whole block
 * from its lowest to its highest address; gaps inside read 0 and cannot be written.
 * @param apply carries a write to the door
 */
export const createDoorBank = (options: {
  readonly profile: ModbusDoorProfile;
  readonly state: () => DoorState;
  readonly nowMs: () => number;
  readonly apply: (input: DoorInput) => void;
}): ModbusBank => {
  const { state, nowMs, apply } = options;
  const { coils, inputs, registers } = cellsOf(options.profile);
  const read = <T>(cells: readonly Cell<T>[], empty: T, from: number, count: number) =>
    isBlock(cells, from, count)
      ? Array.from({ length: count }, (_, index) => {
          const cell = cells.find(({ address }) => address === from + index);
          return cell?.read(state(), nowMs()) ?? empty;
        })
      : undefined;
  const write = <T>(cells: readonly Cell<T>[], from: number, values: readonly T[]): boolean => {
    const writes = values.map((value, index) =>
      cells.find(({ address }) => address === from + index)?.write?.(value),
    );
    const known = writes.filter((input) => input !== undefined);
    if (known.length < values.length) return false;
    for (const input of known) apply(input);
    return true;
  };
  return {
    readCoils: (from, count) => read(coils, false, from, count),
    readDiscreteInputs: (from, count) => read(inputs, false, from, count),
    readHoldingRegisters: (from, count) => read(registers, 0, from, count),
    writeCoils: (from, values) => write(coils, from, values),
    writeRegisters: (from, values) => write(registers, from, values),
  };
};

const isBlock = (
  cells: readonly { readonly address: number }[],
  from: number,
  count: number,
): boolean => {
  const addresses = cells.map(({ address }) => address);
  return from >= Math.min(...addresses) && from + count - 1 <= Math.max(...addresses);
};

const sides: readonly Side[] = ['entry', 'exit'];

type Cells = {
  readonly coils: readonly Cell<boolean>[];
  readonly inputs: readonly Cell<boolean>[];
  readonly registers: readonly Cell<number>[];
};

const cellsOf = (profile: ModbusDoorProfile): Cells => {
  const outputs = sides.flatMap((side) => {
    const output = profile.outputs[side];
    return output === undefined ? [] : [{ side, output }];
  });
  const registers = outputs.map(({ side, output: { timed } }): Cell<number> => ({
    address: timed.address,
    read: (state, nowMs) =>
      Math.min(registerMax, Math.ceil(timedLeftMs(state, side, nowMs) / timed.unitMs)),
    write: (units) => ({ kind: 'write_timed', side, units }),
  }));
  const coils = outputs.flatMap(({ side, output: { coil } }): readonly Cell<boolean>[] =>
    coil === undefined
      ? []
      : [
          {
            address: coil.address,
            read: (state, nowMs) => isReleased(state, side, nowMs),
            write: (on) => ({ kind: 'write_coil', side, on }),
          },
        ],
  );
  const states = outputs.map(({ side, output }): Cell<boolean> => ({
    address: output.state.address,
    read: (state, nowMs) => isReleased(state, side, nowMs),
  }));
  const sensors = inputNames.flatMap((name): readonly Cell<boolean>[] => {
    const address = profile.inputs[name];
    return address === undefined
      ? []
      : [{ address, read: (state, nowMs) => isActive(state, name, nowMs) }];
  });
  return { registers, coils, inputs: [...states, ...sensors] };
};
