import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { clearOrphans, clusterNameOf, superuser } from './cluster.ts';
import { embeddedPostgresError, isEmbeddedPostgresError, outputError } from './errors.ts';
import type { Log } from '../../ports.ts';
import { logServerLine } from './log.ts';
import type { Native } from './native.ts';
import type { Site } from './site.ts';
import { socketPort } from './socket.ts';
import { runGuarded, type Ended, type Guarded } from './watchdog.ts';

/** Role and database that the program works with: owner of its database, not a superuser. */
export const databaseName = 'gatehouse';

export type ServerPlan = {
  readonly site: Site;
  readonly native: Native;
  readonly socketFolder: string;
  readonly log: Log;
};

/** A PostgreSQL that answered queries when it was handed out. */
export type PostgresServer = {
  readonly ended: Promise<Ended>;
  /** Fast shutdown: sessions are cut, data is flushed. Resolves when no process is left. */
  readonly stop: () => Promise<void>;
};

/** Each bound of a start or a stop. */
const lockedRetryMs = 15_000;
const lockedRetryPauseMs = 250;
const silenceMaxMs = 60_000;
const recoveryMaxMs = 900_000;
const recoveryNoticeMs = 10_000;
const answerPollMs = 25;
const connectTimeoutMs = 5_000;
const stopTimeoutMs = 30_000;

/**
 * Given on the command line, which wins over files and ALTER SYSTEM. Memory is for a small machine.
 * Texts of failed statements and their DETAIL stay out of the log: they hold names of people.
 */
const settings = {
  listen_addresses: '',
  port: `${socketPort}`,
  unix_socket_permissions: '0700',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '64MB',
  max_connections: '40',
  max_wal_size: '512MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const;

/**
 * Clears what a killed owner left, starts PostgreSQL and returns when it answers. A dead
 * postmaster's process number or shared memory may be held for some seconds until the system has
 * reaped it: such refusals are tried again. Crash recovery may last for minutes; it is waited for
 * while it answers. Throws the codes of errors.ts, CL_PG_STOPPED when `signal` aborts.
 */
export async function startServer(plan: ServerPlan, signal: AbortSignal): Promise<PostgresServer> {
  const giveUpAt = performance.now() + lockedRetryMs;
  while (true) {
    try {
      return await startOnce(plan, signal);
    } catch (error) {
      const locked = isEmbeddedPostgresError(error) && error.code === 'CL_PG_IN_USE';
      if (!locked || performance.now() > giveUpAt) throw error;
      plan.log.info('postgres.still_locked', { error });
      await sleep(lockedRetryPauseMs);
    }
  }
}

async function startOnce(plan: ServerPlan, signal: AbortSignal): Promise<PostgresServer> {
  const { site, native, socketFolder, log } = plan;
  await clearOrphans(site.pgdata, log);
  const named = {
    ...settings,
    unix_socket_directories: quotedFolder(socketFolder),
    cluster_name: await clusterNameOf(site.pgdata),
  };
  const args = Object.entries(named).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = { file: native.postgres, args: ['-D', site.pgdata, ...args] };
  if (signal.aborted) throw embeddedPostgresError('CL_PG_STOPPED');
  const program = runGuarded({ ...command, identity: site.identity }, (line) =>
    logServerLine(log, line),
  );
  const server = { ended: program.ended, stop: () => stopServer(program, plan) };
  try {
    await untilReady(program, plan, signal);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function stopServer(program: Guarded, plan: ServerPlan): Promise<void> {
  program.end();
  const deadline = new AbortController();
  const late = sleep(stopTimeoutMs, undefined, { signal: deadline.signal }).catch(() => undefined);
  await Promise.race([program.ended, late]);
  deadline.abort();
  // Usually there is nothing left; but the watchdog itself may have been killed.
  await clearOrphans(plan.site.pgdata, plan.log);
}

/** A list in PostgreSQL's syntax: commas and spaces of a path must not split it. */
function quotedFolder(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`;
}

type Answer = 'ready' | 'starting' | 'silent';

async function untilReady(program: Guarded, plan: ServerPlan, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  let heardAt = startedAt;
  let noticedAt = startedAt;
  while (true) {
    const asked = askServer(plan.socketFolder);
    // If the program ends first, what its last session met is of no interest.
    asked.catch(() => undefined);
    const answer = await Promise.race([asked, program.ended]);
    const now = performance.now();
    if (typeof answer === 'object') throw outputError('CL_PG_START_FAILED', answer.output);
    if (answer === 'ready') return;
    if (signal.aborted) throw embeddedPostgresError('CL_PG_STOPPED');
    if (answer === 'starting') heardAt = now;
    if (now - heardAt > silenceMaxMs || now - startedAt > recoveryMaxMs) {
      throw embeddedPostgresError('CL_PG_START_FAILED', `(${answer} for too long)`);
    }
    if (now - noticedAt > recoveryNoticeMs) {
      plan.log.warn('postgres.still_starting', { forMs: Math.round(now - startedAt), answer });
      noticedAt = now;
    }
    await sleep(answerPollMs);
  }
}

/** Connects as a client does: nothing less proves that it can be used. */
async function askServer(socketFolder: string): Promise<Answer> {
  const client = new pg.Client({
    host: socketFolder,
    port: socketPort,
    user: superuser,
    database: 'postgres',
    connectionTimeoutMillis: connectTimeoutMs,
  });
  // A server that ends meanwhile is reported by its process, not here.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await ensureDatabase(client);
    return 'ready';
  } catch (error) {
    return readFailure(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * SQLSTATEs of PostgreSQL's appendix A; an error without one comes from the socket: nobody answers.
 */
function readFailure(error: unknown): Answer {
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === undefined) return 'silent';
  // cannot_connect_now: it recovers, or shuts down.
  if (state === '57P03') return 'starting';
  const code = state === '53100' ? 'CL_PG_DISK_FULL' : 'CL_PG_START_FAILED';
  throw embeddedPostgresError(code, `(${String(error)})`, error);
}

/** Role, then database: an interrupted first start is completed by the next. */
async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ role: boolean; database: boolean }>(
    `select exists (select from pg_roles where rolname = $1) as role,
            exists (select from pg_database where datname = $1) as database`,
    [databaseName],
  );
  if (rows[0]?.role === false) await client.query(`create role ${databaseName} login`);
  if (rows[0]?.database === false) {
    await client.query(`create database ${databaseName} owner ${databaseName}`);
  }
}
