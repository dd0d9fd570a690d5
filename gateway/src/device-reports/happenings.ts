import type { EventEntry, Reading } from '@gatehouse/device-profiles';
import type { DeviceValues, EventData } from '@gatehouse/protocols';
import { createBucket } from './bucket.ts';
import { toldValue } from './told-value.ts';

/** Events of one device told at once, then two a second; what comes faster is counted. */
export const happeningsBurst = 30;
export const happeningEveryMs = 500;

export type Happening = EventData<'device.reported'>;

export type Happenings = {
  readonly hear: (events: Reading['events'], monoMs: number) => readonly Happening[];
  /** One that was counted, with how many before it. */
  readonly tell: (monoMs: number) => Happening | undefined;
  readonly wakeAtMs: () => number | undefined;
};

/** They hold passes and cards, whatever the profile says of them. */
const secretNorms: ReadonlySet<string> = new Set(['access.code', 'access.uid']);

const isTold = ({ secret, norm }: EventEntry): boolean =>
  secret !== true && !(norm !== undefined && secretNorms.has(norm));

type Counted = { readonly fields: DeviceValues; readonly count: number };

export const createHappenings = (
  entries: Readonly<Record<string, EventEntry>> = {},
): Happenings => {
  const told = new Map(Object.entries(entries).filter(([, entry]) => isTold(entry)));
  const bucket = createBucket({ burst: happeningsBurst, everyMs: happeningEveryMs });
  // By name, of which a profile has a few dozen at most.
  const counted = new Map<string, Counted>();

  const fieldsOf = (event: string, fields: Reading['events'][number]['fields']): DeviceValues =>
    Object.fromEntries(
      Object.keys(told.get(event)?.fields ?? {}).flatMap((name) => {
        const value = fields[name];
        return value === undefined ? [] : [[name, toldValue(value)]];
      }),
    );

  return {
    hear: (events, monoMs) => {
      const now: Happening[] = [];
      for (const { event, fields } of events) {
        if (!told.has(event)) continue;
        const known = fieldsOf(event, fields);
        // Whoever is counted goes first, so that each name stays in its order.
        if (!counted.has(event) && bucket.take(monoMs)) now.push({ event, fields: known });
        else counted.set(event, { fields: known, count: (counted.get(event)?.count ?? 0) + 1 });
      }
      return now;
    },
    tell: (monoMs) => {
      const [next] = counted;
      if (next === undefined || !bucket.take(monoMs)) return undefined;
      const [event, { fields, count }] = next;
      counted.delete(event);
      return { event, fields, ...(count > 1 ? { repeats: count - 1 } : {}) };
    },
    wakeAtMs: () => (counted.size === 0 ? undefined : bucket.readyAtMs()),
  };
};
