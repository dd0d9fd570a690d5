import { isAffiliationKind } from '@gatehouse/protocols';
import type { BulkChangeView, BulkField, BulkOutcome } from '@gatehouse/protocols';
import type { JobRow } from './job-rows.ts';
import type { KnownRow } from './known-rows.ts';
import { groupsOf } from './read-cells.ts';
import type { CardState } from './write-cards.ts';

/** What was there before a row was applied, as JSON gives it back. */
export type Before = {
  readonly validFrom: string;
  readonly validTo: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly sponsor: string | null;
};
export type AppliedRow = JobRow & {
  readonly outcome: BulkOutcome;
  /** Of `changed`. */
  readonly before: Before | null;
};

const hasChip = (card: KnownRow, uid: string): boolean =>
  card.uids.some((each) => each.uid === uid);

/** Whether a field still is what the row made of it. */
const isOurs = ({ field, to }: BulkChangeView, card: KnownRow): boolean => {
  const now: Readonly<Partial<Record<BulkField, string>>> = {
    name_zh: card.nameZh,
    name_en: card.nameEn,
    kind: card.kind,
    unit_zh: card.unitZh,
    unit_en: card.unitEn,
    from: card.from,
    to: card.to,
    groups: card.groups.join(' '),
    sponsor: card.sponsor?.number ?? '',
    affiliation_from: card.startsDay,
    affiliation_to: card.endsDay,
  };
  return field === 'uid' ? hasChip(card, to) : now[field] === to;
};

/** A card's days lie within its affiliation's: where a row moved both, both go back or none. */
const together: readonly (readonly BulkField[])[] = [
  ['from', 'affiliation_from'],
  ['to', 'affiliation_to'],
];

/** A chip that was replaced may be lost, stolen or somebody else's by now: it never lives again. */
const isReplaced = ({ field, from }: BulkChangeView): boolean => field === 'uid' && from !== '';

/** The changes of a row that can be taken back. */
const backOf = (
  { changes }: AppliedRow,
  card: KnownRow,
): ReadonlyMap<BulkField, Pick<BulkChangeView, 'from' | 'to'>> => {
  const changed = new Set(changes.map(({ field }) => field));
  const ours = changes.filter((change) => isOurs(change, card) && !isReplaced(change));
  const back = new Map(ours.map(({ field, from, to }) => [field, { from, to }]));
  for (const fields of together) {
    const isWhole = fields.every((field) => back.has(field));
    if (isWhole || !fields.every((field) => changed.has(field))) continue;
    for (const field of fields) back.delete(field);
  }
  return back;
};

/** A card with the fields of a row put back, except those that must stay. Pure. */
export const stateBack = (
  row: AppliedRow,
  card: KnownRow,
): { readonly state: CardState; readonly left: readonly BulkField[] } => {
  const { before } = row;
  const back = backOf(row, card);
  const left = row.changes.map(({ field }) => field).filter((field) => !back.has(field));
  const or = (field: BulkField, now: string): string => back.get(field)?.from ?? now;
  const moment = (field: BulkField, was: string | null | undefined, now: Date): Date =>
    back.has(field) && typeof was === 'string' ? new Date(was) : now;
  const kind = or('kind', card.kind);
  const chip = back.get('uid');
  const groups = back.get('groups');
  const endsAt = typeof before?.endsAt === 'string' ? new Date(before.endsAt) : null;
  const state: CardState = {
    ...{ card: card.card, person: card.person, affiliation: card.affiliation },
    nameZh: or('name_zh', card.nameZh),
    nameEn: or('name_en', card.nameEn),
    kind: isAffiliationKind(kind) ? kind : card.kind,
    unitZh: or('unit_zh', card.unitZh),
    unitEn: or('unit_en', card.unitEn),
    sponsor: back.has('sponsor') ? (before?.sponsor ?? null) : (card.sponsor?.person ?? null),
    validFrom: moment('from', before?.validFrom, card.validFrom),
    startsAt: moment('affiliation_from', before?.startsAt, card.startsAt),
    validTo: moment('to', before?.validTo, card.validTo),
    endsAt: back.has('affiliation_to') ? endsAt : card.endsAt,
    groups: groups === undefined ? null : groupsOf(groups.from),
    uidsDead: chip === undefined ? [] : card.uids.filter(({ uid }) => uid === chip.to),
    uidNew: null,
  };
  return { state, left };
};
