import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';

export type OwnCard = {
  readonly id: string;
  readonly number: string;
  readonly state: 'active' | 'frozen' | 'ended';
  readonly valid_from: Date;
  readonly valid_to: Date;
};

const selectCard = `
  select id, number, state, valid_from, valid_to from card
  where person = $1::uuid
  order by state = 'ended', valid_to desc, id
  limit 1`;

/**
 * The card that a person carries: the one that lasts longest among those that have not ended.
 * @throws CloudError CL_NOT_FOUND where there is none
 */
export const ownCard = async (db: Queryable, person: string): Promise<OwnCard> => {
  const [card] = await db.query<OwnCard>(selectCard, [person]);
  if (card === undefined) throw new CloudError('CL_NOT_FOUND', 'no card');
  return card;
};

/** The same, locked until the transaction ends: changes of one card happen one after another. */
export const lockOwnCard = async (tx: Queryable, person: string): Promise<OwnCard> => {
  const [card] = await tx.query<OwnCard>(`${selectCard} for update`, [person]);
  if (card === undefined) throw new CloudError('CL_NOT_FOUND', 'no card');
  return card;
};
