import { appendFeed } from '../feed/feed.ts';
import type { BulkLine } from './bulk-file.ts';
import type { BulkPorts, Step } from './chunk-parts.ts';
import { cutText } from './cut-text.ts';
import { holdJob, insertJudged } from './job-rows.ts';
import type { Lease, WorkingJob } from './job-rows.ts';
import { judgeRow } from './judge-row.ts';
import { knownOf } from './known-rows.ts';
import type { School } from './known-rows.ts';
import { plainNumber } from './read-cells.ts';
import type { Twins } from './read-cells.ts';

const numberCharsMax = 40;

export type CheckOrder = {
  readonly rows: readonly BulkLine[];
  readonly twins: Twins;
  readonly school: School;
  readonly limit: number;
};

/** The dry run of the next rows: judged and kept, and nothing else is written. */
export const checkChunk = async (
  { database }: Pick<BulkPorts, 'database'>,
  job: WorkingJob,
  lease: Lease,
  { limit, ...read }: CheckOrder,
): Promise<Step> =>
  database.transaction(async (tx) => {
    const held = await holdJob(tx, job, lease);
    if (held === undefined) return 'lost';
    const [last] = await tx.query<{ n: number }>(
      'select coalesce(max(n), 0)::int4 as n from bulk_row where job = $1::uuid',
      [job.id],
    );
    const from = last?.n ?? 0;
    const rows = read.rows.slice(from, from + limit);
    const known = await knownOf(tx, rows, { ...read, nowMs: lease.nowMs });
    const judged = rows.flatMap((row, i) => {
      const about = known[i];
      if (about === undefined) return [];
      const { verdict, changes, faults } = judgeRow(row.cells, about, row.faults);
      const number = cutText(plainNumber(row.cells.number), numberCharsMax);
      const { n, line, cells } = row;
      const card = about.card?.card ?? null;
      return [{ n, line, number, cells, verdict, changes, faults, card }];
    });
    await insertJudged(tx, job.id, judged);
    const isDone = from + rows.length >= read.rows.length;
    if (isDone) {
      // Whoever applies it need not wait for the lease.
      await tx.query(
        `update bulk_job set state = 'checked', worker = null, leased_until = null
         where id = $1::uuid`,
        [job.id],
      );
    }
    const name = isDone ? 'bulk.checked' : 'bulk.moved';
    const data = { rows: from + rows.length };
    await appendFeed(tx, lease.nowMs, { kind: 'domain', name, subject: job.id, data });
    return isDone ? 'done' : 'more';
  });
