import { describe, expect, it } from 'vitest';
import { readFeed } from '../feed/feed.ts';
import type { Database, Queryable } from '../ports.ts';
import { CloudError } from '../errors.ts';
import {
  testBatch,
  testEvent,
  testEvents,
  testHeader,
  testIngestPorts,
} from '../testing/batches.ts';
import { withFault } from '../testing/faults.ts';
import { feedRanges, feedSeqs, readStored } from '../testing/stored.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { ingestBatch } from './ingest.ts';
import type { IngestResult } from './ingest.ts';

const createTestDatabase = useTestDatabases();
const gateway: string = testHeader.gateway;

/** Numbers in an order that looks like none, the same each time. */
const shuffled = <T>(items: readonly T[], salt: number): readonly T[] =>
  items
    .map((item, i) => ({ item, key: Math.imul(i + 1, 2654435761 + salt * 40503) >>> 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);

type Parcel = { readonly gateway: string; readonly bytes: Uint8Array };

const batchEvents = 7;

/** Batches of one gateway that lie against each other, the odd ones reaching two further back. */
const parcelsOf = (name: string, batches: number): readonly Parcel[] =>
  Array.from({ length: batches }, (_, i) => {
    const from = i * batchEvents + 1;
    const events = testEvents(i % 2 ? from - 2 : from, from + batchEvents - 1);
    return { gateway: name, bytes: testBatch(events, { gateway: name }) };
  });

/** A sender that gets nothing acknowledged sends everything again. */
const sendUntilStored = async (
  database: Database,
  parcels: readonly Parcel[],
  salt: number,
): Promise<void> => {
  const ports = testIngestPorts(database);
  let waiting = shuffled(parcels, salt);
  while (waiting.length > 0) {
    const ahead: Parcel[] = [];
    for (const parcel of waiting) {
      const { outcome } = await ingestBatch(ports, parcel.gateway, parcel.bytes);
      if (outcome === 'ahead') ahead.push(parcel);
    }
    waiting = ahead;
  }
};

/** Follows the feed as a consumer does, until nobody writes any more. */
const follow = async (db: Queryable, isWriting: () => boolean): Promise<readonly number[]> => {
  const seen: number[] = [];
  while (true) {
    const mayGrow = isWriting();
    const items = await readFeed(db, seen.at(-1) ?? 0, 5);
    seen.push(...items.map(({ pos }) => pos));
    if (!mayGrow && items.length === 0) return seen;
  }
};

describe('eight copies of every batch at once, out of order', () => {
  it('each event is stored once, and a follower of the feed misses nothing', async () => {
    const { database, openAnother } = await createTestDatabase();
    const names = ['a-gw', 'b-gw', 'c-gw'];
    const batches = 12;
    const parcels = names.flatMap((name) => parcelsOf(name, batches));
    const processes = [database, openAnother()];
    let writing = true;
    const sent = Promise.all(
      Array.from({ length: 8 }, (_, copy) =>
        sendUntilStored(processes[copy % 2] ?? database, parcels, copy),
      ),
    ).finally(() => {
      writing = false;
    });
    const [seen] = await Promise.all([follow(openAnother(), () => writing), sent]);
    const stored = await readStored(database);
    const total = names.length * batches * batchEvents;
    expect(stored.events).toHaveLength(total);
    expect(new Set(feedSeqs(stored)).size).toBe(batches * batchEvents);
    expect(feedSeqs(stored)).toHaveLength(total);
    expect(seen).toEqual(stored.feed.map((_, i) => i + 1));
    const doubled = await database.query(
      'select gateway, seq from event group by 1, 2 having count(*) > 1',
    );
    expect(doubled).toEqual([]);
  });
});

const killSession = (tx: Queryable): Promise<unknown> =>
  tx.query('select pg_terminate_backend(pg_backend_pid())');

const withEvidence = testBatch(
  [testEvent(1, { evidence: 'x'.repeat(108) }), testEvent(2), testEvent(5)],
  { lost: [{ from: 3, to: 4, journalClass: 'telemetry', why: 'thinned' }] },
);

const sendAgain = async (database: Database): Promise<IngestResult> =>
  ingestBatch(testIngestPorts(database), gateway, withEvidence);

const expectOnce = async (database: Database): Promise<void> => {
  const stored = await readStored(database);
  expect(stored.events).toHaveLength(3);
  expect([stored.gaps, feedRanges(stored)]).toEqual([['3-4 thinned'], ['1-5']]);
  expect(await database.query('select seq from evidence')).toEqual([{ seq: 1 }]);
};

describe('a connection that dies in the middle', () => {
  it('leaves nothing behind at any statement, and sent again it is stored once', async () => {
    const { database, openAnother } = await createTestDatabase();
    const never = withFault(openAnother(), { at: 0, fault: killSession });
    await sendAgain(never.database);
    const statements = never.statements();
    expect(statements).toBeGreaterThan(6);
    for (let at = 1; at <= statements; at += 1) {
      const fresh = await createTestDatabase();
      const dying = withFault(fresh.database, { at, fault: killSession });
      const first: unknown = await sendAgain(dying.database).catch((error: unknown) => error);
      expect(first).toBeInstanceOf(CloudError);
      expect(first).toMatchObject({ code: 'CL_DATABASE' });
      expect((await readStored(fresh.database)).cursors).toEqual({});
      expect((await sendAgain(fresh.database)).outcome).toBe('inserted');
      await expectOnce(fresh.database);
    }
    await expectOnce(database);
  });

  it('after the commit, before anybody knew of it: the same again is a duplicate', async () => {
    const { database } = await createTestDatabase();
    const deaf: Database = {
      ...database,
      transaction: async (run) => {
        await database.transaction(run);
        throw new CloudError('CL_DATABASE', 'the answer to the commit was lost');
      },
    };
    await expect(sendAgain(deaf)).rejects.toMatchObject({ code: 'CL_DATABASE' });
    expect(await sendAgain(database)).toMatchObject({ outcome: 'duplicate', note: { cursor: 5 } });
    await expectOnce(database);
  });
});
