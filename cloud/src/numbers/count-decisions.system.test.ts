import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Database } from '../ports.ts';
import { testEvent, testNowMs } from '../testing/batches.ts';
import { countAll, decisionEvent, ingestDecisions, readSums } from '../testing/numbers-world.ts';
import type { TestDecision } from '../testing/numbers-world.ts';
import { lileiCard, seedPlaces } from '../testing/places.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { recountNumbers } from './count-decisions.ts';

const createTestDatabase = useTestDatabases();

const key = '00a1b2c3d4e5f607';
const otherCard = '01990000-0000-7000-8000-00000000002a';

const open = async (): Promise<Database> => {
  const { database } = await createTestDatabase();
  await seedPlaces(database);
  return database;
};

const use = (change: Partial<TestDecision> = {}): TestDecision => ({
  at: testNowMs - 60_000,
  granted: true,
  reason: 'granted',
  door: 'library-east',
  reader: 'library-east-in',
  card: lileiCard,
  credential: key,
  counter: 7,
  ...change,
});
const refused = (reason: string, change: Partial<TestDecision> = {}): TestDecision =>
  use({ granted: false, reason, ...change });

const countOf = async (decisions: readonly TestDecision[]) => {
  const database = await open();
  const events = decisions.map((decision, i) => decisionEvent(i + 1, decision));
  await ingestDecisions(database, [events]);
  await countAll(database);
  return readSums(database);
};

type Sums = readonly [grants: number, refusals: number, uses: number, made: number];

describe('what a decision counts as', () => {
  it.each<readonly [string, readonly TestDecision[], Sums]>([
    ['a grant is a use', [use()], [1, 0, 1, 7]],
    ['two passes are two', [use(), use({ counter: 9 })], [2, 0, 2, 9]],
    ['one pass at two cut-off doors is one use', [use(), use({ door: 'lab-201' })], [2, 0, 1, 7]],
    ['a late pass lowers nothing', [use({ counter: 9 }), use({ counter: 3 })], [2, 0, 2, 9]],
    [
      'a denial moves no counter',
      [use(), refused('bad_signature', { counter: 4e9 })],
      [1, 1, 1, 7],
    ],
    ['a door that let out accepted nothing', [use({ reason: 'exit_used' })], [0, 0, 0, 0]],
    ['a counter beyond a pass is none', [use({ counter: 99_999_999_999 })], [1, 0, 0, 0]],
    ['a key that is no key is none', [use({ credential: 'robot' })], [1, 0, 0, 0]],
    ['a card without a phone', [use({ credential: undefined, counter: undefined })], [1, 0, 0, 0]],
  ])('%s', async (_, decisions, [grants, refusals, uses, made]) => {
    const sums = await countOf(decisions);
    expect(sums.cards).toMatchObject([{ card: lileiCard, grants, refusals }]);
    expect(sums.credentials).toEqual(
      uses === 0 ? [] : [{ credential: key, counter_max: made, uses }],
    );
  });

  it('stands in the hour of its site, under its reader and reason', async () => {
    // 23:30 and 00:10 in Shanghai.
    const sums = await countOf([
      use({ at: Date.UTC(2026, 10, 21, 15, 30) }),
      use({ at: Date.UTC(2026, 10, 21, 16, 10), counter: 8 }),
      use({ at: Date.UTC(2026, 10, 21, 16, 20), counter: 9 }),
      refused('no_right', { at: Date.UTC(2026, 10, 21, 16, 20) }),
    ]);
    const place = { door: 'library-east', reader: 'library-east-in' };
    expect(sums.hours).toEqual([
      { ...place, hour: '2026-11-21 23', granted: true, reason: 'granted', count: 1 },
      { ...place, hour: '2026-11-22 00', granted: false, reason: 'no_right', count: 1 },
      { ...place, hour: '2026-11-22 00', granted: true, reason: 'granted', count: 2 },
    ]);
  });

  it('is never later than its arrival: a clock that is ahead makes nobody active', async () => {
    const sums = await countOf([use({ at: testNowMs + 86_400_000 })]);
    expect(sums.cards).toMatchObject([{ last_granted_at: new Date(testNowMs) }]);
  });

  it('is counted as unknown where its fields are nonsense, and other kinds are not', async () => {
    const database = await open();
    await ingestDecisions(database, [
      [
        testEvent(1, {
          kind: 'access.denied',
          door: undefined,
          data: { reason: { a: 1 }, reader: '../../x', card: 'me', counter: -1, credential: 7 },
        }),
        testEvent(2, { kind: 'access.taken', data: { reason: 'granted' } }),
      ],
    ]);
    await countAll(database);
    const sums = await readSums(database);
    expect(sums.hours).toMatchObject([{ door: '', reader: '', reason: 'unknown', count: 1 }]);
    expect([sums.cards, sums.uses]).toEqual([[], []]);
  });
});

it('a pass that two doors took stands at the first by name, whichever came first', async () => {
  const doors = ['lab-201', 'library-east'];
  for (const order of [doors, doors.toReversed()]) {
    const database = await open();
    const batches = order.map((door, i) => [decisionEvent(i + 1, use({ door }))]);
    await ingestDecisions(database, batches);
    await countAll(database);
    const sums = await readSums(database);
    expect(sums.uses).toEqual([{ credential: key, counter: 7, door: 'lab-201' }]);
    expect(sums.credentials).toEqual([{ credential: key, counter_max: 7, uses: 1 }]);
  }
});

/** The same rules over plain values. */
const expected = (decisions: readonly TestDecision[]) => {
  const accepted = decisions.filter(
    ({ granted, reason }) => granted && !reason.startsWith('exit_'),
  );
  const keys = new Map<string, Set<number>>();
  for (const { credential = '', counter = 0 } of accepted) {
    keys.set(credential, (keys.get(credential) ?? new Set()).add(counter));
  }
  return {
    total: decisions.length,
    grants: Map.groupBy(accepted, ({ card = '' }) => card),
    keys: [...keys].map(([credential, counters]) => ({
      credential,
      counter_max: Math.max(...counters),
      uses: counters.size,
    })),
  };
};

const anyDecision: fc.Arbitrary<TestDecision> = fc.record({
  at: fc.integer({ min: testNowMs - 40 * 86_400_000, max: testNowMs }),
  granted: fc.boolean(),
  reason: fc.constantFrom('granted', 'used', 'exit_used'),
  door: fc.constantFrom('library-east', 'library-west', 'lab-201', 'roof-1'),
  reader: fc.constantFrom('in', 'out'),
  card: fc.constantFrom(lileiCard, otherCard),
  credential: fc.constantFrom(key, 'ffffffffffffffff'),
  counter: fc.integer({ min: 1, max: 12 }),
});

const cut = <T>(list: readonly T[], sizes: readonly number[]): readonly (readonly T[])[] => {
  const batches: T[][] = [];
  let from = 0;
  for (const size of [...sizes, list.length]) {
    if (from < list.length) batches.push(list.slice(from, from + size));
    from += size;
  }
  return batches;
};

const eventsOf = (list: readonly TestDecision[]) =>
  list.map((decision, i) => decisionEvent(i + 1, decision));

const empty = (database: Database) =>
  database.query(`truncate event, cursor, feed, consumer, use_by_hour, card_activity,
    credential_use, credential_activity`);

describe('the sums', () => {
  it('are the same however batches are cut, come again, or are counted again', async () => {
    const [one, other] = [await open(), await open()];
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyDecision, { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 8 }),
        fc.nat(),
        async (decisions, sizes, otherSizes, turn) => {
          const turned = decisions.map((_, i, all) => all[(i + turn) % all.length] ?? use());
          await Promise.all([one, other].map(empty));
          await ingestDecisions(one, cut(eventsOf(decisions), sizes));
          await ingestDecisions(other, cut(eventsOf(turned), otherSizes));
          await countAll(one);
          await countAll(other);
          const sums = await readSums(one);
          expect(await readSums(other)).toEqual(sums);
          await one.transaction(recountNumbers);
          await countAll(one);
          expect(await readSums(one)).toEqual(sums);

          const wanted = expected(decisions);
          expect(sums.hours.reduce((sum, row) => sum + Number(row['count']), 0)).toBe(wanted.total);
          expect(sums.credentials).toEqual(
            wanted.keys.toSorted((a, b) => (a.credential < b.credential ? -1 : 1)),
          );
          for (const row of sums.cards) {
            expect(row['grants']).toBe(wanted.grants.get(String(row['card']))?.length ?? 0);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('begin again while the consumer runs', async () => {
    const database = await open();
    const events = Array.from({ length: 20 }, (_, i) =>
      decisionEvent(i + 1, use({ counter: i + 1 })),
    );
    await ingestDecisions(
      database,
      cut(
        events,
        Array.from({ length: 20 }, () => 1),
      ),
    );
    const counting = countAll(database);
    await database.transaction(recountNumbers);
    await counting;
    await countAll(database);
    expect((await readSums(database)).credentials).toEqual([
      { credential: key, counter_max: 20, uses: 20 },
    ]);
  });
});
