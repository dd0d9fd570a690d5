import { describe, expect, it } from 'vitest';
import { feedHead } from '../../feed/feed.ts';
import { useTestDatabases } from '../../testing/test-database.ts';
import { seedCampus } from './seed-campus.ts';

const createDatabase = useTestDatabases();
const at = { nowMs: Date.UTC(2026, 10, 21) };

describe('seeding the demo campus', () => {
  it('fills every table that a gateway’s policy is made from', async () => {
    const { database } = await createDatabase();
    expect(await database.transaction((tx) => seedCampus(tx, { seed: 1, people: 500 }, at))).toBe(
      true,
    );
    const counts: Record<string, number> = {};
    for (const table of ['site', 'building', 'gateway', 'door', 'person', 'card', 'schedule']) {
      const [row] = await database.query<{ n: number }>(`select count(*) as n from ${table}`);
      counts[table] = row?.n ?? 0;
    }
    expect(counts).toEqual({
      ...{ site: 1, building: 3, gateway: 3, door: 40, person: 500, card: 500, schedule: 6 },
    });
    const alone = await database.query(
      `select d.id from door d where not exists (select from rule r join member m
         on m."group" = r."group" where r.door = d.id)`,
    );
    expect(alone).toEqual([]);
  });

  it('changes nothing the second time, also where two start at once', async () => {
    const { database, openAnother } = await createDatabase();
    const seed = (db: typeof database) =>
      db.transaction((tx) => seedCampus(tx, { seed: 1, people: 50 }, at));
    const both = await Promise.all([seed(database), seed(openAnother())]);
    expect(new Set(both)).toEqual(new Set([false, true]));
    await database.query(`update card set state = 'frozen'`);
    await database.query('delete from member');
    expect(await seed(database)).toBe(false);
    expect(await database.query('select 1 from member')).toEqual([]);
    expect(await database.query(`select 1 from card where state <> 'frozen'`)).toEqual([]);
    expect(await feedHead(database)).toBe(1);
  });
});
