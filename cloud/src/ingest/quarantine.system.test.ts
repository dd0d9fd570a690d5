import { describe, expect, it } from 'vitest';
import { batchBytesMax, batchHeaderBytesMax, joinBatch } from '@gatehouse/protocols';
import {
  testBatch,
  testBody,
  testEvent,
  testEvents,
  testHeader,
  testIngestPorts,
  testNowMs,
} from '../testing/batches.ts';
import { feedRanges, readStored } from '../testing/stored.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { ingestBatch } from './ingest.ts';
import { quarantinedBatchesMax } from './quarantine.ts';

const createTestDatabase = useTestDatabases();
const gateway: string = testHeader.gateway;
const header = { ...testHeader, to: 3 };
const events = testEvents(1, 3);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Nothing says where such a batch belongs: nothing can be acknowledged. */
const unbelievable: readonly (readonly [name: string, fault: string, bytes: Uint8Array])[] = [
  ['nothing', 'no_header', new Uint8Array()],
  ['noise without a line end', 'no_header', new Uint8Array(500).fill(0xfe)],
  ['a header that is too long', 'no_header', new Uint8Array(batchHeaderBytesMax + 2).fill(0x20)],
  ['a header that is no JSON', 'bad_header', bytesOf('{"v":1,\nxyz')],
  ['another version', 'bad_header', bytesOf(`${JSON.stringify({ ...header, v: 2 })}\n`)],
  ['from above to', 'bad_header', joinBatch({ ...header, from: 4 }, testBody(events))],
  ['a sequence beyond 2^53', 'bad_header', joinBatch({ ...header, to: 2 ** 53 }, testBody(events))],
  [
    'another gateway',
    'foreign_gateway',
    joinBatch({ ...header, gateway: 'other-gw' }, testBody(events)),
  ],
];

const flipped = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i % 7 ? byte : byte ^ 1));
const deep = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
const deepBody = events
  .map((event) => JSON.stringify({ ...event, data: '?' }).replace('"?"', deep))
  .join('\n');

/** The header holds and is in sequence: kept, and passed over. */
const unreadable: readonly (readonly [name: string, fault: string, body: Uint8Array])[] = [
  ['no body', 'bad_compression', new Uint8Array()],
  ['a body that is no zstd', 'bad_compression', bytesOf('hello')],
  ['damaged zstd', 'bad_compression', flipped(testBody(events))],
  ['half a body', 'bad_compression', testBody(events).subarray(0, 20)],
  ['a bomb', 'bad_compression', testBody(['x'.repeat(100 * batchBytesMax)])],
  ['a line that is no JSON', 'bad_event', testBody(['}{'])],
  ['an event without a clock', 'bad_event', testBody([{ ...testEvent(1), clock: undefined }])],
  ['too many events', 'too_many', testBody(testEvents(1, 501))],
  ['a number that is missing', 'seq_mismatch', testBody([testEvent(1), testEvent(3)])],
  ['a number twice', 'seq_mismatch', testBody([...events, testEvent(3)])],
  ['a number above', 'seq_mismatch', testBody(testEvents(1, 4))],
  [
    'a time that no calendar has',
    'not_storable',
    testBody([testEvent(1, { at: 2 ** 53 - 1 }), ...events.slice(1)]),
  ],
  [
    'a time that PostgreSQL does not read',
    'not_storable',
    testBody([testEvent(1, { at: 253_402_300_800_000 }), ...events.slice(1)]),
  ],
];

describe('a batch without a header to believe', () => {
  it.each(unbelievable)('%s: %s, kept, not acknowledged', async (_, fault, bytes) => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    const result = await ingestBatch(ports, gateway, bytes);
    expect(result).toEqual({ outcome: 'quarantined', note: undefined, fault, gaps: [] });
    const stored = await readStored(database);
    expect(stored).toMatchObject({
      events: [],
      cursors: {},
      gaps: [],
      quarantined: [fault],
      feed: [],
    });
    const good = await ingestBatch(ports, gateway, testBatch(events));
    expect(good).toMatchObject({ outcome: 'inserted', note: { cursor: 3 } });
  });
});

describe('a batch with a body that cannot be read', () => {
  it.each(unreadable)('%s: %s, kept, passed over, seen as a gap', async (_, fault, body) => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    const bytes = joinBatch(header, body);
    const result = await ingestBatch(ports, gateway, bytes);
    const gap = { from: 1, to: 3, journalClass: 'unknown', why: 'quarantined' };
    expect(result).toMatchObject({
      outcome: 'quarantined',
      fault,
      note: { cursor: 3 },
      gaps: [gap],
    });
    const again = await ingestBatch(ports, gateway, bytes);
    expect(again).toMatchObject({ outcome: 'duplicate', note: { cursor: 3 } });
    const next = await ingestBatch(ports, gateway, testBatch(testEvents(4, 6)));
    expect(next).toMatchObject({ outcome: 'inserted', note: { cursor: 6 } });
    const stored = await readStored(database);
    expect(stored.events).toHaveLength(3);
    expect([stored.gaps, stored.quarantined]).toEqual([['1-3 quarantined'], [fault]]);
    expect(feedRanges(stored)).toEqual(['1-3', '4-6']);
    const [kept] = await database.query<{ bytes: Buffer }>('select bytes from quarantined_batch');
    expect(Buffer.compare(kept?.bytes ?? Buffer.alloc(0), bytes)).toBe(0);
  });

  it('keeps what is nested too deeply, whoever is the first to refuse it', async () => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    const body = ports.zstd.compress(bytesOf(deepBody));
    const result = await ingestBatch(ports, gateway, joinBatch(header, body));
    expect(result).toMatchObject({ outcome: 'quarantined', fault: 'not_storable' });
    expect((await readStored(database)).cursors).toEqual({ '0a1b2c3d.main': 3 });
  });

  it.each([
    ['above the cursor', 5, 'ahead', 2],
    ['below the cursor', 1, 'duplicate', 2],
  ])('%s it is not kept: what matters comes or came', async (_, from, outcome, cursor) => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    await ingestBatch(ports, gateway, testBatch(testEvents(1, 2)));
    const bad = joinBatch({ ...header, from, to: from + 1 }, bytesOf('hello'));
    const result = await ingestBatch(ports, gateway, bad);
    expect(result).toMatchObject({ outcome, note: { cursor } });
    expect((await readStored(database)).quarantined).toEqual([]);
  });

  it('makes a gap only of what is new', async () => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    await ingestBatch(ports, gateway, testBatch(testEvents(1, 2)));
    await ingestBatch(ports, gateway, joinBatch({ ...header, to: 9 }, bytesOf('hello')));
    const stored = await readStored(database);
    expect([stored.gaps, stored.cursors]).toEqual([['3-9 quarantined'], { '0a1b2c3d.main': 9 }]);
  });
});

describe('the quarantine', () => {
  it('keeps the same bytes once, and the newest of many', async () => {
    const { database } = await createTestDatabase();
    let nowMs = testNowMs;
    const ports = { ...testIngestPorts(database), nowMs: () => (nowMs += 1000) };
    const send = (text: string, from = gateway): Promise<unknown> =>
      ingestBatch(ports, from, bytesOf(text));
    await send('first', 'other-gw');
    for (let i = 0; i < quarantinedBatchesMax; i += 1) await send(`bad ${i}`);
    await send('bad 0');
    for (let i = 0; i < 5; i += 1) await send(`worse ${i}`);
    const texts = (
      await database.query<{ gateway: string; bytes: Buffer }>(
        'select gateway, bytes from quarantined_batch order by received_at',
      )
    ).map((row) => `${row.gateway} ${row.bytes.toString()}`);
    expect(texts).toHaveLength(quarantinedBatchesMax + 1);
    expect(texts.at(0)).toBe('other-gw first');
    // "bad 0" came again and is young; 1 to 5 had to go.
    expect(texts.slice(1, 3)).toEqual([`${gateway} bad 6`, `${gateway} bad 7`]);
    expect(texts).toContain(`${gateway} bad 0`);
    expect(texts.at(-1)).toBe(`${gateway} worse 4`);
  });

  it('keeps the beginning of what is too long for any batch', async () => {
    const { database } = await createTestDatabase();
    await ingestBatch(testIngestPorts(database), gateway, new Uint8Array(5_000_000));
    expect(await database.query('select length(bytes) as n from quarantined_batch')).toEqual([
      { n: batchHeaderBytesMax + batchBytesMax },
    ]);
  });
});
