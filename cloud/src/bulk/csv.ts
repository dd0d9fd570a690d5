import type { BulkSeparator } from '@gatehouse/protocols';

/** One record of a file; `line` is where it begins, from 1. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly fault: 'quote' | 'too_long' };

export const separatorChars: Readonly<Record<BulkSeparator, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
};

/** A quotation mark that nobody closes is looked for no further than this. */
export const recordCharsMax = 8_000;

type Ended = { readonly cells: readonly string[]; readonly end: number };
type Cell = { readonly text: string; readonly end: number };

const isBreak = (char: string): boolean => char === '\n' || char === '\r';

/** Behind the line break at `at`; CR LF is one. */
const afterBreak = (text: string, at: number): number =>
  text.charAt(at) === '\r' && text.charAt(at + 1) === '\n' ? at + 2 : at + 1;

/** Where the line that holds `from` ends, its break not included. */
const lineEnd = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && !isBreak(text.charAt(at))) at += 1;
  return at;
};

const quotedCell = (text: string, from: number, limit: number): Cell | 'quote' | 'too_long' => {
  let cell = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0 || quote >= limit) return limit < text.length ? 'too_long' : 'quote';
    cell += text.slice(at, quote);
    if (text.charAt(quote + 1) !== '"') return { text: cell, end: quote + 1 };
    cell += '"';
    at = quote + 2;
  }
};

const plainCell = (
  text: string,
  from: number,
  { separator, limit }: { readonly separator: string; readonly limit: number },
): Cell | 'quote' | 'too_long' => {
  let at = from;
  for (; at < text.length; at += 1) {
    if (at >= limit) return 'too_long';
    const char = text.charAt(at);
    if (char === separator || isBreak(char)) break;
    if (char === '"') return 'quote';
  }
  return { text: text.slice(from, at), end: at };
};

/** One record from `start`; `end` is at its line break or at the end of the text. */
const record = (text: string, start: number, separator: string): Ended | 'quote' | 'too_long' => {
  const limit = Math.min(text.length, start + recordCharsMax);
  const cells: string[] = [];
  for (let at = start; ; at += 1) {
    const cell =
      text.charAt(at) === '"'
        ? quotedCell(text, at, limit)
        : plainCell(text, at, { separator, limit });
    if (typeof cell === 'string') return cell;
    cells.push(cell.text);
    at = cell.end;
    const next = text.charAt(at);
    if (next === separator) continue;
    return at >= text.length || isBreak(next) ? { cells, end: at } : 'quote';
  }
};

const breaksIn = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;

/**
 * Records of RFC 4180, with LF and CR as line breaks too and any of three separators. Strict about
 * quotation marks; a record that is wrong takes one line with it and no more, so that a mark which
 * nobody closes does not swallow the rest. Never throws; every line belongs to one record.
 */
export function* readCsv(text: string, separator: BulkSeparator): Generator<CsvRecord> {
  const char = separatorChars[separator];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const read = record(text, at, char);
    const end = typeof read === 'string' ? lineEnd(text, at) : read.end;
    yield typeof read === 'string' ? { line, fault: read } : { line, cells: read.cells };
    const next = end < text.length ? afterBreak(text, end) : end;
    line += breaksIn(text.slice(at, next));
    at = next;
  }
}
