import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import type { DeviceReport, DoorReport } from '@gatehouse/protocols';
import type { Door, Unlocked, Unlocking } from '../access/scans.ts';
import type { Conditions } from '../conditions.ts';
import type { DoorSignal } from '../drivers/door-inputs.ts';
import type { LinePool } from '../drivers/line-pool.ts';
import { createModbusDoor } from '../drivers/modbus-door.ts';
import type { ModbusDoor } from '../drivers/modbus-door.ts';
import type { EventBody } from '../events.ts';
import type { Cancel, Ports } from '../ports.ts';
import { doorModel, doorView, newDoor, stepDoor } from './door-machine.ts';
import type { DoorInput } from './door-machine.ts';

export type ControlledDoor = Door & {
  readonly id: string;
  readonly deviceId: string;
  readonly report: () => DoorReport;
  readonly deviceReport: () => DeviceReport;
  readonly start: () => void;
  readonly stop: () => void;
};

export type ControlledDoorOptions = {
  readonly id: string;
  readonly deviceId: string;
  readonly port: string;
  readonly unit: number;
  readonly profile: ModbusDoorProfile;
  readonly lines: LinePool;
  readonly ports: Pick<Ports, 'clock' | 'log'>;
  readonly conditions: Conditions;
  /** @param agoMs how long before now it happened */
  readonly record: (body: EventBody, agoMs: number) => void;
  readonly onChange: () => void;
};

/** One door behind its controller: what it was told, what it reports, and what that means. */
export const createControlledDoor = (options: ControlledDoorOptions): ControlledDoor => {
  const { id, deviceId, profile } = options;
  const { clock } = options.ports;
  const passage = createPassage(options);
  const device = createDeviceState(options);
  const driver = createDriver(options, passage, device);

  const unlock = async ({ side, cause, person, ms, deadlineMs }: Unlocking): Promise<Unlocked> => {
    // A strike is released for both directions by its one output.
    const output = profile.outputs.exit === undefined ? 'entry' : side;
    const untilMs = clock.monoMs() + Math.max(ms, profile.passage.takenWithinMs);
    // Before the pulse: whoever walks through while it is being confirmed was granted.
    passage.step({ kind: 'grant', cause, side, person, untilMs }, clock.monoMs());
    return driver.pulse(output, ms, deadlineMs);
  };

  return {
    id,
    deviceId,
    ready: passage.ready,
    unlock,
    report: passage.report,
    deviceReport: device.report,
    start: driver.start,
    stop: () => {
      passage.stop();
      driver.stop();
    },
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
  const { id, deviceId, profile } = options;
  const { clock } = options.ports;
  let state = newDoor(doorModel(profile));
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

type DeviceState = {
  readonly become: (to: 'silent' | 'back') => void;
  readonly report: () => DeviceReport;
};

/** Whether the controller answers, with the event of each change. */
const createDeviceState = ({
  id,
  deviceId,
  ports: { clock },
  record,
  onChange,
}: ControlledDoorOptions): DeviceState => {
  let state: DeviceReport['state'] = 'unknown';
  let since = clock.nowMs();
  return {
    become: (to) => {
      const now = to === 'back' ? 'online' : 'silent';
      if (now === state) return;
      const about = { door: id, device: deviceId };
      if (now === 'silent') record({ kind: 'device.lost', ...about, data: { detail: to } }, 0);
      // The first answer after a start is no recovery.
      else if (state === 'silent') record({ kind: 'device.found', ...about, data: {} }, 0);
      state = now;
      since = clock.nowMs();
      onChange();
    },
    report: () => ({ device: deviceId, state, since }),
  };
};

const createDriver = (
  options: ControlledDoorOptions,
  passage: Passage,
  device: DeviceState,
): ModbusDoor => {
  const { id, deviceId, profile, conditions, ports } = options;
  const { replyTimeoutMs } = profile.modbus;
  return createModbusDoor({
    deviceId,
    unit: options.unit,
    line: options.lines.share({ port: options.port, replyTimeoutMs }),
    profile,
    clock: ports.clock,
    onSignal: (signal, monoMs) => {
      if (signal.kind === 'device') device.become(signal.state);
      hear(options, passage, signal, monoMs);
    },
    onCondition: (code, detail) => {
      const subject = code === 'output_on' ? id : deviceId;
      if (detail === undefined) conditions.clear(code, subject);
      else conditions.raise(code, subject, detail);
      if (code === 'device_silent') device.become(detail === undefined ? 'back' : 'silent');
    },
    log: ports.log,
  });
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
