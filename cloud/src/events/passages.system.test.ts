import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InsideView } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { runConsumer } from '../feed/consumer.ts';
import { feedHead } from '../feed/feed.ts';
import { ingestBatch } from '../ingest/ingest.ts';
import type { Database } from '../ports.ts';
import { testBatch, testEvent, testHeader, testIngestPorts } from '../testing/batches.ts';
import { hastyClock } from '../testing/clocks.ts';
import { seedPlaces } from '../testing/places.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { countPassages, insideViews, passagesConsumer } from './passages.ts';

const createTestDatabase = useTestDatabases();

/** Wall time in Shanghai on 2026-11-22 (`-1 23:50` = the evening before). */
const wall = (text: string): number => {
  const [time = '', day = '0'] = text.split(' ').toReversed();
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return Date.UTC(2026, 10, 22 + Number(day), hours - 8, minutes);
};

type Passage = readonly [when: string, side: string, door?: string, kind?: string];

const count = async (passages: readonly Passage[]): Promise<Database> => {
  const { database } = await createTestDatabase();
  await seedPlaces(database);
  const events = passages.map(([when, side, door = 'library-east', kind = 'access.taken'], i) =>
    testEvent(i + 1, { at: wall(when), door, kind, data: { side } }),
  );
  const ports = testIngestPorts(database);
  const half = Math.ceil(events.length / 2);
  await ingestBatch(ports, testHeader.gateway, testBatch(events.slice(0, half)));
  await ingestBatch(ports, testHeader.gateway, testBatch(events));
  const consumer = runConsumer({
    name: passagesConsumer,
    handle: countPassages,
    database,
    clock: hastyClock,
    log: silentLog,
    onPoison: (poison) => expect.unreachable(poison.error),
  });
  onTestFinished(consumer.stop);
  const head = await feedHead(database);
  await vi.waitFor(
    async () => expect(await database.query('select pos from consumer')).toEqual([{ pos: head }]),
    { timeout: 10_000, interval: 10 },
  );
  return database;
};

const quiet = Array.from({ length: 24 }, () => 0);

describe('people inside', () => {
  it.each<readonly [name: string, passages: readonly Passage[], now: string, inside: number]>([
    [
      'who went in and not out',
      [
        ['08:00', 'entry'],
        ['08:01', 'entry'],
        ['09:00', 'exit'],
      ],
      '10:00',
      1,
    ],
    [
      'by every counting door',
      [
        ['08:00', 'entry'],
        ['08:01', 'entry', 'library-west'],
      ],
      '08:01',
      2,
    ],
    [
      'not by a door that does not count',
      [
        ['08:00', 'entry', 'lab-201'],
        ['08:00', 'entry'],
      ],
      '08:05',
      1,
    ],
    [
      'not by a door that nobody knows',
      [
        ['08:00', 'entry', 'roof-1'],
        ['08:00', 'entry'],
      ],
      '08:05',
      1,
    ],
    [
      'not who was let in and stayed out',
      [
        ['08:00', 'entry', 'library-east', 'access.granted'],
        ['08:00', 'entry'],
      ],
      '08:05',
      1,
    ],
    [
      'since midnight of the site',
      [
        ['-1 23:59', 'entry'],
        ['00:01', 'entry'],
      ],
      '12:00',
      1,
    ],
    [
      'at midnight from nothing',
      [
        ['-1 23:59', 'entry'],
        ['-1 12:00', 'entry'],
      ],
      '00:00',
      0,
    ],
    [
      'never less than nobody',
      [
        ['08:00', 'exit'],
        ['08:01', 'exit'],
      ],
      '09:00',
      0,
    ],
    [
      'not by a clock that is ahead',
      [
        ['18:00', 'entry'],
        ['08:00', 'entry'],
      ],
      '09:00',
      1,
    ],
    [
      'not without a side',
      [
        ['08:00', 'sideways'],
        ['08:00', 'entry'],
      ],
      '09:00',
      1,
    ],
  ])('%s', async (_, passages, now, inside) => {
    const database = await count(passages);
    const views = await insideViews(database, wall(now));
    expect(views.every((view) => Value.Check(InsideView, view))).toBe(true);
    expect(views.map(({ building, count: people }) => [building, people])).toEqual([
      ['library', inside],
    ]);
  });

  it('shows the entries of the last 24 quarters, the running one last', async () => {
    const database = await count([
      ['-1 23:59', 'entry'],
      ['00:00', 'entry'],
      ['05:44', 'entry'],
      ['05:45', 'entry'],
      ['05:50', 'exit'],
      ['05:59', 'entry'],
    ]);
    const trends = await Promise.all(
      ['05:44', '05:59', '06:00'].map((now) => insideViews(database, wall(now))),
    );
    expect(trends.map(([view]) => view?.trend)).toEqual([
      [1, 1, ...quiet.slice(3), 1],
      [1, ...quiet.slice(3), 1, 2],
      [...quiet.slice(3), 1, 2, 0],
    ]);
  });

  it('is nobody, and flat, before anything happened', async () => {
    const { database } = await createTestDatabase();
    await seedPlaces(database);
    expect(await insideViews(database, wall('08:00'))).toEqual([
      {
        building: 'library',
        buildingName: { zh: '图书馆', en: 'Library' },
        count: 0,
        trend: quiet,
      },
    ]);
  });
});
