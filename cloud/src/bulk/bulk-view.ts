import { bulkKeptMs, bulkOutcomes, bulkUndos, bulkVerdicts, uidEnd } from '@gatehouse/protocols';
import type {
  BulkCells,
  BulkChangeView,
  BulkFaultView,
  BulkJobView,
  BulkRowView,
  BulkRowsView,
  BulkVerdict,
} from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import { undoableNow } from './bulk-orders.ts';

const jobsMax = 20;
export const pageRows = 50;

type Name = { readonly zh: string; readonly en: string };

type JobColumns = Omit<BulkJobView, 'madeAt' | 'appliedAt' | 'undoneAt' | 'undoUntil'> & {
  readonly madeAt: Date;
  readonly appliedAt: Date | null;
  readonly undoneAt: Date | null;
  readonly isUndoable: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly undos: Readonly<Record<string, number>>;
};

const nameOf = (column: string): string =>
  `(select jsonb_build_object('zh', p.name_zh, 'en', p.name_en) from person p
    where p.id = ${column})`;

const countBy = (column: string): string =>
  `(select coalesce(jsonb_object_agg(g.name, g.count), '{}') from (
     select r.${column} as name, count(*)::int4 as count from bulk_row r
     where r.job = j.id and r.${column} is not null group by 1) g)`;

const selectJobs = `
  select j.id, j.file_name as "fileName", j.bytes, j.sha256, j.encoding, j.separator, j.headings,
    j.made_at as "madeAt", ${nameOf('j.made_by')} as "madeBy", j.state,
    j.stop_asked as "stopAsked", j.rows, ${countBy('verdict')} as counts,
    ${countBy('outcome')} as outcomes, ${countBy('undo')} as undos,
    j.applied_at as "appliedAt", ${nameOf('j.applied_by')} as "appliedBy",
    case j.state when 'undone' then j.undone_at end as "undoneAt",
    ${nameOf('j.undone_by')} as "undoneBy",
    ${undoableNow} as "isUndoable", j.is_erased as "isErased"
  from bulk_job j where $2::timestamptz is not null`;

const filled = <Key extends string>(
  keys: readonly Key[],
  found: Readonly<Record<string, number>>,
): Record<Key, number> =>
  // Every key is there.
  Object.fromEntries(keys.map((key) => [key, found[key] ?? 0])) as Record<Key, number>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const jobView = ({ isUndoable, ...row }: JobColumns): BulkJobView => ({
  ...row,
  madeAt: row.madeAt.toISOString(),
  counts: filled(bulkVerdicts, row.counts),
  outcomes: filled(bulkOutcomes, row.outcomes),
  undos: filled(bulkUndos, row.undos),
  appliedAt: iso(row.appliedAt),
  undoneAt: iso(row.undoneAt),
  undoUntil:
    isUndoable && row.appliedAt !== null
      ? new Date(row.appliedAt.getTime() + bulkKeptMs).toISOString()
      : null,
});

/** The newest first. */
export const bulkJobs = async (db: Queryable, nowMs: number): Promise<readonly BulkJobView[]> => {
  const rows = await db.query<JobColumns>(
    `${selectJobs} order by j.made_at desc, j.id desc limit $1`,
    [jobsMax, new Date(nowMs)],
  );
  return rows.map(jobView);
};

/** @throws CloudError CL_NOT_FOUND */
export const bulkJobView = async (
  db: Queryable,
  job: string,
  nowMs: number,
): Promise<BulkJobView> => {
  const [row] = await db.query<JobColumns>(`${selectJobs} and j.id = $1::uuid`, [
    job,
    new Date(nowMs),
  ]);
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'bulk job');
  return jobView(row);
};

type RowColumns = Omit<BulkRowView, 'name' | 'sinceFaults' | 'undoLeft'> & {
  readonly cells: BulkCells | null;
  /** Of the card as it is now. */
  readonly holder: Name | null;
  readonly since: { readonly faults: readonly BulkFaultView[] } | null;
  readonly undoLeft: BulkRowView['undoLeft'] | null;
};

const tail = (uid: string): string => (uid === '' ? '' : `···${uidEnd(uid)}`);

/** Chips are told by their end: a screen is no place to copy one from. */
const shown = (change: BulkChangeView): BulkChangeView =>
  change.field === 'uid'
    ? { ...change, from: tail(change.from), to: tail(change.to) }
    : { ...change };

/** As the file says, and where it is silent as the card is called. */
const nameIn = (cells: BulkCells | null, holder: Name | null): Name => ({
  zh: cells?.name_zh || (holder?.zh ?? ''),
  en: cells?.name_en || (holder?.en ?? ''),
});

const rowView = ({ cells, holder, since, ...row }: RowColumns): BulkRowView => ({
  ...row,
  name: nameIn(cells, holder),
  changes: row.changes.map(shown),
  sinceFaults: [...(since?.faults ?? [])],
  undoLeft: row.undoLeft ?? [],
});

export type RowFilter = {
  /** Null = all of them. */
  readonly verdict: BulkVerdict | null;
  /** The row after which it begins; 0 = at the start. */
  readonly after: number;
  readonly limit: number;
};

/** A page of a job's rows, in the order of the file. */
export const bulkRows = async (
  db: Queryable,
  job: string,
  { verdict, after, limit }: RowFilter,
): Promise<BulkRowsView> => {
  const found = await db.query<RowColumns>(
    `select n, line, number, cells, verdict, changes, faults, outcome, since, undo,
       undo_left as "undoLeft", card, (select jsonb_build_object('zh', h.name_zh, 'en', h.name_en)
         from card_holder h where h.card = bulk_row.card) as holder
     from bulk_row where job = $1::uuid and n > $2 and ($3::text is null or verdict = $3)
     order by n limit $4`,
    [job, after, verdict, limit + 1],
  );
  const rows = found.slice(0, limit).map(rowView);
  return { rows, after: found.length > limit ? (rows.at(-1)?.n ?? null) : null };
};
