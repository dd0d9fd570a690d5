import { canonicalJson } from '@gatehouse/protocols';
import type { Revoked } from '../access/revocations.ts';
import { tellHolders } from '../cards/tell-holder.ts';
import type { Told } from '../cards/tell-holder.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { jsonbText } from '../storable.ts';
import { chipNotices, issuedNotice } from './bulk-notices.ts';
import { lockCards, untilSamePerson } from './chunk-parts.ts';
import type { BulkPorts, Step } from './chunk-parts.ts';
import type { Days } from './days.ts';
import { holdJob } from './job-rows.ts';
import type { JobRow, Lease, WorkingJob } from './job-rows.ts';
import { judgeRow } from './judge-row.ts';
import type { Judgement } from './judge-row.ts';
import { knownOf } from './known-rows.ts';
import type { KnownRow, School } from './known-rows.ts';
import type { Before } from './state-back.ts';
import { changedCard, insertCards, newCard, updateCards } from './write-cards.ts';
import type { CardState, NewCard } from './write-cards.ts';

type Judged = {
  readonly row: JobRow;
  readonly judgement: Judgement;
  readonly card: KnownRow | undefined;
};

/** What becomes of one row. */
type Done = {
  readonly n: number;
  readonly outcome: 'issued' | 'changed' | 'since';
  readonly card: string | null;
  readonly since: unknown;
  readonly before: Before | null;
};

/** Only what the dry run showed: the same verdict over the same values. */
const isAsShown = ({ verdict, changes }: Judgement, row: JobRow): boolean =>
  verdict === row.verdict && canonicalJson(changes) === canonicalJson(row.changes);

const waiting = (tx: Queryable, job: string, limit: number): Promise<readonly JobRow[]> =>
  tx.query<JobRow>(
    `select n, line, number, cells, verdict, changes from bulk_row
     where job = $1::uuid and outcome is null order by n limit $2`,
    [job, limit],
  );

const judgeAgain = async (
  tx: Queryable,
  rows: readonly JobRow[],
  at: { readonly school: School; readonly nowMs: number },
): Promise<readonly Judged[]> => {
  await lockCards(
    tx,
    rows.map(({ number }) => number),
  );
  const known = await knownOf(tx, rows, at);
  const own = untilSamePerson(rows, (_, i) => known[i]?.card?.person);
  return own.flatMap((row, i) => {
    const about = known[i];
    if (about === undefined) return [];
    return [{ row, judgement: judgeRow(row.cells, about), card: about.card }];
  });
};

/** What undoing needs beyond the values of a file. */
const beforeOf = (card: KnownRow): Before => ({
  validFrom: card.validFrom.toISOString(),
  validTo: card.validTo.toISOString(),
  startsAt: card.startsAt.toISOString(),
  endsAt: card.endsAt?.toISOString() ?? null,
  sponsor: card.sponsor?.person ?? null,
});

type Plan = {
  readonly fresh: NewCard[];
  readonly changed: CardState[];
  readonly done: Done[];
};

const planOf = (judged: readonly Judged[], moment: Parameters<typeof newCard>[1]): Plan => {
  const plan: Plan = { fresh: [], changed: [], done: [] };
  for (const { row, judgement, card } of judged) {
    const { wanted } = judgement;
    if (wanted === undefined || !isAsShown(judgement, row)) {
      const { verdict, changes, faults } = judgement;
      const since = { verdict, changes, faults };
      plan.done.push({ n: row.n, outcome: 'since', card: card?.card ?? null, since, before: null });
    } else if (card === undefined) {
      const state = newCard(wanted, moment);
      plan.fresh.push(state);
      const about = { card: state.card, since: null, before: null };
      plan.done.push({ n: row.n, outcome: 'issued', ...about });
    } else {
      const state = changedCard(wanted, card, moment);
      plan.changed.push(state);
      const about = { card: card.card, since: null, before: beforeOf(card) };
      plan.done.push({ n: row.n, outcome: 'changed', ...about });
    }
  }
  return plan;
};

const writeOutcomes = (tx: Queryable, job: string, done: readonly Done[]): Promise<unknown> =>
  tx.query(
    `update bulk_row r set outcome = x.outcome, card = x.card, since = x.since, before = x.before
     from jsonb_to_recordset($2::jsonb)
       x(n integer, outcome text, card uuid, since jsonb, before jsonb)
     where r.job = $1::uuid and r.n = x.n`,
    [job, jsonbText(done)],
  );

/** Rows that change nothing are done at once. */
export const settleIdle = (tx: Queryable, job: string): Promise<unknown> =>
  tx.query(
    `update bulk_row set outcome = case verdict when 'unchanged' then 'kept' else 'refused' end
     where job = $1::uuid and verdict in ('unchanged', 'refused') and outcome is null`,
    [job],
  );

/** The job has come to its end, or was stopped between two chunks. */
const finish = async (
  tx: Queryable,
  { appendAudit }: BulkPorts,
  job: WorkingJob,
  { nowMs, state }: { readonly nowMs: number; readonly state: 'applied' | 'stopped' },
): Promise<Step> => {
  await tx.query(
    `update bulk_job set state = $2, file = null, worker = null, leased_until = null
     where id = $1::uuid`,
    [job.id, state],
  );
  const outcomes = await tx.query<{ outcome: string; count: number }>(
    `select coalesce(outcome, 'not_done') as outcome, count(*)::int4 as count from bulk_row
     where job = $1::uuid group by 1 order by 1`,
    [job.id],
  );
  const counts = Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, count]));
  const detail = { ...counts, sha256: job.sha256 };
  const actor = job.applied_by ?? job.made_by;
  await appendAudit(tx, {
    ...{ atMs: nowMs, actor, action: `bulk.${state}`, subject: job.id, detail },
  });
  await appendFeed(tx, nowMs, { kind: 'domain', name: `bulk.${state}`, subject: job.id, data: {} });
  return 'done';
};

/** @returns what gateways must be told */
const write = async (
  tx: Queryable,
  { job, plan, at }: { readonly job: string; readonly plan: Plan; readonly at: Date },
): Promise<readonly Revoked[]> => {
  await insertCards(tx, plan.fresh, at);
  const revoked = await updateCards(tx, plan.changed, at);
  await writeOutcomes(tx, job, plan.done);
  return revoked;
};

const noticesOf = ({ fresh, changed }: Plan, days: Days): readonly Told[] => [
  ...fresh.map((card) => issuedNotice(card, days)),
  ...changed.flatMap(chipNotices),
];

/**
 * The next rows, in one transaction: judged again under lock, written by a statement for each
 * table, their outcomes with them. A crash leaves the whole chunk or nothing of it.
 */
export const applyChunk = async (
  ports: BulkPorts,
  job: WorkingJob,
  lease: Lease,
  { school, limit }: { readonly school: School; readonly limit: number },
): Promise<Step> =>
  ports.database.transaction(async (tx) => {
    const held = await holdJob(tx, job, lease);
    if (held === undefined) return 'lost';
    const { nowMs } = lease;
    const rows = await waiting(tx, job.id, limit);
    // A stop that came after the last row has stopped nothing.
    if (rows.length === 0) return finish(tx, ports, held, { nowMs, state: 'applied' });
    if (held.stop_asked) return finish(tx, ports, held, { nowMs, state: 'stopped' });
    const judged = await judgeAgain(tx, rows, { school, nowMs });
    const plan = planOf(judged, { nowMs, random: ports.random, days: school.days });
    const revoked = await write(tx, { job: job.id, plan, at: new Date(nowMs) });
    const counts = { issued: plan.fresh.length, changed: plan.changed.length };
    const span = { from: judged[0]?.row.n ?? 0, to: judged.at(-1)?.row.n ?? 0 };
    await ports.appendAudit(tx, {
      ...{ atMs: nowMs, actor: held.applied_by ?? held.made_by, action: 'bulk.issue' },
      ...{ subject: job.id, detail: { ...span, ...counts } },
    });
    await ports.revokeAll(tx, revoked);
    const all = noticesOf(plan, school.days);
    await tellHolders(tx, { nowMs, random: ports.random }, { subject: job.id, all });
    await appendFeed(tx, nowMs, {
      ...{ kind: 'domain', name: 'cards.issued', subject: job.id, data: counts },
    });
    return 'more';
  });
