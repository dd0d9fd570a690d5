/**
 * Batches of 500 events from the bytes of the wire to the committed feed, against the bare insert
 * of the same rows into the same table in the same run: no zstd, no JSON, no cursor, no feed.
 */
import { eventColumns } from '../src/ingest/event-rows.ts';
import { insertEvents } from '../src/ingest/event-store.ts';
import { ingestBatch } from '../src/ingest/ingest.ts';
import type { Database } from '../src/ports.ts';
import { testBatch, testEvent, testIngestPorts, testNowMs } from '../src/testing/batches.ts';
import { startTestDatabases } from '../src/testing/database-server.ts';

const batchEvents = 500;
const batchesPerRound = 12;
const rounds = 7;
const warmUpRounds = 2;
const aim = 0.4;

const decision = (seq: number) => ({
  reason: 'granted',
  side: 'entry',
  reader: 'library-east-in',
  basis: 'group',
  policy: { epoch: 1_795_000_000, version: 118, ageMs: 12_000 },
  credential: seq.toString(16).padStart(16, '0'),
  counter: seq,
  card: `01990000-0000-7000-8000-${seq.toString(16).padStart(12, '0')}`,
  person: `01990000-0000-7000-8001-${seq.toString(16).padStart(12, '0')}`,
  audience: 'campus-01',
});

const eventsFrom = (from: number) =>
  Array.from({ length: batchEvents }, (_, i) =>
    testEvent(from + i, {
      kind: 'access.granted',
      data: decision(from + i),
      evidence: (from + i).toString(36).padStart(108, 'A'),
    }),
  );

type Task = () => Promise<unknown>;

/** One lane of a connection: its batches are made before the clock runs. */
const ours = (database: Database, gateway: string): (() => Task) => {
  const ports = testIngestPorts(database);
  let from = 1;
  return () => {
    const bytes = testBatch(eventsFrom(from), { gateway });
    from += batchEvents;
    return async () => {
      const { outcome } = await ingestBatch(ports, gateway, bytes);
      if (outcome !== 'inserted') throw new Error(`a batch was ${outcome}`);
    };
  };
};

const bare = (database: Database, gateway: string): (() => Task) => {
  const place = { gateway, epoch: '00000000', receivedAt: new Date(testNowMs) };
  let from = 1;
  return () => {
    const rows = eventsFrom(from).map(eventColumns);
    from += batchEvents;
    return () => insertEvents(database, { ...place, stream: 'main' }, rows);
  };
};

/** @returns rows a second */
const measure = async (lanes: readonly (() => Task)[]): Promise<number> => {
  const work = lanes.map((lane) => Array.from({ length: batchesPerRound }, lane));
  const startedMs = performance.now();
  await Promise.all(
    work.map(async (tasks) => {
      for (const task of tasks) await task();
    }),
  );
  const rows = lanes.length * batchesPerRound * batchEvents;
  return (rows * 1000) / (performance.now() - startedMs);
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const measureAll = async (database: Database) => {
  const names = [0, 1, 2, 3];
  const lanes = {
    ours1: [ours(database, 'ours-1')],
    bare1: [bare(database, 'bare-1')],
    ours4: names.map((n) => ours(database, `ours-4-${n}`)),
    bare4: names.map((n) => bare(database, `bare-4-${n}`)),
  };
  const seen: Record<keyof typeof lanes, number[]> = { ours1: [], bare1: [], ours4: [], bare4: [] };
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    for (const name of ['ours1', 'bare1', 'ours4', 'bare4'] as const) {
      const rowsPerSecond = await measure(lanes[name]);
      if (round >= warmUpRounds) seen[name].push(rowsPerSecond);
    }
  }
  return {
    oneConnectionRowsPerSecond: median(seen.ours1),
    fourConnectionsRowsPerSecond: median(seen.ours4),
    bareOneConnectionRowsPerSecond: median(seen.bare1),
    bareFourConnectionsRowsPerSecond: median(seen.bare4),
  };
};

export const bench = async () => {
  const databases = await startTestDatabases();
  try {
    const { database } = await databases.create();
    const figures = await measureAll(database);
    const ratio = figures.fourConnectionsRowsPerSecond / figures.bareFourConnectionsRowsPerSecond;
    return {
      bench: 'ingest',
      figures,
      ratio,
      limit: 'bare unnest insert of the same rows, four connections, in the same run',
      aim,
      met: ratio >= aim,
    };
  } finally {
    await databases.stop();
  }
};
