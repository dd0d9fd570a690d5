import type { PersonView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';

/** Who asks, and about which of their cards; where that is left out, the one that comes first. */
export type Holder = {
  readonly person: Pick<PersonView, 'id'>;
  readonly card?: string | undefined;
};

export type OwnCard = {
  readonly id: string;
  readonly number: string;
  readonly state: 'active' | 'frozen' | 'ended';
  readonly valid_from: Date;
  readonly valid_to: Date;
};

const selectCard = `
  select id, number, state, valid_from, valid_to from card
  where person = $1::uuid and ($2::uuid is null or id = $2::uuid)
  order by state = 'ended', valid_to desc, id
  limit 1`;

/**
 * A card that a person carries: the one that is named or, where none is, the one that lasts longest
 * among those that have not ended.
 * @throws CloudError CL_NOT_FOUND where there is none; somebody else's is none
 */
export const ownCard = async (db: Queryable, { person, card }: Holder): Promise<OwnCard> => {
  const [found] = await db.query<OwnCard>(selectCard, [person.id, card ?? null]);
  if (found === undefined) throw new CloudError('CL_NOT_FOUND', 'no card');
  return found;
};

/** The same, locked until the transaction ends: changes of one card happen one after another. */
export const lockOwnCard = async (tx: Queryable, { person, card }: Holder): Promise<OwnCard> => {
  const [found] = await tx.query<OwnCard>(`${selectCard} for update`, [person.id, card ?? null]);
  if (found === undefined) throw new CloudError('CL_NOT_FOUND', 'no card');
  return found;
};
