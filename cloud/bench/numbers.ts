/**
 * The numbers of a campus of 140,000 cards after five million decisions, against counting the cards
 * by an index in the same run. The sums stand in the tables as the consumer leaves them; how fast
 * it keeps them is measured on batches of its own.
 */
import { countDecisions } from '../src/numbers/count-decisions.ts';
import { cardPage } from '../src/numbers/card-list.ts';
import type { CardFilter } from '../src/numbers/card-list.ts';
import { cardNumbers } from '../src/numbers/card-numbers.ts';
import { passNumbers } from '../src/numbers/pass-numbers.ts';
import { traffic } from '../src/numbers/traffic.ts';
import { ingestBatch } from '../src/ingest/ingest.ts';
import type { Database } from '../src/ports.ts';
import { testBatch, testEvent, testIngestPorts, testNowMs } from '../src/testing/batches.ts';
import { startTestDatabases } from '../src/testing/database-server.ts';
import { seedPlaces } from '../src/testing/places.ts';

const cards = 140_000;
/** 36 accepted passes of each card. */
const usesPerCard = 36;
const readers = 500;
const days = 90;
const rounds = 5;
const batchEvents = 500;
/** Every screen query takes at most so many times the indexed count of all cards. */
const aim = 60;

const uuid = (kind: number, column: string): string =>
  `('01990000-0000-7000-${kind}-' || lpad(to_hex(${column}), 12, '0'))::uuid`;

const now = new Date(testNowMs);

/** Rows as years of use leave them: one card in forty was never used, a few phones are odd. */
const fill = async (database: Database): Promise<void> => {
  await seedPlaces(database);
  const statements: readonly (readonly [string, readonly unknown[]])[] = [
    [
      `insert into person (id, name_zh, name_en)
       select ${uuid(8001, 'n')}, 'P' || n, 'Li ' || n from generate_series(1, $1::int) n`,
      [cards],
    ],
    [
      `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from)
       select ${uuid(8001, 'n')}, ${uuid(8001, 'n')},
         (array['student', 'student', 'student', 'teacher', 'staff'])[1 + n % 5],
         'U' || n % 50, 'College ' || n % 50, $2::timestamptz from generate_series(1, $1::int) n`,
      [cards, now],
    ],
    [
      `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
       select ${uuid(8002, 'n')}, ${uuid(8001, 'n')}, ${uuid(8001, 'n')},
         'N' || lpad(n::text, 9, '0'), 'active',
         $2::timestamptz - interval '400 days', $2::timestamptz + interval '400 days'
       from generate_series(1, $1::int) n`,
      [cards, now],
    ],
    [
      `insert into member ("group", card) select g, ${uuid(8002, 'n')}
       from generate_series(1, $1::int) n, unnest(array['everybody', 'dorm-' || n % 20]) g`,
      [cards],
    ],
    [
      `insert into credential (id, card, alg, key, enrolled_at)
       select lpad(to_hex(n), 16, '0'), ${uuid(8002, 'n')}, 'ES256', '\\x00', $2::timestamptz
       from generate_series(1, $1::int) n where n % 25 <> 0`,
      [cards, now],
    ],
    [
      `insert into card_activity
       select ${uuid(8002, 'n')}, $2::timestamptz - interval '300 days',
         $2::timestamptz - make_interval(hours => n % 1400), $3::int, n % 7
       from generate_series(1, $1::int) n where n % 40 <> 0`,
      [cards, now, usesPerCard],
    ],
    [
      `insert into credential_activity
       select lpad(to_hex(n), 16, '0'),
         case when n % 100000 = 7 then 90000 else $2::int * (2 + n % 4) end, $2::int
       from generate_series(1, $1::int) n where n % 25 <> 0 and n % 40 <> 0`,
      [cards, usesPerCard],
    ],
    [
      `insert into credential_use
       select lpad(to_hex(n), 16, '0'), u * 3, 'door-' || (n + u) % 40
       from generate_series(1, $1::int) n, generate_series(1, $2::int) u
       where n % 25 <> 0 and n % 40 <> 0`,
      [cards, usesPerCard],
    ],
    [
      `insert into use_by_hour
       select date_trunc('hour', $1::timestamp) - make_interval(hours => h), 'door-' || r % 250,
         'reader-' || r, true, 'granted', 5
       from generate_series(0, 24 * $2::int) h, generate_series(1, $3::int) r where h % 24 < 16`,
      [now, days, readers],
    ],
  ];
  await database.transaction(async (tx) => {
    // Five million rows in one statement take their time.
    await tx.query('set local statement_timeout = 0');
    for (const [text, values] of statements) await tx.query(text, values);
    await tx.query('analyze');
  });
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const timed = async (task: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await task();
  return performance.now() - startedMs;
};

const filter: CardFilter = {
  list: 'never',
  by: 'affiliation',
  group: 'student',
  q: '',
  neverDays: 30,
  withNames: true,
};

const measureQueries = async (database: Database) => {
  const at = { nowMs: testNowMs };
  const page = { ...at, after: 'N000070000', limit: 50 };
  const tasks = {
    countMs: () => database.query(`select count(*) from card where number >= ''`),
    cardNumbersMs: () => cardNumbers(database, { ...at, by: 'affiliation', neverDays: 30 }),
    groupNumbersMs: () => cardNumbers(database, { ...at, by: 'group', neverDays: 30 }),
    listPageMs: () => cardPage(database, filter, page),
    searchPageMs: () => cardPage(database, { ...filter, q: 'nobody' }, { ...page, after: '' }),
    passesMs: () => passNumbers(database, { ...at, withNames: true }),
    weekMs: () => traffic(database, { ...at, days: 7 }),
    quarterMs: () => traffic(database, { ...at, days }),
  };
  const seen: Readonly<Record<string, number[]>> = Object.fromEntries(
    Object.keys(tasks).map((name) => [name, []]),
  );
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, task] of Object.entries(tasks)) {
      const tookMs = await timed(task);
      if (round > 0) seen[name]?.push(tookMs);
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, median(values)]));
};

/** Batches as gateways send them into full tables. @returns ms of one of 500 decisions */
const measureConsumer = async (database: Database): Promise<number> => {
  const gateway = 'library-gw';
  const tookMs: number[] = [];
  for (let from = 1; from <= 10 * batchEvents; from += batchEvents) {
    const events = Array.from({ length: batchEvents }, (_, i) => {
      const n = ((from + i) * 7919) % cards;
      const hex = n.toString(16);
      const data = {
        ...{ reason: 'granted', side: 'entry', reader: `reader-${n % readers}` },
        ...{ credential: hex.padStart(16, '0'), counter: 1_000 + from + i },
        card: `01990000-0000-7000-8002-${hex.padStart(12, '0')}`,
      };
      return testEvent(from + i, { kind: 'access.granted', data });
    });
    await ingestBatch(testIngestPorts(database), gateway, testBatch(events));
    const to = from + batchEvents - 1;
    const what = { kind: 'batch', gateway, epoch: '0a1b2c3d', stream: 'main', from, to } as const;
    tookMs.push(
      await timed(() =>
        database.transaction((tx) => countDecisions(tx, { pos: 1, at: testNowMs, what })),
      ),
    );
  }
  return median(tookMs);
};

export const bench = async () => {
  const databases = await startTestDatabases();
  try {
    const { database } = await databases.create();
    await fill(database);
    const queries = await measureQueries(database);
    const batchMs = await measureConsumer(database);
    const { countMs = Number.NaN, ...screens } = queries;
    const ratio = Math.max(...Object.values(screens)) / countMs;
    return {
      bench: 'numbers',
      figures: { countMs, ...screens, batchOf500Ms: batchMs },
      ratio,
      limit: 'select count(*) of 140,000 cards by an index, in the same run; the slowest query',
      aim,
      met: ratio <= aim,
    };
  } finally {
    await databases.stop();
  }
};
