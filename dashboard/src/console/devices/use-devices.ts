import type { ConditionView, DeviceView, ProfileView } from '@gatehouse/protocols';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { routes } from '../../api/routes.ts';
import { deviceOfCondition, deviceStatusOf } from '../../device/device-status.ts';
import type { StatusedDevice } from '../../device/device-status.ts';
import { alarmsIn } from '../../device/telling.ts';
import { useIsKeeper, useLive, usePicture, useProfiles } from '../console-context.ts';

export type DeviceList = {
  /** Null while the first answer is on its way. */
  readonly devices: readonly StatusedDevice[] | null;
  readonly profiles: ReadonlyMap<string, ProfileView>;
  readonly error: unknown;
  readonly reload: () => void;
};

/** Conditions by the device that they are about. */
export const conditionsByDevice = (
  conditions: Iterable<ConditionView>,
): ReadonlyMap<string, readonly ConditionView[]> => {
  const found = new Map<string, readonly ConditionView[]>();
  for (const condition of conditions) {
    const id = deviceOfCondition(condition);
    if (id !== undefined) found.set(id, [...(found.get(id) ?? []), condition]);
  }
  return found;
};

export const statused = (
  device: DeviceView,
  conditions: readonly ConditionView[],
  profile: ProfileView | undefined,
): StatusedDevice => ({
  device,
  conditions,
  status: deviceStatusOf({ device, conditions, alarms: alarmsIn(device, profile) }),
});

/** All devices: loaded with each new picture, then changed by what the stream tells. */
export const useDevices = (): DeviceList => {
  const { loads } = useLive();
  const { devices: streamed, conditions } = usePicture();
  const isKeeper = useIsKeeper();
  const profiles = useProfiles();
  const loaded = useQuery({
    queryKey: ['devices', loads],
    queryFn: routes.devices,
    placeholderData: keepPreviousData,
    enabled: isKeeper,
  });
  const devices = useMemo(() => {
    if (loaded.data === undefined) return null;
    const all = new Map(loaded.data.map((device) => [device.id, device]));
    for (const [id, device] of streamed) all.set(id, { ...all.get(id), ...device });
    const wrong = conditionsByDevice(conditions.values());
    return [...all.values()].map((device) =>
      statused(device, wrong.get(device.id) ?? [], profiles.get(device.profile)),
    );
  }, [loaded.data, streamed, conditions, profiles]);
  const reload = (): void => void loaded.refetch();
  return { devices, profiles, error: loaded.error, reload };
};
