import { PolicyRow } from '@gatehouse/protocols';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { payloadOf, useTestTrust } from '../testing/link.ts';
import { lileiCard } from '../testing/places.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import {
  addPeople,
  bring,
  compiled,
  enrol,
  gateway,
  headOf,
  openPolicyWorld,
  rowsOf,
} from '../testing/policy-world.ts';
import type { PolicyWorld } from '../testing/policy-world.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { deltaChain } from './delta-chain.ts';
import { deltasKept } from './versions.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const setUp = async (): Promise<PolicyWorld> =>
  openPolicyWorld(await createTestDatabase(), trust());

describe('the compiled policy of a gateway', () => {
  it('is its site, its doors, the rules of these and who they are for', async () => {
    const { db } = await setUp();
    await enrol(db, '00000000000000aa', lileiCard);
    const rows = await compiled(db);
    const names = rows.map((row) => `${row.section} ${row.section === 'site' ? row.site : row.id}`);
    expect(names).toEqual([
      'site east',
      'door lab-201',
      'door library-east',
      'door library-west',
      'schedule day',
      'rule r1',
      'rule r2',
      `card ${lileiCard}`,
      'credential 00000000000000aa',
    ]);
    expect(rows.filter((row) => !Value.Check(PolicyRow, row))).toEqual([]);
    expect(rows.find((row) => row.section === 'card')).toMatchObject({
      groups: ['students'],
      validFrom: Date.UTC(2024, 8, 1),
      validTo: Date.UTC(2028, 6, 1),
    });
  });

  const lives: readonly { what: string; sql: string; sections: readonly string[] }[] = [
    {
      what: 'a frozen card stays: the revocation stream stops it',
      sql: `update card set state = 'frozen'`,
      sections: ['card', 'credential'],
    },
    {
      what: 'an ended card goes, and its phone key',
      sql: `update card set state = 'ended'`,
      sections: [],
    },
    {
      what: 'a revoked phone key goes',
      sql: `update credential set revoked_at = '2026-01-01Z'`,
      sections: ['card'],
    },
    { what: 'who is in no group of a rule is not named', sql: 'delete from member', sections: [] },
    {
      what: 'a group without a rule here is not named',
      sql: `insert into member ("group", card) values ('else', '${lileiCard}')`,
      sections: ['card', 'credential'],
    },
    {
      what: 'a phone key that no gateway can read is left out',
      sql: `update credential set key = 'short'`,
      sections: ['card'],
    },
  ];
  it.each(lives)('$what', async ({ sql, sections }) => {
    const { db } = await setUp();
    await enrol(db, '00000000000000aa', lileiCard);
    await db.query(sql);
    const rows = await compiled(db);
    const found = rows.map(({ section }) => section);
    expect(found.filter((name) => name === 'card' || name === 'credential')).toEqual(sections);
    const card = rows.find((row) => row.section === 'card');
    if (card !== undefined) expect(card.groups).toEqual(['students']);
  });
});

describe('versions', () => {
  it('count changes, not compilations', async () => {
    const { db, publisher } = await setUp();
    expect(await publisher.publish(gateway)).toMatchObject({ policyEpoch: 1, version: 1 });
    expect(await publisher.publish(gateway)).toBeUndefined();
    expect(await publisher.publish(gateway, [lileiCard])).toBeUndefined();
    await db.query(`update door set unlock_ms = 700 where id = 'library-east'`);
    expect(await publisher.publish(gateway)).toMatchObject({ version: 2 });
    expect(await publisher.publish('no-such-gw').catch(String)).toMatch(/violates foreign key/);
  });

  it('are signed as deltas by the policy key', async () => {
    const world = await setUp();
    const { db, publisher } = world;
    await publisher.publish(gateway);
    await enrol(db, '00000000000000aa', lileiCard);
    await publisher.publish(gateway, [lileiCard]);
    const chain = await deltaChain(db, gateway, { policyEpoch: 1, policyVersion: 1 });
    const [delta] = chain.kind === 'deltas' ? chain.deltas : [];
    const list = payloadOf(trust().signer.keyList().jws);
    const keys = list['keys'] as { kid: string; use: string; jwk: object }[];
    const jwks = keys
      .filter(({ use }) => use === 'policy')
      .map(({ kid, jwk }) => ({ ...jwk, kid, alg: 'ES256' })) as unknown as JSONWebKeySet['keys'];
    const { payload } = await jwtVerify(delta?.jws ?? '', createLocalJWKSet({ keys: jwks }), {
      typ: 'gh-delta+jws',
    });
    expect(payload).toMatchObject({ gateway, policyEpoch: 1, from: 1, to: 2 });
    expect(payload['ops']).toMatchObject([{ put: { section: 'credential' } }]);
  });

  it('are never given twice, however many publish at once', async () => {
    const world = await setUp();
    const { db, publisher } = world;
    await publisher.publish(gateway);
    const cards = await addPeople(db, 24);
    const box = createPolicyBox();
    await bring(world, box);
    const heads = await Promise.all(
      cards.map(async (card, i) => {
        await db.query('insert into member ("group", card) values ($1, $2)', ['students', card]);
        return publisher.publish(gateway, i % 3 === 0 ? undefined : [card]);
      }),
    );
    const versions = heads.flatMap((head) => (head === undefined ? [] : [head.version]));
    expect(new Set(versions).size).toBe(versions.length);
    expect((await headOf(db)).version).toBe(Math.max(...versions));
    expect(await bring(world, box)).toBe('deltas');
    expect(rowsOf(box.rows().values())).toEqual(rowsOf(await compiled(db)));
  });

  it('keep the last deltas and send who is older to a snapshot', async () => {
    const world = await setUp();
    const { db, publisher } = world;
    await publisher.publish(gateway);
    const early = createPolicyBox();
    await bring(world, early);
    for (let n = 1; n <= deltasKept + 5; n += 1) {
      await db.query(`update door set sort = sort, unlock_ms = $1 where id = 'lab-201'`, [500 + n]);
      await publisher.publish(gateway);
    }
    const [kept] = await db.query<{ n: number }>('select count(*)::int4 as n from policy_delta');
    expect(kept?.n).toBe(deltasKept);
    expect(await bring(world, early)).toBe('snapshot');
    expect(rowsOf(early.rows().values())).toEqual(rowsOf(await compiled(db)));
  });

  it('have no delta where too much changes at once', async () => {
    const world = await setUp();
    const { db, publisher } = world;
    await publisher.publish(gateway);
    const box = createPolicyBox();
    await bring(world, box);
    const cards = await addPeople(db, 2_001);
    await db.query(`insert into member ("group", card) select 'students', unnest($1::uuid[])`, [
      cards,
    ]);
    await publisher.publish(gateway);
    expect(await bring(world, box)).toBe('snapshot');
    expect(box.rows().size).toBe(2_001 + 8);
  });

  it('begin anew in a new policy epoch, though nothing changed', async () => {
    const world = await setUp();
    const { db, publisher } = world;
    await publisher.publish(gateway);
    const box = createPolicyBox();
    await bring(world, box);
    await db.query('update deployment set policy_epoch = 7');
    expect(await publisher.publish(gateway, [lileiCard])).toMatchObject({
      policyEpoch: 7,
      version: 2,
    });
    expect(await bring(world, box)).toBe('snapshot');
    expect(box.place()).toEqual({ policyEpoch: 7, policyVersion: 2 });
    await enrol(db, '00000000000000aa', lileiCard);
    await publisher.publish(gateway, [lileiCard]);
    expect(await bring(world, box)).toBe('deltas');
  });
});
