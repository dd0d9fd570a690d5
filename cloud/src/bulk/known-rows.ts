import type { BulkCells } from '@gatehouse/protocols';
import { knownGroups } from '../people/known-groups.ts';
import { maySponsor } from '../people/sponsor-rule.ts';
import type { Queryable } from '../ports.ts';
import { createDays } from './days.ts';
import type { Days } from './days.ts';
import type { Known, KnownCard } from './judge-row.ts';
import { readCells } from './read-cells.ts';
import type { Twins } from './read-cells.ts';

/** What is the same for all rows of a job. */
export type School = {
  readonly zone: string;
  readonly days: Days;
  /** Groups of rules, of wardens and of cards. */
  readonly groups: ReadonlySet<string>;
};

export const readSchool = async (db: Queryable): Promise<School> => {
  const [site] = await db.query<{ zone: string }>('select zone from site order by id limit 1');
  const zone = site?.zone ?? 'UTC';
  const groups = await db.query<{ group: string }>(knownGroups);
  return { zone, days: createDays(zone), groups: new Set(groups.map(({ group }) => group)) };
};

/** A card with the moments themselves. */
export type KnownRow = KnownCard & {
  readonly number: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly startsAt: Date;
  /** Of the affiliation; null = nobody has said so yet. */
  readonly endsAt: Date | null;
};

const selectCards = `
  select c.id as card, c.person, c.affiliation, c.number, c.state,
    p.name_zh as "nameZh", p.name_en as "nameEn", a.kind, a.unit_zh as "unitZh",
    a.unit_en as "unitEn", to_char(c.valid_from at time zone $2, 'YYYY-MM-DD') as "from",
    to_char((c.valid_to - interval '1 millisecond') at time zone $2, 'YYYY-MM-DD') as "to",
    to_char(a.valid_from at time zone $2, 'YYYY-MM-DD') as "startsDay",
    coalesce(to_char((a.valid_to - interval '1 millisecond') at time zone $2, 'YYYY-MM-DD'), '')
      as "endsDay",
    c.valid_from as "validFrom", c.valid_to as "validTo", a.valid_from as "startsAt",
    a.valid_to as "endsAt",
    case when a.sponsor is not null then jsonb_build_object('person', a.sponsor, 'number',
      coalesce((select s.number from card s where s.person = a.sponsor
        order by s.state = 'ended', s.number limit 1), '')) end as sponsor,
    array(select m."group" from member m where m.card = c.id
      order by m."group" collate "C") as groups,
    (select coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'uid', u.uid, 'kind', u.kind)
        order by u.since, u.id), '[]')
      from uid u where u.card = c.id and u.ended_at is null) as uids
  from card c join person p on p.id = c.person join affiliation a on a.id = c.affiliation`;

export const knownCards = async (
  db: Queryable,
  numbers: readonly string[],
  zone: string,
): Promise<ReadonlyMap<string, KnownRow>> => {
  const rows = await db.query<KnownRow>(`${selectCards} where c.number = any ($1)`, [
    numbers,
    zone,
  ]);
  return new Map(rows.map((row) => [row.number, row]));
};

const uidOwners = async (
  db: Queryable,
  uids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await db.query<{ uid: string; number: string }>(
    `select u.uid, c.number from uid u join card c on c.id = u.card
     where u.uid = any ($1) and u.ended_at is null`,
    [uids],
  );
  return new Map(rows.map(({ uid, number }) => [uid, number]));
};

type Sponsor = { readonly person: string; readonly maySponsor: boolean };

const sponsorsOf = async (
  db: Queryable,
  numbers: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, Sponsor>> => {
  const rows = await db.query<Sponsor & { number: string }>(
    `select c.number, p.id as person, ${maySponsor(2)} as "maySponsor"
     from card c join person p on p.id = c.person
     where c.number = any ($1) and c.state <> 'ended'`,
    [numbers, new Date(nowMs)],
  );
  return new Map(rows.map(({ number, ...sponsor }) => [number, sponsor]));
};

const noTwins: Twins = { ofNumber: new Map(), ofUid: new Map() };

/**
 * What the database says about these rows, by three statements however many they are.
 * @returns the same order
 */
export const knownOf = async (
  db: Queryable,
  rows: readonly { readonly line: number; readonly cells: BulkCells }[],
  at: { readonly school: School; readonly nowMs: number; readonly twins?: Twins },
): Promise<readonly (Known & { readonly card: KnownRow | undefined })[]> => {
  const { school, nowMs, twins = noTwins } = at;
  const values = rows.map(({ cells }) => readCells(cells).values);
  const given = (texts: readonly (string | undefined)[]): readonly string[] => [
    ...new Set(texts.flatMap((text) => (text === undefined || text === '' ? [] : [text]))),
  ];
  const cards = await knownCards(db, given(values.map(({ number }) => number)), school.zone);
  const owners = await uidOwners(db, given(values.map(({ uid }) => uid)));
  const sponsors = await sponsorsOf(db, given(values.map(({ sponsor }) => sponsor)), nowMs);
  const today = school.days.of(nowMs);
  return values.map(({ number, uid, sponsor }, i) => {
    const others = (lines: readonly number[] | undefined): readonly number[] =>
      (lines ?? []).filter((line) => line !== rows[i]?.line).slice(0, 3);
    return {
      card: cards.get(number),
      uidOwner: uid === undefined ? undefined : owners.get(uid),
      sponsor: sponsor === undefined ? undefined : sponsors.get(sponsor),
      isGroup: (name) => school.groups.has(name),
      twinLines: {
        number: others(twins.ofNumber.get(number)),
        uid: others(uid === undefined ? undefined : twins.ofUid.get(uid)),
      },
      today,
    };
  });
};
