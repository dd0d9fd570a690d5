import { isAffiliationKind } from '@gatehouse/protocols';
import type { BulkChangeView, BulkColumn, BulkOutcome } from '@gatehouse/protocols';
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
  /** Rows of uid that ended. */
  readonly uids: readonly { readonly id: string; readonly uid: string }[];
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
  const now: Readonly<Partial<Record<BulkColumn, string>>> = {
    name_zh: card.nameZh,
    name_en: card.nameEn,
    kind: card.kind,
    unit_zh: card.unitZh,
    unit_en: card.unitEn,
    from: card.from,
    to: card.to,
    groups: card.groups.join(' '),
    sponsor: card.sponsor?.number ?? '',
  };
  return field === 'uid' ? hasChip(card, to) : now[field] === to;
};

/** A visit has an end, whatever else is put back. */
const endBack = (endsAt: string | null, kind: string, card: KnownRow): Date | null => {
  if (endsAt !== null) return new Date(endsAt);
  return kind === 'visitor' ? card.endsAt : null;
};

/**
 * A card with the fields of a row put back, except those that somebody has changed since. Pure.
 * @param taken chips that live on some card now
 */
export const stateBack = (
  row: AppliedRow,
  card: KnownRow,
  taken: ReadonlySet<string>,
): { readonly state: CardState; readonly left: readonly BulkColumn[] } => {
  const { before } = row;
  const isBack = (change: BulkChangeView): boolean =>
    isOurs(change, card) &&
    (change.field !== 'uid' || (before?.uids ?? []).every(({ uid }) => !taken.has(uid)));
  const back = new Map(
    row.changes.filter(isBack).map(({ field, from, to }) => [field, { from, to }] as const),
  );
  const left = row.changes.map(({ field }) => field).filter((field) => !back.has(field));
  const or = (field: BulkColumn, now: string): string => back.get(field)?.from ?? now;
  const moment = (field: BulkColumn, was: string | null | undefined, now: Date): Date =>
    back.has(field) && typeof was === 'string' ? new Date(was) : now;
  const kind = or('kind', card.kind);
  const chip = back.get('uid');
  const groups = back.get('groups');
  const endsAt = before?.endsAt ?? null;
  const state: CardState = {
    ...{ card: card.card, person: card.person, affiliation: card.affiliation },
    nameZh: or('name_zh', card.nameZh),
    nameEn: or('name_en', card.nameEn),
    kind: isAffiliationKind(kind) ? kind : card.kind,
    unitZh: or('unit_zh', card.unitZh),
    unitEn: or('unit_en', card.unitEn),
    sponsor: back.has('sponsor') ? (before?.sponsor ?? null) : (card.sponsor?.person ?? null),
    validFrom: moment('from', before?.validFrom, card.validFrom),
    startsAt: moment('from', before?.startsAt, card.startsAt),
    validTo: moment('to', before?.validTo, card.validTo),
    endsAt: back.has('to') ? endBack(endsAt, kind, card) : card.endsAt,
    groups: groups === undefined ? null : groupsOf(groups.from),
    uidsDead: chip === undefined ? [] : card.uids.filter(({ uid }) => uid === chip.to),
    uidNew: null,
    uidsBack: chip === undefined ? [] : (before?.uids ?? []).map(({ id }) => id),
  };
  return { state, left };
};
