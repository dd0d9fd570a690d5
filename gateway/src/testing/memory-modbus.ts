import type { ModbusBlock, ModbusTable } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type {
  Cancel,
  Clock,
  ModbusLine,
  ModbusPorts,
  ModbusReadAsk,
  ModbusWriteAsk,
} from '../ports.ts';

/** `mute` acts and does not answer, `idle` answers and does not act, `dead` does neither. */
export type Mood = 'well' | 'mute' | 'idle' | 'dead';

/** A door controller in memory: timed registers that end by themselves, coils that do not. */
export type MemoryController = {
  /** Discrete inputs beyond those of the relays, at 0 and 1. */
  readonly inputs: Map<number, boolean>;
  readonly coils: Map<number, boolean>;
  /** Holding and input registers. */
  readonly registers: Map<number, number>;
  mood: Mood;
  /** Its relays follow nothing any more. */
  stuckOn: Side | undefined;
  /** The exception by which it refuses a table: 2 = illegal data address. */
  readonly refuses: Map<ModbusTable, number>;
  readonly isOn: (side: Side) => boolean;
};

export type MemoryModbus = {
  readonly ports: ModbusPorts;
  readonly controller: MemoryController;
  /** `520 write 16=30`, `525 coil 0=false`: in the order in which they were sent. */
  readonly writes: string[];
  /** `discrete 0+7`: what was asked, in order. */
  readonly reads: string[];
  /** How often each port was opened, and how. */
  readonly opened: Parameters<ModbusPorts['open']>[0][];
  readonly drop: (cause: string) => void;
  canOpen: boolean;
};

/** The addresses of the profiles for tests. */
const outputAt: Readonly<Record<Side, number>> = { entry: 0, exit: 1 };
const timedAt: Readonly<Record<Side, number>> = { entry: 16, exit: 17 };
const timedUnitMs = 100;
const sides: readonly Side[] = ['entry', 'exit'];

/** @param replyMs from a request to its answer */
export const createMemoryModbus = (clock: Clock, replyMs = 5): MemoryModbus => {
  const closers: ((cause: string) => void)[] = [];
  const opened: MemoryModbus['opened'] = [];
  const device = createController(clock);
  const drop = (cause: string) => {
    for (const run of closers.splice(0)) run(cause);
  };
  const log = { writes: [], reads: [] };
  const memory: MemoryModbus = {
    ports: {
      open: (options) => {
        opened.push(options);
        if (!memory.canOpen) return Promise.reject(new GatewayError('GW_MODBUS', 'refused'));
        return Promise.resolve(createLine({ clock, replyMs, device, closers, drop, log }));
      },
    },
    controller: device.controller,
    ...log,
    opened,
    drop,
    canOpen: true,
  };
  return memory;
};

type Device = {
  readonly controller: MemoryController;
  readonly read: (table: ModbusTable, address: number) => number | boolean;
  readonly write: (ask: ModbusWriteAsk) => void;
};

const createController = (clock: Clock): Device => {
  const timers = new Map<number, Cancel>();
  const released = new Set<number>();
  const controller: MemoryController = {
    inputs: new Map(),
    coils: new Map(),
    registers: new Map(),
    mood: 'well',
    stuckOn: undefined,
    refuses: new Map(),
    isOn: (side) =>
      controller.stuckOn === side ||
      released.has(timedAt[side]) ||
      controller.coils.get(outputAt[side]) === true,
  };
  const release = (address: number, value: number) => {
    timers.get(address)?.();
    released.delete(address);
    if (value === 0 || controller.mood === 'idle') return;
    released.add(address);
    const endMs = value * timedUnitMs;
    timers.set(
      address,
      clock.after(endMs, () => void released.delete(address)),
    );
  };
  const readInput = (address: number): boolean => {
    const side = sides.find((each) => outputAt[each] === address);
    return side === undefined ? controller.inputs.get(address) === true : controller.isOn(side);
  };
  const tables: Readonly<Record<ModbusTable, (address: number) => number | boolean>> = {
    coil: (address) => controller.coils.get(address) === true,
    discrete: readInput,
    holding: (address) => controller.registers.get(address) ?? 0,
    input: (address) => controller.registers.get(address) ?? 0,
  };
  return {
    controller,
    read: (table, address) => tables[table](address),
    write: ({ table, address, values }) => {
      for (const [index, value] of values.entries()) {
        const at = address + index;
        if (table === 'coil') controller.coils.set(at, value === true);
        else if (sides.some((side) => timedAt[side] === at)) release(at, Number(value));
        else controller.registers.set(at, Number(value));
      }
    },
  };
};

type LineParts = {
  readonly clock: Clock;
  readonly replyMs: number;
  readonly device: Device;
  readonly closers: ((cause: string) => void)[];
  readonly drop: (cause: string) => void;
  readonly log: { readonly writes: string[]; readonly reads: string[] };
};

const createLine = ({ clock, replyMs, device, closers, drop, log }: LineParts): ModbusLine => {
  const { controller } = device;
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  /** Acts at half time, answers at the end. */
  const exchange = async <T>(ask: ModbusReadAsk | ModbusWriteAsk, act: () => T): Promise<T> => {
    const line = closers.length;
    const lost = () => closers.length !== line || line === 0;
    if (lost()) throw new GatewayError('GW_MODBUS', 'closed');
    await wait(replyMs / 2);
    const { mood, refuses } = controller;
    const refusal = refuses.get(ask.table);
    if (refusal !== undefined && mood !== 'dead') {
      throw new GatewayError('GW_MODBUS_EXCEPTION', `exception ${refusal}`, { cause: refusal });
    }
    const answer = mood === 'dead' ? undefined : { is: act() };
    const answers = mood === 'well' || mood === 'idle';
    await wait(answers ? replyMs / 2 : ask.replyTimeoutMs);
    if (!answers || answer === undefined || lost()) {
      throw new GatewayError('GW_MODBUS', 'Timed out');
    }
    return answer.is;
  };
  return {
    read: (ask) => {
      const { table, address, count } = ask;
      log.reads.push(`${table} ${address}+${count}`);
      const at = Array.from({ length: count }, (_, n) => address + n);
      // Each table holds one kind of value.
      return exchange(ask, () => at.map((each) => device.read(table, each)) as ModbusBlock);
    },
    write: (ask) => {
      if (ask.mayStart?.() === false) {
        return Promise.reject(new GatewayError('GW_MODBUS', 'not sent: too late'));
      }
      const what = ask.table === 'coil' ? 'coil' : 'write';
      log.writes.push(`${clock.monoMs()} ${what} ${ask.address}=${ask.values.join(',')}`);
      return exchange(ask, () => device.write(ask));
    },
    onClose: (run) => void closers.push(run),
    close: () => {
      drop('closed by the gateway');
      return Promise.resolve();
    },
  };
};
