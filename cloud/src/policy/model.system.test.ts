import { describe, expect, it } from 'vitest';
import type { Queryable } from '../ports.ts';
import { useTestTrust } from '../testing/link.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import {
  addPeople,
  bring,
  compiled,
  enrol,
  gateway,
  openPolicyWorld,
  rowsOf,
} from '../testing/policy-world.ts';
import type { PolicyWorld } from '../testing/policy-world.ts';
import { useTestDatabases } from '../testing/test-database.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const setUp = async (): Promise<PolicyWorld> =>
  openPolicyWorld(await createTestDatabase(), trust());

/** mulberry32: small, seeded, good enough to choose changes by. */
const seeded = (seed: number) => {
  let a = seed;
  return (below: number): number => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
};

type Pick = ReturnType<typeof seeded>;
/** @returns the cards that it touched, or undefined where more than cards changed */
type Act = (db: Queryable, pick: Pick, cards: readonly string[]) => Promise<string[] | undefined>;

const groups = ['students', 'lab-a', 'staff', 'club'];
const one = <T>(pick: Pick, list: readonly T[]): T => list[pick(list.length)] as T;

const acts: readonly Act[] = [
  async (db, pick, cards) => {
    const card = one(pick, cards);
    await db.query('insert into member ("group", card) values ($1, $2) on conflict do nothing', [
      one(pick, groups),
      card,
    ]);
    return [card];
  },
  async (db, pick, cards) => {
    const card = one(pick, cards);
    const group = one(pick, groups);
    await db.query('delete from member where "group" = $1 and card = $2', [group, card]);
    return [card];
  },
  async (db, pick, cards) => {
    const card = one(pick, cards);
    await enrol(
      db,
      pick(2 ** 32)
        .toString(16)
        .padStart(16, '0'),
      card,
      1e12 + pick(1e9),
    );
    return [card];
  },
  async (db, pick, cards) => {
    const card = one(pick, cards);
    const state = one(pick, ['active', 'frozen', 'ended']);
    await db.query('update card set state = $2 where id = $1', [card, state]);
    return [card];
  },
  async (db, pick) => {
    const door = one(pick, ['library-east', 'library-west', 'lab-201']);
    const id = `m${pick(6)}`;
    await db.query(
      `insert into rule (id, "group", door, schedule) values ($1, $2, $3, 'day')
       on conflict (id) do update set "group" = excluded."group", door = excluded.door`,
      [id, one(pick, groups), door],
    );
    return undefined;
  },
  async (db, pick) => {
    await db.query('delete from rule where id = $1', [`m${pick(6)}`]);
    return undefined;
  },
  async (db, pick) => {
    const windows = JSON.stringify([{ days: [1 + pick(7)], from: pick(700), to: 1440 }]);
    await db.query(`update schedule set windows = $1 where id = 'day'`, [windows]);
    return undefined;
  },
];

describe('any sequence of changes', () => {
  it.each([1, 2, 3, 4])('leaves deltas, snapshot and tables the same (seed %i)', async (seed) => {
    const world = await setUp();
    const { db, publisher } = world;
    const cards = await addPeople(db, 8);
    const pick = seeded(seed);
    await publisher.publish(gateway);
    const box = createPolicyBox();
    await bring(world, box);
    for (let n = 0; n < 60; n += 1) {
      const touched = await one(pick, acts)(db, pick, cards);
      await publisher.publish(gateway, touched);
      // At times several versions behind.
      if (pick(3) === 0) await bring(world, box);
    }
    expect(await bring(world, box)).not.toBe('snapshot');
    expect(rowsOf(box.rows().values())).toEqual(rowsOf(await compiled(db)));
    const fresh = createPolicyBox();
    expect(await bring(world, fresh)).toBe('snapshot');
    expect(fresh.place()).toEqual(box.place());
    expect(rowsOf(fresh.rows().values())).toEqual(rowsOf(box.rows().values()));
  });
});
