import type { WireEvent } from '@gatehouse/protocols';
import { vi } from 'vitest';
import { runConsumer } from '../feed/consumer.ts';
import { feedHead } from '../feed/feed.ts';
import { ingestBatch } from '../ingest/ingest.ts';
import { countDecisions, numbersConsumer } from '../numbers/count-decisions.ts';
import type { Database } from '../ports.ts';
import { testBatch, testEvent, testIngestPorts } from './batches.ts';
import { hastyClock } from './clocks.ts';
import { silentLog } from './database-server.ts';

export type TestDecision = {
  readonly at: number;
  readonly granted: boolean;
  readonly reason: string;
  readonly door: string;
  readonly reader: string;
  readonly card?: string | undefined;
  readonly credential?: string | undefined;
  readonly counter?: number | undefined;
};

export const decisionEvent = (
  seq: number,
  { at, granted, door, reader, ...data }: TestDecision,
): WireEvent =>
  testEvent(seq, {
    at,
    kind: granted ? 'access.granted' : 'access.denied',
    door,
    device: reader,
    data: { ...data, reader, side: 'entry' },
  });

/** Batches as a gateway sends them; a batch may come again, and does. */
export const ingestDecisions = async (
  database: Database,
  batches: readonly (readonly WireEvent[])[],
  gateway = 'library-gw',
): Promise<void> => {
  const ports = testIngestPorts(database);
  for (const events of batches) {
    const bytes = testBatch(events, { gateway });
    await ingestBatch(ports, gateway, bytes);
    await ingestBatch(ports, gateway, bytes);
  }
};

/** Runs the consumer until it is where the feed is, then stops it. */
export const countAll = async (database: Database): Promise<void> => {
  const poisons: string[] = [];
  const consumer = runConsumer({
    name: numbersConsumer,
    handle: countDecisions,
    database,
    clock: hastyClock,
    log: silentLog,
    onPoison: ({ error }) => void poisons.push(error),
  });
  const head = await feedHead(database);
  try {
    await vi.waitFor(
      async () => {
        const [row] = await database.query<{ pos: number }>(
          'select pos from consumer where name = $1',
          [numbersConsumer],
        );
        if (row?.pos !== head) throw new Error(`at ${row?.pos ?? 'no row'} of ${head}`);
      },
      { timeout: 20_000, interval: 10 },
    );
  } finally {
    await consumer.stop();
  }
  if (poisons.length > 0) throw new Error(poisons.join('\n'));
};

/** The four tables, in an order that is always the same. */
export const readSums = async (database: Database) => ({
  hours: await database.query(
    `select to_char(hour, 'YYYY-MM-DD HH24') as hour, door, reader, granted, reason, count
     from use_by_hour order by 1, 2, 3, 4, 5`,
  ),
  cards: await database.query('select * from card_activity order by card'),
  uses: await database.query(
    'select credential, counter, door from credential_use order by credential, counter',
  ),
  credentials: await database.query('select * from credential_activity order by credential'),
});
