import { setTimeout as sleep } from 'node:timers/promises';
import type { Counters } from './counters.ts';
import type { Traffic } from './options.ts';
import { createPhone } from './phone.ts';
import type { WalkersPhone } from './phone.ts';
import type { Plan } from './plan.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

type Walker = Plan['walkers'][number];
type Device = Plan['devices'][number];

/** Mean time between two people at a door, for a campus of 500. */
const meanEveryMs: Readonly<Record<Exclude<Traffic, 'off'>, number>> = { calm: 4_000, rush: 500 };
const peopleUsual = 500;
/** Of all who come: pupils with wristbands, and whoever left the phone at home. */
const withoutPhone = 0.08;
/** After a first start readers ask for the next code for half a minute (boot fence). */
const firstAfterMs = 35_000;
const answerTimeoutMs = 5_000;
/** Between the green lamp and the first step. */
const stepAfterMs = 700;

type Visit = {
  readonly walker: Walker;
  readonly phone: WalkersPhone;
  used: string | undefined;
  /** Doors that this person went in by, and has not gone out by since. */
  readonly inside: Set<string>;
};

/** What people get wrong now and then: the feed of a day has more than green lamps. */
type Habit = {
  readonly probability: number;
  readonly code: (visit: Visit, random: Random) => string;
  readonly walks: boolean;
};
const habits: readonly Habit[] = [
  { probability: 0.03, walks: true, code: ({ used, phone }) => used ?? phone.show('door') },
  { probability: 0.02, walks: true, code: ({ phone }) => phone.show('door', 150_000) },
  { probability: 0.015, walks: true, code: ({ phone }) => phone.show('pay') },
  { probability: 0.01, walks: true, code: () => 'HTTPS://EXAMPLE.ORG/MENU' },
  { probability: 0.01, walks: false, code: ({ phone }) => phone.show('door') },
];
/** An open page makes a code each quarter of a minute, and few of them are held anywhere. */
const idleCodesBelow = 4;
/** One phone lies before somebody's camera: the numbers must find it. The first who comes. */
const filmedCodes = 480;
const usual: Habit = { probability: 1, walks: true, code: ({ phone }) => phone.show('door') };

export type TrafficOptions = {
  readonly plan: Plan;
  /** Port of the simulator's control server. */
  readonly control: number;
  readonly seed: number;
  readonly kind: Traffic;
  readonly counters: Counters | undefined;
};

/** People who come and go by themselves, through the simulated devices, like everybody else. */
export const startTraffic = (options: TrafficOptions): { readonly stop: () => void } => {
  const { plan, control, kind, counters } = options;
  if (kind === 'off' || plan.walkers.length === 0) return { stop: () => undefined };
  const random = createRandom(options.seed);
  const visits = plan.walkers.map((walker): Visit => {
    const phone = createPhone({ campus: plan.campus, ...walker, nowMs: Date.now, counters });
    return { walker, phone, used: undefined, inside: new Set() };
  });
  const map = doorMap(plan);
  const everyMs = (meanEveryMs[kind] * peopleUsual) / Math.max(peopleUsual, plan.walkers.length);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  let filmed = counters === undefined ? undefined : visits[0];
  const next = (waitMs: number): void => {
    timer = setTimeout(() => {
      const visit = filmed ?? random.pick(visits);
      if (counters !== undefined) {
        visit?.phone.idle(
          visit === filmed ? filmedCodes : Math.floor(random.next() * idleCodesBelow),
        );
      }
      filmed = undefined;
      // A device that does not answer is the gateway's business; the next person comes anyway.
      const coming = random.chance(withoutPhone)
        ? comeWithoutPhone({ plan, map, control, random })
        : comeAndGo({ visit, map, control, random });
      void coming.catch(() => undefined);
      if (!stopped) next(-Math.log(1 - random.next()) * everyMs);
    }, waitMs);
  };
  next(firstAfterMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
};

type DoorDevices = {
  /** Of codes. */
  readonly readers: readonly Device[];
  /** Of cards, with keys. */
  readonly cardReader: Device | undefined;
  readonly controller: Device | undefined;
};

const doorMap = (plan: Plan): ReadonlyMap<string, DoorDevices> =>
  new Map(
    plan.doors.map(({ id }) => {
      const devices = plan.devices.filter(({ door }) => door === id);
      const isForCards = ({ profile }: Device): boolean => profile === plan.cardReader;
      const readers = devices.filter((each) => each.side !== null && !isForCards(each));
      // A head that asks moves its door itself.
      const controller = devices.find(({ side }) => side === null) ?? readers[0];
      return [id, { readers, cardReader: devices.find(isForCards), controller }];
    }),
  );

const comeAndGo = async (options: {
  readonly visit: Visit | undefined;
  readonly map: ReadonlyMap<string, DoorDevices>;
  readonly control: number;
  readonly random: Random;
}): Promise<void> => {
  const { visit, map, control, random } = options;
  if (visit === undefined) return;
  // Somebody tries a door that is not theirs now and then.
  const doors = random.chance(0.03) ? [...map.keys()] : visit.walker.doors;
  const id = random.pick(doors) ?? '';
  const door = map.get(id);
  const reader = readerFor(door?.readers ?? [], visit.inside.has(id));
  if (door?.controller === undefined || reader === undefined) return;
  const habit = habits.find(({ probability }) => random.chance(probability)) ?? usual;
  const text = habit.code(visit, random);
  const shown = await post(control, `/devices/${reader.id}/present`, { text });
  if (shown['lamp'] !== 'green' || !habit.walks) return;
  visit.used = text;
  if (reader.side === 'exit') visit.inside.delete(id);
  else visit.inside.add(id);
  await sleep(stepAfterMs);
  await post(control, `/devices/${door.controller.id}/walk`, { side: reader.side });
};

const comeWithoutPhone = async (options: {
  readonly plan: Plan;
  readonly map: ReadonlyMap<string, DoorDevices>;
  readonly control: number;
  readonly random: Random;
}): Promise<void> => {
  const { plan, map, control, random } = options;
  const holder = random.pick(plan.holders);
  const door = map.get(random.pick(holder?.doors ?? []) ?? '');
  const { cardReader, controller } = door ?? {};
  if (holder === undefined || cardReader === undefined || controller === undefined) return;
  const shown = await post(control, `/devices/${cardReader.id}/present`, holder.present);
  if (shown['lamp'] !== 'green') return;
  await sleep(stepAfterMs);
  await post(control, `/devices/${controller.id}/walk`, { side: cardReader.side });
};

/** Who went in goes out, where the door has a reader for it: rooms have none inside. */
const readerFor = (readers: readonly Device[], isInside: boolean): Device | undefined =>
  (isInside ? readers.find(({ side }) => side === 'exit') : undefined) ??
  readers.find(({ side }) => side === 'entry');

const post = async (
  control: number,
  path: string,
  body: unknown,
): Promise<Readonly<Record<string, unknown>>> => {
  const answer = await fetch(`http://127.0.0.1:${control}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const text = await answer.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
};
