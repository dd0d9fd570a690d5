import { uidEnd } from '@gatehouse/protocols';
import type { CardPageView, FreezeView } from '@gatehouse/protocols';
import { whoseIs } from '../access/charges.ts';
import { may } from '../access/may.ts';
import { CloudError } from '../errors.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { cardHistory } from './card-history.ts';
import { cardHit } from './card-rows.ts';
import { cardSpread } from './card-spread.ts';
import { foundOf } from './found.ts';

type CardColumns = {
  readonly valid_from: Date;
  readonly valid_to: Date;
  readonly at: Date | null;
  readonly way: FreezeView['by'] | null;
  readonly reason: string | null;
  readonly actor_zh: string | null;
  readonly actor_en: string | null;
  readonly phone: string | null;
  readonly enrolled_at: Date | null;
  readonly pin_since: Date | null;
};

const selectCard = `
  select c.valid_from, c.valid_to, f.at, f.way, f.reason,
    a.name_zh as actor_zh, a.name_en as actor_en,
    k.id as phone, k.enrolled_at, n.since as pin_since
  from card c
  left join card_freeze f on f.card = c.id and f.lifted_at is null
  left join person a on a.id = f.actor
  left join credential k on k.card = c.id and k.revoked_at is null
  left join pin n on n.card = c.id and n.ended_at is null
  where c.id = $1::uuid`;

const freezeView = (row: CardColumns, state: string): FreezeView | null =>
  state !== 'frozen' || row.at === null
    ? null
    : {
        at: row.at.toISOString(),
        by: row.way ?? 'self',
        actor:
          row.actor_zh === null || row.actor_en === null
            ? null
            : { zh: row.actor_zh, en: row.actor_en },
        reason: row.reason ?? '',
      };

type UidColumns = { readonly uid: string; readonly kind: string; readonly since: Date };

const uidsOf = async (db: Queryable, card: string): Promise<CardPageView['uids']> => {
  const rows = await db.query<UidColumns>(
    `select uid, kind, since from uid where card = $1::uuid and ended_at is null
     order by since, id`,
    [card],
  );
  return rows.map(({ uid, kind, since }) => ({
    tail: uidEnd(uid),
    kind,
    since: since.toISOString(),
  }));
};

/**
 * Whether the session may look this card up at all, and in whose charge it is.
 * @throws CloudError CL_NOT_FOUND where there is none, or none that one may see
 */
export const reachCard = async (db: Queryable, session: Session, card: string) => {
  const hit = await cardHit(db, card);
  const whose = await whoseIs(db, session, hit.person.id);
  // What one may not see is not there.
  if (!may(session, 'card.find', { whose })) throw new CloudError('CL_NOT_FOUND', 'card');
  return { hit, whose };
};

/**
 * Everything that staff see of one card.
 * @throws CloudError CL_NOT_FOUND, also where it is not theirs to see
 */
export const cardPage = async (
  db: Queryable,
  session: Session,
  card: string,
): Promise<CardPageView> => {
  const { hit, whose } = await reachCard(db, session, card);
  const [row] = await db.query<CardColumns>(selectCard, [card]);
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'card');
  return {
    ...hit,
    validFrom: row.valid_from.toISOString(),
    validTo: row.valid_to.toISOString(),
    freeze: freezeView(row, hit.state),
    phone:
      row.phone === null || row.enrolled_at === null
        ? null
        : { id: row.phone, enrolledAt: row.enrolled_at.toISOString() },
    uids: await uidsOf(db, card),
    pin: row.pin_since?.toISOString() ?? null,
    spread: await cardSpread(db, card),
    found: await foundOf(db, card),
    history: [...(await cardHistory(db, card))],
    may: {
      freeze: may(session, 'card.freeze', { whose }),
      unfreeze: may(session, 'card.unfreeze', { whose }),
      found: may(session, 'card.found', { whose }),
      desk: may(session, 'desk', { whose }),
    },
  };
};
