import { uuidv7 } from '@gatehouse/protocols';
import type { Ports, Queryable } from '../ports.ts';
import type { Revoked } from '../access/revocations.ts';
import type { Days } from './days.ts';
import type { Wanted } from './judge-row.ts';
import type { KnownRow } from './known-rows.ts';
import type { UidKind } from './read-cells.ts';

/** Of somebody whose row names no end. */
const cardYearsDefault = 4;

export type Chip = { readonly id: string; readonly uid: string; readonly kind: UidKind };

/** All of a card that a file can say, as it shall be stored. */
export type CardState = {
  readonly card: string;
  readonly person: string;
  readonly affiliation: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly kind: string;
  readonly unitZh: string;
  readonly unitEn: string;
  readonly sponsor: string | null;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  /** Null = they stay. */
  readonly groups: readonly string[] | null;
  readonly uidsDead: readonly Chip[];
  readonly uidNew: Chip | null;
};
export type NewCard = CardState & { readonly number: string };

export type WriteMoment = {
  readonly nowMs: number;
  readonly random: Ports['random'];
  readonly days: Days;
};

const afterYears = (day: string, days: Days): Date => {
  const year = Number(day.slice(0, 4)) + cardYearsDefault;
  // The 29th of February is no day of most years.
  const rest = day.slice(4) === '-02-29' ? '-02-28' : day.slice(4);
  return new Date(days.startMs(`${year}${rest}`));
};

/** The first moment after a day. */
const endOf = (day: string, days: Days): Date => new Date(days.startMs(days.next(day)));

/** A card that is not there yet. */
export const newCard = (
  { values, sponsor }: Wanted,
  { nowMs, random, days }: WriteMoment,
): NewCard => {
  const id = (): string => uuidv7(nowMs, random(10));
  const from = values.from ?? days.of(nowMs);
  const startsAt = new Date(days.startMs(from));
  const end = values.to === undefined ? null : endOf(values.to, days);
  const { uid } = values;
  return {
    ...{ card: id(), person: id(), affiliation: id(), number: values.number, sponsor },
    // One of them is there: it was judged.
    nameZh: values.nameZh ?? values.nameEn ?? '',
    nameEn: values.nameEn ?? values.nameZh ?? '',
    kind: values.kind ?? '',
    unitZh: values.unitZh ?? values.unitEn ?? '',
    unitEn: values.unitEn ?? values.unitZh ?? '',
    ...{ validFrom: startsAt, startsAt, endsAt: end },
    validTo: end ?? afterYears(from, days),
    groups: values.groups ?? [],
    uidsDead: [],
    uidNew: uid === undefined ? null : { id: id(), uid, kind: values.uidKind },
  };
};

/** An existing card as the row wants it. */
export const changedCard = (
  { values, sponsor, span }: Wanted,
  known: KnownRow,
  { nowMs, random, days }: WriteMoment,
): CardState => {
  const { uid, uidKind } = values;
  const isFrom = values.from !== undefined && values.from !== known.from;
  const isTo = values.to !== undefined && values.to !== known.to;
  const from = isFrom ? new Date(days.startMs(values.from ?? '')) : undefined;
  const to = isTo ? endOf(values.to ?? '', days) : undefined;
  const isChip = uid !== undefined && known.uids.every((each) => each.uid !== uid);
  return {
    ...{ card: known.card, person: known.person, affiliation: known.affiliation, sponsor },
    nameZh: values.nameZh ?? known.nameZh,
    nameEn: values.nameEn ?? known.nameEn,
    kind: values.kind ?? known.kind,
    unitZh: values.unitZh ?? known.unitZh,
    unitEn: values.unitEn ?? known.unitEn,
    validFrom: from ?? known.validFrom,
    startsAt: span.from === undefined ? known.startsAt : new Date(days.startMs(span.from)),
    validTo: to ?? known.validTo,
    endsAt: span.to === undefined ? known.endsAt : endOf(span.to, days),
    groups: values.groups ?? null,
    uidsDead: isChip ? known.uids.filter(({ kind }) => kind === uidKind) : [],
    uidNew: isChip ? { id: uuidv7(nowMs, random(10)), uid, kind: uidKind } : null,
  };
};

const rowShape = `x("card" uuid, "person" uuid, "affiliation" uuid, "number" text, "nameZh" text,
  "nameEn" text, "kind" text, "unitZh" text, "unitEn" text, "sponsor" uuid,
  "validFrom" timestamptz, "validTo" timestamptz, "startsAt" timestamptz, "endsAt" timestamptz)`;

const memberRows = (rows: readonly CardState[]) =>
  rows.flatMap(({ card, groups }) => (groups ?? []).map((group) => ({ card, group })));

const addMembers = (tx: Queryable, rows: readonly CardState[]): Promise<unknown> =>
  tx.query(
    `insert into member ("group", card)
     select x."group", x.card from jsonb_to_recordset($1::jsonb) x("group" text, card uuid)
     on conflict do nothing`,
    [JSON.stringify(memberRows(rows))],
  );

const addUids = (tx: Queryable, rows: readonly CardState[], at: Date): Promise<unknown> => {
  const uids = rows.flatMap(({ card, uidNew }) => (uidNew === null ? [] : [{ ...uidNew, card }]));
  return tx.query(
    `insert into uid (id, uid, card, kind, since)
     select x.id, x.uid, x.card, x.kind, $2::timestamptz
     from jsonb_to_recordset($1::jsonb) x(id uuid, uid text, card uuid, kind text)`,
    [JSON.stringify(uids), at],
  );
};

/** People, what they are, their cards, groups and chips: a statement each. */
export const insertCards = async (
  tx: Queryable,
  rows: readonly NewCard[],
  at: Date,
): Promise<void> => {
  if (rows.length === 0) return;
  const json = JSON.stringify(rows);
  const from = `from jsonb_to_recordset($1::jsonb) as ${rowShape}`;
  await tx.query(
    `insert into person (id, name_zh, name_en) select person, "nameZh", "nameEn" ${from}`,
    [json],
  );
  await tx.query(
    `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from, valid_to, sponsor)
     select affiliation, person, kind, "unitZh", "unitEn", "startsAt", "endsAt", sponsor ${from}`,
    [json],
  );
  await tx.query(
    `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
     select card, person, affiliation, number, 'active', "validFrom", "validTo" ${from}`,
    [json],
  );
  await addMembers(tx, rows);
  await addUids(tx, rows, at);
};

/** Chips that were of this very card before: a gateway must be told that they are back. */
const returned = async (
  tx: Queryable,
  rows: readonly CardState[],
): Promise<readonly { uid: string; card: string }[]> => {
  const uids = rows.flatMap(({ card, uidNew }) =>
    uidNew === null ? [] : [{ uid: uidNew.uid, card }],
  );
  return tx.query<{ uid: string; card: string }>(
    `select distinct u.uid, u.card from uid u
     join jsonb_to_recordset($1::jsonb) x(uid text, card uuid) on x.uid = u.uid and x.card = u.card
     where u.ended_at is not null`,
    [JSON.stringify(uids)],
  );
};

/**
 * Writes the rows over what is there; the cards are locked.
 * @returns what gateways must be told beside the policy
 */
export const updateCards = async (
  tx: Queryable,
  rows: readonly CardState[],
  at: Date,
): Promise<readonly Revoked[]> => {
  if (rows.length === 0) return [];
  const json = JSON.stringify(rows);
  const from = `from jsonb_to_recordset($1::jsonb) as ${rowShape}`;
  await tx.query(
    `update person p set name_zh = x."nameZh", name_en = x."nameEn" ${from} where p.id = x.person`,
    [json],
  );
  await tx.query(
    `update affiliation a set kind = x.kind, unit_zh = x."unitZh", unit_en = x."unitEn",
       valid_from = x."startsAt", valid_to = x."endsAt", sponsor = x.sponsor
     ${from} where a.id = x.affiliation`,
    [json],
  );
  await tx.query(
    `update card c set valid_from = x."validFrom", valid_to = x."validTo"
     ${from} where c.id = x.card`,
    [json],
  );
  const regrouped = rows.filter(({ groups }) => groups !== null);
  await tx.query(
    `delete from member m where m.card = any ($1::uuid[]) and not exists (
       select from jsonb_to_recordset($2::jsonb) x("group" text, card uuid)
       where x.card = m.card and x."group" = m."group")`,
    [regrouped.map(({ card }) => card), JSON.stringify(memberRows(regrouped))],
  );
  await addMembers(tx, regrouped);
  const dead = rows.flatMap(({ card, uidsDead }) =>
    uidsDead.map(({ id, uid }) => ({ id, uid, card })),
  );
  await tx.query('update uid set ended_at = $2 where id = any ($1::uuid[])', [
    dead.map(({ id }) => id),
    at,
  ]);
  const back = await returned(tx, rows);
  await addUids(tx, rows, at);
  return [
    ...dead.map(({ uid, card }) => ({ kind: 'uid.revoked', uid, card }) as const),
    ...back.map(({ uid, card }) => ({ kind: 'uid.restored', uid, card }) as const),
  ];
};
