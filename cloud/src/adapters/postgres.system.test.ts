import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { createDatabase } from './postgres.ts';
import type { PostgresDatabase } from './postgres.ts';

const createTestDatabase = useTestDatabases();

const soon = { timeout: 10_000, interval: 20 };
const away = { name: 'CloudError', code: 'CL_DATABASE' };

const insertMark = (db: Queryable, id: number): Promise<unknown> =>
  db.query('insert into mark (id) values ($1)', [id]);
const marks = async (db: Queryable): Promise<readonly number[]> =>
  (await db.query<{ id: number }>('select id from mark order by id')).map(({ id }) => id);

const withMarks = async (): Promise<PostgresDatabase> => {
  const { database } = await createTestDatabase();
  await database.query('create table mark (id bigint primary key)');
  return database;
};

describe('types', () => {
  it.each([
    ['bigint', 'select 9007199254740991::int8 as value', Number.MAX_SAFE_INTEGER],
    ['count', 'select count(*) as value from feed', 0],
    ['jsonb', `select '{"a":[1,"门"]}'::jsonb as value`, { a: [1, '门'] }],
    [
      'timestamptz',
      "select '2026-11-22T08:00:00.123+08'::timestamptz as value",
      new Date(Date.UTC(2026, 10, 22, 0, 0, 0, 123)),
    ],
    ['null', 'select null::int8 as value', null],
  ])('%s', async (_, sql, value) => {
    const { database } = await createTestDatabase();
    expect(await database.query(sql)).toEqual([{ value }]);
  });

  it('refuses an int8 that no number can hold', async () => {
    const { database } = await createTestDatabase();
    const query = database.query('select 9007199254740993::int8 as value');
    await expect(query).rejects.toThrow(RangeError);
  });
});

describe('transaction', () => {
  it('commits what it did', async () => {
    const database = await withMarks();
    const answer = await database.transaction(async (tx) => {
      await insertMark(tx, 1);
      return 'done';
    });
    expect([answer, await marks(database)]).toEqual(['done', [1]]);
  });

  it('rolls back when it throws, and throws that', async () => {
    const database = await withMarks();
    const run = database.transaction(async (tx) => {
      await insertMark(tx, 1);
      throw new Error('no');
    });
    await expect(run).rejects.toThrow('no');
    expect(await marks(database)).toEqual([]);
  });

  it('does not pass a swallowed failure off as a commit', async () => {
    const database = await withMarks();
    const run = database.transaction(async (tx) => {
      await insertMark(tx, 1);
      await insertMark(tx, 1).catch(() => undefined);
    });
    await expect(run).rejects.toThrow('ignored');
    expect(await marks(database)).toEqual([]);
  });

  it('refuses words after its end', async () => {
    const database = await withMarks();
    const leaked = await database.transaction((tx) => Promise.resolve(tx));
    await expect(insertMark(leaked, 1)).rejects.toThrow('after the end');
  });

  it('runs more of them than there are connections', async () => {
    const database = await withMarks();
    const ids = Array.from({ length: 40 }, (_, i) => i);
    await Promise.all(ids.map((id) => database.transaction((tx) => insertMark(tx, id))));
    expect(await marks(database)).toEqual(ids);
  });
});

describe('failures', () => {
  it('hands on a refusal with its SQLSTATE', async () => {
    const database = await withMarks();
    await insertMark(database, 1);
    const error: unknown = await insertMark(database, 1).catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(CloudError);
    expect(sqlStateOf(error)).toBe('23505');
  });

  it.each([
    [
      'a statement takes too long',
      'set local statement_timeout = 30',
      'select pg_sleep(5)',
      '57014',
    ],
    [
      'the server shuts the session',
      'select 1',
      'select pg_terminate_backend(pg_backend_pid())',
      '57P01',
    ],
  ])('%s: CL_DATABASE, and the pool works on', async (_, first, second, state) => {
    const database = await withMarks();
    const run = database.transaction(async (tx) => {
      await insertMark(tx, 1);
      await tx.query(first);
      await tx.query(second);
    });
    const error: unknown = await run.catch((e: unknown) => e);
    expect(error).toMatchObject(away);
    expect(sqlStateOf(error)).toBe(state);
    expect(await marks(database)).toEqual([]);
  });

  it('lives through the end of every idle and busy connection', async () => {
    const { database, cutConnections } = await createTestDatabase();
    await Promise.all(Array.from({ length: 5 }, () => database.query('select pg_sleep(0.01)')));
    const busy = database.query('select pg_sleep(30)').catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await cutConnections()).toBeGreaterThan(0), soon);
    expect(await busy).toMatchObject(away);
    await vi.waitFor(async () => {
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    }, soon);
  });

  it('says CL_DATABASE where no server is', async () => {
    const host = import.meta.dirname;
    const connection = { host, port: 5432, user: 'nobody', database: 'nothing' };
    const database = createDatabase({ connection, log: silentLog });
    await expect(database.query('select 1')).rejects.toMatchObject(away);
    await expect(database.transaction(() => Promise.resolve(1))).rejects.toMatchObject(away);
    await expect(database.migrate()).rejects.toMatchObject(away);
    await database.close();
  });
});

const append = (database: PostgresDatabase): Promise<number> =>
  database.transaction((tx) => appendFeed(tx, 0, { kind: 'twin', gateway: 'library-gw' }));

describe('onFeed', () => {
  it('runs after a commit elsewhere, not after a rollback', async () => {
    const { database, openAnother } = await createTestDatabase();
    const rang = vi.fn();
    database.onFeed(rang);
    await vi.waitFor(() => expect(rang).toHaveBeenCalledTimes(1), soon);
    const other = openAnother();
    const undone = other.transaction(async (tx) => {
      await appendFeed(tx, 0, { kind: 'twin', gateway: 'library-gw' });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await append(other)).toBe(1);
    await vi.waitFor(() => expect(rang).toHaveBeenCalledTimes(2), soon);
  });

  it('connects again by itself and runs once for what was not heard', async () => {
    const { database, openAnother, cutConnections } = await createTestDatabase();
    const rang = vi.fn();
    const cancelled = vi.fn();
    database.onFeed(rang);
    database.onFeed(cancelled)();
    await vi.waitFor(() => expect(rang).toHaveBeenCalledTimes(1), soon);
    await cutConnections();
    await vi.waitFor(() => expect(rang).toHaveBeenCalledTimes(2), soon);
    await append(openAnother());
    await vi.waitFor(() => expect(rang).toHaveBeenCalledTimes(3), soon);
    expect(cancelled).not.toHaveBeenCalled();
  });
});

describe('migrate', () => {
  it('runs once, however many start at the same time', async () => {
    const { database, openAnother } = await createTestDatabase();
    await database.query('drop schema public cascade');
    await database.query('create schema public');
    const starters = [database, openAnother(), openAnother()];
    const all = await Promise.all(starters.map((each) => each.migrate()));
    const files = readdirSync(join(import.meta.dirname, '..', 'migrations')).toSorted();
    expect(all.flatMap(({ applied }) => applied)).toEqual(
      files.map((name) => basename(name, '.sql')),
    );
    expect(await database.migrate()).toEqual({ applied: [], timescale: 'none' });
    expect(await database.query('select pos from feed')).toEqual([]);
  });
});
