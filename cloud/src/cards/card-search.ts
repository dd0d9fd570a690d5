import { parseUid } from '@gatehouse/protocols';
import type { CardHitView } from '@gatehouse/protocols';
import { chargeCondition } from '../access/charges.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { hitColumns, hitView } from './card-rows.ts';
import type { HitColumns } from './card-rows.ts';
import { folded, likeText, nameFits } from './name-search.ts';

export const hitsMax = 20;

const selectHits = `select ${hitColumns} from card c join card_holder p on p.card = c.id`;
const order = `order by c.state = 'ended', c.number limit ${hitsMax}`;

/**
 * Cards that the session may see and that fit what was typed into one field: a beginning of a
 * number, a part of a name or its pinyin, or a UID; nothing typed: those in charge.
 */
export const searchCards = async (
  db: Queryable,
  session: Session,
  typed: string,
): Promise<readonly CardHitView[]> => {
  const text = storableText(typed).trim();
  const own = chargeCondition(session, 1);
  const person = session.person.id;
  const exact = await cardsNamed(db, session, text);
  if (exact.length > 0) return exact;
  const rows = await db.query<HitColumns>(
    `${selectHits} where ${own} and (c.number like $4 || '%' or ${nameFits(2)}) ${order}`,
    [person, likeText(folded(text)), folded(text), likeText(text.toUpperCase())],
  );
  return rows.map(hitView);
};

/** The cards of exactly this number, or the one that holds this UID now. */
export const cardsNamed = async (
  db: Queryable,
  session: Session,
  typed: string,
): Promise<readonly CardHitView[]> => {
  const text = storableText(typed).trim();
  const uid = parseUid(text);
  const rows = await db.query<HitColumns>(
    `${selectHits} where ${chargeCondition(session, 1)} and (c.number = $2 or
       exists (select from uid u where u.card = c.id and u.uid = $3 and u.ended_at is null))
     ${order}`,
    [session.person.id, text.toUpperCase(), uid.ok ? uid.uid : null],
  );
  return rows.map(hitView);
};
