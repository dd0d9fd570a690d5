import { bulkColumnOf, bulkColumns, bulkRowsMax, bulkSeparators } from '@gatehouse/protocols';
import type {
  BulkCells,
  BulkColumn,
  BulkEncoding,
  BulkFaultView,
  BulkSeparator,
} from '@gatehouse/protocols';
import { storableText } from '../storable.ts';
import { readCsv } from './csv.ts';
import type { CsvRecord } from './csv.ts';
import { cutText } from './cut-text.ts';
import { fileText } from './file-text.ts';

export type BulkLine = {
  /** From 1, in the order of the file; blank lines do not count. */
  readonly n: number;
  readonly line: number;
  readonly cells: BulkCells;
  /** What kept it from being read; the row is refused then. */
  readonly faults: readonly BulkFaultView[];
};

export type BulkHeading = { readonly text: string; readonly column: BulkColumn | null };

export type BulkFile = {
  readonly encoding: BulkEncoding;
  readonly separator: BulkSeparator;
  readonly headings: readonly BulkHeading[];
  readonly rows: readonly BulkLine[];
};

/** Why nothing of it can be read. */
export type BulkFileFault = 'no_text' | 'empty' | 'headings' | 'many_rows';

const cellCharsMax = 120;
const groupsCharsMax = 2_100;
const headingsMax = 100;

/** Line breaks and tabs inside a cell are spaces of a name. */
const tidyCell = (text: string): string => storableText(text).replace(/\s+/g, ' ').trim();

const headingsOf = (record: CsvRecord | undefined): readonly BulkHeading[] =>
  record === undefined || 'fault' in record
    ? []
    : record.cells.slice(0, headingsMax).map((text) => {
        const heading = cutText(tidyCell(text), cellCharsMax);
        return { text: heading, column: bulkColumnOf(heading) ?? null };
      });

const namedIn = (headings: readonly BulkHeading[]): readonly BulkColumn[] =>
  headings.flatMap(({ column }) => (column === null ? [] : [column]));

const isBlank = (record: CsvRecord): boolean =>
  'cells' in record && record.cells.every((text) => text.trim() === '');

const firstOf = (text: string, separator: BulkSeparator): CsvRecord | undefined => {
  for (const record of readCsv(text, separator)) {
    if (!isBlank(record)) return record;
  }
  return undefined;
};

/** The separator with which most headings are known; the comma where none is better. */
const bestSeparator = (text: string): BulkSeparator =>
  bulkSeparators
    .map((separator) => ({
      separator,
      known: namedIn(headingsOf(firstOf(text, separator))).length,
    }))
    .reduce((best, each) => (each.known > best.known ? each : best)).separator;

const noCells: BulkCells = Object.fromEntries(
  bulkColumns.map((column) => [column, '']),
  // Every column is there.
) as BulkCells;

const fault = (
  code: BulkFaultView['code'],
  what: string,
  column: BulkColumn | null = null,
): BulkFaultView => ({ code, column, what });

/** What nobody can see in a name. */
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/;

const cellFaults = (cells: BulkCells): readonly BulkFaultView[] =>
  bulkColumns.flatMap((column) => {
    const text = cells[column];
    const max = column === 'groups' ? groupsCharsMax : cellCharsMax;
    if (text.length > max) return [fault('too_long', '', column)];
    return control.test(text) ? [fault('control', '', column)] : [];
  });

/** More cells than headings may be there as long as nothing stands in them. */
const isAligned = (cells: readonly string[], headings: readonly BulkHeading[]): boolean =>
  cells.length >= headings.length &&
  cells.slice(headings.length).every((text) => text.trim() === '');

const readRow = (
  record: CsvRecord,
  headings: readonly BulkHeading[],
): Pick<BulkLine, 'cells' | 'faults'> => {
  if ('fault' in record) return { cells: noCells, faults: [fault(record.fault, '')] };
  const found: Partial<Record<BulkColumn, string>> = {};
  headings.forEach(({ column }, i) => {
    if (column !== null) found[column] = tidyCell(record.cells[i] ?? '');
  });
  const cells = { ...noCells, ...found };
  if (!isAligned(record.cells, headings)) {
    const what = `${record.cells.length} / ${headings.length}`;
    return { cells: shortened(cells), faults: [fault('cell_count', what)] };
  }
  return { cells: shortened(cells), faults: cellFaults(cells) };
};

/** What is far too long is refused, and not kept either. */
const shortened = (cells: BulkCells): BulkCells => ({
  ...noCells,
  ...Object.fromEntries(
    bulkColumns.map((column) => [column, cutText(cells[column], groupsCharsMax)]),
  ),
});

/**
 * A file of cards, read but not judged. Never throws; each line that is not blank is in a row.
 * @param bytes as they came
 */
export const readBulkFile = (
  bytes: Uint8Array,
): { readonly file: BulkFile } | { readonly fault: BulkFileFault } => {
  const decoded = fileText(bytes);
  if (decoded === undefined) return { fault: 'no_text' };
  const { text, encoding } = decoded;
  const separator = bestSeparator(text);
  const rows: BulkLine[] = [];
  let headings: readonly BulkHeading[] | undefined;
  for (const record of readCsv(text, separator)) {
    if (isBlank(record)) continue;
    if (headings === undefined) {
      headings = headingsOf(record);
      const named = namedIn(headings);
      const isGood = named.includes('number') && new Set(named).size === named.length;
      if (!isGood) return { fault: 'headings' };
    } else {
      if (rows.length === bulkRowsMax) return { fault: 'many_rows' };
      const { line } = record;
      rows.push({ n: rows.length + 1, line, ...readRow(record, headings) });
    }
  }
  if (headings === undefined || rows.length === 0) return { fault: 'empty' };
  return { file: { encoding, separator, headings, rows } };
};
