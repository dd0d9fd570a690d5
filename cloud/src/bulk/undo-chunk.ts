import type { BulkField, BulkUndo } from '@gatehouse/protocols';
import type { Revoked } from '../access/revocations.ts';
import { tellHolders } from '../cards/tell-holder.ts';
import type { Told } from '../cards/tell-holder.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { chipNotices, endedNotice } from './bulk-notices.ts';
import { lockCards, untilSamePerson } from './chunk-parts.ts';
import type { BulkPorts, Step } from './chunk-parts.ts';
import { endIssued } from './end-issued.ts';
import { holdJob } from './job-rows.ts';
import type { JobRow, Lease, WorkingJob } from './job-rows.ts';
import { knownCards } from './known-rows.ts';
import type { KnownRow, School } from './known-rows.ts';
import { stateBack } from './state-back.ts';
import type { AppliedRow } from './state-back.ts';
import { updateCards } from './write-cards.ts';
import type { CardState } from './write-cards.ts';

type Undone = {
  readonly n: number;
  readonly undo: BulkUndo;
  readonly left: readonly BulkField[];
};

/** The last first: what came later stands upon what came before. */
const waiting = (tx: Queryable, job: string, limit: number): Promise<readonly AppliedRow[]> =>
  tx.query<AppliedRow>(
    `select n, line, number, cells, verdict, changes, outcome, before from bulk_row
     where job = $1::uuid and outcome in ('issued', 'changed') and undo is null
     order by n desc limit $2`,
    [job, limit],
  );

type Plan = { readonly ended: KnownRow[]; readonly back: CardState[]; readonly undone: Undone[] };

const fieldsOf = ({ changes }: JobRow): readonly BulkField[] => changes.map(({ field }) => field);

const planOf = (rows: readonly AppliedRow[], known: ReadonlyMap<string, KnownRow>): Plan => {
  const plan: Plan = { ended: [], back: [], undone: [] };
  for (const row of rows) {
    const { n } = row;
    const card = known.get(row.number);
    if (card === undefined || card.state === 'ended') {
      plan.undone.push({ n, undo: 'left', left: fieldsOf(row) });
    } else if (row.outcome === 'issued') {
      plan.ended.push(card);
      plan.undone.push({ n, undo: 'ended', left: [] });
    } else {
      const { state, left } = stateBack(row, card);
      const isNone = left.length === row.changes.length;
      if (!isNone) plan.back.push(state);
      const some = left.length === 0 ? 'put_back' : 'in_part';
      plan.undone.push({ n, undo: isNone ? 'left' : some, left });
    }
  }
  return plan;
};

const write = async (
  tx: Queryable,
  { ended, back }: Plan,
  at: Date,
): Promise<readonly Revoked[]> => {
  const cards = ended.map(({ card }) => card);
  return [...(await endIssued(tx, cards, at)), ...(await updateCards(tx, back, at))];
};

const noticesOf = ({ ended, back }: Plan): readonly Told[] => [
  ...ended.map(endedNotice),
  ...back.flatMap(chipNotices),
];

const finish = async (tx: Queryable, job: WorkingJob, { nowMs }: Lease): Promise<Step> => {
  await tx.query(
    `update bulk_job set state = 'undone', worker = null, leased_until = null
     where id = $1::uuid`,
    [job.id],
  );
  await appendFeed(tx, nowMs, { kind: 'domain', name: 'bulk.undone', subject: job.id, data: {} });
  return 'done';
};

/** Takes the next rows back in one transaction: new cards end, other values return if ours. */
export const undoChunk = async (
  ports: BulkPorts,
  job: WorkingJob,
  lease: Lease,
  { school, limit }: { readonly school: School; readonly limit: number },
): Promise<Step> =>
  ports.database.transaction(async (tx) => {
    const held = await holdJob(tx, job, lease);
    if (held === undefined) return 'lost';
    const waitingRows = await waiting(tx, job.id, limit);
    if (waitingRows.length === 0) return finish(tx, held, lease);
    const { nowMs } = lease;
    const numbers = waitingRows.map(({ number }) => number);
    await lockCards(tx, numbers);
    const known = await knownCards(tx, numbers, school.zone);
    const rows = untilSamePerson(waitingRows, ({ number }) => known.get(number)?.person);
    const plan = planOf(rows, known);
    const revoked = await write(tx, plan, new Date(nowMs));
    await tx.query(
      `update bulk_row r set undo = x.undo, undo_left = x.left
       from jsonb_to_recordset($2::jsonb) x(n integer, undo text, "left" jsonb)
       where r.job = $1::uuid and r.n = x.n`,
      [job.id, JSON.stringify(plan.undone)],
    );
    const counts = { ended: plan.ended.length, putBack: plan.back.length };
    await ports.appendAudit(tx, {
      ...{ atMs: nowMs, actor: held.undone_by ?? held.made_by, action: 'bulk.take_back' },
      ...{ subject: job.id, detail: { rows: rows.length, ...counts } },
    });
    await ports.revokeAll(tx, revoked);
    await tellHolders(
      tx,
      { nowMs, random: ports.random },
      { subject: job.id, all: noticesOf(plan) },
    );
    await appendFeed(tx, nowMs, {
      ...{ kind: 'domain', name: 'cards.taken_back', subject: job.id, data: counts },
    });
    return 'more';
  });
