import { ProfileError } from '@gatehouse/device-profiles';
import type { Codec, DeviceProfile } from '@gatehouse/device-profiles';
import type { ProfileSwaps } from '../devices/profile-swaps.ts';
import { GatewayError } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { Cancel, Clock } from '../ports.ts';
import { createComparison } from './comparison.ts';

/** A shadow run ends with whichever comes first. */
export const shadowMs = 5_000;
export const shadowFramesMax = 50;

export type ShadowOptions = {
  readonly clock: Clock;
  readonly devices: Pick<ProfileSwaps, 'now' | 'codecFor' | 'hear'>;
  readonly record: (body: EventBody) => void;
};

/**
 * Lets a version decode what the running one decodes, and tells what differs. Moves nothing.
 * Resolves when the run is over; a device that cannot be driven by it at all has none.
 */
export const runShadow = (
  options: ShadowOptions,
  device: string,
  profile: DeviceProfile,
): { readonly done: Promise<void>; readonly cancel: Cancel } => {
  const { clock, devices, record } = options;
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const now = devices.now(device);
  const codec = codecOf(options, device, profile);
  if (now === undefined || codec === undefined) {
    resolve();
    return { done, cancel: () => undefined };
  }
  const comparison = createComparison(now.codec, codec);
  const leave = (): void => {
    cancelTimer();
    cancelHearing();
    resolve();
  };
  const end = (): void => {
    leave();
    const { frames, differing, differences } = comparison.end(clock.monoMs());
    const from = now.profile.profile;
    const versions = { profile: profile.id, from, to: profile.profile };
    const data = { ...versions, frames, differing, differences: [...differences] };
    record({ kind: 'profile.shadowed', device, data });
  };
  let isFull = false;
  const cancelHearing = devices.hear(device, (heard) => {
    if (isFull) return;
    comparison.take(heard);
    isFull = comparison.frames() >= shadowFramesMax;
    if (isFull) clock.after(0, end);
  });
  const cancelTimer = clock.after(shadowMs, () => {
    if (!isFull) end();
  });
  return { done, cancel: leave };
};

const codecOf = (
  { devices }: ShadowOptions,
  device: string,
  profile: DeviceProfile,
): Codec | undefined => {
  try {
    return devices.codecFor(device, profile);
  } catch (error) {
    if (error instanceof GatewayError || error instanceof ProfileError) return undefined;
    throw error;
  }
};
