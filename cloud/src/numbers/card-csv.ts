import type { CardRowView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { cardPage } from './card-list.ts';
import type { CardFilter } from './card-list.ts';

const pageCards = 1_000;

/** So that a spreadsheet reads Chinese names as what they are. */
const byteOrderMark = '\ufeff';

/** A spreadsheet runs a cell that begins like this as a formula (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/;

/** RFC 4180. */
export const csvCell = (text: string): string => {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** Codes and not sentences: a program reads it as well as a person. */
const columns: readonly (readonly [string, (row: CardRowView) => string])[] = [
  ['number', ({ number }) => number],
  ['affiliation', ({ affiliation }) => affiliation],
  ['unit_zh', ({ unit }) => unit.zh],
  ['unit_en', ({ unit }) => unit.en],
  ['issued_at', ({ issuedAt }) => issuedAt],
  ['enrolled_at', ({ enrolledAt }) => enrolledAt ?? ''],
  ['last_accepted_at', ({ lastAt }) => lastAt ?? ''],
  ['accepted', ({ grants }) => String(grants)],
];
const nameColumns: typeof columns = [
  ['name_zh', ({ person }) => person?.name.zh ?? ''],
  ['name_en', ({ person }) => person?.name.en ?? ''],
];

/** The whole list page by page: never 140,000 rows in memory. */
export const cardCsv = async function* (
  db: Queryable,
  filter: CardFilter,
  { nowMs }: { readonly nowMs: number },
): AsyncGenerator<string> {
  const chosen = filter.withNames ? [...columns, ...nameColumns] : columns;
  yield byteOrderMark + csvLine(chosen.map(([name]) => name));
  for (let after: string | null = ''; after !== null;) {
    const page = await cardPage(db, filter, { nowMs, after, limit: pageCards });
    yield page.cards.map((row) => csvLine(chosen.map(([, cell]) => cell(row)))).join('');
    after = page.after;
  }
};
