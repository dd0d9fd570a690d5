import type { Revoked } from '../access/revocations.ts';
import type { Queryable } from '../ports.ts';

export type ClosedCards = {
  /** Ids of phone keys. */
  readonly keys: readonly string[];
  /** How many chips. */
  readonly uids: number;
  /** What gateways must be told before their next policy. */
  readonly revoked: readonly Revoked[];
};

/**
 * Ends cards for good, with all that they opened doors with and their time at the desk. The cards
 * are locked; nothing is deleted. Audit, entries, feed and holders are the caller's.
 */
export const closeCards = async (
  tx: Queryable,
  cards: readonly string[],
  at: Date,
): Promise<ClosedCards> => {
  if (cards.length === 0) return { keys: [], uids: 0, revoked: [] };
  const values = [cards, at];
  await tx.query(
    `update card set state = 'ended',
       valid_to = greatest(valid_from, least(valid_to, $2::timestamptz))
     where id = any ($1::uuid[])`,
    values,
  );
  const keys = await tx.query<{ id: string }>(
    `update credential set revoked_at = $2
     where card = any ($1::uuid[]) and revoked_at is null returning id`,
    values,
  );
  const uids = await tx.query<{ uid: string; card: string }>(
    `update uid set ended_at = $2 where card = any ($1::uuid[]) and ended_at is null
     returning uid, card`,
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
  const revoked: readonly Revoked[] = [
    // A PIN has no entry of its own: its card is frozen for good.
    ...pins.map(({ card }) => ({ kind: 'card.frozen', card }) as const),
    ...keys.map(({ id }) => ({ kind: 'credential.revoked', credential: id }) as const),
    ...uids.map(({ uid, card }) => ({ kind: 'uid.revoked', uid, card }) as const),
  ];
  return { keys: keys.map(({ id }) => id), uids: uids.length, revoked };
};
