import { cardNumber, uuidv7 } from '@gatehouse/protocols';
import type { AffiliationKind, IssueBody, Text } from '@gatehouse/protocols';
import type { CardChangePorts } from '../cards/card-rows.ts';
import { lockCard } from '../cards/card-rows.ts';
import { tellHolder } from '../cards/tell-holder.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { liveCardOf, lockAffiliation, momentsOf, spanOf } from './affiliation-rows.ts';
import type { LockedAffiliation } from './affiliation-rows.ts';
import { drawVisitorNumber } from './card-numbers.ts';
import { kindWords } from './kind-words.table.ts';
import { knownGroups } from './known-groups.ts';
import { cardSpan } from './span-rules.ts';
import type { ClosedSpan } from './span-rules.ts';

const uniqueViolation = '23505';
const hourMs = 60 * 60 * 1000;

const refuseTakenNumber = (error: unknown): never => {
  if (sqlStateOf(error) === uniqueViolation) {
    throw new CloudError('CL_NUMBER_TAKEN', '', { cause: error });
  }
  throw error;
};

/** @throws CloudError CL_GROUP_UNKNOWN */
const requireGroups = async (tx: Queryable, groups: readonly string[]): Promise<void> => {
  const [odd] = await tx.query(
    `select g from unnest($1::text[]) as t (g) where g not in (${knownGroups}) limit 1`,
    [groups],
  );
  if (odd !== undefined) throw new CloudError('CL_GROUP_UNKNOWN');
};

const insertMembers = async (
  tx: Queryable,
  card: string,
  groups: readonly string[],
): Promise<void> => {
  await tx.query(
    `insert into member ("group", card) select g, $2::uuid from unnest($1::text[]) as t (g)`,
    [groups, card],
  );
};

/** Upper case, as it is printed. */
const numberIn = (typed: string): string => {
  const number = typed.trim().toUpperCase();
  if (!cardNumber.test(number)) throw new CloudError('CL_CARD_NUMBER');
  return number;
};

const numberFor = (
  tx: Queryable,
  { clock, random }: CardChangePorts,
  kind: AffiliationKind,
  typed: string | null,
): Promise<string> => {
  if (typed !== null) return Promise.resolve(numberIn(typed));
  if (kind !== 'visitor') throw new CloudError('CL_CARD_NUMBER');
  return drawVisitorNumber(tx, { nowMs: clock.nowMs(), random });
};

/** The last day, as people write it; the end itself is the first moment after it. */
const lastDay = (zone: string, toMs: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(toMs - hourMs);

type Issued = {
  readonly id: string;
  readonly person: string;
  readonly number: string;
  readonly kind: AffiliationKind;
  readonly span: ClosedSpan;
  readonly groups: readonly string[];
};

const tellIssued = async (
  tx: Queryable,
  ports: CardChangePorts,
  clerk: string,
  card: Issued,
): Promise<void> => {
  const { clock, appendAudit } = ports;
  const atMs = clock.nowMs();
  const { id, person, number, groups, kind, span } = card;
  const detail = { number, groups, person };
  await appendAudit(tx, { atMs, actor: clerk, action: 'card.issue', subject: id, detail });
  const data = { card: id, person };
  await appendFeed(tx, atMs, { kind: 'domain', name: 'card.issued', subject: id, data });
  const [site] = await tx.query<{ zone: string }>('select zone from site order by id limit 1');
  const words: Text = kindWords[kind];
  const to = lastDay(site?.zone ?? 'UTC', span.toMs);
  const notice = { number, kind: words, to };
  await tellHolder(tx, ports, { person, kind: 'card.issued', data: notice });
};

/**
 * Issues a card to a locked affiliation, at the end of the caller's transaction.
 * @returns the id of the card
 * @throws CloudError CL_AFFILIATION_ENDED, CL_CARD_LIVE, CL_CARD_SPAN, CL_CARD_NUMBER,
 *   CL_NUMBER_TAKEN, CL_GROUP_UNKNOWN
 */
export const issueLocked = async (
  tx: Queryable,
  ports: CardChangePorts,
  clerk: string,
  order: { readonly affiliation: LockedAffiliation; readonly card: IssueBody },
): Promise<string> => {
  const { clock, random } = ports;
  const { affiliation, card } = order;
  const nowMs = clock.nowMs();
  const isOver = affiliation.valid_to !== null && affiliation.valid_to.getTime() <= nowMs;
  if (affiliation.ended_at !== null || isOver) throw new CloudError('CL_AFFILIATION_ENDED');
  if ((await liveCardOf(tx, affiliation.id)) !== undefined) throw new CloudError('CL_CARD_LIVE');
  const span = cardSpan(spanOf(affiliation), await momentsOf(tx, card), nowMs);
  if (span === undefined) throw new CloudError('CL_CARD_SPAN');
  await requireGroups(tx, card.groups);
  const { person, kind } = affiliation;
  const number = await numberFor(tx, ports, kind, card.number);
  const id = uuidv7(nowMs, random(10));
  await tx
    .query(
      `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
       values ($1, $2::uuid, $3::uuid, $4, 'active', $5, $6)`,
      [id, person, affiliation.id, number, new Date(span.fromMs), new Date(span.toMs)],
    )
    .catch(refuseTakenNumber);
  await insertMembers(tx, id, card.groups);
  await tellIssued(tx, ports, clerk, { id, person, number, kind, span, groups: card.groups });
  return id;
};

/** @returns the person @throws CloudError CL_NOT_FOUND, and as `issueLocked` */
export const issueCard = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: { readonly affiliation: string; readonly card: IssueBody },
): Promise<string> =>
  ports.database.transaction(async (tx) => {
    const affiliation = await lockAffiliation(tx, order.affiliation);
    await issueLocked(tx, ports, clerk.id, { affiliation, card: order.card });
    return affiliation.person;
  });

/**
 * Puts a card into exactly these groups. What it is in already may stay, also where no rule names
 * the group any more.
 * @returns the person
 * @throws CloudError CL_NOT_FOUND, CL_CARD_ENDED, CL_GROUP_UNKNOWN
 */
export const changeGroups = async (
  { database, clock, appendAudit }: CardChangePorts,
  { person: clerk }: Session,
  order: { readonly card: string; readonly groups: readonly string[] },
): Promise<string> =>
  database.transaction(async (tx) => {
    const card = await lockCard(tx, order.card);
    if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
    await requireGroups(tx, order.groups);
    const held = await tx.query<{ group: string }>(
      'select "group" from member where card = $1::uuid order by "group" collate "C"',
      [card.id],
    );
    const before = held.map(({ group }) => group);
    const added = order.groups.filter((group) => !before.includes(group));
    const removed = before.filter((group) => !order.groups.includes(group));
    if (added.length + removed.length === 0) return card.person;
    await tx.query('delete from member where card = $1::uuid and "group" = any ($2)', [
      card.id,
      removed,
    ]);
    await insertMembers(tx, card.id, added);
    const atMs = clock.nowMs();
    const detail = { added, removed };
    const about = { action: 'card.groups', subject: card.id, detail };
    await appendAudit(tx, { atMs, actor: clerk.id, ...about });
    const data = { card: card.id, person: card.person };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'member.changed', subject: card.id, data });
    return card.person;
  });
