import { bulkKeptMs, toHex } from '@gatehouse/protocols';
import { createBell } from '../feed/bell.ts';
import type { Clock, Database, Log } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { applyChunk, settleIdle } from './apply-chunk.ts';
import { readBulkFile } from './bulk-file.ts';
import type { BulkLine } from './bulk-file.ts';
import { checkChunk } from './check-chunk.ts';
import type { BulkPorts, Step } from './chunk-parts.ts';
import { letGo, takeJob } from './job-rows.ts';
import type { Lease, WorkingJob } from './job-rows.ts';
import { readSchool } from './known-rows.ts';
import { twinsIn } from './read-cells.ts';
import { undoChunk } from './undo-chunk.ts';

export type BulkJob = { readonly start: () => void; readonly stop: () => Promise<void> };

/** A chunk that met another writer of the same cards is judged and written again. */
const triesMax = 5;
/** unique_violation, deadlock_detected, serialization_failure, lock_not_available */
const passing = new Set(['23505', '40P01', '40001', '55P03']);
/** After a crash nobody rings. */
const lookEveryMs = 5_000;
const pauseMs = 2_000;

/** Forgets what the files said: of jobs that nobody applied, and of those that nobody can undo. */
export const eraseOld = async (database: Database, nowMs: number): Promise<void> => {
  await database.transaction(async (tx) => {
    const jobs = await tx.query<{ id: string; state: string }>(
      `update bulk_job set file = null, is_erased = true,
         state = case state when 'checked' then 'dropped' else state end
       where not is_erased and state not in ('checking', 'applying', 'undoing')
         and greatest(made_at, applied_at, undone_at) <= $1
       returning id, state`,
      [new Date(nowMs - bulkKeptMs)],
    );
    const idsOf = (isDropped: boolean): readonly string[] =>
      jobs.filter(({ state }) => (state === 'dropped') === isDropped).map(({ id }) => id);
    await tx.query('delete from bulk_row where job = any ($1::uuid[])', [idsOf(true)]);
    await tx.query(
      `update bulk_row set cells = null, before = null, since = null, changes = array_to_json(array(
         select jsonb_build_object('field', c -> 'field', 'from', '', 'to', '')
         from jsonb_array_elements(changes) c))
       where job = any ($1::uuid[])`,
      [idsOf(false)],
    );
  });
};

const again = async (run: () => Promise<Step>): Promise<Step> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (tries === triesMax || !passing.has(sqlStateOf(error))) throw error;
    }
  }
};

/** Its rows; none where the file is gone. */
const rowsOf = async (database: Database, id: string): Promise<readonly BulkLine[]> => {
  const [row] = await database.query<{ file: Uint8Array | null }>(
    'select file from bulk_job where id = $1::uuid',
    [id],
  );
  const read = readBulkFile(row?.file ?? new Uint8Array());
  return 'file' in read ? read.file.rows : [];
};

type Chunk = (lease: Lease) => Promise<Step>;

/** What one chunk of this job is. */
const chunkOf = async (ports: BulkPorts, job: WorkingJob): Promise<Chunk> => {
  const { database } = ports;
  const school = await readSchool(database);
  if (job.state === 'checking') {
    const rows = await rowsOf(database, job.id);
    const read = { rows, twins: twinsIn(rows), school };
    return (lease) => checkChunk(ports, job, lease, read);
  }
  if (job.state === 'undoing') return (lease) => undoChunk(ports, job, lease, school);
  await settleIdle(database, job.id);
  return (lease) => applyChunk(ports, job, lease, school);
};

/**
 * Works on what there is, job by job and chunk by chunk. Safe to be cut off anywhere and to run in
 * several processes: a chunk is one transaction, and it begins with the job's row.
 * @param isStopped asked between chunks
 * @returns chunks that were written
 */
export const workBulk = async (
  ports: BulkPorts,
  worker: string,
  isStopped: () => boolean = () => false,
): Promise<number> => {
  let chunks = 0;
  for (;;) {
    const lease = (): Lease => ({ worker, nowMs: ports.clock.nowMs() });
    const job = isStopped() ? undefined : await takeJob(ports.database, lease());
    if (job === undefined) return chunks;
    const chunk = await chunkOf(ports, job);
    for (let step: Step = 'more'; step === 'more' && !isStopped();) {
      step = await again(() => chunk(lease()));
      chunks += 1;
    }
  }
};

/** In every process; the lease of a job says which of them works on it. */
export const createBulkJob = (
  ports: BulkPorts & { readonly clock: Clock; readonly log: Log },
): BulkJob => {
  const { clock, database, log, random } = ports;
  const bell = createBell(clock);
  const worker = toHex(random(8));
  let cancel = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    while (!bell.hasEnded()) {
      try {
        await eraseOld(database, clock.nowMs());
        const chunks = await workBulk(ports, worker, bell.hasEnded);
        if (chunks > 0) log.info('bulk.worked', { chunks });
        await bell.wait(lookEveryMs);
      } catch (error) {
        log.warn('bulk.failed', { error });
        await bell.rest(pauseMs);
      }
    }
    // Somebody else need not wait for the lease.
    await letGo(database, worker).catch(() => undefined);
  };
  return {
    start: () => {
      cancel = database.onFeed(bell.ring);
      running = run();
    },
    stop: async () => {
      cancel();
      bell.end();
      await running;
    },
  };
};
