import { describe, expect, it } from 'vitest';
import type { Database, Queryable } from '../ports.ts';
import { testNowMs } from '../testing/batches.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { appendFeed, feedHead, readFeed } from './feed.ts';

const createTestDatabase = useTestDatabases();

const twin = (gateway: string) => ({ kind: 'twin', gateway }) as const;
const frozen = {
  kind: 'domain',
  name: 'card.frozen',
  subject: 'card-1',
  data: { by: '王芳' },
} as const;

/** A promise and the function that keeps it. */
const createGate = () => Promise.withResolvers<undefined>();

describe('the feed', () => {
  it('is empty, then holds what was written, in order', async () => {
    const { database } = await createTestDatabase();
    expect([await feedHead(database), await readFeed(database, 0, 10)]).toEqual([0, []]);
    await database.transaction(async (tx) => {
      expect(await appendFeed(tx, testNowMs, twin('a'))).toBe(1);
      expect(await appendFeed(tx, testNowMs + 1, frozen)).toBe(2);
    });
    expect(await feedHead(database)).toBe(2);
    expect(await readFeed(database, 0, 10)).toEqual([
      { pos: 1, at: testNowMs, what: twin('a') },
      { pos: 2, at: testNowMs + 1, what: frozen },
    ]);
    expect(await readFeed(database, 1, 10)).toHaveLength(1);
    expect(await readFeed(database, 0, 1)).toHaveLength(1);
  });

  it.each([
    ['commits', true, [1, 2]],
    ['rolls back', false, [1]],
  ])('a writer waits for the one before it, which %s', async (_, commits, positions) => {
    const { database } = await createTestDatabase();
    const wrote = createGate();
    const mayEnd = createGate();
    const first = database.transaction(async (tx) => {
      await appendFeed(tx, testNowMs, twin('first'));
      wrote.resolve(undefined);
      await mayEnd.promise;
      if (!commits) throw new Error('no');
    });
    await wrote.promise;
    const second = database.transaction((tx) => appendFeed(tx, testNowMs, twin('second')));
    const pause = database.query('select pg_sleep(0.2) is null as passed');
    expect(await Promise.race([second, pause])).toEqual([{ passed: false }]);
    expect(await feedHead(database)).toBe(0);
    mayEnd.resolve(undefined);
    await Promise.allSettled([first]);
    expect(await second).toBe(commits ? 2 : 1);
    expect((await readFeed(database, 0, 10)).map(({ pos }) => pos)).toEqual(positions);
  });

  it('shows a reader that follows it every position, each after the one below', async () => {
    const { database, openAnother } = await createTestDatabase();
    const writers = [database, openAnother(), openAnother()];
    const writerOf = (n: number): Database => writers[n % writers.length] ?? database;
    const writes = 240;
    const write = async (tx: Queryable, n: number): Promise<void> => {
      // Some hold their place for a while, some give it up.
      await appendFeed(tx, n, twin(`g-${n}`));
      if (n % 5 === 0) await tx.query('select pg_sleep(0.003)');
      if (n % 7 === 0) throw new Error('rolled back');
    };
    let writing = true;
    const written = Promise.allSettled(
      Array.from({ length: writes }, (_, n) => writerOf(n).transaction((tx) => write(tx, n))),
    ).finally(() => {
      writing = false;
    });
    const seen: number[] = [];
    const names = new Set<number>();
    const reader = openAnother();
    while (true) {
      const mayGrow = writing;
      const items = await readFeed(reader, seen.at(-1) ?? 0, 7);
      seen.push(...items.map(({ pos }) => pos));
      for (const { at } of items) names.add(at);
      if (!mayGrow && items.length === 0) break;
    }
    const outcomes = await written;
    const committed = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(committed).toBe(Array.from({ length: writes }, (_, n) => n).filter((n) => n % 7).length);
    expect(seen).toEqual(Array.from({ length: committed }, (_, i) => i + 1));
    expect(names.size).toBe(committed);
  });
});
