import type { Model } from '@gatehouse/device-profiles';
import type { DoorReport } from '@gatehouse/protocols';
import type { Door, Unlocked, Unlocking } from '../access/doorway.ts';
import type { Conditions } from '../conditions.ts';
import type { CommandResult, DeviceDriver } from '../drivers/driver.ts';
import type { EventBody } from '../events.ts';
import type { Cancel, Ports } from '../ports.ts';
import { createDoorControls, passageOf } from './door-controls.ts';
import type { DoorControls } from './door-controls.ts';
import type { DoorSignal } from './door-inputs.ts';
import { doorModel, doorView, newDoor, stepDoor } from './door-machine.ts';
import type { DoorInput } from './door-machine.ts';
import { opensSide } from './norms.ts';

export type ControlledDoor = Door &
  Pick<DoorControls, 'onReading' | 'onLink'> & {
    readonly id: string;
    readonly deviceId: string;
    readonly report: () => DoorReport;
    readonly stop: () => void;
  };

export type ControlledDoorOptions = {
  readonly id: string;
  readonly deviceId: string;
  readonly model: Model;
  /** What controls it is heard only while it waits for an answer. */
  readonly onlyAnswers: boolean;
  readonly driver: Pick<DeviceDriver, 'run' | 'refresh'>;
  readonly ports: Pick<Ports, 'clock' | 'log'>;
  readonly conditions: Conditions;
  /** @param agoMs how long before now it happened */
  readonly record: (body: EventBody, agoMs: number) => void;
  readonly onChange: () => void;
};

const unlocked: Readonly<Record<CommandResult['outcome'], Unlocked>> = {
  confirmed: 'confirmed',
  sent: 'sent',
  not_confirmed: 'not_confirmed',
  refused: 'failed',
  expired: 'expired',
  failed: 'failed',
};

/** One door behind its controller: what it was told, what it reports, and what that means. */
export const createControlledDoor = (options: ControlledDoorOptions): ControlledDoor => {
  const { id, deviceId, model, conditions } = options;
  const { clock, log } = options.ports;
  const passage = createPassage(options);
  const controls = createDoorControls({
    deviceId,
    model,
    driver: options.driver,
    clock,
    onSignal: (signal, monoMs) => hear(options, passage, signal, monoMs),
    onCondition: (code, detail) => {
      const subject = code === 'output_on' ? id : deviceId;
      if (detail === undefined) conditions.clear(code, subject);
      else conditions.raise(code, subject, detail);
    },
    log,
  });

  const unlock = async ({ side, cause, person, ms, deadlineMs }: Unlocking): Promise<Unlocked> => {
    // A strike is released for both directions by its one output.
    const output = opensSide(model, 'exit') ? side : 'entry';
    const untilMs = clock.monoMs() + Math.max(ms, passageOf(model).takenWithinMs);
    // Before the pulse: whoever walks through while it is being confirmed was granted.
    passage.step({ kind: 'grant', cause, side, person, untilMs }, clock.monoMs());
    const { outcome } = await controls.pulse({ side: output, ms, deadlineMs });
    return unlocked[outcome];
  };

  return {
    id,
    deviceId,
    onlyAnswers: options.onlyAnswers,
    ready: passage.ready,
    unlock,
    report: passage.report,
    onReading: controls.onReading,
    onLink: controls.onLink,
    stop: passage.stop,
  };
};

type Passage = {
  readonly step: (input: DoorInput, monoMs: number) => void;
  readonly ready: () => boolean;
  readonly report: () => DoorReport;
  readonly stop: () => void;
};

/** The door machine with its timer, its events and its report. */
const createPassage = (options: ControlledDoorOptions): Passage => {
  const { id, deviceId, model } = options;
  const { clock } = options.ports;
  let state = newDoor(doorModel(model));
  let since = clock.nowMs();
  let cancel: Cancel = () => undefined;

  const step = (input: DoorInput, monoMs: number): void => {
    const before = JSON.stringify(doorView(state));
    const next = stepDoor(state, input, monoMs);
    state = next.state;
    for (const { kind, atMs, data } of next.events) {
      // Kind and data of a door event belong together, as the machine's own type says.
      const body = { kind, door: id, device: deviceId, data } as EventBody;
      options.record(body, clock.monoMs() - atMs);
    }
    if (JSON.stringify(doorView(state)) !== before) {
      since = clock.nowMs();
      options.onChange();
    }
    cancel();
    if (next.wakeAtMs === undefined) return;
    cancel = clock.after(Math.max(0, next.wakeAtMs - clock.monoMs()), () => {
      step({ kind: 'tick' }, clock.monoMs());
    });
  };
  return {
    step,
    ready: () => doorView(state).ready,
    report: () => ({ door: id, since, ...doorView(state) }),
    stop: () => cancel(),
  };
};

const hear = (
  { id, deviceId, record }: ControlledDoorOptions,
  passage: Passage,
  signal: DoorSignal,
  monoMs: number,
): void => {
  const about = { door: id, device: deviceId };
  if (signal.kind === 'fire') return; // its real release is hard-wired
  if (signal.kind === 'relocked') {
    return record({ kind: 'door.relocked', ...about, data: { outputs: [...signal.outputs] } }, 0);
  }
  if (signal.kind !== 'tamper') return passage.step(signal, monoMs);
  if (signal.active) record({ kind: 'reader.tampered', ...about, data: {} }, 0);
};
