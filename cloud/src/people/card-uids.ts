import { parseUid, uidEnd, uidKinds, uuidv7 } from '@gatehouse/protocols';
import type { NewUidBody } from '@gatehouse/protocols';
import { lockCard } from '../cards/card-rows.ts';
import type { CardChangePorts, LockedCard } from '../cards/card-rows.ts';
import { refuseTakenUid, wasOfCard } from '../cards/replace-card.ts';
import { tellHolder } from '../cards/tell-holder.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { uidWords } from './kind-words.table.ts';

type Change = {
  readonly clerk: string;
  readonly verb: 'uid_add' | 'uid_end';
  readonly name: 'uid.given' | 'uid.ended';
  /** Of the row. */
  readonly id: string;
  readonly uid: string;
  readonly kind: string;
  /** What the gateways must hear before their next policy. */
  readonly entry: 'uid.revoked' | 'uid.restored' | undefined;
};

/** Audit, gateways, feed, holder; in this order, as the locks want it. */
const tellChange = async (
  tx: Queryable,
  ports: CardChangePorts,
  card: LockedCard,
  { clerk, verb, name, id, uid, kind, entry }: Change,
): Promise<void> => {
  const { clock, appendAudit, revoke } = ports;
  const atMs = clock.nowMs();
  const tail = uidEnd(uid);
  const about = { action: `card.${verb}`, subject: card.id, detail: { tail, kind } };
  await appendAudit(tx, { atMs, actor: clerk, ...about });
  if (entry !== undefined) await revoke(tx, { kind: entry, uid, card: card.id });
  const data = { card: card.id, person: card.person };
  await appendFeed(tx, atMs, { kind: 'domain', name, subject: id, data });
  const known = uidKinds.find((each) => each === kind) ?? 'card';
  const values = { kind: uidWords[known], tail };
  await tellHolder(tx, ports, { person: card.person, kind: name, data: values });
};

/**
 * Gives a card a wristband, a tag or another card; what it has already stays.
 * @returns the person
 * @throws CloudError CL_BAD_REQUEST for a UID that names nobody, CL_UID_TAKEN, CL_CARD_ENDED,
 *   CL_NOT_FOUND
 */
export const addUid = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: NewUidBody & { readonly card: string },
): Promise<string> => {
  const parsed = parseUid(order.uid);
  if (!parsed.ok) throw new CloudError('CL_BAD_REQUEST', parsed.reason);
  const { uid } = parsed;
  const { kind } = order;
  const { database, clock, random } = ports;
  return database.transaction(async (tx) => {
    const card = await lockCard(tx, order.card);
    if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
    const atMs = clock.nowMs();
    const id = uuidv7(atMs, random(10));
    const isBack = await wasOfCard(tx, uid, card.id);
    await tx
      .query('insert into uid (id, uid, card, kind, since) values ($1, $2, $3::uuid, $4, $5)', [
        id,
        uid,
        card.id,
        kind,
        new Date(atMs),
      ])
      .catch(refuseTakenUid);
    await tellChange(tx, ports, card, {
      ...{ clerk: clerk.id, verb: 'uid_add', name: 'uid.given', id, uid, kind },
      entry: isBack ? 'uid.restored' : undefined,
    });
    return card.person;
  });
};

/**
 * Ends one of them: lost, or handed back.
 * @returns the person
 * @throws CloudError CL_NOT_FOUND, also where it has ended already
 */
export const endUid = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: { readonly card: string; readonly id: string },
): Promise<string> =>
  ports.database.transaction(async (tx) => {
    const card = await lockCard(tx, order.card);
    const [gone] = await tx.query<{ uid: string; kind: string }>(
      `update uid set ended_at = $3
       where id = $1::uuid and card = $2::uuid and ended_at is null returning uid, kind`,
      [order.id, card.id, new Date(ports.clock.nowMs())],
    );
    if (gone === undefined) throw new CloudError('CL_NOT_FOUND', 'uid');
    await tellChange(tx, ports, card, {
      ...{ clerk: clerk.id, verb: 'uid_end', name: 'uid.ended', id: order.id },
      ...{ uid: gone.uid, kind: gone.kind, entry: 'uid.revoked' },
    });
    return card.person;
  });
