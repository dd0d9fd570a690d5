import { eventId, evidenceKeptMs } from '@gatehouse/protocols';
import type { DoubtVerdict, FeedItem } from '@gatehouse/protocols';
import { endTurn } from '../feed/consumer.ts';
import type { ConsumerOptions } from '../feed/consumer.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Clock, Ports, Queryable } from '../ports.ts';
import { prove } from './prove.ts';
import {
  counterKey,
  decidedIn,
  enrolledKeys,
  firstUses,
  freezesOf,
  insertUses,
} from './use-rows.ts';
import type { Decided, Enrolled, FirstUse, Freezes, Judged } from './use-rows.ts';

/** Name of the consumer; a new name judges everything again, to the same end. */
export const judgementConsumer = 'judgement';

/** A phone key that was used twice. `use` = event id of the use that does not stand. */
export type SpentTwice = {
  readonly credential: string;
  readonly card: string;
  readonly person: string;
  readonly use: string;
  readonly verdict: 'double_spent' | 'cloned';
};

/**
 * What follows for such keys, in the transaction that judges. Takes its locks in the order
 * credential, audit, revocation, feed, for all of them at once.
 */
export type OnDoubleSpent = (tx: Queryable, spent: readonly SpentTwice[]) => Promise<void>;

export type JudgementPorts = {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly primitives: Ports['primitives'];
  readonly onDoubleSpent: OnDoubleSpent;
};

/** What the tables say about the uses of one batch. */
type Known = {
  readonly keys: ReadonlyMap<string, Enrolled>;
  readonly freezes: ReadonlyMap<string, Freezes>;
  /** Grows as the uses of the batch are confirmed. */
  readonly firsts: Map<string, FirstUse>;
};

const wasOver = (
  { revoked_at: revokedAt, card }: Enrolled,
  freezes: Known['freezes'],
  atMs: number,
): boolean => {
  if (revokedAt !== null && revokedAt.getTime() < atMs) return true;
  const before = (freezes.get(card) ?? []).filter(({ at }) => at.getTime() < atMs);
  return before.at(-1)?.isFrozen === true;
};

/**
 * What stands on its own facts comes first (proof, revocation), whatever came before it. Of the
 * others the first one ingested is confirmed for good. Undefined where nothing can be said.
 */
const judge = (
  decided: Decided,
  { keys, freezes, firsts }: Known,
  { primitives, clock }: Pick<JudgementPorts, 'primitives' | 'clock'>,
): Judged | undefined => {
  const { credential, data, granted, pass, received_at: receivedAt } = decided;
  // Erased before anybody judged it: that is our doing, not the gateway's.
  const isErased = pass === null && receivedAt.getTime() <= clock.nowMs() - evidenceKeptMs;
  if (isErased) return undefined;
  const enrolled = keys.get(credential);
  const audience = typeof data['audience'] === 'string' ? data['audience'] : undefined;
  const claimed = { ...decided, audience, atMs: decided.at.getTime() };
  const proof = prove(claimed, enrolled, primitives);
  const first = firsts.get(counterKey(decided));
  const common = { decided, enrolled, first: first?.id ?? null };
  if (!proof.ok || enrolled === undefined) {
    // A refusal that proves nothing let nobody in.
    if (!granted) return undefined;
    const why = proof.ok ? 'unknown_credential' : proof.why;
    return { ...common, verdict: 'not_proven', why, madeAtMs: null, bodySha256: null };
  }
  const { madeAtMs, bodySha256 } = proof;
  const proven = { ...common, why: null, madeAtMs, bodySha256 };
  if (!granted) return { ...proven, verdict: 'cloned' };
  if (wasOver(enrolled, freezes, decided.happened_at.getTime())) {
    return { ...proven, verdict: 'late_revoked' };
  }
  if (first === undefined) return { ...proven, verdict: 'confirmed' };
  return { ...proven, verdict: first.bodySha256 === bodySha256 ? 'double_spent' : 'cloned' };
};

const knownOf = async (tx: Queryable, decided: readonly Decided[]): Promise<Known> => {
  const keys = await enrolledKeys(tx, [...new Set(decided.map(({ credential }) => credential))]);
  const cards = [...new Set([...keys.values()].map(({ card }) => card))];
  return { keys, freezes: await freezesOf(tx, cards), firsts: await firstUses(tx, decided) };
};

const judgeAll = (
  decided: readonly Decided[],
  known: Known,
  ports: JudgementPorts,
): readonly Judged[] =>
  decided.flatMap((use) => {
    const judged = judge(use, known, ports);
    if (judged?.verdict === 'confirmed') {
      const { bodySha256 } = judged;
      known.firsts.set(counterKey(use), { id: eventId(use), bodySha256 });
    }
    return judged ?? [];
  });

const revoking: ReadonlySet<string> = new Set<DoubtVerdict>(['double_spent', 'cloned']);

const isRevoking = (verdict: string): verdict is SpentTwice['verdict'] => revoking.has(verdict);

/** One per key, by key: locks are taken in the same order everywhere. */
const spentTwice = (doubts: readonly Judged[]): readonly SpentTwice[] => {
  const spent = new Map<string, SpentTwice>();
  for (const { decided, enrolled, verdict } of doubts) {
    if (enrolled === undefined || !isRevoking(verdict) || spent.has(enrolled.id)) continue;
    const { id: credential, card, person } = enrolled;
    spent.set(credential, { credential, card, person, verdict, use: eventId(decided) });
  }
  return [...spent.values()].toSorted((a, b) => (a.credential < b.credential ? -1 : 1));
};

const tell = async (tx: Queryable, doubts: readonly Judged[], atMs: number): Promise<void> => {
  for (const { decided, enrolled, verdict, why, first } of doubts) {
    const { gateway, door, credential, counter } = decided;
    const whose = { card: enrolled?.card ?? null, person: enrolled?.person ?? null };
    await appendFeed(tx, atMs, {
      kind: 'domain',
      name: `use.${verdict}`,
      subject: eventId(decided),
      data: { gateway, door, credential, counter, ...whose, first, ...(why && { why }) },
    });
  }
};

/**
 * Judges the uses that a batch brought: a `handle` of `runConsumer`. One row of `use` for each,
 * written in the transaction that moves the cursor; what was judged once is not judged again.
 */
export const createJudgement =
  (ports: JudgementPorts): ConsumerOptions['handle'] =>
  async (tx: Queryable, { what }: FeedItem) => {
    if (what.kind !== 'batch' || what.stream !== 'main') return undefined;
    const decided = await decidedIn(tx, what);
    if (decided.length === 0) return undefined;
    const nowMs = ports.clock.nowMs();
    const judged = judgeAll(decided, await knownOf(tx, decided), ports);
    await insertUses(tx, judged, nowMs);
    const doubts = judged.filter(({ verdict }) => verdict !== 'confirmed');
    if (doubts.length === 0) return undefined;
    const spent = spentTwice(doubts);
    if (spent.length > 0) await ports.onDoubleSpent(tx, spent);
    await tell(tx, doubts, nowMs);
    return endTurn;
  };
