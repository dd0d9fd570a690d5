import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Beat, Held, Report } from '@gatehouse/protocols';
import { onTestFinished, vi } from 'vitest';
import { createRevocations } from '../access/revocations.ts';
import type { Revoked } from '../access/revocations.ts';
import { createEmbeddedBroker } from '../adapters/embedded-broker.ts';
import { createSnapshotFiles } from '../adapters/snapshot-files.ts';
import { createCommands } from '../fleet/commands.ts';
import { createFleet } from '../fleet/fleet.ts';
import { createLooks } from '../fleet/looks.ts';
import { createFleetViews } from '../fleet/views.ts';
import { createPublisher } from '../policy/publisher.ts';
import { createSnapshots } from '../policy/snapshot.ts';
import type { Database } from '../ports.ts';
import { testZstd } from './batches.ts';
import {
  connectBox,
  createTestClock,
  nothingHeld,
  sha256,
  testBirth,
  testRandom,
  testStamp,
} from './link.ts';
import type { Box, TestTrust } from './link.ts';
import { lileiCard, seedPlaces } from './places.ts';
import { silentLog } from './test-database.ts';
import type { TestDatabase } from './test-database.ts';

export const testGateway = 'library-gw';
export const soon = { timeout: 20_000, interval: 20 };

const seedAccess = async ({ database }: TestDatabase): Promise<void> => {
  await database.query(`insert into schedule (id, windows) values ('day', '[]')`);
  await database.query(`insert into rule (id, "group", door, schedule) values
    ('r1', 'students', 'library-east', 'day')`);
  await database.query('insert into member ("group", card) values ($1, $2)', [
    'students',
    lileiCard,
  ]);
};

/** The cloud's whole end of the link: PostgreSQL, broker, TLS, policies, commands. */
export const openFleetWorld = async (test: TestDatabase, trust: TestTrust) => {
  const { database } = test;
  await seedPlaces(database);
  await seedAccess(test);
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-snapshots-'));
  const clock = createTestClock();
  const { signer } = trust;
  const broker = await createEmbeddedBroker({
    listen: '127.0.0.1:0',
    tls: trust.tls,
    isRevoked: () => false,
    log: silentLog,
  });
  const ports = {
    ...{ broker, clock, database, log: silentLog, signer },
    ...{ random: testRandom, zstd: testZstd },
    primitives: { sha256, verify: () => false },
  };
  const snapshots = createSnapshots({ ...ports, snapshots: createSnapshotFiles(dir) });
  const publisher = createPublisher(ports);
  const { revoke } = createRevocations(ports);
  const looks = createLooks(ports);
  const fleet = createFleet({ ports, snapshots, looks });
  const commands = createCommands(ports);
  fleet.start();
  onTestFinished(async () => {
    commands.stop();
    looks.stop();
    await fleet.stop();
    await broker.close();
    await rm(dir, { recursive: true, force: true });
  });
  return {
    ...{ test, database, clock, broker, publisher, snapshots, commands, fleet, looks, ports },
    views: createFleetViews(clock),
    revoke: (what: Revoked) => database.transaction((tx) => revoke(tx, what)),
    connect: async (): Promise<Box> => {
      const url = `mqtts://127.0.0.1:${broker.port}`;
      const box = await connectBox(url, await trust.box(testGateway), testGateway);
      onTestFinished(box.close);
      return box;
    },
  };
};

export type FleetWorld = Awaited<ReturnType<typeof openFleetWorld>>;

export const newSession = (): string => randomBytes(8).toString('hex');

export const testBeat = (session: string, n: number, change: Partial<Beat> = {}): Beat => ({
  session,
  n,
  clock: testStamp,
  held: nothingHeld,
  waiting: 0,
  journalFill: 0,
  ...change,
});

export const testReport = (session: string, n: number, change: Partial<Report> = {}): Report => ({
  session,
  n,
  doors: [],
  devices: [],
  conditions: [],
  ...change,
});

/** Says its birth and waits for the hello. */
export const greet = async (box: Box, held: Held = nothingHeld): Promise<string> => {
  const session = newSession();
  await box.say('birth', testBirth(session, { held }));
  await vi.waitFor(() => {
    const sessions = box.bodies('hello').map((body) => (body as { session: string }).session);
    if (!sessions.includes(session)) throw new Error('no hello yet');
  }, soon);
  return session;
};

/** What the cloud knows of the one gateway that spoke. */
export const statusOf = async (database: Database) =>
  (
    await database.query<{ session: string; online: boolean; beat: number; report_n: number }>(
      'select session, online, beat, report_n from gateway_status',
    )
  )[0];
