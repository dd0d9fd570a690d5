import { parseUid, uidEnd, undoForMs, uuidv7, wallClock } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { lockCard } from './card-rows.ts';
import type { CardChangePorts, LockedCard } from './card-rows.ts';
import { lockDesk, theDesk } from './desk-rows.ts';
import type { Desk } from './desk-rows.ts';
import { unfreezeLocked } from './freeze-card.ts';
import { tellHolder } from './tell-holder.ts';

/** A UID that lives already: whoever was first has it. */
const uniqueViolation = '23505';

export const refuseTakenUid = (error: unknown): never => {
  if (sqlStateOf(error) === uniqueViolation) {
    throw new CloudError('CL_UID_TAKEN', '', { cause: error });
  }
  throw error;
};

type ChipRow = { readonly id: string; readonly uid: string };

/** Ends the chips of this card; wristbands and tags are not what lies on the desk. */
const endChips = async (tx: Queryable, card: string, at: Date): Promise<readonly ChipRow[]> =>
  tx.query<ChipRow>(
    `update uid set ended_at = $2 where card = $1::uuid and ended_at is null and kind = 'card'
     returning id, uid`,
    [card, at],
  );

const closeBooking = async (tx: Queryable, card: string, at: Date): Promise<string | null> => {
  const [row] = await tx.query<{ id: string }>(
    `update desk_booking set state = 'done', closed_at = $2
     where card = $1::uuid and state = 'open' returning id`,
    [card, at],
  );
  return row?.id ?? null;
};

/** `yyyymmdd-nnn` of the site's day; the desk is locked, so no two are alike. */
const nextReceipt = async (tx: Queryable, desk: Desk, atMs: number): Promise<string> => {
  const day = wallClock(desk.hours.zone)(atMs).date.replaceAll('-', '');
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int4 + 1 as n from card_replacement
     where desk = $1 and receipt like $2 || '-%'`,
    [desk.id, day],
  );
  return `${day}-${String(row?.n ?? 1).padStart(3, '0')}`;
};

export type ReplaceOrder = {
  readonly card: string;
  /** As the desk reader gave it. */
  readonly uid: string;
  readonly tookMs: number;
};

type Chips = {
  readonly card: LockedCard;
  /** UIDs that open nothing any more. */
  readonly dead: readonly string[];
  /** UIDs that were revoked of this card, and open again. */
  readonly live: readonly string[];
  /** Of the domain event. */
  readonly name: string;
};

/** Whether it was revoked of this card before: then a gateway must be told that it is back. */
export const wasOfCard = async (tx: Queryable, uid: string, card: string): Promise<boolean> => {
  const rows = await tx.query(
    `select 1 as one from uid where uid = $1 and card = $2::uuid and ended_at is not null limit 1`,
    [uid, card],
  );
  return rows.length > 0;
};

/** Revocations and the feed's word of it: what makes it true at the doors. */
const spreadChips = async (
  tx: Queryable,
  { clock, revoke }: CardChangePorts,
  { card, dead, live, name }: Chips,
): Promise<void> => {
  for (const uid of dead) await revoke(tx, { kind: 'uid.revoked', uid, card: card.id });
  for (const uid of live) await revoke(tx, { kind: 'uid.restored', uid, card: card.id });
  const data = { card: card.id, person: card.person };
  await appendFeed(tx, clock.nowMs(), { kind: 'domain', name, subject: card.id, data });
};

const takeBlank = async (
  tx: Queryable,
  chip: ChipRow & { readonly card: string; readonly at: Date },
): Promise<void> => {
  await tx
    .query(`insert into uid (id, uid, card, kind, since) values ($1, $2, $3::uuid, 'card', $4)`, [
      chip.id,
      chip.uid,
      chip.card,
      chip.at,
    ])
    .catch(refuseTakenUid);
};

/**
 * Gives out a card: the old chip is dead, the one on the reader lives, a freeze is lifted, the
 * booking is done, the phone key stays as it was. All of it or nothing.
 * @returns the id of the replacement
 * @throws CloudError CL_BAD_REQUEST for no UID, CL_UID_TAKEN, CL_CARD_ENDED, CL_NOT_FOUND
 */
export const replaceCard = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: ReplaceOrder,
): Promise<string> => {
  const { database, clock, random, appendAudit } = ports;
  const parsed = parseUid(order.uid);
  if (!parsed.ok) throw new CloudError('CL_BAD_REQUEST', parsed.reason);
  return database.transaction(async (tx) => {
    const atMs = clock.nowMs();
    const at = new Date(atMs);
    const card = await lockCard(tx, order.card);
    if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
    const desk = await theDesk(tx);
    await lockDesk(tx, desk.id);
    const old = await endChips(tx, card.id, at);
    if (old.some(({ uid }) => uid === parsed.uid)) throw new CloudError('CL_UID_TAKEN');
    const fresh = { id: uuidv7(atMs, random(10)), uid: parsed.uid };
    const isBack = await wasOfCard(tx, fresh.uid, card.id);
    await takeBlank(tx, { ...fresh, card: card.id, at });
    const booking = await closeBooking(tx, card.id, at);
    const receipt = await nextReceipt(tx, desk, atMs);
    const tail = uidEnd(fresh.uid);
    const about = { action: 'card.replace', subject: card.id, detail: { receipt, tail } };
    await appendAudit(tx, { atMs, actor: clerk.id, ...about });
    const lifted = await unfreezeLocked(tx, ports, card, { way: 'desk', actor: clerk.id });
    const id = uuidv7(atMs, random(10));
    await tx.query(
      `insert into card_replacement (id, desk, receipt, card, clerk, booking, at, took_ms,
         old_uids, new_uid, lifted)
       values ($1, $2, $3, $4::uuid, $5::uuid, $6::uuid, $7, $8, $9::uuid[], $10::uuid, $11::uuid)`,
      [
        ...[id, desk.id, receipt, card.id, clerk.id, booking, at, order.tookMs],
        ...[old.map((chip) => chip.id), fresh.id, lifted?.freeze ?? null],
      ],
    );
    const dead = old.map(({ uid }) => uid);
    const live = isBack ? [fresh.uid] : [];
    await spreadChips(tx, ports, { card, dead, live, name: 'card.replaced' });
    await tellHolder(tx, ports, { person: card.person, kind: 'card.replaced', data: { tail } });
    return id;
  });
};

type Given = {
  readonly id: string;
  readonly card: string;
  readonly booking: string | null;
  readonly at: Date;
  readonly old_uids: readonly string[];
  readonly new_uid: string;
  readonly lifted: string | null;
  readonly undone_at: Date | null;
};

/** The replacement, its card locked; refused where it is no longer what holds. */
const lockGiven = async (
  tx: Queryable,
  id: string,
  nowMs: number,
): Promise<{ readonly given: Given; readonly card: LockedCard }> => {
  const [known] = await tx.query<{ card: string }>(
    'select card from card_replacement where id = $1::uuid',
    [id],
  );
  if (known === undefined) throw new CloudError('CL_NOT_FOUND', 'replacement');
  const card = await lockCard(tx, known.card);
  const [given] = await tx.query<Given>(
    `select r.* from card_replacement r join uid u on u.id = r.new_uid and u.ended_at is null
     where r.id = $1::uuid`,
    [id],
  );
  const isLate = given === undefined || given.at.getTime() + undoForMs < nowMs;
  if (isLate || given.undone_at !== null || card.state === 'ended') {
    throw new CloudError('CL_UNDO_LATE');
  }
  return { given, card };
};

const swapBack = async (
  tx: Queryable,
  given: Given,
  at: Date,
): Promise<{ readonly dead: readonly ChipRow[]; readonly live: readonly ChipRow[] }> => {
  const dead = await tx.query<ChipRow>(
    'update uid set ended_at = $2 where id = $1::uuid returning id, uid',
    [given.new_uid, at],
  );
  const live = await tx
    .query<ChipRow>(
      'update uid set ended_at = null where id = any ($1::uuid[]) returning id, uid',
      [given.old_uids],
    )
    .catch(refuseTakenUid);
  return { dead, live };
};

/** The freeze that the replacement lifted is there again, as it was. */
const freezeAgain = async (
  tx: Queryable,
  ports: CardChangePorts,
  { card, freeze }: { readonly card: LockedCard; readonly freeze: string },
): Promise<void> => {
  if (card.state !== 'active') return;
  await tx.query(`update card set state = 'frozen' where id = $1::uuid`, [card.id]);
  await tx.query(
    `update card_freeze set lifted_at = null, lifted_way = null, lifted_by = null
     where id = $1::uuid`,
    [freeze],
  );
  await ports.revoke(tx, { kind: 'card.frozen', card: card.id });
};

/**
 * Takes a replacement back within a minute: the wrong card lay on the reader. The former chip, the
 * freeze and the booking are as they were.
 * @throws CloudError CL_NOT_FOUND, CL_UNDO_LATE, CL_UID_TAKEN where the former chip has a new owner
 */
export const undoReplacement = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  id: string,
): Promise<void> => {
  const { database, clock, appendAudit } = ports;
  await database.transaction(async (tx) => {
    const atMs = clock.nowMs();
    const at = new Date(atMs);
    const { given, card } = await lockGiven(tx, id, atMs);
    const { dead, live } = await swapBack(tx, given, at);
    await tx.query(
      `update desk_booking set state = 'open', closed_at = null
       where id = $1::uuid and not exists (select from desk_booking b
         where b.card = $2::uuid and b.state = 'open')`,
      [given.booking, card.id],
    );
    await tx.query('update card_replacement set undone_at = $2 where id = $1::uuid', [id, at]);
    const tail = uidEnd(dead[0]?.uid ?? '');
    const about = { action: 'card.replace_undo', subject: card.id, detail: { tail } };
    await appendAudit(tx, { atMs, actor: clerk.id, ...about });
    if (given.lifted !== null) await freezeAgain(tx, ports, { card, freeze: given.lifted });
    await spreadChips(tx, ports, {
      ...{ card, name: 'card.replace_undone' },
      dead: dead.map(({ uid }) => uid),
      live: live.map(({ uid }) => uid),
    });
    const kind = 'card.replace_undone';
    await tellHolder(tx, ports, { person: card.person, kind, data: { tail } });
  });
};
