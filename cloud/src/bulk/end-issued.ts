import { closeCards } from '../cards/close-cards.ts';
import type { Revoked } from '../access/revocations.ts';
import type { Queryable } from '../ports.ts';

/**
 * Ends cards that a file issued, and what their holders were by them: the file made that too.
 * @returns what gateways must be told beside the policy
 */
export const endIssued = async (
  tx: Queryable,
  cards: readonly string[],
  at: Date,
): Promise<readonly Revoked[]> => {
  if (cards.length === 0) return [];
  await tx.query(
    `update affiliation a set ended_at = $2::timestamptz from card c
     where c.id = any ($1::uuid[]) and a.id = c.affiliation and a.ended_at is null`,
    [cards, at],
  );
  return (await closeCards(tx, cards, at)).revoked;
};
