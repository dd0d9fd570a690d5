import type { CardChangePorts } from '../cards/card-rows.ts';
import { freezeCard, unfreezeCard } from '../cards/freeze-card.ts';
import { CloudError } from '../errors.ts';
import { lockOwnCard } from './own-card.ts';
import type { Holder } from './own-card.ts';

/**
 * Freezes the holder's card, or lifts that; what is so already stays as it is and leaves no trace.
 * Goes to every gateway by the revocation stream, which no snapshot lifts.
 * @throws CloudError CL_NOT_ALLOWED for a card that has ended
 */
export const changeFreeze = async (
  ports: CardChangePorts,
  holder: Holder,
  what: 'freeze' | 'unfreeze',
): Promise<void> => {
  await ports.database.transaction(async (tx) => {
    const { person } = holder;
    const card = await lockOwnCard(tx, holder);
    if (card.state === 'ended') throw new CloudError('CL_NOT_ALLOWED', 'the card has ended');
    const own = { ...card, person: person.id };
    const order = { way: 'self', actor: person.id } as const;
    if (what === 'freeze') await freezeCard(tx, ports, own, { ...order, reason: '' });
    else await unfreezeCard(tx, ports, own, order);
  });
};
