import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '@gatehouse/protocols';
import type { PolicyRow } from '@gatehouse/protocols';
import { onTestFinished } from 'vitest';
import { createSnapshotFiles } from '../adapters/snapshot-files.ts';
import { compile, createCompiler } from '../policy/compile.ts';
import { deltaChain } from '../policy/delta-chain.ts';
import { createPublisher } from '../policy/publisher.ts';
import type { Publisher } from '../policy/publisher.ts';
import { createSnapshots } from '../policy/snapshot.ts';
import type { Snapshots } from '../policy/snapshot.ts';
import { lockHead } from '../policy/versions.ts';
import type { Database, Queryable } from '../ports.ts';
import { createTestClock, sha256 } from './link.ts';
import type { TestTrust } from './link.ts';
import { lileiCard, seedPlaces } from './places.ts';
import type { PolicyBox } from './policy-box.ts';
import { silentLog } from './test-database.ts';
import type { TestDatabase } from './test-database.ts';

/** The one gateway of `seedPlaces`. */
export const gateway = 'library-gw';

export type PolicyWorld = {
  readonly test: TestDatabase;
  readonly db: Database;
  readonly publisher: Publisher;
  readonly snapshots: Snapshots;
  readonly dir: string;
};

/** The library's places, two groups with rules, one of them with Li Lei in it. */
const seedAccess = async (db: Queryable): Promise<void> => {
  const windows = JSON.stringify([{ days: [1, 2, 3, 4, 5], from: 420, to: 1320 }]);
  await db.query(`insert into schedule (id, windows) values ('day', $1), ('unused', '[]')`, [
    windows,
  ]);
  await db.query(`insert into rule (id, "group", door, schedule) values
    ('r1', 'students', 'library-east', 'day'), ('r2', 'lab-a', 'lab-201', 'day')`);
  await db.query('insert into member ("group", card) values ($1, $2)', ['students', lileiCard]);
};

export const openPolicyWorld = async (
  test: TestDatabase,
  trust: TestTrust,
): Promise<PolicyWorld> => {
  const { database: db } = test;
  await seedPlaces(db);
  await seedAccess(db);
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-snapshots-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const { signer } = trust;
  const clock = createTestClock();
  const ports = {
    ...{ database: db, signer, clock, primitives: { sha256 }, log: silentLog },
    random: (length: number) => new Uint8Array(randomBytes(length)),
  };
  const snapshots = createSnapshots({ ...ports, snapshots: createSnapshotFiles(dir) });
  return { test, db, publisher: createPublisher(ports), snapshots, dir };
};

/** Brings a box to the newest version in the way that the cloud chooses. */
export const bring = async ({ db, snapshots }: PolicyWorld, box: PolicyBox): Promise<string> => {
  const chain = await deltaChain(db, gateway, box.place());
  if (chain.kind === 'deltas') for (const { jws } of chain.deltas) box.takeDelta(jws);
  if (chain.kind === 'snapshot') {
    const manifest = await snapshots.manifest(gateway);
    if (manifest === undefined) throw new Error('no manifest');
    const file = await snapshots.open({ gateway, ...manifest.head });
    if (file === undefined) throw new Error('no snapshot');
    await box.takeSnapshot(manifest.jws, file);
  }
  return chain.kind;
};

export const headOf = (db: Database) => db.transaction((tx) => lockHead(tx, gateway));

export const compiled = (db: Database): Promise<readonly PolicyRow[]> =>
  db.transaction((tx) =>
    compile(createCompiler({ log: silentLog, primitives: { sha256 } }), tx, gateway),
  );

export const rowsOf = (rows: Iterable<PolicyRow>): readonly string[] =>
  [...rows].map((row) => canonicalJson(row)).toSorted();

export const enrol = async (
  db: Queryable,
  id: string,
  card: string,
  atMs = 1e12,
): Promise<void> => {
  const at = new Date(atMs);
  await db.query('update credential set revoked_at = $2 where card = $1 and revoked_at is null', [
    card,
    at,
  ]);
  const key = Buffer.alloc(65, id);
  await db.query(
    `insert into credential (id, card, alg, key, enrolled_at) values ($1, $2, 'ES256', $3, $4)`,
    [id, card, key, at],
  );
};

const cardOf = (n: number): string => `01990000-0000-7000-9000-${String(n).padStart(12, '0')}`;

/** People 1 … count, each with a card. */
export const addPeople = async (db: Queryable, count: number): Promise<readonly string[]> => {
  const cards = Array.from({ length: count }, (_, i) => cardOf(i + 1));
  await db.query(
    `insert into person (id, name_zh, name_en)
     select id, 'n', 'n' from unnest($1::uuid[]) as t (id)`,
    [cards],
  );
  await db.query(
    `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from)
     select id, id, 'student', 'u', 'u', '2024-09-01Z' from unnest($1::uuid[]) as t (id)`,
    [cards],
  );
  await db.query(
    `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
     select id, id, id, id::text, 'active', '2024-09-01Z', '2028-07-01Z'
     from unnest($1::uuid[]) as t (id)`,
    [cards],
  );
  return cards;
};
