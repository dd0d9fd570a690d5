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

/** What was done to a card, newest first: from the audit, so nobody can leave anything out. */
export const cardHistory = async (
  db: Queryable,
  card: string,
): Promise<readonly CardHistoryItem[]> => {
  const rows = await db.query<Row>(
    `select a.n, a.at, a.action, a.detail, p.name_zh, p.name_en
     from (select * from audit where subject = $1
       union select * from audit where detail ->> 'card' = $1 and detail ? 'card') a
     left join person p on p.id::text = a.actor
     order by a.n desc limit ${historyMax}`,
    [card],
  );
  return rows.map(({ n, at, action, detail, name_zh: zh, name_en: en }) => ({
    n,
    at: at.toISOString(),
    action,
    actor: zh === null || en === null ? null : { zh, en },
    way: textIn(detail, ['way']),
    text: textIn(detail, ['reason', 'place', 'tail', 'receipt']),
  }));
};
