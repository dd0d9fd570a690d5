import type {
  Model,
  ModbusBlock,
  ModbusCodec,
  ModbusRead,
  ModbusWrite,
} from '@gatehouse/device-profiles';
import { GatewayError } from '../errors.ts';
import type { Cancel, Clock, Log, ModbusLine } from '../ports.ts';
import { createCommandRunner } from './command-runner.ts';
import type { CommandRunner, StepResult } from './command-runner.ts';
import { changesOnly } from './driver.ts';
import type { DeviceDriver, DriverEvents, HeardRaw } from './driver.ts';
import { createFrameTap } from './frame-tap.ts';
import type { FrameTap } from './frame-tap.ts';
import { readCostMs } from './line-timing.ts';
import { createLinkHealth } from './link-health.ts';
import type { LinkHealth } from './link-health.ts';
import { exceptionName, isAcknowledge } from './modbus-exceptions.ts';
import { createPolls } from './polls.ts';
import type { Polls } from './polls.ts';
import type { SharedLine } from './shared-line.ts';

export type ModbusDeviceOptions = {
  readonly deviceId: string;
  /** 1 … 247 */
  readonly unit: number;
  readonly codec: ModbusCodec;
  readonly model: Model;
  readonly line: SharedLine<ModbusLine>;
  /** On TCP nothing is known of the wire's speed. */
  readonly isTcp: boolean;
  readonly clock: Clock;
  readonly log: Log;
} & DriverEvents;

/** One unit on a Modbus line: its registers read as the profile plans, its commands written. */
export const createModbusDevice = (given: ModbusDeviceOptions): DeviceDriver => {
  const options = { ...given, onCondition: changesOnly(given.onCondition) };
  const { codec, clock, line } = options;
  let leave: Cancel = () => undefined;
  const tap = createFrameTap(clock);
  const listeners = new Set<(heard: HeardRaw) => void>();
  const health = createLinkHealth({
    clock,
    missesMax: codec.missesMax,
    onLink: (state, detail) => {
      options.onCondition('device_silent', state === 'silent' ? detail : undefined);
      options.onLink(state, detail);
    },
    setSilent: (isSilent) => line.bus.setSilent(String(options.unit), isSilent),
  });
  const exchange = createExchange(line, tap);
  const read = createHearing(options, health, (reading, askedAtMs) => {
    runner.hear(reading, askedAtMs);
  });
  const hear: Hear = ({ table, address, ...rest }, block, askedAtMs) => {
    for (const listener of listeners) listener({ kind: 'block', table, address, block });
    read({ table, address, ...rest }, block, askedAtMs);
  };
  const polls = createDevicePolls(options, { health, exchange, hear });
  const runner = createRunner(options, { health, exchange, hurry: polls.hurry });
  return {
    start: () => {
      leave = line.use({ onOpen: () => health.opened(true), onLost: health.lost });
      polls.start();
    },
    stop: () => {
      runner.stop();
      polls.stop();
      leave();
    },
    run: runner.run,
    refresh: polls.hurry,
    health: () => health.report(polls.everyMs()),
    tap: tap.listen,
    hear: (run) => {
      listeners.add(run);
      return () => void listeners.delete(run);
    },
  };
};

type Hear = (read: ModbusRead, block: ModbusBlock, askedAtMs: number) => void;

/** What a block says; of a value that cannot be read nothing is known. */
const createHearing =
  (
    { codec, clock, onReading }: ModbusDeviceOptions,
    health: LinkHealth,
    confirm: CommandRunner['hear'],
  ): Hear =>
  ({ table, address }, block, askedAtMs) => {
    const { values, faults } = codec.read(table, address, block);
    if (faults.length > 0) health.badFrame();
    const unknown = Object.fromEntries(faults.map(({ path }) => [path, null]));
    const reading = { values: { ...values, ...unknown }, events: [] };
    onReading(reading, { monoMs: clock.monoMs(), askedAtMs });
    confirm(reading, askedAtMs);
  };

type Got<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'lost'; readonly why: string };
type Exchange = <T>(meaning: string, call: () => Promise<T>) => Promise<Got<T>>;

/** One call with its frames shown to who looks, and its outcome as a value. */
const createExchange =
  (line: SharedLine<ModbusLine>, tap: FrameTap): Exchange =>
  async (meaning, call) => {
    if (tap.isOpen()) {
      line.frames.tap = (direction, bytes) => {
        tap.show(direction, bytes, { meaning, isShown: true });
      };
    }
    try {
      return { kind: 'answered', value: await call() };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const code = exceptionName(error);
      tap.fault(code ?? error.message, 0);
      return code === undefined ? { kind: 'lost', why: error.message } : { kind: 'refused', code };
    } finally {
      line.frames.tap = undefined;
    }
  };

type PollParts = {
  readonly health: LinkHealth;
  readonly exchange: Exchange;
  readonly hear: Hear;
};

const createDevicePolls = (options: ModbusDeviceOptions, parts: PollParts): Polls => {
  const { codec, clock, line, unit, deviceId } = options;
  const { replyTimeoutMs } = codec;
  const refusals = createRefusals(codec.missesMax, (detail) => {
    options.onCondition('device_refuses', detail);
  });
  const ask = async (read: ModbusRead, on: ModbusLine): Promise<boolean> => {
    const { table, address, count } = read;
    const askedAtMs = clock.monoMs();
    const call = { unit, table, address, count, replyTimeoutMs };
    const got = await parts.exchange(placeOf(read), () => on.read(call));
    // A call on a line that was lost meanwhile says nothing about the device.
    if (line.line() !== on) return false;
    if (got.kind === 'lost') {
      options.log.debug('device.missed', { device: deviceId, why: got.why });
      parts.health.missed(got.why);
      return false;
    }
    parts.health.heard(askedAtMs);
    refusals.count(read, got.kind === 'refused' ? got.code : undefined);
    if (got.kind === 'answered') parts.hear(read, got.value, askedAtMs);
    return true;
  };
  const wishes = codec.reads.map((read) => ({
    unit: String(unit),
    everyMs: read.everyMs,
    costMs: readCostMs(read, options.isTcp ? undefined : codec.line),
    run: (on: ModbusLine) => ask(read, on),
  }));
  return createPolls(line.bus, wishes);
};

const placeOf = ({ table, address, count }: ModbusRead): string =>
  count === 1 ? `${table} ${address}` : `${table} ${address}…${address + count - 1}`;

type RunnerParts = Omit<PollParts, 'hear'> & { readonly hurry: () => void };

const createRunner = (options: ModbusDeviceOptions, parts: RunnerParts): CommandRunner => {
  const { codec, clock, line, unit, deviceId, log } = options;
  const { health, exchange, hurry } = parts;
  const { replyTimeoutMs, encode } = codec;
  const write = async (
    { unanswered, ...step }: ModbusWrite,
    { command, on }: { readonly command: string; readonly on: ModbusLine },
    mayStart: () => boolean,
  ): Promise<StepResult> => {
    const sentMs = clock.monoMs();
    let isBegun = false;
    const asked = { ...step, unit, replyTimeoutMs, mayStart: () => (isBegun = mayStart()) };
    const got = await exchange(command, () => on.write(asked));
    if (!isBegun) throw new GatewayError('GW_NOT_SENT', 'why' in got ? got.why : 'too late');
    if (got.kind !== 'lost') {
      health.heard(sentMs);
      const isRefused = got.kind === 'refused' && !isAcknowledge(got.code);
      return isRefused ? { kind: 'refused', code: got.code } : { kind: 'answered' };
    }
    if (unanswered) return { kind: 'answered' };
    health.unanswered();
    log.warn('device.unanswered', { device: deviceId, command, why: got.why });
    return { kind: 'unanswered' };
  };
  const send = (step: ModbusWrite, command: string, mayStart: () => boolean) =>
    line.bus.command({
      unit: String(unit),
      run: (on) => write(step, { command, on }, mayStart),
    });
  return createCommandRunner({ ...options, encode, send, hurry });
};

/** The condition `device_refuses`: a block that is refused again and again. */
const createRefusals = (
  refusalsMax: number,
  onRefuses: (detail: string | undefined) => void,
): {
  /** @param code undefined = it answered with what was asked for */
  readonly count: (read: ModbusRead, code: string | undefined) => void;
} => {
  const inARow = new Map<ModbusRead, number>();
  const details = new Map<ModbusRead, string>();
  return {
    count: (read, code) => {
      const refused = code === undefined ? 0 : (inARow.get(read) ?? 0) + 1;
      inARow.set(read, refused);
      if (code === undefined) details.delete(read);
      else if (refused >= refusalsMax) details.set(read, `${code}: ${placeOf(read)}`);
      const [first] = details.values();
      onRefuses(first);
    },
  };
};
