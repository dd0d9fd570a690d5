/**
 * From the freeze that a student presses to the scan that is refused as `frozen`, at every one of
 * fifty gateways: real PostgreSQL, HTTP, embedded broker behind mutual TLS, real gateways in a
 * process of their own. Against it stands what the broker needs for bare messages to all of them.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from 'node:net';
import { fromBase64Url } from '@gatehouse/protocols';
import { createSystemClock } from '../src/adapters/clock.ts';
import { primitives, random, zstd } from '../src/adapters/crypto.ts';
import { openDevelopmentTrust } from '../src/adapters/development-trust.ts';
import { createEmbeddedBroker } from '../src/adapters/embedded-broker.ts';
import { createGatewayListener } from '../src/adapters/gateway-listener.ts';
import { createSnapshotFiles } from '../src/adapters/snapshot-files.ts';
import { createCloud } from '../src/cloud.ts';
import { appendFeed } from '../src/feed/feed.ts';
import { startHttp } from '../src/http.ts';
import { createSnapshots } from '../src/policy/snapshot.ts';
import type { Broker, Database } from '../src/ports.ts';
import { createProfileLibrary } from '../src/profiles/library.ts';
import { silentLog, startTestDatabases } from '../src/testing/database-server.ts';

const gateways = Array.from({ length: 50 }, (_, n) => `gw-${n + 1}`);
const rounds = 20;
const pauseMs = 500;
const aimP99Ms = 1_000;
/** Connected, with a policy, past the fence of a first start. */
const readyWithinMs = 150_000;
const fenceMs = 35_000;
const answerWithinMs = 20_000;
const bareBytes = 400;

const person = '019ab0c4-5d00-7000-8000-000000000001';
const card = '019ab0c4-5d00-7000-8000-000000000002';
const dayMs = 24 * 3600 * 1000;
const windows = JSON.stringify([{ days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 24 * 60 }]);
const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const seed = async (db: Database, nowMs: number): Promise<void> => {
  const [from, to] = [new Date(nowMs - dayMs), new Date(nowMs + dayMs)];
  await db.query(
    `insert into site (id, campus, name_zh, name_en, zone)
     values ('east', 'campus-01', 'East', 'East', 'Asia/Shanghai')`,
  );
  await db.query(
    `insert into building (id, site, name_zh, name_en, sort)
     values ('library', 'east', 'Library', 'Library', 1)`,
  );
  await db.query(
    `insert into gateway (id, building, name_zh, name_en)
     select id, 'library', id, id from unnest($1::text[]) as id`,
    [gateways],
  );
  await db.query(
    `insert into door (id, building, gateway, class, name_zh, name_en, unlock_ms, counts, sort)
     select id || '-door', 'library', id, 'gate', id, id, 3000, true, 1
     from unnest($1::text[]) as id`,
    [gateways],
  );
  await db.query(`insert into schedule (id, windows) values ('always', $1)`, [windows]);
  await db.query(
    `insert into rule (id, "group", door, schedule)
     select 'at-' || id, 'students', id || '-door', 'always' from unnest($1::text[]) as id`,
    [gateways],
  );
  await db.query(
    `insert into person (id, name_zh, name_en, role) values ($1, 'A', 'A', 'student')`,
    [person],
  );
  await db.query(
    `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from)
     values ($1, $1, 'student', '', '', $2)`,
    [person, from],
  );
  await db.query(
    `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
     values ($1, $2, $2, '1', 'active', $3, $4)`,
    [card, person, from, to],
  );
  await db.query(`insert into member ("group", card) values ('students', $1)`, [card]);
};

type Message = {
  readonly kind: string;
  readonly gateway?: string;
  readonly atMs?: number;
  /** When the gateway had stored the entry. */
  readonly storedAtMs?: number;
  readonly reasons?: readonly string[];
  readonly credential?: string;
  readonly key?: string;
};

/** What the gateways' process says, one kind at a time. */
const createEar = (child: ChildProcess) => {
  let heard: Message[] = [];
  let onMessage = (): void => undefined;
  child.on('message', (message: Message) => {
    heard.push(message);
    onMessage();
  });
  return {
    /** @returns the first `count` messages of a kind after `act` */
    after: async (kind: string, count: number, act: () => unknown, withinMs = answerWithinMs) => {
      heard = [];
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const found = (): readonly Message[] => heard.filter((message) => message.kind === kind);
      onMessage = () => {
        if (found().length >= count) resolve(undefined);
      };
      await act();
      onMessage();
      const deadline = new AbortController();
      const late = delay(withinMs, undefined, { signal: deadline.signal }).catch(() => undefined);
      await Promise.race([promise, late]);
      deadline.abort();
      return found();
    },
  };
};
type Ear = ReturnType<typeof createEar>;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

/** The cloud as `main.ts` makes it, in this process. */
const startCloud = async (database: Database, dir: string) => {
  const clock = createSystemClock();
  const log = silentLog;
  const trust = await openDevelopmentTrust(join(dir, 'trust'), clock.nowMs);
  const { signer } = trust;
  const tls = { ca: trust.ca, ...trust.server };
  const around = { listen: '127.0.0.1:0', tls, isRevoked: () => false, log };
  const broker = await createEmbeddedBroker(around);
  const files = createSnapshotFiles(join(dir, 'snapshots'));
  const snapshots = createSnapshots({ database, signer, clock, snapshots: files });
  const listener = await createGatewayListener({
    ...{ ...around, snapshots, signer, nowMs: clock.nowMs },
  });
  const ports = { clock, random, primitives, database, broker, signer, zstd, log };
  const cloud = createCloud(ports, { snapshots });
  const library = createProfileLibrary({ database, clock, log, builtIns: new Map() });
  await library.refresh();
  const listen = `127.0.0.1:${await freePort()}`;
  const http = await startHttp(ports, cloud, {
    config: {
      ...{ dataDir: dir, listen, gatewayListen: '127.0.0.1:0' },
      broker: { embedded: { listen: '127.0.0.1:0' } },
      trust: { dir, development: true },
      demo: { seed: 1, people: 20 },
    },
    ...{ library, database: 'embedded', dashboardDir: undefined, lan: undefined },
  });
  cloud.start();
  for (const gateway of gateways) await trust.issueGateway(gateway, join(dir, gateway));
  const stop = async (): Promise<void> => {
    await http.close();
    await cloud.stop();
    await listener.close();
    await broker.close();
  };
  return { broker, origin: `http://${listen}`, listenerPort: listener.port, stop };
};

/** The student's browser. */
const signIn = async (origin: string) => {
  const ask = async (path: string, headers: Record<string, string>, body?: unknown) => {
    const answer = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { origin, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
    return answer.headers.getSetCookie().map((each) => each.split(';', 1)[0] ?? '');
  };
  const json = { 'content-type': 'application/json' };
  const cookies = await ask('/api/session', json, { person, role: 'student' });
  const cookie = cookies.join('; ');
  return { press: (what: 'freeze' | 'unfreeze') => ask(`/api/me/${what}`, { cookie }) };
};
type Student = Awaited<ReturnType<typeof signIn>>;

const enrol = (db: Database, phone: Message | undefined): Promise<void> =>
  db.transaction(async (tx) => {
    const { credential = '', key = '' } = phone ?? {};
    const now = new Date();
    await tx.query(
      `insert into credential (id, card, alg, key, enrolled_at) values ($1, $2, 'ES256', $3, $4)`,
      [credential, card, Buffer.from(fromBase64Url(key) ?? ''), now],
    );
    const fact = { kind: 'domain', name: 'credential.enrolled', subject: credential } as const;
    await appendFeed(tx, now.getTime(), { ...fact, data: { card, person } });
  });

/** Waits until every gateway holds the newest policy, and lets its fence pass. */
const untilReady = async (db: Database): Promise<void> => {
  const deadlineMs = performance.now() + readyWithinMs;
  for (;;) {
    const [row] = await db.query<{ n: number }>(
      `select count(*) as n from gateway_status s join policy_head h using (gateway)
       where (s.held ->> 'policyVersion')::int8 = h.version`,
    );
    if (row?.n === gateways.length) break;
    if (performance.now() > deadlineMs) throw new Error(`${row?.n ?? 0} gateways are ready`);
    await delay(pauseMs);
  }
  await delay(fenceMs);
};

const checkOpen = async (child: ChildProcess, ear: Ear): Promise<void> => {
  const [said] = await ear.after('reasons', 1, () => child.send({ kind: 'scan' }));
  // No gateway here has a turnstile: all checks pass but the last one.
  const other = said?.reasons?.filter((reason) => reason !== 'door_not_ready') ?? ['nothing'];
  if (other.length > 0) throw new Error(`before the freeze: ${other.join(', ')}`);
};

type Scene = {
  readonly child: ChildProcess;
  readonly ear: Ear;
  readonly student: Student;
  readonly broker: Broker;
};

type Pressed = {
  /** Until the browser had its answer. */
  readonly answerMs: number;
  /** Of each gateway that was heard of: until it had stored the entry, until the scan. */
  readonly storedMs: readonly number[];
  readonly scannedMs: readonly number[];
};

const press = async (
  { child, ear, student }: Scene,
  what: 'freeze' | 'unfreeze',
): Promise<Pressed> => {
  await ear.after('expecting', 1, () =>
    child.send({ kind: 'expect', isFrozen: what === 'freeze' }),
  );
  let [fromMs, answerMs] = [0, 0];
  const scanned = await ear.after('scanned', gateways.length, async () => {
    fromMs = machineMs();
    await student.press(what);
    answerMs = machineMs() - fromMs;
  });
  return {
    answerMs,
    storedMs: scanned.map(({ storedAtMs = 0 }) => storedAtMs - fromMs),
    scannedMs: scanned.map(({ atMs = 0 }) => atMs - fromMs),
  };
};

const fanOut = async ({ ear, broker }: Scene): Promise<readonly number[]> => {
  let fromMs = 0;
  const payload = 'x'.repeat(bareBytes);
  const heard = await ear.after('bare', gateways.length, async () => {
    fromMs = machineMs();
    await Promise.all(gateways.map((each) => broker.publish(`gh/v1/${each}/down/bench`, payload)));
  });
  return heard.map(({ atMs = 0 }) => atMs - fromMs);
};

const measure = async (scene: Scene) => {
  const [frozen, lifted, bareMs]: [Pressed[], Pressed[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    bareMs.push(...(await fanOut(scene)));
    frozen.push(await press(scene, 'freeze'));
    await delay(pauseMs);
    lifted.push(await press(scene, 'unfreeze'));
    await delay(pauseMs);
  }
  return { frozen, lifted, bareMs };
};

/** Nearest rank. */
const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.MAX_SAFE_INTEGER;
};

const resultOf = ({ frozen, lifted, bareMs }: Awaited<ReturnType<typeof measure>>) => {
  const refusedMs = frozen.flatMap(({ scannedMs }) => scannedMs);
  const storedMs = frozen.flatMap((pressed) => pressed.storedMs);
  const answerMs = frozen.map((pressed) => pressed.answerMs);
  const openMs = lifted.flatMap(({ scannedMs }) => scannedMs);
  const [p50Ms, p99Ms] = [percentile(refusedMs, 50), percentile(refusedMs, 99)];
  const fanOutP99Ms = percentile(bareMs, 99);
  const missing = rounds * gateways.length - refusedMs.length;
  return {
    bench: 'revoke',
    figures: {
      ...{ p50Ms, p99Ms, maxMs: percentile(refusedMs, 100) },
      answerP50Ms: percentile(answerMs, 50),
      storedP50Ms: percentile(storedMs, 50),
      storedP99Ms: percentile(storedMs, 99),
      unfreezeP99Ms: percentile(openMs, 99),
      fanOutP50Ms: percentile(bareMs, 50),
      fanOutP99Ms,
      ...{ gateways: gateways.length, presses: rounds, missing },
    },
    ratio: p99Ms / fanOutP99Ms,
    limit: `p99 of ${bareBytes} bare bytes from the same broker to the same gateways`,
    aim: null,
    met: missing === 0 && p99Ms <= aimP99Ms,
  };
};

export const bench = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-revoke-'));
  const databases = await startTestDatabases();
  const { database } = await databases.create();
  await seed(database, Date.now());
  const { broker, origin, listenerPort, stop } = await startCloud(database, dir);
  const setup = {
    ...{ gateways, campus: 'campus-01', dir },
    broker: `mqtts://localhost:${broker.port}`,
    listener: `https://localhost:${listenerPort}`,
  };
  const program = join(import.meta.dirname, '..', '..', 'gateway', 'bench', 'many-gateways.ts');
  const child = fork(program, [JSON.stringify(setup)]);
  try {
    const ear = createEar(child);
    const [phone] = await ear.after('started', 1, () => undefined, readyWithinMs);
    await enrol(database, phone);
    await untilReady(database);
    await checkOpen(child, ear);
    const student = await signIn(origin);
    return resultOf(await measure({ child, ear, student, broker }));
  } finally {
    child.kill('SIGKILL');
    await stop();
    await databases.stop();
    await rm(dir, { recursive: true, force: true });
  }
};
