import { join } from 'node:path';
import { PG_MIGRATE_LOCK_ID, runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Log } from '../../ports.ts';
import { databaseError } from './failures.ts';
import { ensureTimescale } from './timescale.ts';
import type { TimescaleLevel } from './timescale.ts';

const folder = join(import.meta.dirname, '..', '..', 'migrations');

export type Migrated = { readonly applied: readonly string[]; readonly timescale: TimescaleLevel };

/**
 * Applies what is missing of `migrations/`, each file in name order, all in one transaction, then
 * what the installed extensions allow. A session's advisory lock counts, so ours round the runner's
 * own keeps other processes out until the last step. On its own connection: a migration may take
 * longer than any statement of the service.
 */
export const migrate = async (options: {
  readonly address: pg.ClientConfig;
  readonly log: Log;
}): Promise<Migrated> => {
  const client = new pg.Client(options.address);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`select pg_advisory_lock(${PG_MIGRATE_LOCK_ID})`);
    const applied = await applyFiles(client, options.log);
    const timescale = await ensureTimescale(client);
    options.log.info('database.migrated', { applied, timescale });
    return { applied, timescale };
  } catch (error) {
    throw databaseError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
};

const applyFiles = async (client: pg.Client, log: Log): Promise<readonly string[]> => {
  const say = (text: string): void => log.debug('database.migration_said', { text });
  const applied = await runner({
    dbClient: client,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migration',
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: { debug: say, info: say, warn: say, error: say },
  });
  return applied.map(({ name }) => name);
};
