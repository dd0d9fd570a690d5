import type { CardHitView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { personColumns, personView } from '../identity/sessions.ts';
import type { PersonColumns } from '../identity/sessions.ts';
import type { Clock, Database, Ports, Queryable } from '../ports.ts';
import type { AppendAudit } from '../identity/identity.ts';
import type { Revoke } from '../identity/enrol.ts';

/**
 * What a change of somebody's card needs. Locks: affiliation, card, person, uid, audit, revocation,
 * feed. A person is locked `for no key update`: whoever writes a row that names the person, as a
 * notice does, does not wait.
 */
export type CardChangePorts = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Ports['random'];
  readonly revoke: Revoke;
  readonly appendAudit: AppendAudit;
};

export type HitColumns = PersonColumns & {
  readonly card: string;
  readonly number: string;
  readonly state: CardHitView['state'];
  readonly has_photo: boolean;
};

/** The columns of a CardHitView, of a card `c` and its `card_holder p`. */
export const hitColumns = `${personColumns}, c.id as card, c.number, c.state,
  exists (select from person_photo f where f.person = p.id) as has_photo` as const;

export const hitView = (row: HitColumns): CardHitView => ({
  card: row.card,
  number: row.number,
  state: row.state,
  person: personView(row),
  photo: row.has_photo ? 'own' : 'drawn',
});

/** @throws CloudError CL_NOT_FOUND */
export const cardHit = async (db: Queryable, card: string): Promise<CardHitView> => {
  const [row] = await db.query<HitColumns>(
    `select ${hitColumns} from card c join card_holder p on p.card = c.id where c.id = $1::uuid`,
    [card],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'card');
  return hitView(row);
};

export type LockedCard = {
  readonly id: string;
  readonly person: string;
  readonly number: string;
  readonly state: CardHitView['state'];
};

/**
 * Locked until the transaction ends: changes of one card happen one after another.
 * @throws CloudError CL_NOT_FOUND
 */
export const lockCard = async (tx: Queryable, card: string): Promise<LockedCard> => {
  const [row] = await tx.query<LockedCard>(
    'select id, person, number, state from card where id = $1::uuid for update',
    [card],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'card');
  return row;
};
