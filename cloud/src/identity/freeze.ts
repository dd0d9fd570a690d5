import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { CardPorts } from './enrol.ts';
import type { Session } from './identity.ts';
import { lockOwnCard } from './own-card.ts';

const changes = {
  freeze: { state: 'frozen', event: 'card.frozen', action: 'card.freeze' },
  unfreeze: { state: 'active', event: 'card.unfrozen', action: 'card.unfreeze' },
} as const;

/**
 * Freezes the session's card, or lifts that; what is so already stays as it is and leaves no trace.
 * Goes to every gateway by the revocation stream, which no snapshot lifts.
 * @throws CloudError CL_NOT_ALLOWED for a card that has ended
 */
export const changeFreeze = async (
  { database, clock, revoke, appendAudit }: Omit<CardPorts, 'random'>,
  { person }: Session,
  what: keyof typeof changes,
): Promise<void> => {
  const { state, event, action } = changes[what];
  await database.transaction(async (tx) => {
    const card = await lockOwnCard(tx, person.id);
    if (card.state === 'ended') throw new CloudError('CL_NOT_ALLOWED', 'the card has ended');
    if (card.state === state) return;
    await tx.query('update card set state = $2 where id = $1::uuid', [card.id, state]);
    const atMs = clock.nowMs();
    await appendAudit(tx, { atMs, actor: person.id, action, subject: card.id, detail: {} });
    await revoke(tx, { kind: event, card: card.id });
    const data = { card: card.id, person: person.id };
    await appendFeed(tx, atMs, { kind: 'domain', name: event, subject: card.id, data });
  });
};
