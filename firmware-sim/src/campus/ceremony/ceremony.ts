import { checkers } from '../checkers/checkers.ts';
import { createPhones } from '../phones.ts';
import type { Phones } from '../phones.ts';
import { place } from '../places.ts';
import { createRecorder } from '../record.ts';
import type { Campus, Fault } from '../record.ts';
import { readStored } from '../stored.ts';
import type { Stored } from '../stored.ts';
import { createHall } from './hall.ts';
import type { Entrance, Hall, HallOptions } from './hall.ts';
import type { Attempt, Comer } from './lane.ts';
import { guestsOf, lanesOf, seedVenue } from './venue.ts';
import type { Ceremony } from './venue.ts';

export type CeremonyResult = {
  readonly faults: readonly Fault[];
  readonly figures: Readonly<Record<string, number>>;
  /** SHA-256 of the whole trace, hex. */
  readonly traceHash: string;
};

const cloudStartsMs = 50;
const gatewayStartsMs = 500;
/** By then all policies are held, and the fence of a first start is over. */
const doorsOpenMs = 60_000;
/** The last ones come this much before the end, so that they are through in time. */
const lastComesMs = 20_000;
const triesMax = 3;
/** Of so many, one has sent the code to somebody at another gate. */
const oneInShares = 40;
const sharedWithinMs = 4_000;
const lookEveryMs = 5_000;
const drainMsMax = 300_000;
const stopWithinMs = 5_000;

/** Everybody through the hall's lanes under one seed, part of the time without the cloud. */
export const runCeremony = async (options: HallOptions): Promise<CeremonyResult> => {
  const { ceremony, database } = options;
  const hall = createHall(options);
  const { world, house, claims, entrances } = hall;
  const { timeline, recorder, trace } = world;
  const guests = guestsOf(ceremony);
  try {
    await house.prepare((db) => seedVenue(db, lanesOf(ceremony), guests));
    claims.calm();
    timeline.after(cloudStartsMs, house.start);
    for (const { box } of entrances) timeline.after(gatewayStartsMs, box.powerOn);
    const nowMs = (): number => place.startMs + timeline.nowMs();
    const phones = createPhones(guests, world.random('phones'), nowMs);
    const book = createBook();
    comeAll(hall, ceremony, { phones, book });
    cutCloud(hall, ceremony, book);
    await timeline.runUntil(doorsOpenMs + ceremony.openMs);
    await book.countAway(() => readStored(database.database));
    if (book.passed.size < ceremony.people) {
      recorder.fault('works again', `${ceremony.people - book.passed.size} are not through`);
    }
    await drain(hall, options);
    const stored = await readStored(database.database);
    await checkAll(hall, stored);
    checkUses(hall, stored, ceremony);
    await stopAll(hall);
    const traceHash = trace.hash();
    return { faults: recorder.faults, figures: figuresOf(hall, { book, stored }), traceHash };
  } finally {
    trace.hash();
    for (const { box } of entrances) box.end();
  }
};

/** What was seen at the lanes. */
type Book = {
  /** Numbers of the guests that went through, and when the last one did (virtual ms). */
  readonly passed: Set<number>;
  lastMs: number;
  tries: number;
  /** Codes that were shown at a second gate, and how many of those opened it. */
  shared: number;
  sharedOpened: number;
  readonly unlocksMs: number[];
  readonly shownMs: number[];
  /** Events in the database when the doors closed. */
  stored: number;
  /** Events that the cloud did not have when it came back. */
  owed: number;
  readonly countAway: (read: () => Promise<Stored>) => Promise<void>;
};

const createBook = (): Book => {
  const book: Book = {
    ...{ passed: new Set(), lastMs: 0, tries: 0, shared: 0, sharedOpened: 0, stored: 0, owed: 0 },
    ...{ unlocksMs: [], shownMs: [] },
    countAway: async (read) => {
      book.stored = (await read()).events.length;
    },
  };
  return book;
};

const cutCloud = ({ world, entrances }: Hall, { cut }: Ceremony, book: Book): void => {
  const { timeline } = world;
  timeline.after(doorsOpenMs + cut.atMs, () => {
    for (const { network } of entrances) network.cut(cut.forMs);
  });
  timeline.after(doorsOpenMs + cut.atMs + cut.forMs, () => {
    void positionsOf(entrances).then((positions) => {
      for (const { head, acknowledged } of positions) book.owed += head - acknowledged;
    });
  });
};

type Crowd = { readonly phones: Phones; readonly book: Book };

/** At times of their own, each to a gate by chance and there to the shortest queue. */
const comeAll = (hall: Hall, { people, openMs }: Ceremony, crowd: Crowd): void => {
  const { timeline, random } = hall.world;
  const chance = random('crowd');
  for (let guest = 0; guest < people; guest += 1) {
    const atMs = doorsOpenMs + chance.below(openMs - lastComesMs);
    const gate = chance.below(hall.entrances.length);
    timeline.after(atMs, () => queueUp(hall, gate, comerOf(hall, { ...crowd, guest, gate })));
  }
};

const queueUp = ({ entrances }: Hall, gate: number, comer: Comer): void => {
  const lanes = entrances[gate % entrances.length]?.lanes ?? [];
  lanes.toSorted((a, b) => a.waiting() - b.waiting())[0]?.come(comer);
};

type Guest = Crowd & { readonly guest: number; readonly gate: number };

const comerOf = (hall: Hall, at: Guest, triesLeft = triesMax): Comer => {
  const { book, phones, guest, gate } = at;
  const { timeline } = hall.world;
  return {
    code: () => {
      const code = phones.code(guest, 'fresh', `gate ${gate}`);
      if (guest % oneInShares === 0 && triesLeft === triesMax) shareCode(hall, at, code);
      return code;
    },
    done: (attempt) => {
      book.tries += 1;
      if (attempt.shownMs !== undefined) book.shownMs.push(attempt.shownMs);
      if (isThrough(attempt)) {
        book.unlocksMs.push(attempt.unlockMs);
        book.passed.add(guest);
        book.lastMs = timeline.nowMs() - doorsOpenMs;
      } else if (triesLeft > 1) queueUp(hall, gate, comerOf(hall, at, triesLeft - 1));
    },
  };
};

/** The same code at another gate, a little later or almost at once. */
const shareCode = (hall: Hall, { book, gate, guest }: Guest, code: string): void => {
  const { timeline, random } = hall.world;
  book.shared += 1;
  const waitMs = random(`share ${guest}`).below(sharedWithinMs);
  const done = (attempt: Attempt): void => {
    // Then the phone's owner, who comes second, is asked for the next code.
    if (isThrough(attempt)) book.sharedOpened += 1;
  };
  timeline.after(waitMs, () => queueUp(hall, gate + 1, { code: () => code, done }));
};

const isThrough = (attempt: Attempt): attempt is Attempt & { readonly unlockMs: number } =>
  attempt.lamp === 'green' && attempt.unlockMs !== undefined;

/** Until cloud and gateways agree, though not for ever. */
const drain = async ({ world, entrances }: Hall, { database }: HallOptions): Promise<void> => {
  const { timeline } = world;
  const endMs = timeline.nowMs() + drainMsMax;
  const isDone = async (): Promise<boolean> => {
    const { feed, consumers, policy } = await readStored(database.database);
    const positions = await positionsOf(entrances);
    return (
      consumers.every(({ pos }) => pos === feed.length) &&
      positions.every(({ acknowledged, head }) => acknowledged >= head) &&
      policy?.held === policy?.newest
    );
  };
  do await timeline.runUntil(timeline.nowMs() + lookEveryMs);
  while (timeline.nowMs() < endMs && !(await isDone()));
};

const positionsOf = async (entrances: readonly Entrance[]) =>
  (await Promise.all(entrances.map(({ box }) => box.positions()))).flatMap((each) => each ?? []);

/** The checkers of the campus, over all its gateways at once. */
const checkAll = async ({ world, entrances }: Hall, stored: Stored): Promise<void> => {
  const { recorder, timeline } = world;
  const campuses = entrances.map(({ campus }) => campus);
  const campus: Campus = {
    ...recorder,
    written: new Map(campuses.flatMap(({ written }) => [...written])),
    unlocks: campuses.flatMap(({ unlocks }) => unlocks),
    owed: () => campuses.reduce((sum, each) => sum + each.owed(), 0),
  };
  const positions = await positionsOf(entrances);
  const nextDoor = createRecorder(timeline.nowMs);
  for (const [name, check] of checkers) {
    for (const detail of check({ campus, nextDoor, stored, positions })) {
      recorder.fault(name, detail);
    }
  }
};

const grantsOf = ({ events }: Stored) =>
  events.filter(({ kind, data }) => kind === 'access.granted' && data['reason'] === 'granted');

/** Every person stands in the database once, as one who came in, on the word of the authority. */
const checkUses = ({ world }: Hall, stored: Stored, { people }: Ceremony): void => {
  const grants = grantsOf(stored);
  const cards = new Set(grants.map(({ data }) => String(data['card'])));
  const alone = grants.filter(({ data }) => data['basis'] !== 'group');
  const fault = (detail: string): void => world.recorder.fault('no event lost or doubled', detail);
  if (cards.size !== people) fault(`${cards.size} people of ${people} are in the database`);
  if (alone.length > 0) fault(`${alone.length} grants without the authority's word`);
};

const stopAll = async ({ world, house, entrances }: Hall): Promise<void> => {
  const { timeline, recorder } = world;
  for (const { what, stop } of [
    ...entrances.map(({ gateway, box }) => ({ what: gateway, stop: box.stop })),
    { what: 'cloud', stop: house.stop },
  ]) {
    let stopped = false;
    void stop().then(() => {
      stopped = true;
    });
    await timeline.runUntil(timeline.nowMs() + stopWithinMs);
    if (!stopped) recorder.fault('nothing left running', `${what} does not stop`);
  }
};

const share99 = 0.99;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? -1;

const figuresOf = (
  { entrances, world }: Hall,
  { book, stored }: { readonly book: Book; readonly stored: Stored },
): CeremonyResult['figures'] => {
  const lanes = entrances.flatMap((entrance) => entrance.lanes);
  const cyclesMs = lanes.flatMap((lane) => lane.cyclesMs);
  const cycleMs = cyclesMs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, cyclesMs.length);
  return {
    people: book.passed.size,
    lanes: lanes.length,
    lastThroughMs: book.lastMs,
    tries: book.tries,
    codesShared: book.shared,
    codesSharedOpened: book.sharedOpened,
    unlockP50Ms: percentile(book.unlocksMs, 0.5),
    unlockP99Ms: percentile(book.unlocksMs, share99),
    unlockMaxMs: percentile(book.unlocksMs, 1),
    shownP99Ms: percentile(book.shownMs, share99),
    laneCycleMeanMs: cycleMs,
    /** What the lanes would let through if somebody stood before each of them all the time. */
    tenMinutesCapacity: Math.floor((lanes.length * 600_000) / cycleMs),
    grants: grantsOf(stored).length,
    events: stored.events.length,
    eventsOwedAfterCut: book.owed,
    eventsWhenDoorsClosed: book.stored,
    virtualMs: world.timeline.nowMs(),
  };
};
