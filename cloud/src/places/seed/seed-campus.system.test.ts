import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { feedHead } from '../../feed/feed.ts';
import type { Database } from '../../ports.ts';
import { useTestDatabases } from '../../testing/test-database.ts';
import { seedCampus } from './seed-campus.ts';

const createDatabase = useTestDatabases();
/** Makes the tables what they were before 002_devices.sql, and runs that file over them. */
const migrateAgain = async (database: Database): Promise<void> => {
  const file = join(import.meta.dirname, '../../migrations/002_devices.sql');
  const up = (await readFile(file, 'utf8')).split('-- Down Migration')[0] ?? '';
  const before = [
    `alter table device drop column building, drop column name_zh, drop column name_en,
       drop column params, alter column door set not null`,
    `alter table command drop column device, drop column run,
       drop column confirms, drop column within_ms, alter column door set not null`,
    'drop index event_device',
  ];
  for (const statement of before) await database.query(statement);
  await database.query(up);
};

const devicesOf = (database: Database) =>
  database.query<{ id: string }>('select * from device order by id');

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
      ...{ site: 1, building: 3, gateway: 3, door: 40, person: 500, schedule: 6 },
      // One teaches and studies.
      card: 501,
    });
    const alone = await database.query(
      `select d.id from door d where not exists (select from rule r join member m
         on m."group" = r."group" where r.door = d.id)`,
    );
    expect(alone).toEqual([]);
  });

  it('leaves a database as its migration leaves one of before', async () => {
    const { database } = await createDatabase();
    await database.transaction((tx) => seedCampus(tx, { seed: 1, people: 20 }, at));
    // One of before knows devices at doors alone, and no heads for cards.
    await database.query(`delete from device where door is null or profile ~ 'reader'`);
    const seeded = await devicesOf(database);
    expect(seeded.length).toBeGreaterThan(80);
    await database.query(
      `insert into command (id, gateway, door, action, actor, reason, state, steps, created_at)
       values ($1, 'gw-lab', 'lab-3-201', 'unlock', $1, '', 'confirmed', '[]', $2)`,
      ['01990000-0000-7000-8000-0000000000ff', new Date(at.nowMs)],
    );
    await migrateAgain(database);
    expect(await devicesOf(database)).toEqual(seeded);
    expect(await database.query('select door, device, confirms from command')).toEqual([
      { door: 'lab-3-201', device: null, confirms: true },
    ]);
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
