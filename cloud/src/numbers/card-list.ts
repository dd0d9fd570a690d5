import type { CardGrouping, CardListName, CardListView, CardRowView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { standing } from './standing.ts';
import type { StandingRow } from './standing.ts';

export const pageCards = 50;

const lists: Readonly<Record<CardListName, string>> = {
  issued: 'true',
  enrolled: 's.enrolled',
  not_enrolled: 'not s.enrolled',
  active7: 's.active7',
  active30: 's.active30',
  never: 's.never',
};

/** `$3` = the group, or null for every card. */
const inGroup: Readonly<Record<CardGrouping, string>> = {
  affiliation: 's.affiliation = $3',
  unit: 's.unit_en = $3',
  group: 'exists (select from member m where m."group" = $3 and m.card = s.card)',
};

export type CardFilter = {
  readonly list: CardListName;
  readonly by: CardGrouping;
  readonly group: string | null;
  /** Part of a number, or of a name for those who may see names. */
  readonly q: string;
  readonly neverDays: number;
  readonly withNames: boolean;
};

export const cardRowView = (row: StandingRow, withNames: boolean): CardRowView => ({
  card: row.card,
  number: row.number,
  person: withNames ? { id: row.person, name: { zh: row.name_zh, en: row.name_en } } : null,
  affiliation: row.affiliation,
  unit: { zh: row.unit_zh, en: row.unit_en },
  issuedAt: row.valid_from.toISOString(),
  enrolledAt: row.enrolled_at?.toISOString() ?? null,
  lastAt: row.last_granted_at?.toISOString() ?? null,
  grants: row.grants,
});

/**
 * A page of a list, by card number. A search never finds by a name that its result would not show.
 * @param page.after the number after which it begins; '' = at the start
 */
export const cardPage = async (
  db: Queryable,
  filter: CardFilter,
  page: { readonly nowMs: number; readonly after: string; readonly limit: number },
): Promise<CardListView> => {
  const { list, by, group, q, neverDays, withNames } = filter;
  const found = [
    "$4 = '' or position(lower($4) in lower(s.number)) > 0",
    ...(withNames
      ? ['position($4 in s.name_zh) > 0', 'position(lower($4) in lower(s.name_en)) > 0']
      : []),
  ].join(' or ');
  const rows = await db.query<StandingRow>(
    `select s.* from (${standing} and c.number > $5) s
     where ${lists[list]} and ($3::text is null or ${inGroup[by]}) and (${found})
     order by s.number limit $6`,
    [new Date(page.nowMs), neverDays, group, q, page.after, page.limit + 1],
  );
  const cards = rows.slice(0, page.limit);
  return {
    cards: cards.map((row) => cardRowView(row, withNames)),
    after: rows.length > page.limit ? (cards.at(-1)?.number ?? null) : null,
  };
};
