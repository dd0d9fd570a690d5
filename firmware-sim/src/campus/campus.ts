import type { Catalogue } from '@gatehouse/device-profiles';
import type { CampusDatabase } from './adapters/databases.ts';
import { turn } from './adapters/turn.ts';
import { checkBearers, createPads, padDevices } from './bearers.ts';
import { createBox } from './box.ts';
import { createClaimNetwork } from './claim-network.ts';
import { checkers } from './checkers/checkers.ts';
import { createGate, createSettle } from './gate.ts';
import { createHardware, devicesOf } from './hardware.ts';
import { createHouse } from './house.ts';
import { createNetwork } from './network.ts';
import type { Network } from './network.ts';
import { createNextDoor } from './next-door.ts';
import { createPhones } from './phones.ts';
import { peopleOf, place, seedPlaces } from './places.ts';
import type { Plan } from './plan.ts';
import { createRecorder } from './record.ts';
import type { Fault } from './record.ts';
import { createSigning } from './signing.ts';
import { perform, visit, visitNextDoor } from './steps.ts';
import type { Stage } from './steps.ts';
import { readStored } from './stored.ts';
import type { Stored } from './stored.ts';
import { createTimeline } from './timeline.ts';
import { createTrace } from './trace.ts';
import { randomOf } from './world.ts';
import type { Breakage, World } from './world.ts';

export type CampusOptions = {
  readonly plan: Plan;
  readonly database: CampusDatabase;
  readonly catalogue: Catalogue;
  readonly breakage?: Breakage;
};

export type CampusResult = {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** What happened how often: steps, cuts, what heads showed. */
  readonly counts: Readonly<Record<string, number>>;
  /** Decisions on the journal, by reason. */
  readonly decisions: Readonly<Record<string, number>>;
  readonly unlocks: number;
  readonly events: number;
  readonly virtualMs: number;
  /** SHA-256 of the whole trace, hex. */
  readonly traceHash: string;
  readonly lines: readonly string[];
};

const cloudStartsMs = 50;
const gatewayStartsMs = 500;
/** From the last fault until all has drained: back-off, resending and the boot fence together. */
const drainMsMax = 150_000;
/** So long after a power cut readers ask for the next code, and a little more. */
const fenceMs = 33_000;
/** The longest fault that began before the end, and a line that is opened again after it. */
const lastFaultMs = 16_000;
const lookEveryMs = 5_000;
const lastVisitMs = 4_000;

/** Real gateway, real cloud, real database; all else is simulated, under one seed. */
export const runCampus = async (options: CampusOptions): Promise<CampusResult> => {
  const { plan } = options;
  const { stage, world } = createStage(options);
  const { timeline, trace, recorder } = world;
  const { box, house } = stage;
  try {
    await house.prepare((db) => seedPlaces(db, stage.people, plan.authority));
    timeline.after(cloudStartsMs, house.start);
    timeline.after(gatewayStartsMs, box.powerOn);
    timeline.after(gatewayStartsMs, stage.nextDoor.box.powerOn);
    for (const step of plan.steps) timeline.after(step.atMs, () => perform(stage, step));
    await timeline.runUntil(plan.lifeMs);
    calmDown(stage);
    await drain(stage, options.database, lastFaultMs);
    await lastVisits(stage);
    await drain(stage, options.database, 0);
    const positions = await box.positions();
    if (positions === undefined) recorder.fault('works again', 'the gateway has no open journal');
    const stored = await readStored(options.database.database);
    const evidence = { campus: recorder, nextDoor: stage.nextDoor.campus };
    for (const [name, check] of checkers) {
      for (const detail of check({ ...evidence, stored, positions: positions ?? [] })) {
        recorder.fault(name, detail);
      }
    }
    countBases(stage);
    await endAll(stage);
    return resultOf(plan, world, stored);
  } finally {
    trace.hash();
    box.end();
    stage.nextDoor.box.end();
  }
};

const createStage = (options: CampusOptions): { stage: Stage; world: World } => {
  const { plan, catalogue, database: real, breakage = {} } = options;
  const gate = createGate();
  const timeline = createTimeline(createSettle(gate, turn));
  const trace = createTrace(timeline.nowMs);
  const random = randomOf(plan.seed);
  const recorder = createRecorder(timeline.nowMs);
  const signing = createSigning(plan.seed, place.startMs);
  const world = { seed: plan.seed, timeline, random, trace, recorder, signing, breakage };
  const people = peopleOf(plan.seed);
  const { broker, weather, tellsTime } = plan;
  const house = createHouse({ world, real, gate, broker, tellsTime, network: () => network });
  const network: Network = createNetwork({
    ...{ timeline, trace, weather, random: random('network') },
    isBrokerUp: () => broker === 'external' || house.isUp(),
  });
  const claims = createClaimNetwork({ timeline, trace, random: random('claims') });
  const { folder } = real;
  const { fetch } = house;
  const hardware = (of: World) => createHardware(of, catalogue);
  const { turnstile, heads } = hardware(world);
  const pads = createPads(world, catalogue);
  const box = createBox({
    ...{ world, folder, catalogue, network, claims, fetch },
    gateway: place.gateway,
    devices: [...devicesOf(place, world), ...padDevices],
    modbus: turnstile.ports,
    heads: [...Object.values(heads), ...Object.values(pads)],
  });
  const { authority } = plan;
  const nextDoor = createNextDoor({
    ...{ world, folder, catalogue, claims, people, authority, hardware },
  });
  const nowMs = (): number => place.startMs + timeline.nowMs();
  const phones = createPhones(people, random('phones'), nowMs);
  const seen = { world, people, phones, box, house, network, turnstile, heads, claims, nextDoor };
  return { world, stage: { ...seen, pads, dead: new Set() } };
};

const calmDown = ({ world, network, box, house, heads, claims }: Stage): void => {
  world.trace.add('calm');
  network.calm();
  claims.calm();
  box.disarm();
  house.disarm();
  heads.entry.setNoisy(false);
};

/**
 * Until cloud and gateway agree, though not for ever.
 * @param leastMs for what was begun before
 */
const drain = async (
  { world, box, nextDoor }: Stage,
  { database }: CampusDatabase,
  leastMs: number,
): Promise<void> => {
  const { timeline } = world;
  const beganMs = timeline.nowMs();
  const isDone = async (): Promise<boolean> => {
    if (timeline.nowMs() - beganMs < leastMs) return false;
    const fencedAtMs = Math.max(box.fencedAtMs(), nextDoor.box.fencedAtMs());
    if (timeline.nowMs() < fencedAtMs + fenceMs) return false;
    const { feed, consumers, cursors, policy, commandsOpen } = await readStored(database);
    const positions = await box.positions();
    if (positions === undefined) return false;
    const stand = new Map(cursors.map((c) => [`${c.epoch}.${c.stream}`, c.cursor]));
    return (
      consumers.every(({ pos }) => pos === feed.length) &&
      positions.every((p) => (stand.get(`${p.epoch}.${p.stream}`) ?? 0) >= p.head) &&
      positions.every((p) => p.acknowledged >= p.head) &&
      commandsOpen === 0 &&
      policy?.held === policy?.newest
    );
  };
  do await timeline.runUntil(timeline.nowMs() + lookEveryMs);
  while (timeline.nowMs() - beganMs < drainMsMax && !(await isDone()));
};

/** After all that was done to it, the campus still opens for who has a right. */
const lastVisits = async (stage: Stage): Promise<void> => {
  const { timeline, recorder } = stage.world;
  for (const side of ['entry', 'exit'] as const) {
    let lamp = 'nothing';
    void visit(stage, { person: 0, side, code: 'fresh', walks: true }).then((presented) => {
      if (presented.ok) lamp = presented.feedback.lamp ?? lamp;
    });
    await timeline.runUntil(timeline.nowMs() + lastVisitMs);
    if (lamp !== 'green') recorder.fault('works again', `${side} showed ${lamp}`);
  }
  let lamp = 'nothing';
  void visitNextDoor(stage, { person: 0, code: 'fresh' }).then((presented) => {
    if (presented.ok) lamp = presented.feedback.lamp ?? lamp;
  });
  await timeline.runUntil(timeline.nowMs() + lastVisitMs);
  if (lamp !== 'green') recorder.fault('works again', `next door showed ${lamp}`);
  await checkBearers(stage, lastVisitMs);
};

const endAll = async ({ world, box, house, turnstile, nextDoor }: Stage): Promise<void> => {
  const { timeline, recorder } = world;
  for (const side of ['entry', 'exit'] as const) {
    if (turnstile.isOn(side)) recorder.fault('door returns to locked', `${side} is on at the end`);
  }
  for (const [name, stop] of [
    ['gateway', box.stop],
    ['gateway next door', nextDoor.box.stop],
    ['cloud', house.stop],
  ] as const) {
    let stopped = false;
    void stop().then(() => {
      stopped = true;
    });
    await timeline.runUntil(timeline.nowMs() + lastVisitMs);
    if (!stopped) recorder.fault('nothing left running', `the ${name} does not stop`);
  }
};

/** Shows in the summary of a seed that the group was asked, and cut; that the time was unsure. */
const countBases = ({ world, nextDoor }: Stage): void => {
  for (const { event } of [
    ...world.recorder.written.values(),
    ...nextDoor.campus.written.values(),
  ]) {
    if (event.kind !== 'access.granted' && event.kind !== 'access.denied') continue;
    if (event.clock.q !== 'trusted') world.recorder.count(`decided in ${event.clock.q}`);
    const { basis, claimId, reason } = event.data;
    if (claimId !== undefined) world.recorder.count(`claims: ${basis} ${reason}`);
  }
};

const resultOf = ({ seed }: Plan, world: World, stored: Stored): CampusResult => {
  const { recorder, trace, timeline } = world;
  const decisions: Record<string, number> = {};
  for (const { event } of recorder.written.values()) {
    if (event.kind !== 'access.granted' && event.kind !== 'access.denied') continue;
    decisions[event.data.reason] = (decisions[event.data.reason] ?? 0) + 1;
  }
  return {
    seed,
    faults: recorder.faults,
    counts: Object.fromEntries([...recorder.counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    decisions: Object.fromEntries(
      Object.entries(decisions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    unlocks: recorder.unlocks.length,
    events: stored.events.length,
    virtualMs: timeline.nowMs(),
    traceHash: trace.hash(),
    lines: trace.lines(),
  };
};
