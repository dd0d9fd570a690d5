import { valueFault } from '@gatehouse/device-profiles';
import type { ArgEntry, CommandEntry } from '@gatehouse/device-profiles';
import type { DeviceValue, DeviceValues } from '@gatehouse/protocols';

/** A device may not know a value; whoever commands it must. */
const isKnown = (value: DeviceValue): boolean =>
  Array.isArray(value) ? !value.includes(null) : value !== null;

const argFits = (entry: ArgEntry, value: DeviceValue | undefined): boolean =>
  value === undefined
    ? entry.default !== undefined
    : isKnown(value) && valueFault(entry, value) === undefined;

/** @returns the first argument that the command does not take, or lacks; undefined: all fit */
export const argsFault = (
  { args: entries = {} }: CommandEntry,
  args: DeviceValues,
): string | undefined =>
  Object.keys(args).find((name) => !Object.hasOwn(entries, name)) ??
  Object.entries(entries).find(([name, entry]) => !argFits(entry, args[name]))?.[0];
