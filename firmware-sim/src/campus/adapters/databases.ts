import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, startEmbeddedPostgres } from '@gatehouse/cloud';
import type { Database, Queryable } from '@gatehouse/cloud';
import { createScratch } from './scratch.ts';

/** A migrated database of its own for one seed. */
export type CampusDatabase = {
  readonly database: Database;
  /** For the files of this seed; goes with the database. */
  readonly folder: string;
  /** Ends the connection that this transaction runs on, and waits until it has ended. */
  readonly killConnection: (tx: Queryable) => Promise<void>;
  readonly remove: () => Promise<void>;
};

export type CampusDatabases = {
  readonly create: () => Promise<CampusDatabase>;
  readonly stop: () => Promise<void>;
};

const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const template = 'campus_template';
const killedWithinMs = 5_000;

/** One PostgreSQL for all seeds of a process; each seed gets a copy of one migrated template. */
export const startDatabases = async (): Promise<CampusDatabases> => {
  const scratch = createScratch();
  const server = await startEmbeddedPostgres({ dataDir: join(scratch.path, 'postgres'), log });
  const { pgConfig } = server;
  const connect = (database: string, user = pgConfig.user) =>
    createDatabase({ connection: { ...pgConfig, user, database }, log });
  const admin = connect('postgres', 'postgres');
  await admin.query(`create database ${template} owner ${pgConfig.user}`);
  const first = connect(template);
  await first.migrate();
  await first.close();
  let count = 0;
  return {
    create: async () => {
      count += 1;
      const name = `campus_${count}`;
      await admin.query(`create database ${name} owner ${pgConfig.user} template ${template}`);
      // Nothing here has to survive the machine.
      await admin.query(`alter database ${name} set synchronous_commit = off`);
      const database = connect(name);
      const folder = join(scratch.path, name);
      mkdirSync(folder);
      return {
        database,
        folder,
        killConnection: async (tx) => {
          const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
          const sql = 'select pg_terminate_backend($1, $2)';
          await admin.query(sql, [row?.pid, killedWithinMs]);
        },
        remove: async () => {
          await database.close();
          await admin.query(`drop database ${name} with (force)`);
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
    stop: async () => {
      await admin.close();
      await server.stop();
      scratch.remove();
    },
  };
};
