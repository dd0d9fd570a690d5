import { wallClock } from '@gatehouse/protocols';
import type { SettingsView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { readSettings } from './settings.ts';

const dayMs = 24 * 60 * 60 * 1000;
const days = 7;

/**
 * What the school has set, and what comes of it: how many phone keys lapse on which day of the next
 * week if nobody opens them. After a holiday many do at once: whoever sets it sees that before.
 */
export const settingsView = async (db: Queryable, nowMs: number): Promise<SettingsView> => {
  const settings = await readSettings(db);
  const [site] = await db.query<{ zone: string }>('select zone from site order by id limit 1');
  const zone = site?.zone ?? 'UTC';
  // An announced moment stands; else the days count from when it was seen, two days ahead at least.
  const rows = await db.query<{ day: string; count: number }>(
    `select to_char(at at time zone $1, 'YYYY-MM-DD') as day, count(*)::int4 as count
     from (select coalesce(lapses_at, greatest($2::timestamptz + interval '2 days',
         coalesce(seen_at, enrolled_at) + make_interval(days => $3))) as at
       from credential where revoked_at is null) as key
     where $3 > 0 and at < $4 group by 1`,
    [zone, new Date(nowMs), settings.revalidateDays, new Date(nowMs + days * dayMs)],
  );
  const counts = new Map(rows.map(({ day, count }) => [day, count]));
  const [total] = await db.query<{ keys: number }>(
    'select count(*)::int4 as keys from credential where revoked_at is null',
  );
  const wall = wallClock(zone);
  const lapsing = Array.from({ length: days }, (_, n) => wall(nowMs + n * dayMs).date);
  return {
    settings,
    keys: total?.keys ?? 0,
    lapsing: lapsing.map((day) => ({ day, count: counts.get(day) ?? 0 })),
  };
};
