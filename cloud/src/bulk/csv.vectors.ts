import type { BulkSeparator } from '@gatehouse/protocols';
import type { CsvRecord } from './csv.ts';

type CsvVector = {
  readonly name: string;
  readonly source: string;
  readonly text: string;
  readonly separator?: BulkSeparator;
  /** Cells of a record, or its fault; the line where it begins. */
  readonly records: readonly CsvRecord[];
};

const rows = (...all: readonly (readonly string[])[]): readonly CsvRecord[] =>
  all.map((cells, i) => ({ line: i + 1, cells }));

const rfc = (rule: number): string => `RFC 4180 section 2, rule ${rule}`;
const twoRows = rows(['aaa', 'bbb', 'ccc'], ['zzz', 'yyy', 'xxx']);

export const csvVectors: readonly CsvVector[] = [
  {
    ...{ name: 'each record on a line', source: rfc(1), text: 'aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n' },
    records: twoRows,
  },
  {
    ...{ name: 'no break after the last', source: rfc(2), text: 'aaa,bbb,ccc\r\nzzz,yyy,xxx' },
    records: twoRows,
  },
  {
    name: 'a header line is a record',
    source: rfc(3),
    text: 'field_name,field_name,field_name\r\naaa,bbb,ccc\r\nzzz,yyy,xxx\r\n',
    records: rows(
      ['field_name', 'field_name', 'field_name'],
      ['aaa', 'bbb', 'ccc'],
      ['zzz', 'yyy', 'xxx'],
    ),
  },
  {
    name: 'spaces belong to a cell',
    source: rfc(4),
    text: 'aaa, bbb ,',
    records: rows(['aaa', ' bbb ', '']),
  },
  {
    ...{ name: 'quoted cells', source: rfc(5), text: '"aaa","bbb","ccc"\r\nzzz,yyy,xxx' },
    records: twoRows,
  },
  {
    name: 'a break inside quotation marks',
    source: rfc(6),
    text: '"aaa","b\r\nbb","ccc"\r\nzzz,yyy,xxx',
    records: [
      { line: 1, cells: ['aaa', 'b\r\nbb', 'ccc'] },
      { line: 3, cells: ['zzz', 'yyy', 'xxx'] },
    ],
  },
  {
    ...{ name: 'a doubled mark', source: rfc(7), text: '"aaa","b""bb","ccc"' },
    records: rows(['aaa', 'b"bb', 'ccc']),
  },
  {
    ...{ name: 'semicolons', source: 'Excel, German', text: 'a;"b;c";d,e', separator: 'semicolon' },
    records: rows(['a', 'b;c', 'd,e']),
  },
  {
    name: 'tabs',
    source: 'Excel, Unicode text',
    text: 'a\tb\n',
    separator: 'tab',
    records: rows(['a', 'b']),
  },
  {
    name: 'LF and CR',
    source: 'Unix, old Mac',
    text: 'a\nb\rc\r\nd',
    records: rows(['a'], ['b'], ['c'], ['d']),
  },
  { name: 'empty lines', source: 'own', text: 'a\n\n\nb', records: rows(['a'], [''], [''], ['b']) },
  { name: 'nothing', source: 'own', text: '', records: [] },
  {
    ...{
      name: 'a mark inside a plain cell',
      source: 'RFC 4180 ABNF: TEXTDATA',
      text: 'a"b,c\nd,e',
    },
    records: [
      { line: 1, fault: 'quote' },
      { line: 2, cells: ['d', 'e'] },
    ],
  },
  {
    ...{ name: 'text behind a mark', source: 'RFC 4180 ABNF: escaped', text: '"a"b,c\nd,e' },
    records: [
      { line: 1, fault: 'quote' },
      { line: 2, cells: ['d', 'e'] },
    ],
  },
  {
    name: 'a mark that nobody closes takes one line and not the rest',
    source: 'own',
    text: 'a,b\n"c,d\ne,f\ng,h',
    records: [
      { line: 1, cells: ['a', 'b'] },
      { line: 2, fault: 'quote' },
      { line: 3, cells: ['e', 'f'] },
      { line: 4, cells: ['g', 'h'] },
    ],
  },
];
