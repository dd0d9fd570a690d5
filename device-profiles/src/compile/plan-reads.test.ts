import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModbusRead } from '../compiled.ts';
import { blockMaxOf, planReads } from './plan-reads.ts';

const poll = { everyMs: 100, replyTimeoutMs: 100, missesMax: 3 };
const holding = (address: number, count = 1, everyMs = 100): ModbusRead => ({
  table: 'holding',
  address,
  count,
  everyMs,
});
const text = (reads: readonly ModbusRead[]): readonly string[] =>
  reads.map(({ table, address, count, everyMs }) => `${table} ${address}+${count} @${everyMs}`);

describe('planning reads', () => {
  it.each<[string, readonly ModbusRead[], object, readonly string[]]>([
    ['nothing', [], {}, []],
    ['neighbours in any order', [holding(2), holding(0), holding(1)], {}, ['holding 0+3 @100']],
    ['a gap', [holding(0), holding(2)], {}, ['holding 0+1 @100', 'holding 2+1 @100']],
    ['a gap that may be read', [holding(0), holding(2)], { gapMax: 1 }, ['holding 0+3 @100']],
    [
      'a gap that is too wide',
      [holding(0), holding(3)],
      { gapMax: 1 },
      ['holding 0+1 @100', 'holding 3+1 @100'],
    ],
    ['bits of one register', [holding(7), holding(7)], {}, ['holding 7+1 @100']],
    ['one inside another', [holding(0, 9), holding(3, 2)], {}, ['holding 0+9 @100']],
    [
      'the fast ones first',
      [holding(0, 1, 1000), holding(1, 1, 50)],
      {},
      ['holding 1+1 @50', 'holding 0+1 @1000'],
    ],
    [
      'tables apart',
      [holding(0), { ...holding(1), table: 'input' }],
      {},
      ['holding 0+1 @100', 'input 1+1 @100'],
    ],
    [
      'no more than the standard',
      [holding(0, 100), holding(100, 26)],
      {},
      ['holding 0+100 @100', 'holding 100+26 @100'],
    ],
    [
      'no more than the device',
      [holding(0), holding(1), holding(2)],
      { blockMax: 2 },
      ['holding 0+2 @100', 'holding 2+1 @100'],
    ],
  ])('%s', (_case, spans, more, expected) => {
    expect(text(planReads(spans, { ...poll, ...more }))).toEqual(expected);
  });

  it('reads every span whole, in blocks that are allowed, in any order of the file', () => {
    const span = fc.record({
      table: fc.constantFrom('coil', 'discrete', 'holding', 'input'),
      address: fc.nat(300),
      count: fc.integer({ min: 1, max: 8 }),
      everyMs: fc.constantFrom(50, 1000),
    });
    const limits = fc.record({ gapMax: fc.nat(20), blockMax: fc.integer({ min: 8, max: 60 }) });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 60 }), limits, (spans, limit) => {
        const wish = { ...poll, ...limit };
        const reads = planReads(spans, wish);
        for (const { table, address, count, everyMs } of spans) {
          const holder = reads.find(
            (read) =>
              read.table === table &&
              read.everyMs === everyMs &&
              read.address <= address &&
              read.address + read.count >= address + count,
          );
          expect(holder).toBeDefined();
        }
        for (const { table, count } of reads) {
          expect(count).toBeLessThanOrEqual(blockMaxOf(wish, table));
        }
        expect(planReads(spans.toReversed(), wish)).toEqual(reads);
      }),
    );
  });
});
