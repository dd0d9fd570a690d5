import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinBatch } from '@gatehouse/protocols';
import type { WireEvent } from '@gatehouse/protocols';
import { storableText } from '../storable.ts';
import {
  testBatch,
  testBody,
  testEvent,
  testEvents,
  testHeader,
  testIngestPorts,
} from '../testing/batches.ts';
import { readStored } from '../testing/stored.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { ingestBatch } from './ingest.ts';

const createTestDatabase = useTestDatabases();
const gateway: string = testHeader.gateway;
const stream = `${testHeader.epoch}.${testHeader.stream}`;

type Edit = (bytes: Uint8Array) => Uint8Array;

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(255)).map(
    ([at, byte]): Edit =>
      (bytes) =>
        bytes.map((old, i) => (i === at % bytes.length ? byte : old)),
  ),
  fc.nat().map(
    (at): Edit =>
      (bytes) =>
        bytes.subarray(0, at % (bytes.length + 1)),
  ),
  fc.nat().map(
    (at): Edit =>
      (bytes) =>
        bytes.subarray(at % (bytes.length + 1)),
  ),
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 30 })).map(([at, noise]): Edit => (bytes) => {
    const cut = at % (bytes.length + 1);
    return new Uint8Array([...bytes.subarray(0, cut), ...noise, ...bytes.subarray(cut)]);
  }),
  fc.uint8Array({ maxLength: 200 }).map(
    (noise): Edit =>
      () =>
        noise,
  ),
);

/** JSON texts that are nearly events. */
const nearlyEvent = fc.record(
  {
    seq: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(2 ** 53 - 1), fc.anything()),
    kind: fc.oneof(fc.constantFrom('door.opened', 'x.y'), fc.string()),
    at: fc.oneof(fc.maxSafeNat(), fc.anything()),
    clock: fc.constantFrom({ q: 'trusted', boot: '00000001', mono: 1 }, { q: 'x' }),
    door: fc.oneof(fc.constant('door-1'), fc.string()),
    data: fc.oneof(fc.object(), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())),
    evidence: fc.oneof(fc.constant('x'.repeat(108)), fc.string()),
  },
  { requiredKeys: ['seq', 'kind', 'at', 'clock', 'data'] },
);

const jsonOf = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}` : inner)),
  );

describe('whatever bytes come', () => {
  it('nothing is thrown, and the good batch after it is stored', async () => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    const cursorOf = async (): Promise<number> => (await readStored(database)).cursors[stream] ?? 0;
    const outcomes = new Set<string>();
    const arbitraryBytes = fc.oneof(
      fc
        .array(edit, { minLength: 1, maxLength: 3 })
        .map(
          (edits) => (from: number) =>
            edits.reduce<Uint8Array>(
              (bytes, change) => change(bytes),
              testBatch(testEvents(from, from + 4)),
            ),
        ),
      fc
        .array(nearlyEvent, { maxLength: 3 })
        .map(
          (events) => (from: number) =>
            joinBatch(
              { ...testHeader, from, to: from + events.length },
              testBody(jsonOf(events) as []),
            ),
        ),
    );
    await fc.assert(
      fc.asyncProperty(arbitraryBytes, async (make) => {
        const before = await cursorOf();
        const { outcome, note } = await ingestBatch(ports, gateway, make(before + 1));
        outcomes.add(outcome);
        const after = await cursorOf();
        if (note?.epoch === testHeader.epoch && note.stream === testHeader.stream) {
          expect(note.cursor).toBe(after);
        }
        const good = await ingestBatch(ports, gateway, testBatch(testEvents(after + 1, after + 2)));
        expect(good).toMatchObject({ outcome: 'inserted', note: { cursor: after + 2 } });
      }),
      { numRuns: 300 },
    );
    expect([...outcomes]).toEqual(expect.arrayContaining(['quarantined']));
    // Each number up to each cursor is an event or lies in a gap, and never in both.
    const accounts = await database.query<{ cursor: number; kept: number; gone: number }>(
      `select c.cursor,
         (select count(*) from event e where (e.epoch, e.stream) = (c.epoch, c.stream)) as kept,
         (select coalesce(sum(g.to_seq - g.from_seq + 1), 0)::int8 from gap g
           where (g.epoch, g.stream) = (c.epoch, c.stream)) as gone
       from cursor c`,
    );
    expect(accounts.length).toBeGreaterThan(0);
    expect(accounts.filter(({ cursor, kept, gone }) => kept + gone !== cursor)).toEqual([]);
  });

  it('any JSON in `data` is stored as it was, but for what PostgreSQL cannot hold', async () => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    let seq = 0;
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const value = fc.jsonValue({ stringUnit: 'binary' });
    await fc.assert(
      fc.asyncProperty(text, value, async (first, second) => {
        seq += 1;
        const data = { first, second };
        const event: WireEvent = testEvent(seq, { data });
        const result = await ingestBatch(ports, gateway, testBatch([event]));
        expect(result.outcome).toBe('inserted');
        const [row] = await database.query('select data from event where seq = $1', [seq]);
        expect(row?.['data']).toEqual(storable(data));
      }),
      { numRuns: 200 },
    );
  });
});

/** The same value with texts and keys as they can be stored. */
const storable = (value: unknown): unknown => {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [storableText(key), storable(inner)]),
  );
};
