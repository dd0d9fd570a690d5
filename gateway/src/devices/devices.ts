import type { DeviceProfile } from '@gatehouse/device-profiles';
import type { DeviceReport, DoorReport, Language } from '@gatehouse/protocols';
import type { Reader } from '../access/scans.ts';
import type { Conditions } from '../conditions.ts';
import type { DeviceConfig } from '../config.ts';
import { createLinePool } from '../drivers/line-pool.ts';
import { createLineScanner } from '../drivers/line-scanner.ts';
import type { LineScanner } from '../drivers/line-scanner.ts';
import { GatewayError } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { Ports } from '../ports.ts';
import { createControlledDoor } from './door.ts';
import type { ControlledDoor } from './door.ts';

export type DevicesOptions = {
  readonly ports: Pick<Ports, 'clock' | 'serial' | 'modbus' | 'log'>;
  readonly devices: readonly DeviceConfig[];
  readonly profiles: ReadonlyMap<string, DeviceProfile>;
  readonly language: Language;
  readonly conditions: Conditions;
  readonly record: (body: EventBody, agoMs: number) => void;
  readonly onCode: (reader: Reader, text: string) => void;
  readonly onChange: () => void;
};

export type Devices = {
  readonly door: (id: string) => ControlledDoor | undefined;
  readonly doorReports: () => DoorReport[];
  readonly deviceReports: () => DeviceReport[];
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

type Scanner = {
  readonly scanner: LineScanner;
  readonly report: () => DeviceReport;
};

/**
 * The devices of the configuration, each with the driver that its profile names.
 * @throws GatewayError GW_CONFIG for an unknown profile, and for a door with two controllers
 */
export const createDevices = (options: DevicesOptions): Devices => {
  const lines = createLinePool(options.ports);
  const doors = new Map<string, ControlledDoor>();
  const scanners: Scanner[] = [];
  for (const device of options.devices) {
    const profile = options.profiles.get(device.profile);
    if (profile === undefined) {
      throw new GatewayError('GW_CONFIG', `device ${device.id}: no profile ${device.profile}`);
    }
    if (profile.kind === 'line-scanner') {
      scanners.push(createScanner(options, device, profile));
    } else if (doors.has(device.door)) {
      throw new GatewayError('GW_CONFIG', `door ${device.door} has two controllers`);
    } else {
      const { ports, conditions, record, onChange } = options;
      const { id: deviceId, port, unit = 1 } = device;
      const parts = { deviceId, port, unit, profile, lines, ports, conditions, record, onChange };
      doors.set(device.door, createControlledDoor({ id: device.door, ...parts }));
    }
  }
  return {
    door: (id) => doors.get(id),
    doorReports: () => [...doors.values()].map((door) => door.report()),
    deviceReports: () => [
      ...[...doors.values()].map((door) => door.deviceReport()),
      ...scanners.map(({ report }) => report()),
    ],
    start: () => {
      for (const door of doors.values()) door.start();
      for (const { scanner } of scanners) scanner.start();
    },
    stop: async () => {
      await Promise.all(scanners.map(({ scanner }) => scanner.stop()));
      for (const door of doors.values()) door.stop();
      await lines.stop();
    },
  };
};

const createScanner = (
  options: DevicesOptions,
  device: DeviceConfig,
  profile: Extract<DeviceProfile, { kind: 'line-scanner' }>,
): Scanner => {
  const { ports, conditions } = options;
  const { clock, serial, log } = ports;
  const { id, door, side = 'entry' } = device;
  let state: DeviceReport['state'] = 'unknown';
  let since = clock.nowMs();
  const become = (to: DeviceReport['state']): void => {
    if (state === to) return;
    state = to;
    since = clock.nowMs();
    options.onChange();
  };
  const scanner = createLineScanner({
    deviceId: id,
    port: device.port,
    profile,
    clock,
    serial,
    language: options.language,
    onCode: (text) => {
      options.onCode(reader, text);
    },
    onCondition: (code, detail) => {
      if (code === 'serial_lost') become(detail === undefined ? 'online' : 'silent');
      if (detail === undefined) conditions.clear(code, id);
      else conditions.raise(code, id, detail);
    },
    onOpen: () => {
      become('online');
    },
    log,
  });
  const reader: Reader = { id, door, side, show: scanner.show };
  return { scanner, report: () => ({ device: id, state, since }) };
};
