import { bases, evidenceKeptMs } from '@gatehouse/protocols';
import type { DoubtsView, DoubtView, JudgedUseView, PersonView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { useKey } from './use-rows.ts';

export const doubtsMax = 100;

type Name = { readonly zh: string; readonly en: string };

type UseColumns = {
  readonly id: string;
  readonly at: string;
  readonly received_at: string;
  readonly granted: boolean;
  readonly door: string | null;
  readonly door_name: Name | null;
  readonly gateway: string;
  readonly gateway_name: Name | null;
  readonly basis: string;
  readonly provisional: boolean;
  readonly made_at: string | null;
  readonly kept: boolean;
};

type DoubtRow = Pick<DoubtView, 'verdict' | 'why' | 'counter' | 'card'> & {
  readonly judged_at: Date;
  readonly revoked_at: Date | null;
  readonly person: PersonView | null;
  readonly closed_at: Date | null;
  readonly closed_by: PersonView | null;
  readonly note: string | null;
  readonly shown: UseColumns;
  readonly first_shown: UseColumns | null;
};

const personSql = (alias: string): string =>
  `case when ${alias}.id is null then null
     else jsonb_build_object('id', ${alias}.id, 'affiliation', ${alias}.affiliation,
       'name', jsonb_build_object('zh', ${alias}.name_zh, 'en', ${alias}.name_en),
       'unit', jsonb_build_object('zh', ${alias}.unit_zh, 'en', ${alias}.unit_en)) end`;

/** One use with its names. Of its evidence only whether it is there. */
const useSql = (alias: string): string =>
  `(select jsonb_build_object(
      'id', ${alias}.gateway || '.' || ${alias}.epoch || '.' || ${alias}.stream || '.'
        || ${alias}.seq,
      'at', ${alias}.at, 'received_at', ${alias}.received_at, 'granted', ${alias}.granted,
      'door', ${alias}.door, 'gateway', ${alias}.gateway, 'basis', ${alias}.basis,
      'provisional', ${alias}.provisional, 'made_at', ${alias}.made_at,
      'door_name', (select jsonb_build_object('zh', d.name_zh, 'en', d.name_en)
        from door d where d.id = ${alias}.door),
      'gateway_name', (select jsonb_build_object('zh', g.name_zh, 'en', g.name_en)
        from gateway g where g.id = ${alias}.gateway),
      'kept', exists (select from evidence v where (v.gateway, v.epoch, v.stream, v.seq)
        = (${alias}.gateway, ${alias}.epoch, ${alias}.stream, ${alias}.seq)))
    where ${alias}.gateway is not null)`;

const selectDoubts = `
  select u.verdict, u.why, u.counter, u.judged_at, u.closed_at, u.note, k.revoked_at,
    ${personSql('p')} as person, ${personSql('w')} as closed_by,
    case when c.id is null then null
      else jsonb_build_object('id', c.id, 'number', c.number, 'state', c.state) end as card,
    ${useSql('u')} as shown, ${useSql('f')} as first_shown
  from use u
  left join use f on f.credential = u.credential and f.counter = u.counter
    and f.verdict = 'confirmed'
  left join credential k on k.id = u.credential
  left join card c on c.id = u.card
  left join person_now p on p.id = u.person
  left join person_now w on w.id = u.closed_by
  where u.verdict <> 'confirmed'`;

const iso = (text: string): string => new Date(text).toISOString();

const named = (id: string, name: Name | null) => ({ id, name: name ?? { zh: id, en: id } });

const isBasis = (text: string): text is (typeof bases)[number] => bases.some((b) => b === text);

const judgedUseView = (row: UseColumns, nowMs: number): JudgedUseView => {
  const erased = Date.parse(row.received_at) <= nowMs - evidenceKeptMs ? 'erased' : 'none';
  return {
    id: row.id,
    at: iso(row.at),
    receivedAt: iso(row.received_at),
    granted: row.granted,
    door: row.door === null ? null : named(row.door, row.door_name),
    gateway: named(row.gateway, row.gateway_name),
    basis: isBasis(row.basis) ? row.basis : 'unknown',
    provisional: row.provisional,
    madeAt: row.made_at === null ? null : iso(row.made_at),
    evidence: row.kept ? 'kept' : erased,
  };
};

const doubtView = (row: DoubtRow, nowMs: number): DoubtView => ({
  verdict: row.verdict,
  why: row.why,
  judgedAt: row.judged_at.toISOString(),
  counter: row.counter,
  person: row.person,
  card: row.card,
  keyRevokedAt: row.revoked_at?.toISOString() ?? null,
  use: judgedUseView(row.shown, nowMs),
  first: row.first_shown === null ? null : judgedUseView(row.first_shown, nowMs),
  closed:
    row.closed_at === null || row.closed_by === null
      ? null
      : { at: row.closed_at.toISOString(), by: row.closed_by, note: row.note ?? '' },
});

/** The newest uses in doubt, open or closed. */
export const doubtsView = async (
  db: Queryable,
  { isOpen, nowMs }: { readonly isOpen: boolean; readonly nowMs: number },
): Promise<DoubtsView> => {
  const rows = await db.query<DoubtRow>(
    `${selectDoubts} and (u.closed_at is null) = $1
     order by u.judged_at desc, u.gateway, u.epoch, u.stream, u.seq limit $2`,
    [isOpen, doubtsMax + 1],
  );
  const doubts = rows.slice(0, doubtsMax).map((row) => doubtView(row, nowMs));
  return { doubts, more: rows.length > doubtsMax };
};

/** @returns undefined where no such use is in doubt */
export const doubtOf = async (
  db: Queryable,
  { use, nowMs }: { readonly use: string; readonly nowMs: number },
): Promise<DoubtView | undefined> => {
  const key = useKey(use);
  if (key === undefined) return undefined;
  const [row] = await db.query<DoubtRow>(
    `${selectDoubts} and u.gateway = $1 and u.epoch = $2 and u.stream = $3 and u.seq = $4`,
    key,
  );
  return row && doubtView(row, nowMs);
};
