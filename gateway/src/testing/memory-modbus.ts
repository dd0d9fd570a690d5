import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { Cancel, Clock, ModbusLine, ModbusPorts } from '../ports.ts';

/** `mute` acts and does not answer, `idle` answers and does not act, `dead` does neither. */
export type Mood = 'well' | 'mute' | 'idle' | 'dead';

/** A door controller in memory: a timed register that ends by itself, a coil that does not. */
export type MemoryController = {
  readonly inputs: Map<number, boolean>;
  readonly coils: Map<number, boolean>;
  mood: Mood;
  /** Its relays follow nothing any more. */
  stuckOn: Side | undefined;
  readonly isOn: (side: Side) => boolean;
};

export type MemoryModbus = {
  readonly ports: ModbusPorts;
  readonly controller: MemoryController;
  /** `520 write 16=30`, `525 coil 0=false`: in the order in which they were sent. */
  readonly writes: string[];
  readonly opens: () => number;
  readonly readsSent: () => number;
  readonly drop: (cause: string) => void;
  canOpen: boolean;
};

/** @param replyMs from a request to its answer */
export const createMemoryModbus = (
  clock: Clock,
  profile: ModbusDoorProfile,
  replyMs = 5,
): MemoryModbus => {
  const timers = new Map<number, Cancel>();
  const registers = new Set<number>();
  const closers: ((cause: string) => void)[] = [];
  const writes: string[] = [];
  let opens = 0;
  let reads = 0;
  let tail: Promise<unknown> = Promise.resolve();
  const isOn = (side: Side): boolean => {
    const output = profile.outputs[side];
    if (output === undefined) return false;
    const byCoil = output.coil !== undefined && controller.coils.get(output.coil.address) === true;
    return controller.stuckOn === side || registers.has(output.timed.address) || byCoil;
  };
  const controller: MemoryController = {
    inputs: new Map(),
    coils: new Map(),
    mood: 'well',
    stuckOn: undefined,
    isOn,
  };
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  /** One after another, as on a real line: act at half time, answer at the end. */
  const exchange = <T>(act: () => T, mayStart = () => true): Promise<T> => {
    const line = closers.length;
    const call = tail.then(async () => {
      if (closers.length !== line || line === 0) throw new GatewayError('GW_MODBUS', 'closed');
      if (!mayStart()) throw new GatewayError('GW_MODBUS', 'not sent: too late');
      await wait(replyMs / 2);
      const { mood } = controller;
      const answer = mood === 'dead' ? undefined : { is: act() };
      const answers = mood === 'well' || mood === 'idle';
      await wait(answers ? replyMs / 2 : profile.modbus.replyTimeoutMs);
      if (!answers || answer === undefined || closers.length !== line) {
        throw new GatewayError('GW_MODBUS', 'Timed out');
      }
      return answer.is;
    });
    tail = call.catch(() => undefined);
    return call;
  };
  const release = (address: number, value: number) => {
    timers.get(address)?.();
    registers.delete(address);
    if (value === 0 || controller.mood === 'idle') return;
    const unitMs =
      [profile.outputs.entry, profile.outputs.exit].find((o) => o?.timed.address === address)?.timed
        .unitMs ?? 0;
    registers.add(address);
    timers.set(
      address,
      clock.after(value * unitMs, () => void registers.delete(address)),
    );
  };
  const readInput = (address: number): boolean => {
    if (address === profile.outputs.entry.state.address) return isOn('entry');
    if (address === profile.outputs.exit?.state.address) return isOn('exit');
    return controller.inputs.get(address) === true;
  };
  const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);
  const makeLine = (): ModbusLine => ({
    readDiscreteInputs: (_, from, count) =>
      exchange(
        () => range(from, count).map(readInput),
        () => (reads += 1) > 0,
      ),
    readCoils: (_, from, count) =>
      exchange(() => range(from, count).map((at) => controller.coils.get(at) === true)),
    writeRegister: (_, address, value, mayStart = () => true) =>
      exchange(
        () => release(address, value),
        () => mayStart() && writes.push(`${clock.monoMs()} write ${address}=${value}`) > 0,
      ),
    writeCoil: (_, address, on) =>
      exchange(
        () => void controller.coils.set(address, on),
        () => writes.push(`${clock.monoMs()} coil ${address}=${on}`) > 0,
      ),
    onClose: (run) => void closers.push(run),
    close: () => {
      drop('closed by the gateway');
      return Promise.resolve();
    },
  });
  const drop = (cause: string) => {
    for (const run of closers.splice(0)) run(cause);
  };
  const memory: MemoryModbus = {
    ports: {
      open: () => {
        opens += 1;
        if (!memory.canOpen) return Promise.reject(new GatewayError('GW_MODBUS', 'refused'));
        return Promise.resolve(makeLine());
      },
    },
    controller,
    writes,
    opens: () => opens,
    readsSent: () => reads,
    drop,
    canOpen: true,
  };
  return memory;
};
