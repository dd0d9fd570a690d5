import type { CardHistoryItem } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

type Row = {
  readonly n: number;
  readonly at: Date;
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly name_zh: string | null;
  readonly name_en: string | null;
};

const historyMax = 50;

const textIn = (detail: Row['detail'], names: readonly string[]): string =>
  names.flatMap((name) => (typeof detail[name] === 'string' ? [detail[name]] : []))[0] ?? '';

/** What files did to a card `$2`: their rows are the record of it. Numbered below zero. */
const byFiles = `
  select -row_number() over (order by at, action)::int4 as n, at, action, detail, actor
  from (
    select j.applied_at as at, 'bulk.' || r.outcome as action, j.applied_by::text as actor,
      jsonb_build_object('file', j.file_name) as detail
    from bulk_row r join bulk_job j on j.id = r.job
    where r.card = $2::uuid and r.outcome in ('issued', 'changed')
    union all
    select j.undone_at, 'bulk.' || case r.undo when 'ended' then 'ended' else 'put_back' end,
      j.undone_by::text, jsonb_build_object('file', j.file_name)
    from bulk_row r join bulk_job j on j.id = r.job
    where r.card = $2::uuid and r.undo in ('ended', 'put_back', 'in_part')
  ) f`;

/**
 * What was done to a card, newest first: from the audit, so nobody can leave anything out, and from
 * the rows of the files that it was in.
 */
export const cardHistory = async (
  db: Queryable,
  card: string,
): Promise<readonly CardHistoryItem[]> => {
  const rows = await db.query<Row>(
    `select a.n, a.at, a.action, a.detail, p.name_zh, p.name_en
     from (select n, at, action, detail, actor from audit where subject = $1
       union select n, at, action, detail, actor from audit
         where detail ->> 'card' = $1 and detail ? 'card'
       union all ${byFiles}) a
     left join person p on p.id::text = a.actor
     order by a.at desc, a.n desc limit ${historyMax}`,
    [card, card],
  );
  return rows.map(({ n, at, action, detail, name_zh: zh, name_en: en }) => ({
    n,
    at: at.toISOString(),
    action,
    actor: zh === null || en === null ? null : { zh, en },
    way: textIn(detail, ['way']),
    text: textIn(detail, ['reason', 'place', 'tail', 'receipt', 'file']),
  }));
};
