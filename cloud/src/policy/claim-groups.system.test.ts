import type { PolicyRow } from '@gatehouse/protocols';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { appendFeed } from '../feed/feed.ts';
import { recordBeat, recordBirth, recordReport, recordSilence } from '../fleet/status.ts';
import { createFleetViews } from '../fleet/views.ts';
import { seedCampus } from '../places/seed/seed-campus.ts';
import { seedClaimGroup } from '../places/seed/seed-claim-group.ts';
import type { Database } from '../ports.ts';
import { testBeat, testReport } from '../testing/fleet-world.ts';
import { createTestClock, testBirth, useTestTrust } from '../testing/link.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import { bring, gateway, headOf, openPolicyWorld } from '../testing/policy-world.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { followPolicies } from './follower.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const soon = { timeout: 20_000, interval: 10 };
const session = '0011223344556677';

const birth = (db: Database, sections: readonly string[], of = gateway): Promise<unknown> =>
  db.transaction((tx) =>
    recordBirth(tx, of, { ...testBirth(session), sections: [...sections] }, 1e12),
  );

const setUp = async () => {
  const world = await openPolicyWorld(await createTestDatabase(), trust());
  const { db: database, publisher } = world;
  await database.query(`insert into gateway (id, building, name_zh, name_en) values
    ('lab-gw', 'lab', '实验楼网关', 'Lab gateway'), ('zoo-gw', 'lab', '它', 'Elsewhere')`);
  await database.query(`insert into claim_group (id, site, authority, host, port) values
    ('east', 'east', 'lab-gw', '10.0.0.7', 18830)`);
  await database.query(`insert into claim_member (gateway, "group") values
    ('library-gw', 'east'), ('lab-gw', 'east')`);
  const options = { database, publisher, clock: createTestClock(), log: silentLog };
  onTestFinished(followPolicies(options).stop);
  const box = createPolicyBox();
  const heldAt = async (version: number): Promise<readonly PolicyRow[]> => {
    await vi.waitFor(async () => {
      expect((await headOf(database)).version).toBe(version);
    }, soon);
    await bring(world, box);
    return [...box.rows().values()].filter(({ section }) => section === 'claim');
  };
  return { database, heldAt };
};

describe('a claim group in the policy', () => {
  const members = ['lab-gw', 'library-gw'];
  const row = { section: 'claim', id: 'east', authority: 'lab-gw', host: '10.0.0.7', members };

  it('goes to members that understand it, and follows each change', async () => {
    const { database, heldAt } = await setUp();
    expect(await heldAt(1)).toEqual([]);
    await birth(database, ['claim', 'profile']);
    expect(await heldAt(2)).toEqual([{ ...row, port: 18_830 }]);
    await database.transaction(async (tx) => {
      await tx.query('update claim_group set port = 18831');
      const name = 'claim.changed';
      await appendFeed(tx, 1e12, { kind: 'domain', name, subject: 'east', data: {} });
    });
    expect(await heldAt(3)).toEqual([{ ...row, port: 18_831 }]);
    // The older program is put back: a section that it does not know would void all of it.
    await birth(database, ['profile']);
    expect(await heldAt(4)).toEqual([]);
  });
});

describe('a claim group on the console', () => {
  const since = 1_795_000_000_000;
  const views = createFleetViews({ nowMs: () => since });

  it('says who answers, who is an island since when, and how large it is', async () => {
    const { database, heldAt } = await setUp();
    await heldAt(1);
    await birth(database, ['claim']);
    const report = (n: number, authority: 'reachable' | 'silent') =>
      database.transaction((tx) =>
        recordReport(
          tx,
          gateway,
          testReport(session, n, { claim: { group: 'east', authority, since } }),
        ),
      );
    const shown = async (id = gateway) =>
      (await views.gateways(database)).find((each) => each.id === id)?.claim;
    const common = {
      group: 'east',
      authority: { id: 'lab-gw', name: { zh: '实验楼网关', en: 'Lab gateway' } },
      isAuthority: false,
    };
    const unknown = { state: 'unknown', since: null, people: null };
    expect(await shown()).toEqual({ ...common, ...unknown });
    await report(1, 'reachable');
    const at = new Date(since).toISOString();
    expect(await shown()).toEqual({ ...common, state: 'together', since: at, people: null });
    await report(2, 'silent');
    expect(await shown()).toEqual({ ...common, state: 'alone', since: at, people: 1 });
    // What it said last is not known to hold once nobody hears it.
    await database.transaction((tx) => recordSilence(tx, since, []));
    expect(await shown()).toEqual({ ...common, ...unknown });
    await database.transaction((tx) => recordBeat(tx, gateway, testBeat(session, 1), since));
    expect(await shown()).toMatchObject({ state: 'alone' });
    expect([await shown('lab-gw'), await shown('zoo-gw')]).toEqual([
      { ...common, isAuthority: true, ...unknown },
      undefined,
    ]);
  });
});

describe('the claim group of the demo', () => {
  it('is of all gateways, moves with its port, and keeps what people changed', async () => {
    const { database } = await createTestDatabase();
    const at = { nowMs: 1e12 };
    const seed = (port: number) =>
      database.transaction((tx) => seedClaimGroup(tx, { host: '127.0.0.1', port }, at));
    await database.transaction((tx) => seedCampus(tx, { seed: 1, people: 20 }, at));
    expect([await seed(18_000), await seed(18_000), await seed(18_001)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(await database.query('select authority, port from claim_group')).toEqual([
      { authority: 'gw-library', port: 18_001 },
    ]);
    expect(await database.query('select gateway from claim_member')).toHaveLength(3);
    await database.query(`update claim_group set authority = 'gw-lab'`);
    await seed(18_002);
    expect(await database.query('select authority, port from claim_group')).toEqual([
      { authority: 'gw-lab', port: 18_002 },
    ]);
  });
});
