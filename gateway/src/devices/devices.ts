import { compileProfile } from '@gatehouse/device-profiles';
import type { Args, Codec, DeviceProfile, Reading, Values } from '@gatehouse/device-profiles';
import type { DeviceHealth, DeviceReport, DoorReport, Language } from '@gatehouse/protocols';
import type { ReadKind } from '../access/presented.ts';
import type { Reader } from '../access/doorway.ts';
import type { Conditions } from '../conditions.ts';
import { bindingOf } from '../config.ts';
import type { DeviceConfig } from '../config.ts';
import type { CommandResult, RunOptions, TappedFrame } from '../drivers/driver.ts';
import { createLines } from '../drivers/lines.ts';
import { GatewayError } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { Cancel, Ports } from '../ports.ts';
import type { ControlledDoor } from './door.ts';
import { checkPlace, createFieldDevice } from './field-device.ts';
import type { FieldDevice } from './field-device.ts';
import { createSwaps } from './profile-swaps.ts';
import type { ProfileSwaps } from './profile-swaps.ts';

export type DevicesOptions = {
  readonly ports: Pick<
    Ports,
    'clock' | 'serial' | 'modbus' | 'keyboards' | 'push' | 'primitives' | 'log'
  >;
  readonly devices: readonly DeviceConfig[];
  readonly profiles: ReadonlyMap<string, DeviceProfile>;
  /** By device: what a head that asks by HTTP must know. */
  readonly secrets?: ReadonlyMap<string, string> | undefined;
  readonly language: Language;
  readonly conditions: Conditions;
  readonly record: (body: EventBody, agoMs: number) => void;
  readonly onCode: (reader: Reader, text: string, kind: ReadKind) => void;
  readonly onChange: () => void;
};

export type Devices = {
  readonly door: (id: string) => ControlledDoor | undefined;
  readonly doorReports: () => DoorReport[];
  readonly deviceReports: () => DeviceReport[];
  /** What it said last, by path; nothing of a silent or unknown device. */
  readonly values: (device: string) => Values;
  /** Runs for each reading of each device. */
  readonly onReading: (run: (device: string, reading: Reading) => void) => Cancel;
  /** @throws GatewayError GW_CONFIG for a device that is not there */
  readonly health: (device: string) => DeviceHealth;
  /** Nothing is copied before the first watch and after the last. */
  readonly watch: (device: string, onFrame: (frame: TappedFrame) => void) => Cancel;
  /** Does not reject. */
  readonly run: (
    device: string,
    command: string,
    args: Args,
    options: RunOptions,
  ) => Promise<CommandResult>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
} & ProfileSwaps;

/**
 * The devices of the configuration, each driven by its profile.
 * @throws GatewayError GW_CONFIG for an unknown profile, and for a door with two controllers
 */
export const createDevices = (options: DevicesOptions): Devices => {
  const lines = createLines(options.ports);
  const listeners = new Set<(device: string, reading: Reading) => void>();
  const onReading = (device: string, reading: Reading): void => {
    for (const listener of listeners) listener(device, reading);
  };
  const { clock } = options.ports;
  const bornMs = clock.nowMs();
  /** It has no profile yet. */
  const waiting = (device: string): DeviceReport => ({ device, state: 'unknown', since: bornMs });
  const devices = new Map<string, FieldDevice>();
  let isStarted = false;
  const install = (id: string, profile: DeviceProfile): void => {
    const config = options.devices.find((each) => each.id === id);
    if (config === undefined) throw new GatewayError('GW_CONFIG', `there is no device ${id}`);
    const codec = compiled(profile, config);
    const device = createFieldDevice({ ...options, config, profile, codec, lines, onReading });
    const door = device.door()?.id;
    const rival = door === undefined ? undefined : controllerOf(devices, door);
    if (rival !== undefined && rival !== id) {
      throw new GatewayError('GW_CONFIG', `door ${door} has two controllers`);
    }
    devices.get(id)?.stop();
    devices.set(id, device);
    if (isStarted) device.start();
  };
  for (const { id, profile: name, customProfile } of options.devices) {
    const profile = options.profiles.get(name);
    if (profile !== undefined) install(id, profile);
    else if (customProfile !== true) {
      throw new GatewayError('GW_CONFIG', `device ${id}: no profile ${name}`);
    }
  }
  const known = (id: string): FieldDevice => {
    const device = devices.get(id);
    if (device === undefined) throw new GatewayError('GW_CONFIG', `there is no device ${id}`);
    return device;
  };
  return {
    door: (id) => doorsOf(devices).find((door) => door.id === id),
    doorReports: () => doorsOf(devices).map((door) => door.report()),
    deviceReports: () => options.devices.map(({ id }) => devices.get(id)?.report() ?? waiting(id)),
    values: (id) => devices.get(id)?.values() ?? {},
    onReading: (run) => {
      listeners.add(run);
      return () => void listeners.delete(run);
    },
    health: (id) => known(id).health(),
    watch: (id, onFrame) => known(id).watch(onFrame),
    run: async (id, command, args, run) =>
      devices.get(id)?.run(command, args, run) ?? { outcome: 'failed', code: 'unknown_device' },
    ...createSwaps({
      ...{ configs: options.devices, clock, lines, devices, install },
      compile: (profile, config) => {
        const codec = compiled(profile, config);
        checkPlace(codec, { ...options, config, lines });
        return codec;
      },
    }),
    start: () => {
      isStarted = true;
      for (const device of devices.values()) device.start();
    },
    stop: async () => {
      for (const device of devices.values()) device.stop();
      await lines.stop();
    },
  };
};

const doorsOf = (devices: ReadonlyMap<string, FieldDevice>): readonly ControlledDoor[] =>
  [...devices.values()].flatMap((device) => device.door() ?? []);

/** Who controls a door already. */
const controllerOf = (
  devices: ReadonlyMap<string, FieldDevice>,
  door: string,
): string | undefined => [...devices].find(([, device]) => device.door()?.id === door)?.[0];

const compiled = (profile: DeviceProfile, config: DeviceConfig): Codec => {
  const { id, params = {} } = config;
  const binding = bindingOf(profile, config);
  if (binding === undefined) {
    throw new GatewayError('GW_CONFIG', `device ${id}: no binding for ${config.port}`);
  }
  return compileProfile(profile, binding, params);
};
