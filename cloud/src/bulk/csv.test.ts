import fc from 'fast-check';
import { bulkSeparators } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../numbers/card-csv.ts';
import { readCsv, recordCharsMax } from './csv.ts';
import { csvVectors } from './csv.vectors.ts';

const linesOf = (text: string): number => {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
};

describe('a CSV text', () => {
  it.each(csvVectors)('$name ($source)', ({ text, separator = 'comma', records }) => {
    expect([...readCsv(text, separator)]).toEqual(records);
  });

  it('comes back as it was written', () => {
    // What our own writer does with formulas is not undone by reading.
    const cell = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .filter((t) => !/^[=+\-@\t\r]/.test(t));
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(table, (rows) => {
        const read = [...readCsv(rows.map(csvLine).join(''), 'comma')];
        expect(read.map((record) => ('cells' in record ? record.cells : record.fault))).toEqual(
          rows,
        );
      }),
    );
  });

  it('never throws, never loses a line, and takes no record twice, whatever it is', () => {
    const noise = fc.string({
      unit: fc.constantFrom('"', ',', ';', '\t', '\n', '\r', 'a', '\u4e2d', '\0', '\ud800'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(noise, fc.constantFrom(...bulkSeparators), (text, separator) => {
        const records = [...readCsv(text, separator)];
        const starts = records.map(({ line }) => line);
        expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
        // Lines between one start and the next are inside quotation marks of that record.
        const breaks = records.map((record) =>
          'cells' in record
            ? record.cells.reduce((all, cell) => all + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1)
            : 1,
        );
        const ends = starts.map((start, i) => start + (breaks[i] ?? 0));
        expect(ends.slice(0, -1)).toEqual(starts.slice(1));
        expect((ends.at(-1) ?? 1) - 1).toBe(linesOf(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('bounds how far a mark is looked for, however many are open', () => {
    const lines = Array.from({ length: 200 }, (_, i) => `"${i}`).join('\n');
    const text = `${lines}\n${'x'.repeat(recordCharsMax)}\nlast,row`;
    const records = [...readCsv(text, 'comma')];
    expect(records.filter((record) => 'fault' in record).length).toBeGreaterThan(0);
    expect(records.at(-1)).toMatchObject({ cells: ['last', 'row'] });
  });
});
