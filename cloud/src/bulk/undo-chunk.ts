import type { BulkColumn, BulkUndo } from '@gatehouse/protocols';
import type { Revoked } from '../access/revocations.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { chunkRows, lockCards, untilSamePerson } from './chunk-parts.ts';
import type { BulkPorts, Step } from './chunk-parts.ts';
import { endCards } from './end-cards.ts';
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
  readonly left: readonly BulkColumn[];
};

/** The last first: what came later stands upon what came before. */
const waiting = (tx: Queryable, job: string): Promise<readonly AppliedRow[]> =>
  tx.query<AppliedRow>(
    `select n, line, number, cells, verdict, changes, outcome, before from bulk_row
     where job = $1::uuid and outcome in ('issued', 'changed') and undo is null
     order by n desc limit $2`,
    [job, chunkRows],
  );

type Plan = { readonly ended: string[]; readonly back: CardState[]; readonly undone: Undone[] };

/** Chips that another card has by now; they cannot come back. */
const takenUids = async (
  tx: Queryable,
  rows: readonly AppliedRow[],
): Promise<ReadonlySet<string>> => {
  const uids = rows.flatMap(({ before }) => (before?.uids ?? []).map(({ uid }) => uid));
  const taken = await tx.query<{ uid: string }>(
    'select uid from uid where uid = any ($1) and ended_at is null',
    [uids],
  );
  return new Set(taken.map(({ uid }) => uid));
};

const fieldsOf = ({ changes }: JobRow): readonly BulkColumn[] => changes.map(({ field }) => field);

const planOf = (
  rows: readonly AppliedRow[],
  known: ReadonlyMap<string, KnownRow>,
  taken: ReadonlySet<string>,
): Plan => {
  const plan: Plan = { ended: [], back: [], undone: [] };
  for (const row of rows) {
    const { n } = row;
    const card = known.get(row.number);
    if (card === undefined || card.state === 'ended') {
      plan.undone.push({ n, undo: 'left', left: fieldsOf(row) });
    } else if (row.outcome === 'issued') {
      plan.ended.push(card.card);
      plan.undone.push({ n, undo: 'ended', left: [] });
    } else {
      const { state, left } = stateBack(row, card, taken);
      const isNone = left.length === row.changes.length;
      if (!isNone) plan.back.push(state);
      const some = left.length === 0 ? 'put_back' : 'in_part';
      plan.undone.push({ n, undo: isNone ? 'left' : some, left });
    }
  }
  return plan;
};

/** The former chips live again, as the rows that they were. */
const reviveUids = async (
  tx: Queryable,
  states: readonly CardState[],
): Promise<readonly Revoked[]> => {
  const rows = await tx.query<{ uid: string; card: string }>(
    'update uid set ended_at = null where id = any ($1::uuid[]) returning uid, card',
    [states.flatMap(({ uidsBack = [] }) => uidsBack)],
  );
  return rows.map(({ uid, card }) => ({ kind: 'uid.restored', uid, card }) as const);
};

const finish = async (tx: Queryable, job: WorkingJob, { nowMs }: Lease): Promise<Step> => {
  await tx.query(
    `update bulk_job set state = 'undone', undone_at = $2, worker = null, leased_until = null
     where id = $1::uuid`,
    [job.id, new Date(nowMs)],
  );
  await appendFeed(tx, nowMs, { kind: 'domain', name: 'bulk.undone', subject: job.id, data: {} });
  return 'done';
};

/** Takes the next rows back in one transaction: new cards end, other values return if ours. */
export const undoChunk = async (
  ports: BulkPorts,
  job: WorkingJob,
  lease: Lease,
  school: School,
): Promise<Step> =>
  ports.database.transaction(async (tx) => {
    const held = await holdJob(tx, job, lease);
    if (held === undefined) return 'lost';
    const waitingRows = await waiting(tx, job.id);
    if (waitingRows.length === 0) return finish(tx, held, lease);
    const { nowMs } = lease;
    const at = new Date(nowMs);
    const numbers = waitingRows.map(({ number }) => number);
    await lockCards(tx, numbers);
    const known = await knownCards(tx, numbers, school.zone);
    const rows = untilSamePerson(waitingRows, ({ number }) => known.get(number)?.person);
    const plan = planOf(rows, known, await takenUids(tx, rows));
    const revoked = [
      ...(await endCards(tx, plan.ended, at)),
      ...(await updateCards(tx, plan.back, at)),
      ...(await reviveUids(tx, plan.back)),
    ];
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
    await appendFeed(tx, nowMs, {
      ...{ kind: 'domain', name: 'cards.taken_back', subject: job.id, data: counts },
    });
    return 'more';
  });
