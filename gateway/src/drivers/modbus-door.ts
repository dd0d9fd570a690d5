import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { Cancel, Clock, Log, ModbusLine } from '../ports.ts';
import {
  forgetInputs,
  inputMap,
  noInputs,
  stepInputs,
  alarmsOf,
  toSample,
  type DoorSignal,
  type InputMap,
  type InputState,
  type Sample,
} from './door-inputs.ts';
import {
  hasPulse,
  isOverdue,
  mayWriteOff,
  outputOff,
  sides,
  withPulse,
  withSample,
  type OutputState,
} from './door-outputs.ts';
import type { SharedLine } from './line-pool.ts';

/** How long after a pulse the output-state input may take to read 1. */
export const confirmWithinMs = 1_000;
/** A silent controller is asked this rarely, so that the other doors on its line are not slowed. */
export const silentPollEveryMs = 1_000;

/**
 * - `confirmed`: the device's own input says that the output is on
 * - `not_confirmed`: it was sent, and nothing shows that it worked; never send it again
 * - `expired`: its deadline passed before it could be sent
 * - `failed`: it was not sent
 */
export type PulseResult = 'confirmed' | 'not_confirmed' | 'expired' | 'failed';

export type DoorCondition = 'device_silent' | 'input_stuck' | 'output_on';

export type ModbusDoorOptions = {
  readonly deviceId: string;
  /** 1 … 247 */
  readonly unit: number;
  readonly line: SharedLine;
  readonly profile: ModbusDoorProfile;
  readonly clock: Clock;
  /** @param monoMs when the sample came that shows it */
  readonly onSignal: (signal: DoorSignal, monoMs: number) => void;
  /** @param detail undefined = cleared */
  readonly onCondition: (code: DoorCondition, detail: string | undefined) => void;
  readonly log: Log;
};

export type ModbusDoor = {
  readonly start: () => void;
  /**
   * Writes every output off and ends running pulses; one that is sent after this call stays.
   * @returns the outputs that were on; rejects with GW_MODBUS where the device does not answer
   */
  readonly relock: () => Promise<readonly Side[]>;
  /** Releases one side; the device itself ends it. Sent at most once, never after the deadline. */
  readonly pulse: (side: Side, ms: number, deadlineMonoMs: number) => Promise<PulseResult>;
  readonly stop: () => void;
};

type Waiter = {
  readonly side: Side;
  /** The first cycle whose sample was surely taken after the write. */
  readonly fromCycle: number;
  readonly settle: (result: PulseResult) => void;
};

type Door = {
  readonly options: ModbusDoorOptions;
  readonly map: InputMap;
  line: ModbusLine | undefined;
  /** Ready = the outputs were read since the device last came back, and none is on unexplained. */
  phase: 'starting' | 'silent' | 'ready';
  misses: number;
  cycle: number;
  inputs: InputState;
  readonly outputs: Record<Side, OutputState>;
  /** Found on before the door was ready. */
  readonly foundOn: Set<Side>;
  readonly raised: Map<DoorCondition, string>;
  readonly waiters: Set<Waiter>;
  running: boolean;
  runAgain: boolean;
  stopped: boolean;
  cancel: Cancel;
};

/** @throws GatewayError GW_CONFIG where the profile cannot be polled by one read */
export const createModbusDoor = (options: ModbusDoorOptions): ModbusDoor => {
  const door: Door = {
    options,
    map: inputMap(options.profile),
    line: undefined,
    phase: 'starting',
    misses: 0,
    cycle: 0,
    inputs: noInputs,
    outputs: { entry: outputOff, exit: outputOff },
    foundOn: new Set(),
    raised: new Map(),
    waiters: new Set(),
    running: false,
    runAgain: false,
    stopped: false,
    cancel: () => undefined,
  };
  let leave: Cancel = () => undefined;
  return {
    start: () => {
      leave = options.line.use({
        onOpen: (line) => {
          door.line = line;
          door.misses = 0;
          void run(door);
        },
        onLost: (cause) => {
          door.line = undefined;
          fallSilent(door, cause);
        },
      });
    },
    relock: () => relock(door),
    pulse: (side, ms, deadlineMonoMs) => pulse(door, { side, ms, deadlineMonoMs }),
    stop: () => {
      door.stopped = true;
      door.cancel();
      leave();
      for (const waiter of [...door.waiters]) waiter.settle('not_confirmed');
    },
  };
};

/** One cycle now, or right after the one that runs; then the next at its time. */
const run = async (door: Door): Promise<void> => {
  const { clock, profile } = door.options;
  const { line } = door;
  door.runAgain = door.running;
  if (door.running || line === undefined || door.stopped) return;
  door.cancel();
  door.running = true;
  const beganMs = clock.monoMs();
  try {
    await cycle(door, line);
    if (door.line === line) door.misses = 0;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // A call on a line that was lost meanwhile says nothing about the device.
    if (door.line === line) miss(door, error);
  }
  door.running = false;
  if (door.stopped) return;
  const isSilent = door.phase === 'silent' && door.misses > 0;
  const everyMs = isSilent ? silentPollEveryMs : profile.modbus.pollEveryMs;
  const isNow = door.runAgain || door.line !== line;
  const waitMs = isNow ? 0 : Math.max(0, beganMs + everyMs - clock.monoMs());
  door.cancel = clock.after(waitMs, () => void run(door));
};

/** Reads all inputs at once, confirms pulses, and writes off what is on without one (E6). */
const cycle = async (door: Door, line: ModbusLine): Promise<void> => {
  const { unit, clock } = door.options;
  door.cycle += 1;
  const number = door.cycle;
  const bits = await line.readDiscreteInputs(unit, door.map.from, door.map.count);
  const coils = door.phase === 'ready' ? [] : await coilsOn(door, line);
  if (door.stopped || door.line !== line) return;
  const nowMs = clock.monoMs();
  const sample = toSample(door.map, bits);
  const on = sides.filter((side) => isOn(sample, side) || coils.includes(side));
  for (const side of sides) {
    door.outputs[side] = withSample(door.outputs[side], on.includes(side), nowMs);
  }
  for (const waiter of [...door.waiters]) {
    const shows = isOn(sample, waiter.side) && number >= waiter.fromCycle;
    if (shows) waiter.settle('confirmed');
  }
  const unexplained = on.filter((side) => !hasPulse(door.outputs[side], nowMs));
  if (door.phase !== 'ready' && unexplained.length === 0) becomeReady(door, nowMs);
  // Fire and tamper are told even while the door is not ready.
  applyInputs(door, door.phase === 'ready' ? sample : alarmsOf(sample), nowMs);
  if (door.phase !== 'ready') for (const side of unexplained) door.foundOn.add(side);
  const overdue = on.filter((side) => isOverdue(door.outputs[side], nowMs));
  setCondition(door, 'output_on', overdue.length === 0 ? undefined : overdue.join(', '));
  for (const side of door.phase === 'ready' ? overdue : unexplained) {
    if (mayWriteOff(door.outputs[side], nowMs)) await writeOff(door, line, side);
  }
};

const isOn = (sample: Sample, side: Side): boolean =>
  (side === 'entry' ? sample.outputEntry : sample.outputExit) === true;

const coilsOn = async (door: Door, line: ModbusLine): Promise<readonly Side[]> => {
  const on: Side[] = [];
  for (const side of sides) {
    const coil = door.options.profile.outputs[side]?.coil;
    if (coil === undefined) continue;
    const [state] = await line.readCoils(door.options.unit, coil.address, 1);
    if (state === true) on.push(side);
  }
  return on;
};

/** Ends timed release and coil of one output; a pulse that begins meanwhile is left alone. */
const writeOff = async (door: Door, line: ModbusLine, side: Side): Promise<void> => {
  const { unit, profile, clock, deviceId, log } = door.options;
  const output = profile.outputs[side];
  if (output === undefined) return;
  const isFree = () => !hasPulse(door.outputs[side], clock.monoMs());
  if (!isFree()) return;
  door.outputs[side] = { ...door.outputs[side], writtenOffMs: clock.monoMs() };
  log.warn('door.written_off', { device: deviceId, side });
  try {
    await line.writeRegister(unit, output.timed.address, 0, isFree);
  } catch (error) {
    if (isFree()) throw error;
  }
  if (output.coil !== undefined && isFree()) {
    await line.writeCoil(unit, output.coil.address, false);
  }
};

const becomeReady = (door: Door, nowMs: number) => {
  const { onSignal } = door.options;
  const outputs = [...door.foundOn];
  door.foundOn.clear();
  door.phase = 'ready';
  setCondition(door, 'device_silent', undefined);
  if (outputs.length > 0) onSignal({ kind: 'relocked', outputs }, nowMs);
  onSignal({ kind: 'device', state: 'back' }, nowMs);
};

const applyInputs = (door: Door, sample: Sample, nowMs: number) => {
  const { profile, onSignal } = door.options;
  const { stuckAfterMs } = profile.passage;
  const { state, signals, stuck } = stepInputs(door.inputs, sample, nowMs, stuckAfterMs);
  door.inputs = state;
  for (const signal of signals) onSignal(signal, nowMs);
  setCondition(door, 'input_stuck', stuck.length === 0 ? undefined : stuck.join(', '));
};

const miss = (door: Door, error: unknown) => {
  const { deviceId, log, profile } = door.options;
  door.misses += 1;
  const why = error instanceof Error ? error.message : String(error);
  log.debug('door.missed', { device: deviceId, misses: door.misses, why });
  if (door.misses >= profile.modbus.missesMax) fallSilent(door, why);
};

const detailCharactersMax = 200;

/** From here on nothing is known: not locked, not closed. */
const fallSilent = (door: Door, cause: string) => {
  if (door.phase === 'silent') return;
  const { profile, clock, onSignal } = door.options;
  const wasReady = door.phase === 'ready';
  door.phase = 'silent';
  door.inputs = forgetInputs(door.inputs);
  setCondition(door, 'device_silent', cause.slice(0, detailCharactersMax));
  const nowMs = clock.monoMs();
  onSignal({ kind: 'device', state: 'silent' }, nowMs);
  if (!wasReady) return;
  onSignal({ kind: 'output', state: 'unknown' }, nowMs);
  if (profile.inputs.contact !== undefined) onSignal({ kind: 'contact', state: 'unknown' }, nowMs);
};

const setCondition = (door: Door, code: DoorCondition, detail: string | undefined) => {
  if (door.raised.get(code) === detail) return;
  if (detail === undefined) door.raised.delete(code);
  else door.raised.set(code, detail);
  door.options.onCondition(code, detail);
};

const pulse = async (
  door: Door,
  wish: { readonly side: Side; readonly ms: number; readonly deadlineMonoMs: number },
): Promise<PulseResult> => {
  const { unit, profile, clock, deviceId, log } = door.options;
  const { line } = door;
  const { side } = wish;
  const output = profile.outputs[side];
  const units = output === undefined ? 0 : Math.ceil(wish.ms / output.timed.unitMs);
  if (output === undefined || line === undefined || units < 1 || units > 0xffff) return 'failed';
  const isLate = () => clock.monoMs() > wish.deadlineMonoMs;
  let sent = false;
  const mayStart = () => {
    if (door.stopped || isLate()) return false;
    sent = true;
    const untilMs = clock.monoMs() + units * output.timed.unitMs;
    door.outputs[side] = withPulse(door.outputs[side], untilMs);
    return true;
  };
  if (isLate()) return 'expired';
  try {
    await line.writeRegister(unit, output.timed.address, units, mayStart);
  } catch (error) {
    log.warn('door.pulse_unanswered', { device: deviceId, side, sent, why: String(error) });
    if (!sent) return isLate() ? 'expired' : 'failed';
    // The device may have it: its own input will tell, and it is not sent twice.
  }
  return door.stopped ? 'not_confirmed' : confirmation(door, side);
};

const confirmation = (door: Door, side: Side): Promise<PulseResult> =>
  new Promise((resolve) => {
    const waiter: Waiter = {
      side,
      fromCycle: door.cycle + 1,
      settle: (result) => {
        door.waiters.delete(waiter);
        cancel();
        resolve(result);
      },
    };
    const cancel = door.options.clock.after(confirmWithinMs, () => waiter.settle('not_confirmed'));
    door.waiters.add(waiter);
    void run(door);
  });

const relock = async (door: Door): Promise<readonly Side[]> => {
  const { unit } = door.options;
  const { line } = door;
  if (line === undefined) throw new GatewayError('GW_MODBUS', 'the line is closed');
  for (const side of sides) {
    door.outputs[side] = { ...door.outputs[side], pulseUntilMs: -Infinity };
  }
  const bits = await line.readDiscreteInputs(unit, door.map.from, door.map.count);
  const sample = toSample(door.map, bits);
  const coils = await coilsOn(door, line);
  const on = sides.filter((side) => isOn(sample, side) || coils.includes(side));
  for (const side of sides) await writeOff(door, line, side);
  return on;
};
