import { ProfileError } from '@gatehouse/device-profiles';
import type { Codec, DeviceProfile } from '@gatehouse/device-profiles';
import { bindingOf } from '../config.ts';
import type { DeviceConfig } from '../config.ts';
import type { HeardRaw } from '../drivers/driver.ts';
import type { Lines } from '../drivers/lines.ts';
import { GatewayError } from '../errors.ts';
import type { Cancel, Clock } from '../ports.ts';
import type { FieldDevice, NextDrive } from './field-device.ts';

/** The hook by which a version of a profile takes another's place: see profiles/. */
export type ProfileSwaps = {
  /** Configured with this profile, in groups that share a line. */
  readonly groupsOf: (profile: string) => readonly (readonly string[])[];
  /** What drives it now; undefined while it waits for its profile. */
  readonly now: (device: string) => Pick<NextDrive, 'profile' | 'codec'> | undefined;
  /** @throws GatewayError GW_CONFIG, ProfileError where this device cannot be driven by it */
  readonly codecFor: (device: string, profile: DeviceProfile) => Codec;
  readonly isIdle: (device: string) => boolean;
  readonly isOnline: (device: string) => boolean;
  readonly hear: (device: string, run: (heard: HeardRaw) => void) => Cancel;
  /**
   * For devices that wait for their profile, or are not started: nothing is exchanged.
   * @throws GatewayError GW_CONFIG, ProfileError
   */
  readonly install: (device: string, profile: DeviceProfile) => void;
  /**
   * Exchanges the drivers of devices that share a line.
   * @param onSilent hears that one does not answer to the new one; true = it is dealt with
   * @returns why not; undefined = done
   */
  readonly swap: (
    devices: readonly string[],
    profile: DeviceProfile,
    onSilent: (device: string, detail: string) => boolean,
  ) => Promise<string | undefined>;
};

export type SwapParts = {
  readonly configs: readonly DeviceConfig[];
  readonly clock: Clock;
  readonly lines: Lines;
  readonly devices: ReadonlyMap<string, FieldDevice>;
  readonly install: ProfileSwaps['install'];
  readonly compile: (profile: DeviceProfile, config: DeviceConfig) => Codec;
};

/** A port that does not close in this time is opened again all the same. */
export const closeTimeoutMs = 500;

export const createSwaps = (parts: SwapParts): ProfileSwaps => {
  const { configs, devices, install } = parts;
  return {
    groupsOf: (profile) => {
      const ports = new Map<string, string[]>();
      for (const { id, port, profile: name } of configs) {
        if (name === profile) ports.set(port, [...(ports.get(port) ?? []), id]);
      }
      return [...ports.values()];
    },
    now: (id) => devices.get(id)?.now(),
    codecFor: (id, profile) => parts.compile(profile, configOf(parts, id)),
    isIdle: (id) => devices.get(id)?.isIdle() ?? true,
    isOnline: (id) => devices.get(id)?.report().state === 'online',
    hear: (id, run) => devices.get(id)?.hear(run) ?? (() => undefined),
    install,
    swap: (ids, profile, onSilent) => swap(parts, { ids, profile, onSilent }),
  };
};

const configOf = ({ configs }: SwapParts, id: string): DeviceConfig => {
  const config = configs.find((each) => each.id === id);
  if (config === undefined) throw new GatewayError('GW_CONFIG', `there is no device ${id}`);
  return config;
};

type Wanted = {
  readonly ids: readonly string[];
  readonly profile: DeviceProfile;
  readonly onSilent: (device: string, detail: string) => boolean;
};
type Exchange = {
  readonly id: string;
  readonly device: FieldDevice;
  readonly config: DeviceConfig;
  readonly next: NextDrive;
};

const swap = async (
  parts: SwapParts,
  { ids, profile, onSilent }: Wanted,
): Promise<string | undefined> => {
  let exchanges: readonly Exchange[];
  try {
    exchanges = ids.flatMap((id) => {
      const device = parts.devices.get(id);
      const config = configOf(parts, id);
      const codec = parts.compile(profile, config);
      const next = { profile, codec, onSilent: (detail: string) => onSilent(id, detail) };
      return device === undefined ? [] : [{ id, device, config, next }];
    });
  } catch (error) {
    if (error instanceof GatewayError || error instanceof ProfileError) return error.message;
    throw error;
  }
  const moved = exchanges.filter(
    (one) => wireOf(one, one.device.now().profile) !== wireOf(one, profile),
  );
  if (moved.length > 0) {
    const stranger = strangerOn(parts, ids);
    if (stranger !== undefined) {
      return `the line is set in another way, and ${stranger} is on it too`;
    }
    for (const { device } of exchanges) device.halt();
    const ports = [...new Set(exchanges.map(({ config }) => config.port))];
    await within(parts.clock, Promise.all(ports.map((port) => parts.lines.release(port))));
  }
  for (const { device, next } of exchanges) device.change(next);
  return undefined;
};

/** How a profile sets its line: what differs here needs the line to be opened anew. */
const wireOf = ({ config }: Exchange, profile: DeviceProfile): string => {
  const name = bindingOf(profile, config);
  const binding = name === undefined ? undefined : profile.bindings[name];
  if (binding === undefined) return '';
  const framing = 'framing' in binding ? binding.framing : null;
  const line = 'line' in binding ? binding.line : null;
  return JSON.stringify([binding.transport, line ?? null, framing]);
};

/** A device of another profile on a line of these. */
const strangerOn = ({ configs }: SwapParts, ids: readonly string[]): string | undefined => {
  const ports = new Set(configs.filter(({ id }) => ids.includes(id)).map(({ port }) => port));
  return configs.find(({ id, port }) => ports.has(port) && !ids.includes(id))?.id;
};

const within = async (clock: Clock, work: Promise<unknown>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(closeTimeoutMs, resolve);
  await Promise.race([work, promise]);
  cancel();
};
