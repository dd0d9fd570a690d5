import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSnapshotFiles } from '../adapters/snapshot-files.ts';
import { createTestClock, payloadOf, useTestTrust } from '../testing/link.ts';
import { bytesOf } from '../testing/policy-box.ts';
import { gateway, openPolicyWorld } from '../testing/policy-world.ts';
import type { PolicyWorld } from '../testing/policy-world.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { createSnapshots } from './snapshot.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const setUp = async (): Promise<PolicyWorld> =>
  openPolicyWorld(await createTestDatabase(), trust());

describe('snapshots', () => {
  it('are the same bytes for the same state, on every process', async () => {
    const world = await setUp();
    await world.publisher.publish(gateway);
    const manifest = await world.snapshots.manifest(gateway);
    const name = { gateway, policyEpoch: 1, version: 1 };
    const kept = await world.snapshots.open(name);
    const dir = await mkdtemp(join(tmpdir(), 'gatehouse-snapshots-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const { signer } = trust();
    const ports = { database: world.db, signer, clock: createTestClock() };
    const other = createSnapshots({ ...ports, snapshots: createSnapshotFiles(dir) });
    const built = await other.open(name);
    expect(built?.sha256).toBe(payloadOf(manifest?.jws ?? '')['sha256']);
    if (built === undefined || kept === undefined) throw new Error('no snapshot');
    expect(await bytesOf(built)).toEqual(await bytesOf(kept));
  });

  it('stay readable while a slow gateway reads, then go', async () => {
    const world = await setUp();
    const { db, publisher, snapshots, dir } = world;
    const names = [];
    for (let version = 1; version <= 5; version += 1) {
      await db.query(`update door set unlock_ms = $1 where id = 'lab-201'`, [600 + version]);
      await publisher.publish(gateway);
      await snapshots.manifest(gateway);
      names.push({ gateway, policyEpoch: 1, version });
    }
    const found = await Promise.all(names.map((name) => snapshots.open(name)));
    expect(found.map((file) => file !== undefined)).toEqual([false, false, true, true, true]);
    expect((await readdir(dir)).length).toBe(3);
    expect(await snapshots.open({ gateway, policyEpoch: 1, version: 6 })).toBeUndefined();
    expect(await snapshots.open({ gateway: 'else', policyEpoch: 1, version: 1 })).toBeUndefined();
  });

  it('are built once for all who ask at a time', async () => {
    const world = await setUp();
    await world.publisher.publish(gateway);
    const asked = Array.from({ length: 20 }, () => world.snapshots.manifest(gateway));
    const hashes = (await Promise.all(asked)).map((made) => payloadOf(made?.jws ?? '')['sha256']);
    expect(new Set(hashes).size).toBe(1);
    expect((await readdir(world.dir)).length).toBe(1);
  });
});
