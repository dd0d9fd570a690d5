import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { appendFeed } from '../feed/feed.ts';
import type { Database } from '../ports.ts';
import { createTestClock, payloadOf, useTestTrust } from '../testing/link.ts';
import { lileiCard } from '../testing/places.ts';
import { addPeople, enrol, gateway, headOf, openPolicyWorld } from '../testing/policy-world.ts';
import type { PolicyWorld } from '../testing/policy-world.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { deltaChain } from './delta-chain.ts';
import { followPolicies } from './follower.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const setUp = async (): Promise<PolicyWorld> =>
  openPolicyWorld(await createTestDatabase(), trust());

const soon = { timeout: 20_000, interval: 20 };

describe('following the feed', () => {
  const follow = (world: PolicyWorld): void => {
    const { db: database, publisher } = world;
    const follower = followPolicies({
      database,
      publisher,
      clock: createTestClock(),
      log: silentLog,
    });
    onTestFinished(follower.stop);
  };
  const versionIs = (db: Database, version: number): Promise<void> =>
    vi.waitFor(async () => {
      expect((await headOf(db)).version).toBe(version);
    }, soon);

  it('publishes what is there at the start, and each change once', async () => {
    const world = await setUp();
    follow(world);
    await versionIs(world.db, 1);
    await world.db.transaction(async (tx) => {
      await enrol(tx, '00000000000000aa', lileiCard);
      const data = { card: lileiCard };
      const what = { kind: 'domain', name: 'credential.enrolled', data } as const;
      await appendFeed(tx, 1e12, { ...what, subject: '00000000000000aa' });
    });
    await versionIs(world.db, 2);
    await world.db.transaction(async (tx) => {
      await tx.query(`delete from rule where id = 'r1'`);
      await appendFeed(tx, 1e12, { kind: 'domain', name: 'rule.removed', subject: 'r1', data: {} });
    });
    await versionIs(world.db, 3);
    const [row] = await world.db.query<{ pos: number }>(
      `select pos from consumer where name = 'policy'`,
    );
    expect(row?.pos).toBeGreaterThan(0);
  });

  it('makes one version of many changes that come together', async () => {
    const world = await setUp();
    const cards = await addPeople(world.db, 200);
    follow(world);
    await versionIs(world.db, 1);
    await world.db.transaction(async (tx) => {
      for (const card of cards) {
        await tx.query('insert into member ("group", card) values ($1, $2)', ['students', card]);
        const data = { card };
        await appendFeed(tx, 1e12, { kind: 'domain', name: 'member.added', subject: card, data });
      }
    });
    await versionIs(world.db, 2);
    const chain = await deltaChain(world.db, gateway, { policyEpoch: 1, policyVersion: 1 });
    const [delta] = chain.kind === 'deltas' ? chain.deltas : [];
    expect(payloadOf(delta?.jws ?? '')['ops']).toHaveLength(200);
  });

  it('goes on when the database was away', async () => {
    const world = await setUp();
    const { test } = world;
    follow(world);
    await versionIs(test.database, 1);
    await test.cutConnections();
    const again = test.openAnother();
    await again.transaction(async (tx) => {
      await enrol(tx, '00000000000000aa', lileiCard);
      const data = { card: lileiCard };
      await appendFeed(tx, 1e12, {
        kind: 'domain',
        name: 'credential.enrolled',
        subject: 'x',
        data,
      });
    });
    await versionIs(again, 2);
  });
});
