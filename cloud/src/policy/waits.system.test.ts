import type { PolicyRow } from '@gatehouse/protocols';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { recordBirth } from '../fleet/status.ts';
import type { Database } from '../ports.ts';
import { createTestClock, testBirth, useTestTrust } from '../testing/link.ts';
import { lileiCard } from '../testing/places.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import { bring, enrol, gateway, headOf, openPolicyWorld } from '../testing/policy-world.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { followPolicies } from './follower.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const soon = { timeout: 20_000, interval: 10 };
const waitsUntil = 1_000_086_400_000;
const mover = '00000000000000bb';

const setUp = async () => {
  const world = await openPolicyWorld(await createTestDatabase(), trust());
  const { db, publisher } = world;
  await enrol(db, mover, lileiCard);
  await db.query('update credential set waits_until = $1', [new Date(waitsUntil)]);
  const options = { database: db, publisher, clock: createTestClock(), log: silentLog };
  onTestFinished(followPolicies(options).stop);
  const box = createPolicyBox();
  /** The key as the gateway holds it once it is brought to this version. */
  const heldAt = async (version: number): Promise<PolicyRow | undefined> => {
    await vi.waitFor(async () => {
      expect((await headOf(db)).version).toBe(version);
    }, soon);
    await bring(world, box);
    return [...box.rows().values()].find(({ section }) => section === 'credential');
  };
  return { db, heldAt };
};

const birth = (db: Database, sections: readonly string[]): Promise<unknown> =>
  db.transaction((tx) =>
    recordBirth(tx, gateway, { ...testBirth('0011223344556677'), sections: [...sections] }, 1e12),
  );

describe('the wait of a key that moved', () => {
  it('goes to gateways that know it, without anybody asking, and to no older one', async () => {
    const { db, heldAt } = await setUp();
    expect(await heldAt(1)).toMatchObject({ id: mover });
    expect(await heldAt(1)).not.toHaveProperty('waitsUntil');
    await birth(db, ['profile']);
    expect(await heldAt(1)).not.toHaveProperty('waitsUntil');
    // The gateway was upgraded; then the older program is put back.
    await birth(db, ['profile', 'waits']);
    expect(await heldAt(2)).toMatchObject({ id: mover, waitsUntil });
    await birth(db, ['profile']);
    expect(await heldAt(3)).not.toHaveProperty('waitsUntil');
  });
});
