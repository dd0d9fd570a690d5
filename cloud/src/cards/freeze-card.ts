import { uuidv7 } from '@gatehouse/protocols';
import type { FreezeWay } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import type { CardChangePorts, LockedCard } from './card-rows.ts';
import { noReason, wayWords } from './freeze-words.table.ts';
import { tellHolder } from './tell-holder.ts';

export type FreezeOrder = {
  readonly way: FreezeWay;
  /** Null: nobody is signed in. */
  readonly actor: string | null;
  readonly reason: string;
  /** Event id of the use that is in doubt. */
  readonly use?: string;
};

/** On whose word a session of this role freezes somebody else's card. */
const ways: Readonly<Partial<Record<Session['role'], FreezeWay>>> = {
  guard: 'guard',
  warden: 'warden',
  guardian: 'guardian',
};

export const wayOf = ({ role }: Session): FreezeWay => ways[role] ?? 'desk';

/** Who did it, where no person was signed in. */
const codeActor = 'freeze-code';

/**
 * The change itself, without a word to the holder: the card's state, the open freeze, the audit and
 * the signed entry that every gateway gets. The card is locked by the caller.
 * @returns false where it was frozen already: then nothing is written
 * @throws CloudError CL_CARD_ENDED
 */
export const freezeLocked = async (
  tx: Queryable,
  { clock, random, revoke, appendAudit }: CardChangePorts,
  card: LockedCard,
  order: FreezeOrder,
): Promise<boolean> => {
  if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
  if (card.state === 'frozen') return false;
  const atMs = clock.nowMs();
  const reason = storableText(order.reason);
  const { way, actor, use } = order;
  await tx.query(`update card set state = 'frozen' where id = $1::uuid`, [card.id]);
  await tx.query(
    `insert into card_freeze (id, card, at, way, actor, reason)
     values ($1, $2::uuid, $3, $4, $5::uuid, $6)`,
    [uuidv7(atMs, random(10)), card.id, new Date(atMs), way, actor, reason],
  );
  const detail = { way, reason, ...(use === undefined ? {} : { use }) };
  const about = { action: 'card.freeze', subject: card.id, detail };
  await appendAudit(tx, { atMs, actor: actor ?? codeActor, ...about });
  await revoke(tx, { kind: 'card.frozen', card: card.id });
  const data = { card: card.id, person: card.person };
  await appendFeed(tx, atMs, { kind: 'domain', name: 'card.frozen', subject: card.id, data });
  return true;
};

/** Freezes and tells the holder. @returns as `freezeLocked` */
export const freezeCard = async (
  tx: Queryable,
  ports: CardChangePorts,
  card: LockedCard,
  order: FreezeOrder,
): Promise<boolean> => {
  if (!(await freezeLocked(tx, ports, card, order))) return false;
  const reason = order.reason.trim() === '' ? noReason : storableText(order.reason);
  await tellHolder(tx, ports, {
    person: card.person,
    kind: 'card.frozen',
    data: { by: wayWords[order.way], reason },
  });
  return true;
};

export type UnfreezeOrder = { readonly way: FreezeWay; readonly actor: string };

/**
 * Lifts the freeze, without a word to the holder.
 * @returns the freeze that ended; null where the card was not frozen: then nothing is written
 * @throws CloudError CL_CARD_ENDED
 */
export const unfreezeLocked = async (
  tx: Queryable,
  { clock, revoke, appendAudit }: CardChangePorts,
  card: LockedCard,
  { way, actor }: UnfreezeOrder,
): Promise<{ readonly freeze: string | null } | null> => {
  if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
  if (card.state === 'active') return null;
  const atMs = clock.nowMs();
  await tx.query(`update card set state = 'active' where id = $1::uuid`, [card.id]);
  const [open] = await tx.query<{ id: string }>(
    `update card_freeze set lifted_at = $2, lifted_way = $3, lifted_by = $4::uuid
     where card = $1::uuid and lifted_at is null returning id`,
    [card.id, new Date(atMs), way, actor],
  );
  const about = { action: 'card.unfreeze', subject: card.id, detail: { way } };
  await appendAudit(tx, { atMs, actor, ...about });
  await revoke(tx, { kind: 'card.unfrozen', card: card.id });
  const data = { card: card.id, person: card.person };
  await appendFeed(tx, atMs, { kind: 'domain', name: 'card.unfrozen', subject: card.id, data });
  return { freeze: open?.id ?? null };
};

/** Unfreezes and tells the holder. @returns whether it was frozen */
export const unfreezeCard = async (
  tx: Queryable,
  ports: CardChangePorts,
  card: LockedCard,
  order: UnfreezeOrder,
): Promise<boolean> => {
  if ((await unfreezeLocked(tx, ports, card, order)) === null) return false;
  await tellHolder(tx, ports, {
    person: card.person,
    kind: 'card.unfrozen',
    data: { by: wayWords[order.way] },
  });
  return true;
};
