import { scheduleRuns, wallClock } from '@gatehouse/protocols';
import type { ScheduleWindows, WireEvent } from '@gatehouse/protocols';
import { appendFeed } from '../../feed/feed.ts';
import { eventColumns } from '../../ingest/event-rows.ts';
import { insertEvents } from '../../ingest/event-store.ts';
import type { Queryable } from '../../ports.ts';
import type { CampusPlan, SeedDevice, SeedPerson } from './campus-plan.ts';
import { drawOf } from './seeded-ids.ts';
import type { Draw } from './seeded-ids.ts';

/**
 * The epoch of every made-up event: no gateway drew it, and screens ask for it to say that part of
 * what they show was made up. Each such event also carries `demo: 'seed'` in its data, names no
 * pass and has no evidence, for there was none.
 */
export const demoSeedEpoch = '5eed5eed';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const pastDays = 28;
/** However many people the campus has: a first start must not wait for its past. */
const eventsAimed = 40_000;
const comesMax = 0.45;
const batchEvents = 500;

/** How busy each hour of a day is, from midnight on. */
const busyHours = [
  1, 0, 0, 0, 0, 1, 6, 22, 24, 12, 12, 20, 26, 16, 10, 10, 12, 20, 24, 14, 10, 12, 8, 3,
] as const;
const busyTotal = busyHours.reduce((sum: number, busy) => sum + busy, 0);

type Visit = Readonly<Pick<WireEvent, 'at' | 'kind' | 'door' | 'device' | 'data'>> & {
  readonly gateway: string;
};

const minuteOf = (draw: Draw): number => {
  let left = draw.below(busyTotal);
  const hour = busyHours.findIndex((busy) => {
    left -= busy;
    return left < 0;
  });
  return hour * 60 + draw.below(60);
};

/** Refusals as a day has them; undefined = none of these. */
const mishap = (draw: Draw): string | undefined => {
  const n = draw.below(1000);
  const rows = [
    [18, 'expired'],
    [36, 'used'],
    [44, 'wrong_kind'],
    [50, 'show_next_code'],
  ] as const;
  return rows.find(([below]) => n < below)?.[1];
};

type Way = { readonly reader: SeedDevice; readonly windows: ScheduleWindows };

const windowsOf = (plan: CampusPlan, schedule: string): ScheduleWindows =>
  (plan.schedules.find(({ id }) => id === schedule)?.windows ?? []).map(({ days, from, to }) => ({
    days: [...days],
    from,
    to,
  }));

const waysOf = (plan: CampusPlan, { card }: SeedPerson): readonly Way[] =>
  plan.rules
    .filter(({ group }) => card.groups.includes(group))
    .flatMap(({ door, schedule }) => {
      const windows = windowsOf(plan, schedule);
      return plan.devices
        .filter((device) => device.door === door && device.side !== null)
        .map((reader) => ({ reader, windows }));
    });

type Day = { readonly midnightMs: number; readonly wallTime: ReturnType<typeof wallClock> };

const visitOf = (
  person: SeedPerson,
  ways: readonly Way[],
  draw: Draw,
  { midnightMs, wallTime }: Day,
): Visit => {
  const { reader, windows } = draw.of(ways);
  const at = midnightMs + minuteOf(draw) * minuteMs + draw.below(minuteMs);
  const isOpen = scheduleRuns(windows, wallTime(at));
  const refused = isOpen ? mishap(draw) : 'outside_schedule';
  const isGranted = refused === undefined || reader.side === 'exit';
  const reason = isGranted && refused !== undefined ? `exit_${refused}` : (refused ?? 'granted');
  return {
    at,
    gateway: reader.gateway,
    kind: isGranted ? 'access.granted' : 'access.denied',
    door: reader.door ?? '',
    device: reader.id,
    data: {
      reason,
      side: reader.side,
      reader: reader.id,
      basis: 'local',
      policy: { epoch: 0, version: 0, ageMs: 0 },
      card: person.card.id,
      person: person.id,
      demo: 'seed',
    },
  };
};

/** Of 25: one never came, two came until nine days ago, the rest come and go. */
const daysAway = (draw: Draw): number => {
  const n = draw.below(25);
  if (n === 0) return pastDays;
  return n < 3 ? 9 : 0;
};

/**
 * Where the people whom nobody plays were in the 28 days before today: the same campus and day give
 * the same past. Oldest first.
 */
export const demoDays = (seed: number, plan: CampusPlan, nowMs: number): readonly Visit[] => {
  const wallTime = wallClock(plan.site.zone);
  const todayMs = nowMs - (nowMs % minuteMs) - wallTime(nowMs).minutes * minuteMs;
  const walkers = plan.people.filter(({ role }) => role === null);
  const comes = Math.min(comesMax, eventsAimed / (walkers.length * pastDays * 2));
  const visits = walkers.flatMap((person) => {
    const draw = drawOf(seed, `days/${person.id}`);
    const ways = waysOf(plan, person);
    const away = daysAway(draw);
    if (ways.length === 0) return [];
    return Array.from({ length: pastDays - away }, (_, day): readonly Visit[] => {
      const midnightMs = todayMs - (away + day + 1) * dayMs;
      const isWeekend = wallTime(midnightMs).weekday > 5;
      if (draw.below(1000) >= comes * (isWeekend ? 500 : 1000)) return [];
      const times = 1 + draw.below(3);
      return Array.from({ length: times }, () =>
        visitOf(person, ways, draw, { midnightMs, wallTime }),
      );
    }).flat();
  });
  return visits.toSorted((a, b) => a.at - b.at);
};

const clock = { q: 'trusted', boot: demoSeedEpoch, mono: 0 } as const;

/** Writes that past as batches of its own epoch: every consumer counts it like any other. */
export const seedDemoDays = async (
  tx: Queryable,
  visits: readonly Visit[],
  nowMs: number,
): Promise<void> => {
  for (const [gateway, own] of Map.groupBy(visits, (visit) => visit.gateway)) {
    const place = { gateway, epoch: demoSeedEpoch, stream: 'main' } as const;
    for (let from = 0; from < own.length; from += batchEvents) {
      const rows = own
        .slice(from, from + batchEvents)
        .map(({ gateway: _, ...visit }, i) => eventColumns({ ...visit, clock, seq: from + i + 1 }));
      await insertEvents(tx, { ...place, receivedAt: new Date(nowMs) }, rows);
      const range = { from: from + 1, to: from + rows.length };
      await appendFeed(tx, nowMs, { kind: 'batch', ...place, ...range });
    }
  }
};
