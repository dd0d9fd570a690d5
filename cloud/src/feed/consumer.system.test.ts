import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FeedItem } from '@gatehouse/protocols';
import type { Database, Queryable } from '../ports.ts';
import { testNowMs } from '../testing/batches.ts';
import { hastyClock } from '../testing/clocks.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import type { TestDatabase } from '../testing/test-database.ts';
import { runConsumer } from './consumer.ts';
import type { Consumer, ConsumerOptions } from './consumer.ts';
import { appendFeed } from './feed.ts';

const createTestDatabase = useTestDatabases();

const soon = { timeout: 20_000, interval: 10 };

const setUp = async (items: number): Promise<TestDatabase> => {
  const test = await createTestDatabase();
  // No key: an effect that happens twice is seen twice.
  await test.database.query('create table effect (n serial, pos bigint)');
  await append(test.database, items);
  return test;
};

const append = async (database: Database, items: number): Promise<void> => {
  for (let i = 0; i < items; i += 1) {
    await database.transaction((tx) => appendFeed(tx, testNowMs, { kind: 'twin', gateway: 'gw' }));
  }
};

const effect = async (tx: Queryable, { pos }: FeedItem): Promise<void> => {
  await tx.query('insert into effect (pos) values ($1)', [pos]);
};

const effects = async (database: Database): Promise<readonly number[]> =>
  (await database.query<{ pos: number }>('select pos from effect order by n')).map((r) => r.pos);

const cursorOf = async (database: Database, name = 'effects'): Promise<number | undefined> =>
  (await database.query<{ pos: number }>('select pos from consumer where name = $1', [name]))[0]
    ?.pos;

const start = (
  database: Database,
  change: Partial<ConsumerOptions> = {},
): Consumer & { poisons: ReturnType<typeof vi.fn> } => {
  const poisons = vi.fn();
  const consumer = runConsumer({
    name: 'effects',
    handle: effect,
    database,
    clock: hastyClock,
    log: silentLog,
    onPoison: poisons,
    ...change,
  });
  onTestFinished(consumer.stop);
  return { ...consumer, poisons };
};

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('runConsumer', () => {
  it('takes what is there and what comes, in order, and goes on after a restart', async () => {
    const { database } = await setUp(3);
    const first = start(database);
    await vi.waitFor(async () => expect(await cursorOf(database)).toBe(3), soon);
    await append(database, 2);
    await vi.waitFor(async () => expect(await cursorOf(database)).toBe(5), soon);
    await first.stop();
    await append(database, 150);
    expect(await effects(database)).toEqual(upTo(5));
    start(database);
    await vi.waitFor(async () => expect(await cursorOf(database)).toBe(155), soon);
    expect(await effects(database)).toEqual(upTo(155));
  });

  it('keeps a cursor for each name', async () => {
    const { database } = await setUp(2);
    const nothing = (): Promise<void> => Promise.resolve();
    start(database);
    start(database, { name: 'other', handle: nothing });
    await vi.waitFor(async () => {
      expect([await cursorOf(database), await cursorOf(database, 'other')]).toEqual([2, 2]);
    }, soon);
    expect(await effects(database)).toEqual([1, 2]);
  });

  it('has no effect twice when it dies between effect and commit', async () => {
    const { database } = await setUp(5);
    let deaths = 0;
    const handle: ConsumerOptions['handle'] = async (tx, item) => {
      await effect(tx, item);
      if (item.pos !== 3 || deaths >= 7) return;
      deaths += 1;
      await tx.query('select pg_terminate_backend(pg_backend_pid())');
    };
    const { poisons } = start(database, { handle });
    await vi.waitFor(async () => expect(await cursorOf(database)).toBe(5), soon);
    // Seven deaths are more than five failures: a database that is away poisons nothing.
    expect([deaths, await effects(database)]).toEqual([7, upTo(5)]);
    expect(poisons).not.toHaveBeenCalled();
  });

  it('takes turns with other processes of its name', async () => {
    const { database, openAnother } = await setUp(0);
    let running = 0;
    let most = 0;
    const handle: ConsumerOptions['handle'] = async (tx, item) => {
      running += 1;
      most = Math.max(most, running);
      await effect(tx, item);
      await tx.query('select pg_sleep(0.002)');
      running -= 1;
    };
    for (const each of [database, openAnother(), openAnother()]) start(each, { handle });
    await append(database, 60);
    await vi.waitFor(async () => expect(await cursorOf(database)).toBe(60), soon);
    expect([most, await effects(database)]).toEqual([1, upTo(60)]);
  });

  it('needs no notification', async () => {
    const { database, openAnother } = await setUp(0);
    const deaf = { ...openAnother(), onFeed: () => () => undefined };
    start(deaf);
    await vi.waitFor(async () => expect(await cursorOf(database)).toBe(0), soon);
    await append(database, 1);
    await vi.waitFor(async () => expect(await effects(database)).toEqual([1]), soon);
  });

  it('stops after the item in hand', async () => {
    const { database } = await setUp(1);
    const begun = Promise.withResolvers<undefined>();
    const handle: ConsumerOptions['handle'] = async (tx, item) => {
      begun.resolve(undefined);
      await tx.query('select pg_sleep(0.2)');
      await effect(tx, item);
    };
    const consumer = start(database, { handle });
    await begun.promise;
    await consumer.stop();
    expect([await cursorOf(database), await effects(database)]).toEqual([1, [1]]);
  });
});

describe('an item that always fails', () => {
  it.each<readonly [string, number, (tx: Queryable) => Promise<unknown>, string]>([
    [
      'by its code',
      3,
      () => Promise.reject(new Error('no \0 such card')),
      'Error: no \ufffd such card',
    ],
    ['by its SQL', 1, (tx) => tx.query('select 1 / 0'), 'error: division by zero'],
    [
      'by never ending',
      5,
      async (tx) => {
        await tx.query('set local statement_timeout = 20');
        await tx.query('select pg_sleep(10)');
      },
      'The database is away: canceling statement due to statement timeout',
    ],
  ])('%s is set aside, the others go on', async (_, poison, fail, text) => {
    const { database } = await setUp(5);
    let tries = 0;
    const handle: ConsumerOptions['handle'] = async (tx, item) => {
      await effect(tx, item);
      if (item.pos !== poison) return;
      tries += 1;
      await fail(tx);
    };
    const { poisons } = start(database, { handle });
    await vi.waitFor(async () => expect(await cursorOf(database)).toBe(5), soon);
    expect([tries, await effects(database)]).toEqual([5, upTo(5).filter((n) => n !== poison)]);
    await vi.waitFor(() => expect(poisons).toHaveBeenCalledTimes(1), soon);
    expect(poisons.mock.lastCall?.[0]).toMatchObject({ consumer: 'effects', pos: poison });
    const rows = await database.query('select * from consumer_quarantine');
    expect(rows).toEqual([
      {
        consumer: 'effects',
        pos: poison,
        at: new Date(testNowMs),
        error: expect.stringContaining(text) as string,
      },
    ]);
  });
});
