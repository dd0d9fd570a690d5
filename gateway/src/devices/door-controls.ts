import type { Model, Reading } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';
import type { CommandResult, DeviceDriver, LinkState } from '../drivers/driver.ts';
import type { Clock, Log } from '../ports.ts';
import { alarmsOf, noInputs, stepInputs } from './door-inputs.ts';
import type { DoorSignal, InputState, Sample } from './door-inputs.ts';
import {
  hasPulse,
  isOverdue,
  mayWriteOff,
  outputOff,
  sides,
  withPulse,
  withSight,
} from './door-outputs.ts';
import type { OutputState } from './door-outputs.ts';
import { createDoorPoints } from './door-points.ts';
import type { DoorPoints } from './door-points.ts';
import { commandOf } from './norms.ts';

export type DoorCondition = 'input_stuck' | 'output_on';

export type DoorControlsOptions = {
  readonly deviceId: string;
  readonly model: Model;
  readonly driver: Pick<DeviceDriver, 'run' | 'refresh'>;
  readonly clock: Clock;
  /** @param monoMs when the reading came that shows it */
  readonly onSignal: (signal: DoorSignal, monoMs: number) => void;
  /** @param detail undefined = cleared */
  readonly onCondition: (code: DoorCondition, detail: string | undefined) => void;
  readonly log: Log;
};

/** The outputs and inputs of one door, whatever wire its controller is on (design E6). */
export type DoorControls = {
  readonly onReading: (reading: Reading, askedAtMs: number) => void;
  readonly onLink: (state: LinkState) => void;
  /** Releases one side; the device itself ends it. */
  readonly pulse: (wish: PulseWish) => Promise<CommandResult>;
};

export type PulseWish = {
  readonly side: Side;
  readonly ms: number;
  /** Monotonic; not begun later. */
  readonly deadlineMs: number;
};

type Door = {
  readonly options: DoorControlsOptions;
  readonly points: DoorPoints;
  /** Ready = the outputs were read since the device last came back, and none is on unexplained. */
  phase: 'starting' | 'silent' | 'online' | 'ready';
  inputs: InputState;
  readonly outputs: Record<Side, OutputState>;
  /** Found on before the door was ready. */
  readonly foundOn: Set<Side>;
};

/** Without a word of the profile: how long who was let in has, and when a barrier is stuck. */
const passageDefault = { takenWithinMs: 5_000, stuckAfterMs: 60_000 } as const;
export const passageOf = (model: Model) => model.passage ?? passageDefault;

export const createDoorControls = (options: DoorControlsOptions): DoorControls => {
  const door: Door = {
    options,
    points: createDoorPoints(options.model),
    phase: 'starting',
    inputs: noInputs,
    outputs: { entry: outputOff, exit: outputOff },
    foundOn: new Set(),
  };
  return {
    onReading: ({ values }, askedAtMs) => {
      if (door.points.hear(values, askedAtMs)) look(door);
    },
    onLink: (state) => {
      if (state === 'silent') return fallSilent(door);
      if (door.phase !== 'ready') door.phase = 'online';
      look(door);
    },
    pulse: (wish) => pulse(door, wish),
  };
};

/** What the readings of now mean; and what is on without a pulse is written off. */
const look = (door: Door): void => {
  const { points, options } = door;
  const nowMs = options.clock.monoMs();
  for (const side of sides) {
    door.outputs[side] = withSight(door.outputs[side], points.onSinceLook(side));
  }
  const on = sides.filter((side) => door.outputs[side].on !== undefined);
  const unexplained = on.filter((side) => !hasPulse(door.outputs[side], nowMs));
  const isWell = unexplained.length === 0 && points.isRead();
  if (door.phase === 'online' && isWell) becomeReady(door, nowMs);
  const isReady = door.phase === 'ready';
  // Fire and tamper are told even while the door is not ready.
  applyInputs(door, isReady ? points.sample() : alarmsOf(points.sample()), nowMs);
  if (!isReady) for (const side of unexplained) door.foundOn.add(side);
  const overdue = on.filter((side) => isOverdue(door.outputs[side]));
  options.onCondition('output_on', overdue.length === 0 ? undefined : overdue.join(', '));
  for (const side of isReady ? overdue : unexplained) {
    if (mayWriteOff(door.outputs[side], nowMs)) void writeOff(door, side);
  }
};

const becomeReady = (door: Door, nowMs: number): void => {
  const { onSignal } = door.options;
  const outputs = [...door.foundOn];
  door.foundOn.clear();
  door.phase = 'ready';
  if (outputs.length > 0) onSignal({ kind: 'relocked', outputs }, nowMs);
  onSignal({ kind: 'device', state: 'back' }, nowMs);
};

const applyInputs = (door: Door, sample: Sample, nowMs: number): void => {
  const { model, onSignal, onCondition } = door.options;
  const { stuckAfterMs } = passageOf(model);
  const { state, signals, stuck } = stepInputs(door.inputs, sample, nowMs, stuckAfterMs);
  door.inputs = state;
  for (const signal of signals) onSignal(signal, nowMs);
  onCondition('input_stuck', stuck.length === 0 ? undefined : stuck.join(', '));
};

/** From here on nothing is known: not locked, not closed. */
const fallSilent = (door: Door): void => {
  const nowMs = door.options.clock.monoMs();
  door.phase = 'silent';
  door.points.forget();
  door.options.onSignal({ kind: 'device', state: 'silent' }, nowMs);
  applyInputs(door, {}, nowMs);
};

/** A writing off that waits longer than this is asked for again. */
const writeOffWithinMs = 1_000;

/** Ends a release of one side; a pulse that begins meanwhile is left alone. */
const writeOff = async (door: Door, side: Side): Promise<void> => {
  const { model, driver, clock, deviceId, log } = door.options;
  const command = commandOf(model, `door.close_${side}`);
  const isFree = (): boolean => !hasPulse(door.outputs[side], clock.monoMs());
  if (command === undefined || !isFree()) return;
  const nowMs = clock.monoMs();
  door.outputs[side] = { ...door.outputs[side], writtenOffMs: nowMs };
  log.warn('door.written_off', { device: deviceId, side });
  const deadlineMs = nowMs + writeOffWithinMs;
  await driver.run(command, {}, { deadlineMs, mayStart: isFree });
  driver.refresh();
};

const pulse = async (door: Door, { side, ms, deadlineMs }: PulseWish): Promise<CommandResult> => {
  const { model, driver, clock } = door.options;
  const command = commandOf(model, `door.open_${side}`);
  if (command === undefined || ms <= 0) return { outcome: 'failed', code: 'bad_args' };
  const lastsMs = fitted(ms, model.commands?.[command]?.args?.['ms'] ?? {});
  const mayStart = (): boolean => {
    const untilMs = clock.monoMs() + lastsMs;
    door.outputs[side] = withPulse(door.outputs[side], untilMs);
    return true;
  };
  return driver.run(command, { ms: lastsMs }, { deadlineMs, mayStart });
};

/** A device that cannot open for so long opens for as long as it can. */
const fitted = (
  ms: number,
  { min = 0, max = Infinity }: { readonly min?: number; readonly max?: number },
): number => Math.round(Math.min(Math.max(ms, min), max));
