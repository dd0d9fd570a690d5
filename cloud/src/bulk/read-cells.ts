import {
  cardNumber,
  isAffiliationKind,
  kindWords,
  parseUid,
  uidKindWords,
} from '@gatehouse/protocols';
import type {
  AffiliationKind,
  BulkCells,
  BulkColumn,
  BulkFaultCode,
  BulkFaultView,
} from '@gatehouse/protocols';
import { cutText } from './cut-text.ts';
import { parseDay } from './days.ts';
import type { Day } from './days.ts';

export type UidKind = 'card' | 'wristband' | 'tag';

/** A row as values; undefined = its cell is empty and says nothing. */
export type BulkValues = {
  readonly number: string;
  readonly nameZh: string | undefined;
  readonly nameEn: string | undefined;
  readonly kind: AffiliationKind | undefined;
  readonly unitZh: string | undefined;
  readonly unitEn: string | undefined;
  readonly from: Day | undefined;
  /** The last day. */
  readonly to: Day | undefined;
  /** In the order of bytes. */
  readonly groups: readonly string[] | undefined;
  readonly uid: string | undefined;
  readonly uidKind: UidKind;
  readonly sponsor: string | undefined;
};

const groupsMax = 50;
const shownCharsMax = 40;

/** Full-width digits and letters are digits and letters. */
const plain = (text: string): string => text.normalize('NFKC').trim();

export const plainNumber = (text: string): string => plain(text).toUpperCase();

const plainUid = (text: string): string => plain(text).replace(/[\s:.-]/g, '');

export const groupsOf = (text: string): readonly string[] =>
  [...new Set(plain(text).split(/[|\s]+/))].filter((name) => name !== '').toSorted();

type Report = (code: BulkFaultCode, column: BulkColumn, what?: string) => undefined;

const orNone = (text: string): string | undefined => (text === '' ? undefined : text);

const numberIn = (cells: BulkCells, report: Report): string => {
  const number = plainNumber(cells.number);
  if (number === '') report('number_missing', 'number');
  else if (!cardNumber.test(number)) report('number_form', 'number', cells.number);
  return number;
};

const kindIn = ({ kind }: BulkCells, report: Report): AffiliationKind | undefined => {
  const word = plain(kind).toLowerCase();
  if (word === '') return undefined;
  const named = Object.hasOwn(kindWords, word) ? kindWords[word] : undefined;
  if (named !== undefined && isAffiliationKind(named)) return named;
  return report('kind', 'kind', kind);
};

const dayIn = (column: 'from' | 'to', cells: BulkCells, report: Report): Day | undefined => {
  const text = cells[column];
  return text === '' ? undefined : (parseDay(text) ?? report('date', column, text));
};

/** A chip is told by its end, also where it is none: it may be one with a wrong letter in it. */
const endOf = (text: string): string => `···${Array.from(text).slice(-4).join('')}`;

const uidIn = ({ uid: text }: BulkCells, report: Report): string | undefined => {
  if (text === '') return undefined;
  const parsed = parseUid(plainUid(text));
  if (parsed.ok) return parsed.uid;
  return report(parsed.reason === 'random_uid' ? 'uid_random' : 'uid_form', 'uid', endOf(text));
};

const uidKindIn = ({ uid_kind: text }: BulkCells, report: Report): UidKind => {
  const word = plain(text).toLowerCase();
  if (word === '') return 'card';
  const named = Object.hasOwn(uidKindWords, word) ? uidKindWords[word] : undefined;
  return named ?? report('uid_kind', 'uid_kind', text) ?? 'card';
};

const groupsIn = (cells: BulkCells, report: Report): readonly string[] | undefined => {
  const groups = groupsOf(cells.groups);
  if (groups.length > groupsMax) report('groups_many', 'groups');
  return groups.length === 0 ? undefined : groups;
};

/** Values of one row, and what is wrong with its text whatever the database holds. */
export const readCells = (
  cells: BulkCells,
): { readonly values: BulkValues; readonly faults: readonly BulkFaultView[] } => {
  const faults: BulkFaultView[] = [];
  const report: Report = (code, column, what = '') => {
    faults.push({ code, column, what: cutText(what, shownCharsMax) });
    return undefined;
  };
  const sponsor = plainNumber(cells.sponsor);
  const values: BulkValues = {
    number: numberIn(cells, report),
    nameZh: orNone(cells.name_zh),
    nameEn: orNone(cells.name_en),
    kind: kindIn(cells, report),
    unitZh: orNone(cells.unit_zh),
    unitEn: orNone(cells.unit_en),
    from: dayIn('from', cells, report),
    to: dayIn('to', cells, report),
    groups: groupsIn(cells, report),
    uid: uidIn(cells, report),
    uidKind: uidKindIn(cells, report),
    sponsor: orNone(sponsor),
  };
  return { values, faults };
};

/** Line numbers by number and by chip, where a file has one of them more than once. */
export type Twins = {
  readonly ofNumber: ReadonlyMap<string, readonly number[]>;
  readonly ofUid: ReadonlyMap<string, readonly number[]>;
};

export const twinsIn = (
  rows: readonly { readonly line: number; readonly cells: BulkCells }[],
): Twins => {
  const by = (textOf: (cells: BulkCells) => string): Twins['ofNumber'] => {
    const groups = Map.groupBy(rows, ({ cells }) => textOf(cells));
    return new Map(
      [...groups].flatMap(([text, own]) =>
        text === '' || own.length < 2 ? [] : [[text, own.map(({ line }) => line)] as const],
      ),
    );
  };
  return {
    ofNumber: by((cells) => plainNumber(cells.number)),
    ofUid: by((cells) => plainUid(cells.uid).toUpperCase()),
  };
};
