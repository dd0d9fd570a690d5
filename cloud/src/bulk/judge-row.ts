import { visitDaysMax } from '@gatehouse/protocols';
import type {
  AffiliationKind,
  BulkCells,
  BulkChangeView,
  BulkColumn,
  BulkFaultView,
  BulkField,
  BulkVerdict,
} from '@gatehouse/protocols';
import { readCells } from './read-cells.ts';
import type { BulkValues, UidKind } from './read-cells.ts';
import { daysFrom } from './days.ts';
import type { Day } from './days.ts';

/** A card as the database has it, in the words of a file. */
export type KnownCard = {
  readonly card: string;
  readonly person: string;
  readonly affiliation: string;
  readonly state: 'active' | 'frozen' | 'ended';
  readonly nameZh: string;
  readonly nameEn: string;
  readonly kind: AffiliationKind;
  readonly unitZh: string;
  readonly unitEn: string;
  readonly from: Day;
  readonly to: Day;
  /** First day of the affiliation. */
  readonly startsDay: Day;
  /** Its last day; '' = nobody has said so yet. */
  readonly endsDay: Day | '';
  readonly groups: readonly string[];
  /** Chips that live. */
  readonly uids: readonly { readonly id: string; readonly uid: string; readonly kind: UidKind }[];
  readonly sponsor: { readonly person: string; readonly number: string } | null;
};

/** What the database says about one row. */
export type Known = {
  /** The card of this number. */
  readonly card: KnownCard | undefined;
  /** Number of the card that has this chip now. */
  readonly uidOwner: string | undefined;
  /** Who holds the sponsor's card, where it has not ended. */
  readonly sponsor: { readonly person: string; readonly maySponsor: boolean } | undefined;
  readonly isGroup: (name: string) => boolean;
  /** Other lines of the file with the same number, or the same chip. */
  readonly twinLines: { readonly number: readonly number[]; readonly uid: readonly number[] };
  readonly today: Day;
};

/** What the card shall be. Of an existing one, undefined = it stays as it is. */
export type Wanted = {
  readonly values: BulkValues;
  readonly known: KnownCard | undefined;
  /** A person; null = nobody. */
  readonly sponsor: string | null;
  /** Where the affiliation begins and ends by this row; undefined = as before. */
  readonly span: Span;
};

type Span = { readonly from: Day | undefined; readonly to: Day | undefined };

export type Judgement = {
  readonly verdict: BulkVerdict;
  readonly changes: readonly BulkChangeView[];
  readonly faults: readonly BulkFaultView[];
  /** Of `new` and `changed`. */
  readonly wanted?: Wanted;
};

type Case = { readonly values: BulkValues; readonly known: Known };
type Fault = BulkFaultView | undefined;

const fault = (code: BulkFaultView['code'], column: BulkColumn, what = ''): BulkFaultView => ({
  ...{ code, column, what },
});

const kindOf = ({ values, known }: Case): AffiliationKind | undefined =>
  values.kind ?? known.card?.kind;
const isNew = ({ known }: Case): boolean => known.card === undefined;

/** Small checks, all of them made: a row tells everything that is wrong with it at once. */
const checks: readonly ((one: Case) => Fault)[] = [
  ({ known }) =>
    known.twinLines.number.length === 0
      ? undefined
      : fault('number_twice', 'number', known.twinLines.number.join(', ')),
  ({ known }) =>
    known.twinLines.uid.length === 0
      ? undefined
      : fault('uid_twice', 'uid', known.twinLines.uid.join(', ')),
  ({ known }) => (known.card?.state === 'ended' ? fault('card_ended', 'number') : undefined),
  (one) =>
    isNew(one) && (one.values.nameZh ?? one.values.nameEn) === undefined
      ? fault('name_missing', 'name_zh')
      : undefined,
  (one) => (kindOf(one) === undefined ? fault('kind_missing', 'kind') : undefined),
  ({ values, known: { card, today } }) => {
    const from = values.from ?? card?.from ?? today;
    const to = values.to ?? card?.to;
    return to !== undefined && to < from ? fault('date_order', 'to') : undefined;
  },
  ({ values: { to }, known: { card, today } }) =>
    to !== undefined && to < today && to !== card?.to ? fault('date_past', 'to', to) : undefined,
  (one) =>
    kindOf(one) === 'visitor' && isNewVisitor(one) && one.values.to === undefined
      ? fault('visitor_end', 'to')
      : undefined,
  (one) => {
    const { values, known } = one;
    // What began before somebody became a visitor is no part of the visit.
    const from = values.from === known.card?.from ? known.today : (values.from ?? known.today);
    const first = from < known.today ? from : known.today;
    const isSaid = isNewVisitor(one) || values.to !== known.card?.to;
    return kindOf(one) === 'visitor' &&
      isSaid &&
      values.to !== undefined &&
      daysFrom(first, values.to) > visitDaysMax
      ? fault('visitor_long', 'to', String(visitDaysMax))
      : undefined;
  },
  ({ values, known }) => {
    const unknown = values.groups?.find((name) => !known.isGroup(name));
    return unknown === undefined ? undefined : fault('group_unknown', 'groups', unknown);
  },
  ({ values: { number, uid }, known: { uidOwner } }) =>
    uid !== undefined && uidOwner !== undefined && uidOwner !== number
      ? fault('uid_taken', 'uid')
      : undefined,
];

/** Somebody becomes a visitor by this row: it has to say until when. */
const isNewVisitor = ({ known }: Case): boolean => known.card?.kind !== 'visitor';

const sponsorFault = (one: Case): Fault => {
  const { values, known } = one;
  const given = values.sponsor;
  if (kindOf(one) !== 'visitor') {
    return given === undefined ? undefined : fault('sponsor_needless', 'sponsor');
  }
  if (given === undefined) {
    const has = (known.card?.sponsor ?? null) !== null;
    return has ? undefined : fault('visitor_sponsor', 'sponsor');
  }
  if (known.sponsor === undefined) return fault('sponsor_unknown', 'sponsor', given);
  const isBad = !known.sponsor.maySponsor || known.sponsor.person === known.card?.person;
  return isBad ? fault('sponsor_visitor', 'sponsor', given) : undefined;
};

/** A card has one chip of each kind: another one takes its place. */
const chipBefore = (card: KnownCard, { uid, uidKind }: BulkValues): string | undefined =>
  card.uids.some((each) => each.uid === uid)
    ? uid
    : card.uids
        .filter(({ kind }) => kind === uidKind)
        .map((each) => each.uid)
        .join(' ');

/**
 * A card's days lie within those of its affiliation: where the row moves the card beyond them, they
 * are widened and else left alone. Somebody who becomes a visitor is one until the card ends.
 */
const spanOf = (card: KnownCard, one: Case): Span => {
  const { from, to } = one.values;
  const isVisit = kindOf(one) === 'visitor' && isNewVisitor(one) && to !== card.endsDay;
  const isLater = to !== undefined && to !== card.to && card.endsDay !== '' && to > card.endsDay;
  const isEarlier = from !== undefined && from !== card.from && from < card.startsDay;
  return { from: isEarlier ? from : undefined, to: isVisit || isLater ? to : undefined };
};

const changesOf = (card: KnownCard, one: Case): readonly BulkChangeView[] => {
  const { values, known } = one;
  const span = spanOf(card, one);
  const leavesVisit = kindOf(one) !== 'visitor' && card.sponsor !== null;
  const sponsor =
    known.sponsor !== undefined && known.sponsor.person === card.sponsor?.person
      ? card.sponsor.number
      : values.sponsor;
  const pairs: readonly (readonly [BulkField, string, string | undefined])[] = [
    ['name_zh', card.nameZh, values.nameZh],
    ['name_en', card.nameEn, values.nameEn],
    ['kind', card.kind, values.kind],
    ['unit_zh', card.unitZh, values.unitZh],
    ['unit_en', card.unitEn, values.unitEn],
    ['from', card.from, values.from],
    ['to', card.to, values.to],
    ['groups', card.groups.join(' '), values.groups?.join(' ')],
    ['uid', values.uid === undefined ? '' : (chipBefore(card, values) ?? ''), values.uid],
    ['sponsor', card.sponsor?.number ?? '', leavesVisit ? '' : sponsor],
    ['affiliation_from', card.startsDay, span.from],
    ['affiliation_to', card.endsDay, span.to],
  ];
  return pairs.flatMap(([field, from, to]) =>
    to === undefined || to === from ? [] : [{ field, from, to }],
  );
};

const sponsorOf = (one: Case): string | null => {
  if (kindOf(one) !== 'visitor') return null;
  return one.known.sponsor?.person ?? one.known.card?.sponsor?.person ?? null;
};

/** What a row would do, all of it decided by its cells and what is known. Pure. */
export const judgeRow = (
  cells: BulkCells,
  known: Known,
  unread: readonly BulkFaultView[] = [],
): Judgement => {
  const refused = (faults: readonly BulkFaultView[]): Judgement => ({
    ...{ verdict: 'refused', changes: [], faults },
  });
  if (unread.length > 0) return refused(unread);
  const { values, faults: misread } = readCells(cells);
  const one: Case = { values, known };
  const found = [...checks, sponsorFault]
    .map((check) => check(one))
    .filter((each) => each !== undefined);
  // A cell that cannot be read is not missing too.
  const columns = new Set(misread.map(({ column }) => column));
  const faults = [...misread, ...found.filter(({ column }) => !columns.has(column))];
  if (faults.length > 0) return refused(faults);
  const { card } = known;
  const span = card === undefined ? { from: undefined, to: undefined } : spanOf(card, one);
  const wanted: Wanted = { values, known: card, sponsor: sponsorOf(one), span };
  if (card === undefined) return { verdict: 'new', changes: [], faults: [], wanted };
  const changes = changesOf(card, one);
  return changes.length === 0
    ? { verdict: 'unchanged', changes, faults: [] }
    : { verdict: 'changed', changes, faults: [], wanted };
};
