import type { TrafficView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

const readersMax = 200;
const reasonsMax = 100;

type SumRow = {
  readonly what: 'hour' | 'reader' | 'reason';
  readonly weekday: number | null;
  readonly hour: number | null;
  readonly door: string | null;
  readonly reader: string | null;
  readonly reason: string | null;
  readonly result: boolean | null;
  readonly granted: number;
  readonly denied: number;
  readonly name_zh: string | null;
  readonly name_en: string | null;
  readonly door_zh: string | null;
  readonly door_en: string | null;
};

const results = `coalesce(sum(u.count) filter (where u.granted), 0)::int8 as granted,
  coalesce(sum(u.count) filter (where not u.granted), 0)::int8 as denied
  from use_by_hour u where u.hour >= (select hour from since)`;

/**
 * Three ways to add up the hours, each a plain aggregate: grouping sets would sort all rows for
 * each of them. Weekdays are taken from sums by hour, of which there are few.
 */
const sums = `
  with since as (
    select date_trunc('day', $1::timestamptz at time zone coalesce(
      (select zone from site order by id limit 1), 'UTC')) - make_interval(days => $2::int4 - 1)
      as hour),
  by_hour as (select u.hour, ${results} group by u.hour),
  by_reader as (select u.door, u.reader, ${results} group by u.door, u.reader),
  by_reason as (select u.reason, u.granted as result, ${results} group by u.reason, u.granted),
  sum as (
    select 'hour' as what, extract(isodow from hour)::int4 as weekday,
      extract(hour from hour)::int4 as hour, null::text as door, null::text as reader,
      null::text as reason, null::boolean as result, sum(granted)::int8 as granted,
      sum(denied)::int8 as denied
    from by_hour group by 2, 3
    union all
    select 'reader', null, null, door, reader, null, null, granted, denied from by_reader
    union all
    select 'reason', null, null, null, null, reason, result, granted, denied from by_reason)
  select sum.*, v.name_zh, v.name_en, d.name_zh as door_zh, d.name_en as door_en
  from sum left join device v on v.id = sum.reader left join door d on d.id = sum.door
  order by sum.granted + sum.denied desc, sum.door, sum.reader, sum.reason, weekday, hour`;

const nameOf = (zh: string | null, en: string | null) =>
  zh === null || en === null ? null : { zh, en };

const readerOf = (row: SumRow): TrafficView['readers'][number] => {
  const doorName = nameOf(row.door_zh, row.door_en);
  return {
    reader: row.reader ?? '',
    name: nameOf(row.name_zh, row.name_en),
    door: row.door === null || doorName === null ? null : { id: row.door, name: doorName },
    granted: row.granted,
    denied: row.denied,
  };
};

/** Decisions of the last `days` days, today included, by the wall time of their site. */
export const traffic = async (
  db: Queryable,
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): Promise<TrafficView> => {
  const rows = await db.query<SumRow>(sums, [new Date(nowMs), days]);
  const of = (what: SumRow['what']): readonly SumRow[] => rows.filter((row) => row.what === what);
  const hours = of('hour');
  const total = (name: 'granted' | 'denied'): number =>
    hours.reduce((sum, row) => sum + row[name], 0);
  return {
    days,
    granted: total('granted'),
    denied: total('denied'),
    hours: hours.map(({ weekday, hour, granted, denied }) => ({
      weekday: weekday ?? 1,
      hour: hour ?? 0,
      granted,
      denied,
    })),
    readers: of('reader').slice(0, readersMax).map(readerOf),
    reasons: of('reason')
      .slice(0, reasonsMax)
      .map(({ reason, result, granted, denied }) => ({
        reason: reason ?? 'unknown',
        granted: result ?? false,
        count: granted + denied,
      })),
  };
};
