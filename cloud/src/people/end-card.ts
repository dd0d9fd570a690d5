import { CloudError } from '../errors.ts';
import { lockCard } from '../cards/card-rows.ts';
import type { CardChangePorts, LockedCard } from '../cards/card-rows.ts';
import { closeCards } from '../cards/close-cards.ts';
import { tellHolder } from '../cards/tell-holder.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { liveCardOf, lockAffiliation } from './affiliation-rows.ts';

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
  const { clock, appendAudit, revoke } = ports;
  const { id, person, number } = card;
  const reason = storableText(said);
  const atMs = clock.nowMs();
  const { keys, uids, revoked } = await closeCards(tx, [id], new Date(atMs));
  const detail = { reason, keys: keys.length, uids };
  await appendAudit(tx, { atMs, actor: clerk, action: 'card.end', subject: id, detail });
  for (const what of revoked) await revoke(tx, what);
  const data = { card: id, person };
  for (const credential of keys) {
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
