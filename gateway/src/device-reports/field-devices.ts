import type { Args, DeviceProfile, Reading, Values } from '@gatehouse/device-profiles';
import type { DeviceHealth } from '@gatehouse/protocols';
import type { CommandResult, RunOptions, TappedFrame } from '../drivers/driver.ts';
import type { Cancel } from '../ports.ts';

/** What the way to the cloud needs of all devices. */
export type FieldDevices = {
  /** What it said last, by path. */
  readonly values: (device: string) => Values;
  /** Runs for each reading of each device. */
  readonly onReading: (run: (device: string, reading: Reading) => void) => void;
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
};

/** One device of the configuration, as far as telling of it goes. */
export type DeviceAbout = {
  readonly device: string;
  readonly door?: string | undefined;
  readonly profile: Pick<DeviceProfile, 'id' | 'profile' | 'model'>;
};

const isDoorNorm = (norm: string | undefined): boolean => norm?.startsWith('door.') === true;

/** It releases a door: door events tell what it says of that door, `unlock` alone opens it. */
export const controlsDoor = ({ door, profile }: DeviceAbout): boolean =>
  door !== undefined &&
  Object.values(profile.model.commands ?? {}).some(({ norm }) => norm?.startsWith('door.open_'));

/** What belongs to the door of a door's controller. */
export const isOfItsDoor = (about: DeviceAbout, norm: string | undefined): boolean =>
  isDoorNorm(norm) && controlsDoor(about);
