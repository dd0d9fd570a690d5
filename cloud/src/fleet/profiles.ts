import type { DeviceProfile } from '@gatehouse/device-profiles';

/** The profiles that this cloud knows, by id. */
export type Profiles = ReadonlyMap<string, DeviceProfile>;

/**
 * Why a command of a device is run by nobody: its door is opened by `unlock`, which knows mode and
 * policy, and what latches needs a re-lock on disk before it. The gateway refuses the same.
 */
export const isLeftToDoors = (
  { model }: DeviceProfile,
  command: string,
  door: string | null,
): boolean => {
  const commands = Object.values(model.commands ?? {});
  const entry = Object.hasOwn(model.commands ?? {}, command)
    ? model.commands?.[command]
    : undefined;
  const controlsDoor =
    door !== null && commands.some(({ norm }) => norm?.startsWith('door.open_') === true);
  return (
    (controlsDoor && entry?.norm?.startsWith('door.') === true) ||
    Object.hasOwn(model.safety?.latch ?? {}, command)
  );
};
