import type { PolicyRow } from '@gatehouse/protocols';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { appendFeed } from '../feed/feed.ts';
import { recordBirth } from '../fleet/status.ts';
import type { Database } from '../ports.ts';
import { createTestClock, testBirth, useTestTrust } from '../testing/link.ts';
import { wangfang } from '../testing/places.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import { bring, gateway, headOf, openPolicyWorld } from '../testing/policy-world.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { followPolicies } from './follower.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const soon = { timeout: 20_000, interval: 10 };

const setUp = async () => {
  const world = await openPolicyWorld(await createTestDatabase(), trust());
  const { db: database, publisher } = world;
  await database.query(
    `insert into device (id, gateway, door, profile, side, name_zh, name_en)
    values ('lock-1', $1, 'lab-201', 'my-lock', null, 'l', 'l')`,
    [gateway],
  );
  const options = { database, publisher, clock: createTestClock(), log: silentLog };
  onTestFinished(followPolicies(options).stop);
  const box = createPolicyBox();
  /** The rows of profiles that the gateway holds once it is brought to this version. */
  const heldAt = async (version: number): Promise<readonly PolicyRow[]> => {
    await vi.waitFor(async () => {
      expect((await headOf(database)).version).toBe(version);
    }, soon);
    await bring(world, box);
    return [...box.rows().values()].filter(({ section }) => section === 'profile');
  };
  return { database, heldAt, world };
};

const birth = (db: Database, sections: readonly string[] | undefined): Promise<unknown> =>
  db.transaction((tx) =>
    recordBirth(
      tx,
      gateway,
      {
        ...testBirth('0011223344556677'),
        ...(sections === undefined ? {} : { sections: [...sections] }),
      },
      1e12,
    ),
  );

const put = async (db: Database, id: string, version: string, mode = 'live'): Promise<void> => {
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into profile_version (id, version, text, sha256, author, created_at)
       values ($1, $2, $3, 'x', $4, $5) on conflict do nothing`,
      [id, version, `id: ${id} # ${version}`, wangfang, new Date(1e12)],
    );
    await tx.query(
      `insert into profile_live (id, mode, version, since) values ($1, $2, $3, $4)
       on conflict (id, mode) do update set version = excluded.version`,
      [id, mode, version, new Date(1e12)],
    );
    const data = { version, mode };
    await appendFeed(tx, 1e12, { kind: 'domain', name: 'profile.published', subject: id, data });
  });
};

const live = (version: string, mode = 'live') => ({
  ...{ section: 'profile', id: 'my-lock', mode, version, text: `id: my-lock # ${version}` },
});

describe('custom profiles in the policy', () => {
  it('go to gateways with such a device, and to no other', async () => {
    const { database, heldAt } = await setUp();
    expect(await heldAt(1)).toEqual([]);
    await birth(database, ['profile']);
    await put(database, 'my-lock', '1.0.0');
    expect(await heldAt(2)).toEqual([live('1.0.0')]);
    await put(database, 'somebodys-lock', '1.0.0');
    const fromMs = performance.now();
    await put(database, 'my-lock', '1.1.0');
    const rows = await heldAt(3);
    process.stdout.write(`to the gateway in ${Math.round(performance.now() - fromMs)} ms\n`);
    expect(rows).toEqual([live('1.1.0')]);
    await put(database, 'my-lock', '1.2.0', 'shadow');
    expect(await heldAt(4)).toEqual([live('1.1.0'), live('1.2.0', 'shadow')]);
  });

  it('are kept from a gateway that would not understand them, until it does', async () => {
    const { database, heldAt, world } = await setUp();
    await birth(database, undefined);
    await put(database, 'my-lock', '1.0.0');
    expect(await heldAt(1)).toEqual([]);
    expect(await world.publisher.publish(gateway)).toBeUndefined();
    await birth(database, ['profile']);
    expect(await heldAt(2)).toEqual([live('1.0.0')]);
    // The older program is put back.
    await birth(database, undefined);
    expect(await heldAt(3)).toEqual([]);
  });
});
