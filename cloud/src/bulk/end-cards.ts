import type { Revoked } from '../access/revocations.ts';
import type { Queryable } from '../ports.ts';

/**
 * Ends cards for good: chips, phone keys and PINs with them, and what its holder was by this card.
 * The cards are locked; nothing is deleted.
 * @returns what gateways must be told beside the policy
 */
export const endCards = async (
  tx: Queryable,
  cards: readonly string[],
  at: Date,
): Promise<readonly Revoked[]> => {
  if (cards.length === 0) return [];
  const values = [cards, at];
  await tx.query(
    `update affiliation a set ended_at = $2::timestamptz from card c
     where c.id = any ($1::uuid[]) and a.id = c.affiliation and a.ended_at is null`,
    values,
  );
  await tx.query(
    `update card set state = 'ended',
       valid_to = greatest(valid_from, least(valid_to, $2::timestamptz))
     where id = any ($1::uuid[])`,
    values,
  );
  const uids = await tx.query<{ uid: string; card: string }>(
    `update uid set ended_at = $2 where card = any ($1::uuid[]) and ended_at is null
     returning uid, card`,
    values,
  );
  const keys = await tx.query<{ id: string }>(
    `update credential set revoked_at = $2
     where card = any ($1::uuid[]) and revoked_at is null returning id`,
    values,
  );
  const pins = await tx.query<{ card: string }>(
    `update pin set ended_at = $2 where card = any ($1::uuid[]) and ended_at is null
     returning card`,
    values,
  );
  await tx.query(
    `update desk_booking set state = 'cancelled', closed_at = $2
     where card = any ($1::uuid[]) and state = 'open'`,
    values,
  );
  return [
    // A PIN has no entry of its own: its card is frozen for good.
    ...pins.map(({ card }) => ({ kind: 'card.frozen', card }) as const),
    ...uids.map(({ uid, card }) => ({ kind: 'uid.revoked', uid, card }) as const),
    ...keys.map(({ id }) => ({ kind: 'credential.revoked', credential: id }) as const),
  ];
};
