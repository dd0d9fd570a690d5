import fc from 'fast-check';
import { bulkColumns, bulkRowsMax } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readBulkFile } from './bulk-file.ts';
import { templateCsv } from './template.table.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** As Excel in Chinese saves it (iconv -t GB18030). */
const gb18030 = Uint8Array.of(
  ...[0xbf, 0xa8, 0xba, 0xc5, 0x2c, 0xd0, 0xd5, 0xc3, 0xfb, 0x0d, 0x0a],
  ...[0x41, 0x31, 0x2c, 0xc0, 0xee, 0xc0, 0xd7, 0x0d, 0x0a],
);

const fileOf = (bytes: Uint8Array) => {
  const read = readBulkFile(bytes);
  if ('fault' in read) throw new Error(read.fault);
  return read.file;
};

describe('a file of cards', () => {
  it.each([
    ['UTF-8', utf8('卡号,姓名\nA1,李雷\n'), 'utf-8', 'comma'],
    ['UTF-8 with a byte order mark', utf8('\ufeff卡号,姓名\r\nA1,李雷'), 'utf-8', 'comma'],
    ['GB18030', gb18030, 'gb18030', 'comma'],
    ['semicolons', utf8('姓名;卡号\n李雷;A1'), 'utf-8', 'semicolon'],
    ['tabs', utf8('Card Number\tName\nA1\t李雷'), 'utf-8', 'tab'],
    ['other columns around', utf8('x,Number,y,name_zh\n1,A1,2,李雷\n'), 'utf-8', 'comma'],
    ['blank lines around', utf8('\n , \nnumber,name\n\nA1,李雷\n,\n'), 'utf-8', 'comma'],
    ['full-width headings', utf8('ＮＵＭＢＥＲ,姓名\nA1, 李雷 '), 'utf-8', 'comma'],
  ])('in %s', (_, bytes, encoding, separator) => {
    const file = fileOf(bytes);
    expect(file).toMatchObject({ encoding, separator });
    expect(file.rows).toHaveLength(1);
    expect(file.rows[0]).toMatchObject({
      n: 1,
      faults: [],
      cells: { number: 'A1', name_zh: '李雷' },
    });
  });

  it.each([
    ['nothing', new Uint8Array(), 'empty'],
    ['headings alone', utf8('number,name\n\n'), 'empty'],
    ['no number', utf8('name,kind\nLi,student'), 'headings'],
    ['two numbers', utf8('number,卡号\nA,B'), 'headings'],
    ['a workbook', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), 'no_text'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x41, 0), 'no_text'],
    ['bytes of no encoding', Uint8Array.of(0xff, 0xff, 0xff), 'no_text'],
    ['too many', utf8(`number\n${'A1\n'.repeat(bulkRowsMax + 1)}`), 'many_rows'],
  ])('is refused: %s', (_, bytes, fault) => {
    expect(readBulkFile(bytes)).toEqual({ fault });
  });

  it('refuses a row and not the file, and says where', () => {
    const good = 'number,name\nA1,"Li\nLei"';
    const text = `${good}\nA2\nA3,b"c\nA4,x,\nA5,x,y\nA6,${'x'.repeat(121)}\nA7,\u0007`;
    const rows = fileOf(utf8(text)).rows.map(({ line, faults }) => [line, faults[0]?.code]);
    expect(rows).toEqual([
      [2, undefined],
      [4, 'cell_count'],
      [5, 'quote'],
      [6, undefined],
      [7, 'cell_count'],
      [8, 'too_long'],
      [9, 'control'],
    ]);
    expect(fileOf(utf8(text)).rows[0]?.cells.name_zh).toBe('Li Lei');
  });

  it('never throws and loses no line that is not blank', () => {
    const part = fc.constantFrom(
      '"',
      ',',
      ';',
      '\n',
      '\r\n',
      'A1',
      '李雷',
      ' ',
      '\t',
      '=1+1',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const body = parts.join('').replaceAll('\0', '\u0001');
        const read = readBulkFile(utf8(`number,name_zh\n${body}`));
        if ('fault' in read) return;
        const ns = read.file.rows.map(({ n }) => n);
        expect(ns).toEqual(ns.map((_, i) => i + 1));
        for (const { cells } of read.file.rows) {
          expect(Object.keys(cells)).toEqual([...bulkColumns]);
        }
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readBulkFile(bytes);
      }),
    );
  });

  it.each(['zh', 'en'] as const)('of our own template (%s) is read whole', (language) => {
    const file = fileOf(utf8(templateCsv(language, Date.UTC(2026, 8, 1))));
    expect(file.headings.map(({ column }) => column)).toEqual([...bulkColumns]);
    expect(file.rows.map(({ faults }) => faults)).toEqual(Array.from({ length: 10 }, () => []));
  });
});
