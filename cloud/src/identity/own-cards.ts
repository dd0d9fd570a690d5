import type { OtherMeansView, OwnCardView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

type CardColumns = {
  readonly id: string;
  readonly number: string;
  readonly state: OwnCardView['state'];
  readonly kind: string;
  readonly unit_zh: string;
  readonly unit_en: string;
};

/**
 * The cards that a person carries, in the order of `ownCard`: those that have not ended, and
 * `shown`, whatever became of it.
 */
export const ownCards = async (
  db: Queryable,
  person: string,
  shown: string,
): Promise<OwnCardView[]> => {
  const rows = await db.query<CardColumns>(
    `select c.id, c.number, c.state, a.kind, a.unit_zh, a.unit_en
     from card c join affiliation a on a.id = c.affiliation
     where c.person = $1::uuid and (c.state <> 'ended' or c.id = $2::uuid)
     order by c.state = 'ended', c.valid_to desc, c.id`,
    [person, shown],
  );
  return rows.map(({ id, number, kind, unit_zh: zh, unit_en: en, state }) => ({
    ...{ id, number, kind, state },
    unit: { zh, en },
  }));
};

/** UIDs and PIN that live on this card, in the order in which they came. */
export const otherMeans = async (db: Queryable, card: string): Promise<OtherMeansView[]> => [
  ...(await db.query<OtherMeansView>(
    `select kind, digits from (
       select kind, right(uid, 4) as digits, since from uid
       where card = $1::uuid and ended_at is null
       union all
       select 'pin', number, since from pin where card = $1::uuid and ended_at is null
     ) m order by since, kind, digits`,
    [card],
  )),
];
