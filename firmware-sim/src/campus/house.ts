import { appendFeed, createCloud, createSnapshots, ensureDeployment } from '@gatehouse/cloud';
import type { Cloud, Database, Ports } from '@gatehouse/cloud';
import { createPrimitives, createZstd } from '@gatehouse/gateway';
import { signedTypes, utf8 } from '@gatehouse/protocols';
import type { CampusDatabase } from './adapters/databases.ts';
import { createDatabasePort } from './database-port.ts';
import type { DatabaseFaults, Verdict } from './database-port.ts';
import type { Gate } from './gate.ts';
import { endings } from './bearers.ts';
import { createLife } from './life.ts';
import type { Life } from './life.ts';
import type { Network } from './network.ts';
import { enrol, place } from './places.ts';
import type { Person } from './places.ts';
import { createSnapshotStore } from './snapshot-store.ts';
import { logOf } from './world.ts';
import type { World } from './world.ts';

export type CrashMoment = 'now' | 'statement' | 'commit';

/** The house where the cloud runs: its processes, and its database that outlives them. */
export type House = {
  /** An empty database gets its places and people. */
  readonly prepare: (seed: (database: Database) => Promise<void>) => Promise<void>;
  readonly start: () => void;
  /** @param countdown statements or commits until it dies */
  readonly crash: (at: {
    readonly moment: CrashMoment;
    readonly countdown: number;
    readonly downMs: number;
  }) => void;
  /** The connections of the next transactions die under them, or before they hear of the commit. */
  readonly killConnections: (transactions: number, moment: 'statement' | 'commit') => void;
  readonly isUp: () => boolean;
  readonly fetch: (path: string) => Promise<Uint8Array>;
  readonly unlock: (actor: Person) => void;
  readonly enrol: (person: Person) => void;
  readonly freeze: (person: Person) => void;
  /** A wristband is lost, or somebody leaves: heard when it is written down. */
  readonly end: (what: 'uid' | 'card', person: Person, hear: () => void) => void;
  /** Nothing strikes any more that was armed and did not come. */
  readonly disarm: () => void;
  readonly stop: () => Promise<void>;
};

export type HouseOptions = {
  readonly world: World;
  readonly real: CampusDatabase;
  readonly gate: Gate;
  readonly network: () => Network;
  /** An embedded broker dies with its cloud. */
  readonly broker: 'embedded' | 'external';
  /** Signs the time for gateways that ask. */
  readonly tellsTime: boolean;
};

type Run = {
  readonly life: Life;
  readonly cloud: Cloud;
  readonly database: Database;
  readonly snapshots: ReturnType<typeof createSnapshots>;
};

const fetchMs = 15;

export const createHouse = (options: HouseOptions): House => {
  const { world, real } = options;
  const { timeline, trace, recorder } = world;
  const chance = world.random('cloud');
  const store = createSnapshotStore();
  const strikes = createStrikes(recorder.count);
  const nowMs = (): number => place.startMs + timeline.nowMs();
  let run: Run | undefined;
  let downMs = 0;

  const crashNow = (): void => {
    if (run === undefined) return;
    recorder.count('cloud crashes');
    trace.add('cloud crash', { downMs });
    run.life.end();
    run = undefined;
    if (options.broker === 'embedded') options.network().killBroker();
    timeline.after(downMs, start);
  };
  const start = (): void => {
    trace.add('cloud start');
    const life = createLife(timeline);
    run = createRun({ ...options, life, chance, store, faults: strikes.faults, crash: crashNow });
    run.cloud.start();
  };
  /** What somebody asks of the cloud; where it is down or fails they see an error. */
  const ask = (what: string, act: (held: Run) => Promise<unknown>): void => {
    if (run === undefined) return;
    act(run).then(
      () => trace.add(`${what} done`),
      () => trace.add(`${what} refused`),
    );
  };
  return {
    prepare: async (seed) => {
      await real.database.transaction((tx) =>
        ensureDeployment(tx, { clock: cloudClock(world), random: chance.bytes }),
      );
      await seed(real.database);
    },
    start,
    crash: (at) => {
      ({ downMs } = at);
      if (at.moment === 'now') crashNow();
      else strikes.arm(at.moment, at.countdown);
    },
    killConnections: strikes.kill,
    isUp: () => run !== undefined,
    fetch: async (path) => {
      await timeline.wait(fetchMs);
      if (run === undefined || !options.network().isThere()) throw new Error('no way to the cloud');
      return run.life.mine(answerTo(path, options, run, nowMs()));
    },
    unlock: ({ id: actor }) => {
      const wish = { door: place.door, actor, reason: 'campus' };
      ask('remote unlock', ({ cloud }) => cloud.commands.sendUnlock(wish));
    },
    enrol: (person) => ask('enrol', ({ database }) => enrol(database, person, nowMs())),
    freeze: (person) => ask('freeze', (held) => freeze(held, person, nowMs())),
    end: (what, person, hear) =>
      ask(`end ${what}`, (held) => endings[what](held, person, nowMs()).then(hear)),
    disarm: strikes.disarm,
    stop: async () => {
      const stopping = run;
      await stopping?.cloud.stop();
      stopping?.life.end();
      run = undefined;
    },
  };
};

const timePath = /^\/v1\/time\?nonce=([A-Za-z0-9_-]{16,64})$/;

/** What a gateway fetches: a policy snapshot, or the time with a signature. */
const answerTo = async (
  path: string,
  { world, tellsTime }: HouseOptions,
  run: Run,
  at: number,
): Promise<Uint8Array> => {
  const nonce = timePath.exec(path)?.[1];
  if (nonce === undefined) return readSnapshot(run, path);
  if (!tellsTime) throw new Error('no time is told');
  return utf8(await world.signing.signer.sign('time', signedTypes.time, { nonce, at }));
};

const cloudClock = ({ timeline }: World) => ({
  nowMs: () => place.startMs + timeline.nowMs(),
  monoMs: timeline.nowMs,
  after: timeline.after,
});

const createRun = (
  options: HouseOptions & {
    readonly life: Life;
    readonly chance: ReturnType<World['random']>;
    readonly store: ReturnType<typeof createSnapshotStore>;
    readonly faults: DatabaseFaults;
    readonly crash: () => void;
  },
): Run => {
  const { world, life, chance } = options;
  const { signer } = world.signing;
  const port = createDatabasePort({ ...options, ...world, random: chance });
  const database = world.breakage.database?.(port) ?? port;
  const clock = { ...cloudClock(world), after: life.after };
  const snapshots = createSnapshots({ database, signer, clock, snapshots: options.store });
  const ports: Ports = {
    clock,
    random: chance.bytes,
    primitives: createPrimitives(),
    database,
    broker: options.network().broker(life),
    signer,
    zstd: createZstd(),
    log: logOf(world.trace, 'cloud'),
  };
  return { life, database, snapshots, cloud: createCloud(ports, { snapshots }) };
};

/** As the gateway listener answers. */
const readSnapshot = async ({ snapshots }: Run, path: string): Promise<Uint8Array> => {
  const match = /^\/v1\/policy\/([a-z0-9-]+)\/(\d+)-(\d+)$/.exec(path);
  const [, gateway = '', policyEpoch, version] = match ?? [];
  const name = { gateway, policyEpoch: Number(policyEpoch), version: Number(version) };
  const file = await snapshots.open(name);
  if (file === undefined) throw new Error('no such snapshot');
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read()) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
};

const freeze = ({ cloud, database }: Run, { card }: Person, atMs: number): Promise<void> =>
  database.transaction(async (tx) => {
    await tx.query(`update card set state = 'frozen' where id = $1`, [card]);
    await cloud.revocations.revoke(tx, { kind: 'card.frozen', card });
    const data = { card };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'card.frozen', subject: card, data });
  });

/** Faults that wait for their statement or commit. */
const createStrikes = (count: (what: string) => void) => {
  const kills = { statement: 0, commit: 0 };
  let crash: { readonly moment: CrashMoment; left: number } | undefined;
  const crashesAt = (moment: CrashMoment): boolean => {
    if (crash?.moment !== moment) return false;
    crash.left -= 1;
    if (crash.left > 0) return false;
    crash = undefined;
    return true;
  };
  const verdictAt = (moment: 'statement' | 'commit') => (): Verdict => {
    if (crashesAt(moment)) return 'crash';
    if (kills[moment] === 0) return 'go';
    kills[moment] -= 1;
    count(`database kills at ${moment}`);
    return 'kill';
  };
  const faults: DatabaseFaults = {
    beforeStatement: verdictAt('statement'),
    afterCommit: verdictAt('commit'),
    isKilling: () => kills.statement > 0,
  };
  return {
    faults,
    arm: (moment: CrashMoment, left: number) => {
      crash = { moment, left };
    },
    kill: (transactions: number, moment: 'statement' | 'commit') => {
      kills[moment] = transactions;
    },
    disarm: () => {
      crash = undefined;
      Object.assign(kills, { statement: 0, commit: 0 });
    },
  };
};
