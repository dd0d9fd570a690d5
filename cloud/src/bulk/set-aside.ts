import type { BulkFaultView } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { jsonbText } from '../storable.ts';
import type { BulkLine } from './bulk-file.ts';
import type { BulkPorts, Step } from './chunk-parts.ts';
import { holdJob } from './job-rows.ts';
import type { Lease, WorkingJob } from './job-rows.ts';

/**
 * data_exception, integrity_constraint_violation, program_limit_exceeded: the database refuses
 * these values, now and whenever they come again.
 */
export const isForGood = (error: unknown): boolean => /^(?:22|23|54)/.test(sqlStateOf(error));

const faults: readonly BulkFaultView[] = [{ code: 'not_written', column: null, what: '' }];
const since = { verdict: 'refused', changes: [], faults } as const;

type Waiting = {
  readonly job: WorkingJob;
  /** Of the file; read while it is checked. */
  readonly lines: readonly BulkLine[];
  /** What the database said to it. */
  readonly error: unknown;
};

/** The next row of a job, by its state: settled, and nothing of what it says is written. */
const settle: Readonly<
  Partial<Record<WorkingJob['state'], (tx: Queryable, one: Waiting) => Promise<readonly unknown[]>>>
> = {
  checking: (tx, { job, lines }) =>
    tx.query(
      `insert into bulk_row (job, n, line, number, verdict, changes, faults)
       select $1::uuid, x.n, x.line, '', 'refused', '[]', $3::jsonb
       from jsonb_to_recordset($2::jsonb) x(n integer, line integer)
       where x.n = (select coalesce(max(n), 0) + 1 from bulk_row where job = $1::uuid)
       returning n`,
      [job.id, JSON.stringify(lines.map(({ n, line }) => ({ n, line }))), jsonbText(faults)],
    ),
  applying: (tx, { job }) =>
    tx.query(
      `update bulk_row set outcome = 'refused', since = $2::jsonb where job = $1::uuid and n = (
         select min(n) from bulk_row where job = $1::uuid and outcome is null)
       returning n`,
      [job.id, jsonbText(since)],
    ),
  undoing: (tx, { job }) =>
    tx.query(
      `update bulk_row set undo = 'left', since = $2::jsonb,
         undo_left = jsonb_path_query_array(changes, '$[*].field')
       where job = $1::uuid and n = (select max(n) from bulk_row
         where job = $1::uuid and outcome in ('issued', 'changed') and undo is null)
       returning n`,
      [job.id, jsonbText(since)],
    ),
};

/**
 * The next row cannot be written, not even alone: it is refused, says so, and the job goes on with
 * the one after it.
 * @throws the error itself where no row waits
 */
export const setRowAside = (ports: BulkPorts, lease: Lease, one: Waiting): Promise<Step> =>
  ports.database.transaction(async (tx) => {
    const held = await holdJob(tx, one.job, lease);
    if (held === undefined) return 'lost';
    const settled = await settle[held.state]?.(tx, one);
    // No row is left: it was something else.
    if (settled?.length !== 1) throw one.error;
    const about = { name: 'bulk.moved', subject: held.id, data: {} };
    await appendFeed(tx, lease.nowMs, { kind: 'domain', ...about });
    return 'more';
  });

/** The job cannot go on at all: it ends here, and the next one has its turn. */
export const failJob = (
  { database, appendAudit }: BulkPorts,
  lease: Lease,
  { job, error }: { readonly job: WorkingJob; readonly error: unknown },
): Promise<void> =>
  database.transaction(async (tx) => {
    const held = await holdJob(tx, job, lease);
    if (held === undefined) return;
    await tx.query(
      `update bulk_job set state = 'failed', file = null, worker = null, leased_until = null
       where id = $1::uuid`,
      [held.id],
    );
    const actor = held.undone_by ?? held.applied_by ?? held.made_by;
    const detail = { while: held.state, sqlState: sqlStateOf(error), sha256: held.sha256 };
    const about = { action: 'bulk.failed', subject: held.id, detail };
    await appendAudit(tx, { atMs: lease.nowMs, actor, ...about });
    const said = { name: 'bulk.failed', subject: held.id, data: {} };
    await appendFeed(tx, lease.nowMs, { kind: 'domain', ...said });
  });
