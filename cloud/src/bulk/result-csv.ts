import { bulkFaultText } from '@gatehouse/protocols';
import type { BulkFaultView, BulkRowView, Language } from '@gatehouse/protocols';
import { csvLine } from '../numbers/card-csv.ts';
import type { Queryable } from '../ports.ts';
import { bulkRows } from './bulk-view.ts';

const pageRows = 1_000;
/** So that a spreadsheet reads Chinese as what it is. */
const byteOrderMark = '\ufeff';

const sentences = (faults: readonly BulkFaultView[], language: Language): string =>
  faults.map(({ code, what }) => bulkFaultText(code, what)[language]).join(' / ');

const faultsOf = ({ faults, sinceFaults }: BulkRowView): readonly BulkFaultView[] => [
  ...faults,
  ...sinceFaults,
];

/** Codes for programs, sentences for people. A cell that begins like a formula is quoted. */
const columns: readonly (readonly [string, (row: BulkRowView) => string])[] = [
  ['line', ({ line }) => String(line)],
  ['number', ({ number }) => number],
  ['name_zh', ({ name }) => name.zh],
  ['name_en', ({ name }) => name.en],
  ['verdict', ({ verdict }) => verdict],
  ['changes', ({ changes }) => changes.map((c) => `${c.field}: ${c.from} > ${c.to}`).join(' / ')],
  [
    'codes',
    (row) =>
      faultsOf(row)
        .map(({ code }) => code)
        .join(' '),
  ],
  ['why_zh', (row) => sentences(faultsOf(row), 'zh')],
  ['why_en', (row) => sentences(faultsOf(row), 'en')],
  ['outcome', ({ outcome }) => outcome ?? ''],
  ['undo', ({ undo }) => undo ?? ''],
  ['undo_left', ({ undoLeft }) => undoLeft.join(' ')],
];

/** Every row of a job and what became of it, page by page. */
export const resultCsv = async function* (db: Queryable, job: string): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(columns.map(([name]) => name));
  for (let after: number | null = 0; after !== null;) {
    const page: Awaited<ReturnType<typeof bulkRows>> = await bulkRows(db, job, {
      ...{ verdict: null, after, limit: pageRows },
    });
    yield page.rows.map((row) => csvLine(columns.map(([, cell]) => cell(row)))).join('');
    after = page.after;
  }
};
