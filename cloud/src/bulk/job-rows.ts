import type {
  BulkCells,
  BulkChangeView,
  BulkFaultView,
  BulkState,
  BulkVerdict,
} from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { jsonbText } from '../storable.ts';

/** A job while somebody works on it. */
export type WorkingJob = {
  readonly id: string;
  readonly state: BulkState;
  readonly stop_asked: boolean;
  readonly made_by: string;
  readonly applied_by: string | null;
  readonly undone_by: string | null;
  readonly sha256: string;
  readonly rows: number;
};

const jobColumns = 'id, state, stop_asked, made_by, applied_by, undone_by, sha256, rows';

/** Who works, and until when nobody else takes the job up. */
export type Lease = { readonly worker: string; readonly nowMs: number };

/** A worker that died is waited for this long; each chunk renews it. */
export const leaseMs = 20_000;
/** A job that met a fault of the moment comes again after this long. */
const restMs = 5_000;

/** The oldest job that nobody works on; undefined = there is none. */
export const takeJob = async (
  db: Queryable,
  { worker, nowMs }: Lease,
): Promise<WorkingJob | undefined> => {
  const [job] = await db.query<WorkingJob>(
    `update bulk_job set worker = $1, leased_until = $3 where id = (
       select id from bulk_job where state in ('checking', 'applying', 'undoing')
         and (leased_until is null or leased_until <= $2 or worker = $1)
       order by made_at, id limit 1 for update skip locked)
     returning ${jobColumns}`,
    [worker, new Date(nowMs), new Date(nowMs + leaseMs)],
  );
  return job;
};

/**
 * The job, locked until the transaction ends, its lease renewed; undefined where another worker has
 * it, or it has come to another state.
 */
export const holdJob = async (
  tx: Queryable,
  { id, state }: Pick<WorkingJob, 'id' | 'state'>,
  { worker, nowMs }: Lease,
): Promise<WorkingJob | undefined> => {
  const [job] = await tx.query<WorkingJob>(
    `update bulk_job set leased_until = $4 where id = $1::uuid and state = $2 and worker = $3
     returning ${jobColumns}`,
    [id, state, worker, new Date(nowMs + leaseMs)],
  );
  return job;
};

/** Something else than its rows went wrong: others have their turn, and this one another. */
export const restJob = async (
  db: Queryable,
  id: string,
  { worker, nowMs }: Lease,
): Promise<void> => {
  await db.query(
    `update bulk_job set worker = null, leased_until = $3 where id = $1::uuid and worker = $2
       and state in ('checking', 'applying', 'undoing')`,
    [id, worker, new Date(nowMs + restMs)],
  );
};

export const letGo = async (db: Queryable, worker: string): Promise<void> => {
  await db.query(
    `update bulk_job set leased_until = null, worker = null
     where worker = $1 and state in ('checking', 'applying', 'undoing')`,
    [worker],
  );
};

/** Where the feed stands, and whether it says something about files after `pos`. */
export const hearOfFiles = async (
  db: Queryable,
  pos: number,
): Promise<{ readonly pos: number; readonly isOurs: boolean }> => {
  const [heard] = await db.query<{ pos: number; isOurs: boolean }>(
    `select coalesce(max(pos), $1::bigint) as pos, coalesce(bool_or(what ->> 'kind' = 'domain'
       and what ->> 'name' like 'bulk.%'), false) as "isOurs"
     from feed where pos > $1::bigint`,
    [pos],
  );
  return heard ?? { pos, isOurs: false };
};

/** A row of a job that waits to be applied, or to be taken back. */
export type JobRow = {
  readonly n: number;
  readonly line: number;
  readonly number: string;
  readonly cells: BulkCells;
  readonly verdict: BulkVerdict;
  readonly changes: readonly BulkChangeView[];
};

export type JudgedRow = JobRow & {
  readonly faults: readonly BulkFaultView[];
  /** That has this number already. */
  readonly card: string | null;
};

export const insertJudged = async (
  tx: Queryable,
  job: string,
  rows: readonly JudgedRow[],
): Promise<void> => {
  await tx.query(
    `insert into bulk_row (job, n, line, number, cells, verdict, changes, faults, card)
     select $1::uuid, x.* from jsonb_to_recordset($2::jsonb) x(n integer, line integer,
       number text, cells jsonb, verdict text, changes jsonb, faults jsonb, card uuid)`,
    [job, jsonbText(rows)],
  );
};
