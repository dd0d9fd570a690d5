import { parseUid, peoplePageRows } from '@gatehouse/protocols';
import type {
  CardPagesView,
  GroupView,
  ListedCardView,
  PeopleFilter,
  PersonView,
} from '@gatehouse/protocols';
import { personColumns, personView } from '../identity/sessions.ts';
import type { PersonColumns } from '../identity/sessions.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { folded, likeText, nameFits } from '../cards/name-search.ts';
import { knownGroups } from './known-groups.ts';
import { maySponsor } from './sponsor-rule.ts';

const hitsMax = 20;

/** People of this name, for whom a sponsor or a twin is looked up; nothing typed: nobody. */
export const searchPeople = async (
  db: Queryable,
  {
    q,
    forSponsor,
    nowMs,
  }: {
    readonly q: string;
    readonly forSponsor: boolean;
    readonly nowMs: number;
  },
): Promise<readonly PersonView[]> => {
  const text = folded(storableText(q).trim());
  if (text === '') return [];
  const rows = await db.query<PersonColumns>(
    `select ${personColumns} from person_now p
     where ${nameFits(1)} and ($3::timestamptz is not null) and (not $4 or ${maySponsor(3)})
     order by p.name_en collate "C", p.id limit ${hitsMax}`,
    [likeText(text), text, new Date(nowMs), forSponsor],
  );
  return rows.map(personView);
};

/**
 * A row for each card, for each affiliation without one, and for each person without either. Rows
 * without a card come last: no number begins with a tilde.
 */
const rowsFrom = `
  from person p
  left join affiliation a on a.person = p.id
  left join card c on c.affiliation = a.id`;
const key = `(coalesce(c.number, '~' || p.id || ' ' || coalesce(a.id::text, ''))) collate "C"`;

const holds = {
  phone: 'exists (select from credential k where k.card = c.id and k.revoked_at is null)',
  uid: 'exists (select from uid u where u.card = c.id and u.ended_at is null)',
  pin: 'exists (select from pin n where n.card = c.id and n.ended_at is null)',
} as const;
const held = ['phone', 'uid', 'pin'] as const;

/** Conditions over `p`, `a` and `c`, all but that of the state; values from `$1` on. */
const conditionsOf = (filter: PeopleFilter) => {
  const typed = storableText(filter.q ?? '').trim();
  const text = folded(typed);
  const uid = parseUid(typed);
  const values = [
    ...[likeText(text), text, likeText(typed.toUpperCase()), uid.ok ? uid.uid : null],
    filter.kind ?? null,
  ];
  const sql = [
    `($2 = '' or c.number like $3 || '%' or ${nameFits(1)}
       or exists (select from uid x where x.card = c.id and x.uid = $4 and x.ended_at is null))`,
    '($5::text is null or a.kind = $5)',
    ...held.flatMap((each) => {
      const wish = filter[each];
      if (wish === undefined) return [];
      return [`c.id is not null and ${wish === 'yes' ? '' : 'not '}${holds[each]}`];
    }),
  ].join(' and ');
  return { sql, values };
};

type ListRow = PersonColumns & {
  readonly key: string;
  readonly card: string | null;
  readonly number: string | null;
  readonly state: 'active' | 'frozen' | 'ended' | null;
  readonly valid_to: Date | null;
  readonly has_photo: boolean;
  readonly has_phone: boolean;
  readonly uids: number;
  readonly has_pin: boolean;
};

const listColumns = `${key} as key, p.id, p.name_zh, p.name_en, coalesce(a.kind, '') as affiliation,
  coalesce(a.unit_zh, '') as unit_zh, coalesce(a.unit_en, '') as unit_en,
  c.id as card, c.number, c.state, c.valid_to,
  exists (select from person_photo f where f.person = p.id) as has_photo,
  ${holds.phone} as has_phone, ${holds.pin} as has_pin,
  (select count(*)::int4 from uid u where u.card = c.id and u.ended_at is null) as uids`;

const listedCard = (row: ListRow): ListedCardView['card'] => {
  const { card: id, number, state, valid_to: validTo } = row;
  if (id === null || number === null || state === null || validTo === null) return null;
  return {
    ...{ id, number, state, validTo: validTo.toISOString() },
    ...{ phone: row.has_phone, uids: row.uids, pin: row.has_pin },
  };
};

const noCounts = { active: 0, frozen: 0, ended: 0, none: 0 } as const;

/**
 * Cards and people by number, a page at a time.
 * @param after the key of the last row of the page before
 */
export const listCards = async (
  db: Queryable,
  filter: PeopleFilter,
  after: string | undefined,
): Promise<CardPagesView> => {
  const { sql, values } = conditionsOf(filter);
  const counted = await db.query<{ state: keyof typeof noCounts; n: number }>(
    `select coalesce(c.state, 'none') as state, count(*)::int4 as n ${rowsFrom}
     where ${sql} group by 1`,
    values,
  );
  const rows = await db.query<ListRow>(
    `select ${listColumns} ${rowsFrom}
     where ${sql} and ($6::text is null or coalesce(c.state, 'none') = $6)
       and ($7::text is null or ${key} > $7)
     order by ${key} limit ${peoplePageRows + 1}`,
    [...values, filter.state ?? null, after === undefined ? null : storableText(after)],
  );
  const page = rows.slice(0, peoplePageRows);
  return {
    rows: page.map((row) => ({
      key: row.key,
      person: personView(row),
      photo: row.has_photo ? 'own' : 'drawn',
      card: listedCard(row),
    })),
    after: rows.length > peoplePageRows ? (page.at(-1)?.key ?? null) : null,
    counts: { ...noCounts, ...Object.fromEntries(counted.map(({ state, n }) => [state, n])) },
  };
};

/** What a card can be put into, and how much that is. */
export const groupViews = (db: Queryable): Promise<readonly GroupView[]> =>
  db.query<GroupView>(
    `select g."group" as id,
       (select count(distinct r.door)::int4 from rule r where r."group" = g."group") as doors,
       (select count(*)::int4 from member m join card c on c.id = m.card
        where m."group" = g."group" and c.state <> 'ended') as cards
     from (${knownGroups}) g order by g."group" collate "C"`,
  );
