import pg from 'pg';
import type { Database, Log, Queryable, Row } from '../ports.ts';
import { createFeedListener } from './postgres/feed-listener.ts';
import { databaseError } from './postgres/failures.ts';
import { migrate } from './postgres/migrations.ts';
import type { TimescaleLevel } from './postgres/timescale.ts';

/** A URL, or the parts of a socket's address as the embedded database gives them. */
export type PostgresConnection =
  | string
  | {
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly database: string;
    };

export type PostgresOptions = {
  readonly connection: PostgresConnection;
  readonly log: Log;
};

export type PostgresDatabase = Database & {
  /** Brings the schema up to this release; safe to call from several processes at once. */
  readonly migrate: () => Promise<{
    readonly applied: readonly string[];
    readonly timescale: TimescaleLevel;
  }>;
};

/** Each bound of a connection. A statement that takes longer has gone wrong. */
const connectionsMax = 10;
const connectTimeoutMs = 5_000;
const idleTimeoutMs = 30_000;
const lockTimeoutMs = 5_000;
const statementTimeoutMs = 15_000;
const idleInTransactionTimeoutMs = 15_000;
/** Ours, for a server that no longer answers at all. */
const answerTimeoutMs = 20_000;

const int8Oid = 20;

/** Every int8 of ours is a position, a count or fen: all ≤ 2^53. */
const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 beyond 2^53: ${text}`);
  return value;
};

const addressOf = (connection: PostgresConnection): pg.ClientConfig => ({
  ...(typeof connection === 'string' ? { connectionString: connection } : connection),
  application_name: 'gatehouse',
  connectionTimeoutMillis: connectTimeoutMs,
  keepAlive: true,
});

const poolConfig = (connection: PostgresConnection): pg.PoolConfig => {
  const types = new pg.TypeOverrides();
  types.setTypeParser(int8Oid, parseInt8);
  return {
    ...addressOf(connection),
    types,
    max: connectionsMax,
    idleTimeoutMillis: idleTimeoutMs,
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    query_timeout: answerTimeoutMs,
  };
};

const ask = async <R extends Row>(
  on: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly R[]> => {
  try {
    return (await on.query<R>(text, [...values])).rows;
  } catch (error) {
    throw databaseError(error);
  }
};

/** The transaction's own words, until `close`: afterwards its connection belongs to others. */
const transactionOf = (client: pg.PoolClient): { tx: Queryable; close: () => void } => {
  let open = true;
  const query: Queryable['query'] = async (text, values) => {
    if (!open) throw new Error('a query came after the end of its transaction');
    return ask(client, text, values);
  };
  return {
    tx: { query },
    close: () => {
      open = false;
    },
  };
};

/** A transaction that failed inside answers COMMIT with ROLLBACK, and nothing was stored. */
const commit = async (client: pg.PoolClient): Promise<void> => {
  const { command } = await client.query('commit').catch((error: unknown) => {
    throw databaseError(error);
  });
  if (command !== 'COMMIT') throw new Error('a failed statement was ignored in a transaction');
};

const runTransaction = async <T>(pool: pg.Pool, run: (tx: Queryable) => Promise<T>): Promise<T> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw databaseError(error);
  });
  const { tx, close } = transactionOf(client);
  try {
    await ask(client, 'begin isolation level read committed');
    const result = await run(tx);
    close();
    await commit(client);
    client.release();
    return result;
  } catch (error) {
    close();
    const undone = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!undone);
    throw error;
  }
};

/**
 * PostgreSQL behind the port. Nothing is connected before the first query. While the server is
 * away, busy or out of room, calls reject with CloudError CL_DATABASE (`cause` kept), and work
 * again when it is back; every other refusal comes as PostgreSQL gave it, its SQLSTATE in `code`.
 */
export const createDatabase = ({ connection, log }: PostgresOptions): PostgresDatabase => {
  const pool = new pg.Pool(poolConfig(connection));
  // The query in progress is told by its own rejection; an idle connection is simply replaced.
  pool.on('error', (error) => log.info('database.connection_lost', { error: error.message }));
  pool.on('connect', (client) => client.on('error', () => undefined));
  const feed = createFeedListener({ address: addressOf(connection), log });
  let closing: Promise<void> | undefined;
  return {
    query: (text, values) => ask(pool, text, values),
    transaction: (run) => runTransaction(pool, run),
    onFeed: feed.onFeed,
    migrate: () => migrate({ address: addressOf(connection), log }),
    close: () => (closing ??= Promise.all([feed.close(), pool.end()]).then(() => undefined)),
  };
};
