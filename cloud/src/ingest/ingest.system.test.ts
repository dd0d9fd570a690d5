import { describe, expect, it } from 'vitest';
import type { BatchHeader, Lost } from '@gatehouse/protocols';
import {
  testBatch,
  testEvent,
  testEvents,
  testHeader,
  testIngestPorts,
  testNowMs,
} from '../testing/batches.ts';
import type { EventChange } from '../testing/batches.ts';
import { feedRanges, readStored } from '../testing/stored.ts';
import { testLineage, useTestDatabases } from '../testing/test-database.ts';
import { ingestBatch } from './ingest.ts';

const createTestDatabase = useTestDatabases();
const gateway = testHeader.gateway;

/** `from-to [stream] [epoch] [lost from-to]` → a batch whose lost numbers carry no event. */
const batchOf = (words: string): Uint8Array => {
  const [span = '', ...marks] = words.split(' ');
  const [from = 0, to = 0] = span.split('-').map(Number);
  const lost = marks.filter((mark) => mark.startsWith('lost:')).map(holeOf);
  const isLost = (seq: number): boolean => lost.some((l) => seq >= l.from && seq <= l.to);
  const events = testEvents(from, to).filter(({ seq }) => !isLost(seq));
  const header: Partial<BatchHeader> = { from, to, lost };
  const stream = marks.includes('urgent') ? 'urgent' : 'main';
  const epoch = marks.includes('new') ? 'ffffffff' : testHeader.epoch;
  return testBatch(events, { ...header, stream, epoch });
};

const holeOf = (mark: string): Lost => {
  const [from = 0, to = 0] = mark.slice(5).split('-').map(Number);
  return { from, to, journalClass: 'telemetry', why: 'thinned' };
};

const cases: readonly {
  readonly name: string;
  /** words of a batch → outcome and cursor of its note */
  readonly batches: readonly (readonly [batch: string, outcome: string, cursor: number])[];
  readonly events: number;
  readonly feed: readonly string[];
  readonly gaps?: readonly string[];
}[] = [
  {
    name: 'one after the other',
    batches: [
      ['1-3', 'inserted', 3],
      ['4-4', 'inserted', 4],
    ],
    events: 4,
    feed: ['1-3', '4-4'],
  },
  {
    name: 'the same again, and a part of it',
    batches: [
      ['1-5', 'inserted', 5],
      ['1-5', 'duplicate', 5],
      ['2-3', 'duplicate', 5],
    ],
    events: 5,
    feed: ['1-5'],
  },
  {
    name: 'an overlap adds what is above',
    batches: [
      ['1-5', 'inserted', 5],
      ['3-8', 'inserted', 8],
      ['1-9', 'inserted', 9],
    ],
    events: 9,
    feed: ['1-5', '6-8', '9-9'],
  },
  {
    name: 'ahead: nothing, until what is missing came',
    batches: [
      ['4-6', 'ahead', 0],
      ['1-3', 'inserted', 3],
      ['5-6', 'ahead', 3],
      ['4-6', 'inserted', 6],
    ],
    events: 6,
    feed: ['1-3', '4-6'],
  },
  {
    name: 'a declared gap is a row and blocks nothing',
    batches: [
      ['1-6 lost:3-4', 'inserted', 6],
      ['7-8', 'inserted', 8],
    ],
    events: 6,
    feed: ['1-6', '7-8'],
    gaps: ['3-4 thinned'],
  },
  {
    name: 'a gap at both ends, and one that is declared again in an overlap',
    batches: [
      ['1-6 lost:1-2 lost:5-6', 'inserted', 6],
      ['3-9 lost:5-7', 'inserted', 9],
    ],
    events: 4,
    feed: ['1-6', '7-9'],
    gaps: ['1-2 thinned', '5-6 thinned', '7-7 thinned'],
  },
  {
    name: 'nothing but a gap',
    batches: [['1-400000 lost:1-400000', 'inserted', 400000]],
    events: 0,
    feed: ['1-400000'],
    gaps: ['1-400000 thinned'],
  },
  {
    name: 'an old epoch goes on after a new one began',
    batches: [
      ['1-2', 'inserted', 2],
      ['1-3 new', 'inserted', 3],
      ['3-4', 'inserted', 4],
      ['4-4 new', 'inserted', 4],
    ],
    events: 8,
    feed: ['1-2', '1-3', '3-4', '4-4'],
  },
  {
    name: 'two streams do not know each other',
    batches: [
      ['1-2', 'inserted', 2],
      ['2-2 urgent', 'ahead', 0],
      ['1-1 urgent', 'inserted', 1],
      ['1-1', 'duplicate', 2],
    ],
    events: 3,
    feed: ['1-2', '1-1'],
  },
];

describe('the cursor', () => {
  it.each(cases)('$name', async ({ batches, events, feed, gaps }) => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    const answers: unknown[] = [];
    for (const [words] of batches) {
      const { outcome, note } = await ingestBatch(ports, gateway, batchOf(words));
      expect(note?.lineage).toBe(testLineage);
      answers.push([words, outcome, note?.cursor]);
    }
    expect(answers).toEqual(batches);
    const stored = await readStored(database);
    expect(stored.events).toHaveLength(events);
    expect(feedRanges(stored)).toEqual(feed);
    expect(stored.gaps).toEqual(gaps ?? []);
    expect(stored.quarantined).toEqual([]);
    expect(stored.feed.map(({ pos }) => pos)).toEqual(feed.map((_, i) => i + 1));
  });

  it('is not made for a stream that does not begin at its beginning', async () => {
    const { database } = await createTestDatabase();
    await ingestBatch(testIngestPorts(database), gateway, batchOf('7-9'));
    expect((await readStored(database)).cursors).toEqual({});
  });
});

const person = '01990000-0000-7000-8000-000000000001';
const card = '01990000-0000-7000-8000-000000000002';
/** 81 bytes. */
const evidence = 'x'.repeat(108);
const pass = Buffer.from(evidence, 'base64url');

describe('what is stored', () => {
  it.each([
    [
      'person and card',
      { data: { person, card, n: 1 } },
      { person, card, data: { person, card, n: 1 } },
    ],
    ['the actor of a command', { data: { actor: person } }, { person, card: null }],
    ['what is no uuid', { data: { person: 'p1', card: 7 } }, { person: null, card: null }],
    ['no door, no device', { door: undefined }, { door: null, device: null }],
    ['a device', { device: 'scanner-1' }, { device: 'scanner-1' }],
    [
      'an unknown kind',
      { kind: 'window.broken', data: { pane: 3 } },
      { kind: 'window.broken', data: { pane: 3 } },
    ],
    ['an unknown field', { floor: { level: 3 } }, { rest: { floor: { level: 3 } } }],
    ['no unknown field', {}, { rest: null }],
    [
      'text that PostgreSQL cannot hold',
      { data: { t: 'a\0\ud800' } },
      { data: { t: 'a\ufffd\ufffd' } },
    ],
    [
      'numbers as they came',
      { data: { a: 1e300, b: -0.5, c: 2 ** 53 } },
      { data: { a: 1e300, b: -0.5, c: 2 ** 53 } },
    ],
    [
      'a clock that nobody trusts',
      { at: 5, clock: { q: 'untrusted', boot: 'ffffffff', mono: 9 } },
      { at: new Date(5), at_corrected: null, clock: { q: 'untrusted', boot: 'ffffffff', mono: 9 } },
    ],
    ['a time in the year 9999', { at: 253_402_300_799_999 }, { at: new Date(253_402_300_799_999) }],
  ])('%s', async (_, change, row) => {
    const { database } = await createTestDatabase();
    const event = testEvent(1, change as EventChange);
    const result = await ingestBatch(testIngestPorts(database), gateway, testBatch([event]));
    expect(result.outcome).toBe('inserted');
    const rows = await database.query('select * from event');
    expect(rows).toMatchObject([{ received_at: new Date(testNowMs), seq: 1, ...row }]);
  });

  it('keeps evidence in its own table and nowhere else', async () => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    const events = [
      testEvent(1, { evidence }),
      testEvent(2, { data: { evidence, inner: [{ evidence }] } }),
      testEvent(3, { data: { n: 3 } }),
    ];
    await ingestBatch(ports, gateway, testBatch(events));
    const again = testBatch([testEvent(3), testEvent(4, { evidence })]);
    await ingestBatch(ports, gateway, again);
    expect(await database.query('select seq, pass from evidence order by seq')).toEqual([
      { seq: 1, pass },
      { seq: 4, pass },
    ]);
    const texts = await database.query<{ text: string }>(
      `select e::text as text from event e union all select f::text from feed f
       union all select g::text from gap g union all select c::text from cursor c`,
    );
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.filter(({ text }) => /evidence|xxxx/.test(text))).toEqual([]);
  });
});
