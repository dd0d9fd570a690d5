import { createHmac } from 'node:crypto';
import { fromBase64Url, toBase64Url } from '@gatehouse/protocols';
import type { PolicyRow, PolicyRowOf } from '@gatehouse/protocols';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { appendFeed } from '../feed/feed.ts';
import { recordBirth } from '../fleet/status.ts';
import type { Database, Queryable } from '../ports.ts';
import { createTestClock, testBirth, useTestTrust } from '../testing/link.ts';
import { lileiCard } from '../testing/places.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import { addPeople, bring, gateway, headOf, openPolicyWorld } from '../testing/policy-world.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { followPolicies } from './follower.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const soon = { timeout: 20_000, interval: 10 };
const wristband = '040CAC12ED4C81';

const idOf = (n: number): string => `01990000-0000-7000-a000-${String(n).padStart(12, '0')}`;

const give = (db: Queryable, n: number, uid: string, card: string): Promise<unknown> =>
  db.query(`insert into uid (id, uid, card, kind, since) values ($1, $2, $3, 'wristband', $4)`, [
    idOf(n),
    uid,
    card,
    new Date(1e12),
  ]);
const end = (db: Queryable, uid: string): Promise<unknown> =>
  db.query('update uid set ended_at = $2 where uid = $1 and ended_at is null', [
    uid,
    new Date(1e12 + 1),
  ]);
const join = (db: Queryable, group: string, card: string): Promise<unknown> =>
  db.query('insert into member ("group", card) values ($1, $2)', [group, card]);

const salt = new Uint8Array(16).fill(1);
const hash = new Uint8Array(32).fill(2);
const setPin = (db: Queryable, number: string, card: string): Promise<unknown> =>
  db.query('insert into pin (card, number, salt, hash, since) values ($1, $2, $3, $4, $5)', [
    ...[card, number, salt, hash],
    new Date(1e12),
  ]);

const birth = (db: Database, sections: readonly string[]): Promise<unknown> =>
  db.transaction((tx) =>
    recordBirth(tx, gateway, { ...testBirth('0011223344556677'), sections: [...sections] }, 1e12),
  );

/** The library, a second pupil who may open its gate, and one who may open its lab alone. */
const setUp = async () => {
  const world = await openPolicyWorld(await createTestDatabase(), trust());
  const { db, publisher } = world;
  const [pupil = '', chemist = ''] = await addPeople(db, 2);
  await join(db, 'students', pupil);
  await join(db, 'lab-a', chemist);
  const box = createPolicyBox();
  const ofSection = <S extends PolicyRow['section']>(section: S): readonly PolicyRowOf<S>[] =>
    // What passes the filter is of that section.
    [...box.rows().values()].filter((row) => row.section === section) as PolicyRowOf<S>[];
  const publish = async (cards?: readonly string[]): Promise<void> => {
    await publisher.publish(gateway, cards);
    await bring(world, box);
  };
  return { world, db, box, pupil, chemist, ofSection, publish };
};

describe('UIDs in the policy', () => {
  it('are those of cards that may open a door here without a phone', async () => {
    const { db, pupil, chemist, ofSection, publish } = await setUp();
    await give(db, 1, wristband, pupil);
    await give(db, 2, '5A7F19C2', chemist);
    await give(db, 3, '04AA', pupil).then(
      () => expect.unreachable('two bytes are no UID'),
      () => undefined,
    );
    await birth(db, ['uid']);
    await publish();
    expect(ofSection('uid')).toEqual([{ section: 'uid', id: wristband, card: pupil }]);
    expect(ofSection('card')).toHaveLength(3);
  });

  it('stay while the card is frozen, and go with their end', async () => {
    const { db, pupil, ofSection, publish } = await setUp();
    await give(db, 1, wristband, pupil);
    await birth(db, ['uid']);
    await publish();
    await db.query(`update card set state = 'frozen' where id = $1`, [pupil]);
    await publish([pupil]);
    expect(ofSection('uid')).toHaveLength(1);
    await end(db, wristband);
    await publish([pupil]);
    expect(ofSection('uid')).toEqual([]);
  });

  it.each([
    ['the one who lost it, then the one who got it', (a: string, b: string) => [[a], [b]]],
    ['the one who got it, then the one who lost it', (a: string, b: string) => [[b], [a]]],
    ['both at once', (a: string, b: string) => [[a, b]]],
    ['the one who got it alone', (_: string, b: string) => [[b]]],
  ])('of a wristband that moved to another card: %s', async (_, looks) => {
    const { db, pupil, ofSection, publish } = await setUp();
    await give(db, 1, wristband, lileiCard);
    await birth(db, ['uid']);
    await publish();
    expect(ofSection('uid')).toMatchObject([{ card: lileiCard }]);
    await db.transaction(async (tx) => {
      await end(tx, wristband);
      await give(tx, 2, wristband, pupil);
    });
    for (const cards of looks(lileiCard, pupil)) await publish(cards);
    expect(ofSection('uid')).toEqual([{ section: 'uid', id: wristband, card: pupil }]);
    // And it is what a look at everything gives.
    const { version } = await headOf(db);
    await publish();
    expect((await headOf(db)).version).toBe(version);
  });

  it('are live for one card at a time', async () => {
    const { db, pupil } = await setUp();
    await give(db, 1, wristband, lileiCard);
    await expect(give(db, 2, wristband, pupil)).rejects.toThrow(/uid_live/);
  });
});

describe('PINs in the policy', () => {
  it('are hashed once more with the pepper of the gateway, which keeps it', async () => {
    const { db, pupil, chemist, ofSection, publish } = await setUp();
    await setPin(db, '100001', pupil);
    await setPin(db, '100002', chemist);
    await birth(db, ['pin']);
    await publish();
    const pepper = ofSection('site')[0]?.pinPepper ?? '';
    expect(fromBase64Url(pepper)).toHaveLength(32);
    const wanted = createHmac('sha256', Buffer.from(pepper, 'base64url')).update(hash).digest();
    expect(ofSection('pin')).toEqual([
      {
        ...{ section: 'pin', id: '100001', card: pupil },
        ...{ salt: toBase64Url(salt), hash: toBase64Url(wanted) },
      },
    ]);
    await db.query('update pin set ended_at = $1', [new Date(1e12)]);
    await publish([pupil]);
    expect([ofSection('pin'), ofSection('site')[0]?.pinPepper]).toEqual([[], pepper]);
  });

  it('have another pepper at another gateway', async () => {
    const { db, world, ofSection, publish } = await setUp();
    await db.query(
      `insert into gateway (id, building, name_zh, name_en) values ('lab-gw', 'lab', 'l', 'l')`,
    );
    await birth(db, ['pin']);
    await db.transaction((tx) =>
      recordBirth(tx, 'lab-gw', { ...testBirth('1122334455667788'), sections: ['pin'] }, 1e12),
    );
    await publish();
    await world.publisher.publish('lab-gw');
    const peppers = await db.query<{ pepper: Uint8Array }>('select pepper from pin_pepper');
    const own = peppers.map(({ pepper }) => toBase64Url(pepper));
    expect(new Set(own).size).toBe(2);
    expect(own).toContain(ofSection('site')[0]?.pinPepper);
  });
});

describe('a gateway of a release that knows neither', () => {
  it('is sent them when it says that it does, and no longer when it does not', async () => {
    const { db, world, box, pupil, ofSection } = await setUp();
    await give(db, 1, wristband, pupil);
    await setPin(db, '100001', pupil);
    const { publisher } = world;
    const options = { database: db, publisher, clock: createTestClock(), log: silentLog };
    onTestFinished(followPolicies(options).stop);
    const counts = async () => {
      await bring(world, box);
      const hasPepper = ofSection('site')[0]?.pinPepper !== undefined;
      return [ofSection('uid').length, ofSection('pin').length, hasPepper];
    };
    await vi.waitFor(async () => expect(await counts()).toEqual([0, 0, false]), soon);
    await birth(db, ['uid', 'pin']);
    await vi.waitFor(async () => expect(await counts()).toEqual([1, 1, true]), soon);
    await db.transaction(async (tx) => {
      await give(tx, 2, '5A7F19C2', lileiCard);
      const data = { card: lileiCard };
      await appendFeed(tx, 1e12, { kind: 'domain', name: 'uid.given', subject: idOf(2), data });
    });
    await vi.waitFor(async () => expect(await counts()).toEqual([2, 1, true]), soon);
    await birth(db, []);
    await vi.waitFor(async () => expect(await counts()).toEqual([0, 0, false]), soon);
  });
});
