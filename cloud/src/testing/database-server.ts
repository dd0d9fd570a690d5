import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres.ts';
import { createDatabase } from '../adapters/postgres.ts';
import type { PostgresConnection, PostgresDatabase } from '../adapters/postgres.ts';

const silent = (): void => undefined;
export const silentLog = { debug: silent, info: silent, warn: silent, error: silent };

/** What `deployment` holds in a test. */
export const testLineage = '0011223344556677';

export type TestDatabase = {
  readonly database: PostgresDatabase;
  readonly connection: PostgresConnection;
  /** Cuts every connection of this database but the one that asks. @returns how many */
  readonly cutConnections: () => Promise<number>;
  /** Closed before the database is dropped. */
  readonly openAnother: () => PostgresDatabase;
};

/** A migrated database of its own for whoever asks, each a copy of one template. */
export type TestDatabases = {
  readonly create: () => Promise<TestDatabase>;
  /** Closes and drops what was created so far. */
  readonly drop: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

type Server = {
  /** May create and drop databases. */
  readonly admin: pg.ClientConfig;
  /** Words after `create database NAME`. */
  readonly owned: string;
  readonly connectionTo: (database: string) => PostgresConnection;
  readonly stop: () => Promise<void>;
};

/** The server that GATEHOUSE_TEST_DATABASE names (a URL whose role may create databases). */
const givenServer = (url: string): Server => ({
  admin: { connectionString: url },
  owned: '',
  connectionTo: (database) => {
    const address = new URL(url);
    address.pathname = `/${database}`;
    return address.href;
  },
  stop: () => Promise.resolve(),
});

const embeddedServer = async (): Promise<Server> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log: silentLog });
  return {
    admin: { ...postgres.pgConfig, user: 'postgres', database: 'postgres' },
    owned: `owner ${postgres.pgConfig.user}`,
    connectionTo: (database) => ({ ...postgres.pgConfig, database }),
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

const runAs = async (admin: pg.ClientConfig, ...statements: string[]): Promise<void> => {
  const client = new pg.Client(admin);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
};

const freshName = (): string => `gatehouse_test_${randomBytes(6).toString('hex')}`;

const makeTemplate = async (server: Server): Promise<string> => {
  const name = freshName();
  await runAs(server.admin, `create database ${name} ${server.owned}`);
  const database = createDatabase({ connection: server.connectionTo(name), log: silentLog });
  try {
    await database.migrate();
    await database.query('insert into deployment (lineage, policy_epoch) values ($1, 1)', [
      testLineage,
    ]);
  } finally {
    await database.close();
  }
  return name;
};

const openTestDatabase = (
  connection: PostgresConnection,
): TestDatabase & { close: PostgresDatabase['close'] } => {
  const opened: PostgresDatabase[] = [];
  const openAnother = (): PostgresDatabase => {
    const database = createDatabase({ connection, log: silentLog });
    opened.push(database);
    return database;
  };
  const database = openAnother();
  return {
    database,
    connection,
    openAnother,
    cutConnections: async () => {
      const rows = await openAnother().query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      );
      return rows.length;
    },
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
    },
  };
};

/** Starts the server, or takes the given one. Tests call `useTestDatabases` instead. */
export const startTestDatabases = async (): Promise<TestDatabases> => {
  const url = process.env['GATEHOUSE_TEST_DATABASE'];
  const server = url === undefined ? await embeddedServer() : givenServer(url);
  const template = await makeTemplate(server);
  const closing: (() => Promise<void>)[] = [];
  const drop = async (): Promise<void> => {
    await Promise.all(closing.splice(0).map((close) => close()));
  };
  return {
    create: async () => {
      const name = freshName();
      await runAs(server.admin, `create database ${name} ${server.owned} template ${template}`);
      const opened = openTestDatabase(server.connectionTo(name));
      closing.push(async () => {
        await opened.close();
        await runAs(server.admin, `drop database ${name} with (force)`);
      });
      return opened;
    },
    drop,
    stop: async () => {
      await drop();
      await runAs(server.admin, `drop database ${template} with (force)`);
      await server.stop();
    },
  };
};
