import { toHex } from '@gatehouse/protocols';
import { createBell } from '../feed/bell.ts';
import { feedHead } from '../feed/feed.ts';
import type { Clock, Database, Log } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { applyChunk, settleIdle } from './apply-chunk.ts';
import { readBulkFile } from './bulk-file.ts';
import type { BulkLine } from './bulk-file.ts';
import { checkChunk } from './check-chunk.ts';
import { chunkRows } from './chunk-parts.ts';
import type { BulkPorts, Step } from './chunk-parts.ts';
import { eraseOld } from './erase-old.ts';
import { hearOfFiles, letGo, restJob, takeJob } from './job-rows.ts';
import type { Lease, WorkingJob } from './job-rows.ts';
import { readSchool } from './known-rows.ts';
import { twinsIn } from './read-cells.ts';
import { failJob, isForGood, setRowAside } from './set-aside.ts';
import { undoChunk } from './undo-chunk.ts';

export type BulkJob = { readonly start: () => void; readonly stop: () => Promise<void> };

/** A chunk that met another writer of the same cards is judged and written again. */
const triesMax = 5;
/** unique_violation, deadlock_detected, serialization_failure, lock_not_available */
const passing = new Set(['23505', '40P01', '40001', '55P03']);
/** After a crash nobody rings. */
const lookEveryMs = 5_000;
const eraseEveryMs = 60_000;
const pauseMs = 2_000;

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

type Chunk = (lease: Lease, limit: number) => Promise<Step>;
type Work = { readonly chunk: Chunk; readonly lines: readonly BulkLine[] };

/** What one chunk of this job is. */
const workOf = async (ports: BulkPorts, job: WorkingJob): Promise<Work> => {
  const { database } = ports;
  const school = await readSchool(database);
  if (job.state === 'checking') {
    const rows = await rowsOf(database, job.id);
    const read = { rows, twins: twinsIn(rows), school };
    return {
      chunk: (lease, limit) => checkChunk(ports, job, lease, { ...read, limit }),
      lines: rows,
    };
  }
  if (job.state === 'applying') await settleIdle(database, job.id);
  const run = job.state === 'undoing' ? undoChunk : applyChunk;
  return { chunk: (lease, limit) => run(ports, job, lease, { school, limit }), lines: [] };
};

type Turn = {
  readonly ports: BulkPorts;
  readonly lease: () => Lease;
  readonly isStopped: () => boolean;
};

/**
 * Chunk by chunk. What the database refuses for good is looked for by halves, down to the one row
 * that is set aside; after that the chunks grow again.
 * @returns chunks that were written
 */
const workChunks = async (
  { ports, lease, isStopped }: Turn,
  job: WorkingJob,
  { chunk, lines }: Work,
): Promise<number> => {
  let chunks = 0;
  let limit = chunkRows;
  for (let step: Step = 'more'; step === 'more' && !isStopped();) {
    const size = limit;
    try {
      step = await again(() => chunk(lease(), size));
      chunks += 1;
      limit = Math.min(chunkRows, size * 2);
    } catch (error) {
      if (!isForGood(error)) throw error;
      limit = Math.max(1, Math.floor(size / 2));
      if (size === 1) step = await setRowAside(ports, lease(), { job, lines, error });
    }
  }
  return chunks;
};

/** @returns chunks that were written */
const workOrFail = async (turn: Turn, job: WorkingJob): Promise<number> => {
  const { ports, lease } = turn;
  try {
    return await workChunks(turn, job, await workOf(ports, job));
  } catch (error) {
    if (!isForGood(error)) throw error;
    await failJob(ports, lease(), { job, error });
    return 0;
  }
};

/** One job; whatever befalls it, the others have their turn. */
const workOn = async (turn: Turn, job: WorkingJob): Promise<number> => {
  const { ports, lease } = turn;
  try {
    return await workOrFail(turn, job);
  } catch (error) {
    await restJob(ports.database, job.id, lease());
    throw error;
  }
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
  const lease = (): Lease => ({ worker, nowMs: ports.clock.nowMs() });
  let chunks = 0;
  for (;;) {
    const job = isStopped() ? undefined : await takeJob(ports.database, lease());
    if (job === undefined) return chunks;
    chunks += await workOn({ ports, lease, isStopped }, job);
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

  let eraseAtMs = -Infinity;
  let lookAtMs = -Infinity;
  let pos: number | undefined;

  /** The feed rings for every use of every door, and says of little that it is about files. */
  const isDue = async (): Promise<boolean> => {
    const heard = await hearOfFiles(database, (pos ??= await feedHead(database)));
    ({ pos } = heard);
    return heard.isOurs || clock.nowMs() >= lookAtMs;
  };

  const turn = async (): Promise<void> => {
    if (clock.nowMs() >= eraseAtMs) {
      await eraseOld(database, clock.nowMs());
      eraseAtMs = clock.nowMs() + eraseEveryMs;
    }
    if (!(await isDue())) return;
    const chunks = await workBulk(ports, worker, bell.hasEnded);
    lookAtMs = clock.nowMs() + lookEveryMs;
    if (chunks > 0) log.info('bulk.worked', { chunks });
  };

  const run = async (): Promise<void> => {
    while (!bell.hasEnded()) {
      try {
        await turn();
        await bell.wait(lookEveryMs);
      } catch (error) {
        log.warn('bulk.failed', { error });
        lookAtMs = -Infinity;
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
