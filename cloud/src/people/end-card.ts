import { CloudError } from '../errors.ts';
import { lockCard } from '../cards/card-rows.ts';
import type { CardChangePorts, LockedCard } from '../cards/card-rows.ts';
import { tellHolder } from '../cards/tell-holder.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { liveCardOf, lockAffiliation } from './affiliation-rows.ts';

type Ended = { readonly keys: readonly string[]; readonly uids: readonly string[] };

/** Everything that the card opened doors with, and its time at the desk. */
const endCredentials = async (tx: Queryable, card: string, at: Date): Promise<Ended> => {
  const keys = await tx.query<{ id: string }>(
    `update credential set revoked_at = $2 where card = $1::uuid and revoked_at is null
     returning id`,
    [card, at],
  );
  const uids = await tx.query<{ uid: string }>(
    'update uid set ended_at = $2 where card = $1::uuid and ended_at is null returning uid',
    [card, at],
  );
  await tx.query('update pin set ended_at = $2 where card = $1::uuid and ended_at is null', [
    card,
    at,
  ]);
  await tx.query(
    `update desk_booking set state = 'cancelled', closed_at = $2
     where card = $1::uuid and state = 'open'`,
    [card, at],
  );
  return { keys: keys.map(({ id }) => id), uids: uids.map(({ uid }) => uid) };
};

/**
 * Signed entries reach a gateway before its next policy does. The card is frozen for good as well:
 * a PIN has no entry of its own.
 */
const revokeAll = async (
  tx: Queryable,
  { revoke }: CardChangePorts,
  card: string,
  { keys, uids }: Ended,
): Promise<void> => {
  await revoke(tx, { kind: 'card.frozen', card });
  for (const credential of keys) await revoke(tx, { kind: 'credential.revoked', credential });
  for (const uid of uids) await revoke(tx, { kind: 'uid.revoked', uid, card });
};

/** Who ended it and why, in the words of the person who did. */
export type EndOrder = { readonly clerk: string; readonly reason: string };

/**
 * Ends a card that the caller has locked, at the end of the transaction.
 * @throws CloudError CL_CARD_ENDED
 */
export const endCardLocked = async (
  tx: Queryable,
  ports: CardChangePorts,
  card: LockedCard,
  { clerk, reason: said }: EndOrder,
): Promise<void> => {
  if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
  const { clock, appendAudit } = ports;
  const { id, person, number } = card;
  const reason = storableText(said);
  const atMs = clock.nowMs();
  const at = new Date(atMs);
  await tx.query(
    `update card set state = 'ended',
       valid_to = greatest(valid_from, least(valid_to, $2::timestamptz))
     where id = $1::uuid`,
    [id, at],
  );
  const ended = await endCredentials(tx, id, at);
  const detail = { reason, keys: ended.keys.length, uids: ended.uids.length };
  await appendAudit(tx, { atMs, actor: clerk, action: 'card.end', subject: id, detail });
  await revokeAll(tx, ports, id, ended);
  const data = { card: id, person };
  for (const credential of ended.keys) {
    const change = { name: 'credential.revoked', subject: credential };
    await appendFeed(tx, atMs, { kind: 'domain', ...change, data });
  }
  await appendFeed(tx, atMs, { kind: 'domain', name: 'card.ended', subject: id, data });
  await tellHolder(tx, ports, { person, kind: 'card.ended', data: { number, reason } });
};

/** @returns the person @throws CloudError CL_NOT_FOUND, CL_CARD_ENDED */
export const endCard = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: { readonly card: string; readonly reason: string },
): Promise<string> =>
  ports.database.transaction(async (tx) => {
    const card = await lockCard(tx, order.card);
    await endCardLocked(tx, ports, card, { clerk: clerk.id, reason: order.reason });
    return card.person;
  });

/**
 * Ends what somebody is to the school, and the card that goes with it.
 * @returns the person
 * @throws CloudError CL_NOT_FOUND, CL_AFFILIATION_ENDED
 */
export const endAffiliation = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: { readonly affiliation: string; readonly reason: string },
): Promise<string> =>
  ports.database.transaction(async (tx) => {
    const { id, person, ended_at: endedAt } = await lockAffiliation(tx, order.affiliation);
    if (endedAt !== null) throw new CloudError('CL_AFFILIATION_ENDED');
    const live = await liveCardOf(tx, id);
    const card = live === undefined ? undefined : await lockCard(tx, live);
    const atMs = ports.clock.nowMs();
    await tx.query('update affiliation set ended_at = $2 where id = $1::uuid', [
      id,
      new Date(atMs),
    ]);
    const reason = storableText(order.reason);
    const detail = { reason, person };
    const about = { action: 'affiliation.end', subject: id, detail };
    await ports.appendAudit(tx, { atMs, actor: clerk.id, ...about });
    // Ended by somebody else while this waited for it: then there is nothing left to end.
    if (card !== undefined && card.state !== 'ended') {
      await endCardLocked(tx, ports, card, { clerk: clerk.id, reason });
    }
    const data = { person };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'affiliation.ended', subject: id, data });
    return person;
  });
