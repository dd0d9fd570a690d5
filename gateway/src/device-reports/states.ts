import type { Values } from '@gatehouse/device-profiles';
import type { DeviceValue, DeviceValues } from '@gatehouse/protocols';
import { createBucket } from './bucket.ts';
import { isOfItsDoor } from './field-devices.ts';
import type { DeviceAbout } from './field-devices.ts';
import { isSameValue, toldValue } from './told-value.ts';

/** Changes told at once, then one a second: what comes faster is told as its last state. */
export const changesBurst = 20;
export const changeEveryMs = 1_000;

export type States = {
  /** @returns whether any state is another one */
  readonly hear: (values: Values) => boolean;
  /** What changed since it was last told, and may be told now. */
  readonly tell: (monoMs: number) => DeviceValues | undefined;
  readonly wakeAtMs: () => number | undefined;
  readonly all: () => DeviceValues;
};

/** States that are events when they change; the others stand in the report alone. */
const toldStates = (about: DeviceAbout): ReadonlySet<string> =>
  new Set(
    Object.entries(about.profile.model.state ?? {})
      .filter(([, { class: journalClass }]) => journalClass === 'door' || journalClass === 'audit')
      .filter(([, { norm }]) => !isOfItsDoor(about, norm))
      .map(([name]) => name),
  );

const statePath = 'state.';

export const createStates = (about: DeviceAbout): States => {
  const isTold = toldStates(about);
  const known = new Set(Object.keys(about.profile.model.state ?? {}));
  const bucket = createBucket({ burst: changesBurst, everyMs: changeEveryMs });
  const now = new Map<string, DeviceValue>();
  const told = new Map<string, DeviceValue>();
  const open = new Set<string>();

  const hearOne = (name: string, value: DeviceValue): boolean => {
    if (isSameValue(now.get(name), value)) return false;
    const isFirst = !now.has(name);
    now.set(name, value);
    if (!isTold.has(name)) return true;
    // What it was before we knew it is no change.
    if (isFirst) told.set(name, value);
    else if (isSameValue(told.get(name), value)) open.delete(name);
    else open.add(name);
    return true;
  };

  return {
    hear: (values) => {
      let changed = false;
      for (const [path, value] of Object.entries(values)) {
        const name = path.startsWith(statePath) ? path.slice(statePath.length) : '';
        if (known.has(name) && hearOne(name, toldValue(value))) changed = true;
      }
      return changed;
    },
    tell: (monoMs) => {
      if (open.size === 0 || !bucket.take(monoMs)) return undefined;
      const values = Object.fromEntries([...open].map((name) => [name, now.get(name) ?? null]));
      for (const [name, value] of Object.entries(values)) told.set(name, value);
      open.clear();
      return values;
    },
    wakeAtMs: () => (open.size === 0 ? undefined : bucket.readyAtMs()),
    all: () => Object.fromEntries(now),
  };
};
