import type { FeedItem, InsideView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

/** Name of the consumer; a new name counts everything again. */
export const passagesConsumer = 'passages';

/**
 * Keeps `passage_count`: people who went through counting doors, by building and quarter of an hour
 * of the moment when they did. A `handle` of `runConsumer`.
 */
export const countPassages = async (tx: Queryable, { what }: FeedItem): Promise<void> => {
  if (what.kind !== 'batch') return;
  await tx.query(
    `insert into passage_count (building, quarter, entries, exits)
     select d.building,
       date_bin('15 minutes', coalesce(e.at_corrected, e.at), timestamptz 'epoch'),
       count(*) filter (where e.data ->> 'side' = 'entry'),
       count(*) filter (where e.data ->> 'side' = 'exit')
     from event e join door d on d.id = e.door and d.counts
     where e.gateway = $1 and e.epoch = $2 and e.stream = $3 and e.seq between $4 and $5
       and e.kind = 'access.taken' and e.data ->> 'side' in ('entry', 'exit')
     group by 1, 2
     on conflict (building, quarter) do update set
       entries = passage_count.entries + excluded.entries,
       exits = passage_count.exits + excluded.exits`,
    [what.gateway, what.epoch, what.stream, what.from, what.to],
  );
};

type InsideRow = {
  readonly building: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly inside: number;
  readonly trend: readonly number[];
};

/**
 * Buildings that have a counting door. The count begins at midnight in the site's zone and is never
 * below zero: who stayed overnight leaves without having entered today. The trend is the entries of
 * the last 24 quarters, the running one last.
 */
export const insideViews = async (db: Queryable, nowMs: number): Promise<readonly InsideView[]> => {
  const rows = await db.query<InsideRow>(
    `with clock as (
       select $1::timestamptz as instant,
         date_bin('15 minutes', $1::timestamptz, timestamptz 'epoch') as quarter)
     select b.id as building, b.name_zh, b.name_en,
       greatest(0, (select coalesce(sum(c.entries - c.exits), 0) from passage_count c
         where c.building = b.id and c.quarter <= clock.quarter
           and c.quarter >= date_trunc('day', clock.instant, s.zone)))::int4 as inside,
       array(select coalesce(c.entries, 0)
         from generate_series(clock.quarter - interval '345 minutes', clock.quarter,
           interval '15 minutes') as q (quarter)
         left join passage_count c on c.building = b.id and c.quarter = q.quarter
         order by q.quarter) as trend
     from building b join site s on s.id = b.site cross join clock
     where exists (select from door d where d.building = b.id and d.counts)
     order by b.sort, b.id`,
    [new Date(nowMs)],
  );
  return rows.map(({ building, name_zh: zh, name_en: en, inside, trend }) => ({
    building,
    buildingName: { zh, en },
    count: inside,
    trend: [...trend],
  }));
};
