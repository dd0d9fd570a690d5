import { createHash } from 'node:crypto';
import {
  chown,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedPostgresError, errnoOf, fileError, outputError } from './errors.ts';
import type { Log } from '../../ports.ts';
import type { Native } from './native.ts';
import { endProcesses, findBackends, judgeProcess } from './processes.ts';
import type { Site } from './site.ts';
import { runGuarded } from './watchdog.ts';

/** The database's superuser; the program itself connects as a plain owner of its own database. */
export const superuser = 'postgres';

/**
 * C.UTF-8 by PostgreSQL's own provider: the same order and letter classes on every machine, for
 * ever (a C library's change with its updates and break indexes). LC_CTYPE besides must know UTF-8,
 * or pg_trgm drops Chinese; macOS lacks C.UTF-8. Messages in English: we read them.
 */
const initArgs = [
  `--username=${superuser}`,
  '--auth=trust',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
  '--data-checksums',
] as const;

const newPrefix = 'pgdata.new-';

/**
 * Makes the database if there is none: in a folder of another name, renamed when complete, so that
 * `pgdata` is whole or absent. Leftovers of an interrupted attempt are removed first.
 * @returns whether it was made now. Throws CL_PG_VERSION_MISMATCH, _DATA_DAMAGED, _INIT_FAILED,
 * _DISK_FULL…
 */
export async function ensureCluster(site: Site, native: Native, log: Log): Promise<boolean> {
  await removeLeftovers(site.root, log);
  if (await isComplete(site.pgdata, native.major)) return false;
  const making = await makeFolder(site);
  const args = [...initArgs, `--pgdata=${making}`];
  const command = { file: native.initdb, args, identity: site.identity };
  const initdb = runGuarded(command, (line) => log.debug('postgres.initdb_said', { line }));
  const { ok, output } = await initdb.ended;
  try {
    if (!ok) throw outputError('CL_PG_INIT_FAILED', output);
    await rename(making, site.pgdata);
    await syncFolder(site.root);
    return true;
  } catch (error) {
    await rm(making, { recursive: true, force: true }).catch(() => undefined);
    throw fileError('CL_PG_INIT_FAILED', making, error);
  }
}

/**
 * A name that survives restarts and differs for each data directory: in the titles of its
 * processes.
 */
export async function clusterNameOf(pgdata: string): Promise<string> {
  const { dev, ino } = await stat(pgdata);
  const hash = createHash('sha256').update(`${dev}:${ino}:${pgdata}`).digest('hex');
  return `gatehouse-${hash.slice(0, 12)}`;
}

/**
 * Ends what an owner that was killed left running: its postmaster, or backends without one. The
 * caller holds the socket folder, so whatever still runs has no owner. A pid file that names a
 * process of another program (numbers are used again) is removed: PostgreSQL would refuse to start.
 * A process that is not provably of this data directory is never touched. Throws CL_PG_IN_USE.
 */
export async function clearOrphans(pgdata: string, log: Log): Promise<void> {
  const pidFile = join(pgdata, 'postmaster.pid');
  const pid = await readPid(pidFile);
  if (pid !== null) {
    const verdict = await judgeProcess(pid, pgdata);
    if (verdict === 'unknown') throw embeddedPostgresError('CL_PG_IN_USE', `(process ${pid})`);
    if (verdict === 'ours') await endPostmaster(pid, pgdata, log);
  }
  await endBackends(await clusterNameOf(pgdata), log);
  // Only the file that was judged: a postmaster that shut down in order has removed its own.
  if (pid !== null && (await readPid(pidFile)) === pid) {
    log.info('postgres.stale_pid_file', { pid });
    await unlink(pidFile).catch(() => undefined);
  }
}

async function endPostmaster(pid: number, pgdata: string, log: Log): Promise<void> {
  log.warn('postgres.orphan_found', { pid });
  const steps = [
    ['SIGINT', 10_000],
    ['SIGQUIT', 6_000],
    ['SIGKILL', 2_000],
  ] as const;
  const gone = async (): Promise<boolean> => (await judgeProcess(pid, pgdata)) !== 'ours';
  if (await endProcesses([pid], steps, gone)) return;
  throw embeddedPostgresError('CL_PG_IN_USE', `(process ${pid} does not end)`);
}

/** Backends see the postmaster's death by themselves, a busy one only after a while. */
async function endBackends(clusterName: string, log: Log): Promise<void> {
  const pids = await findBackends(clusterName);
  if (pids.length === 0) return;
  log.warn('postgres.orphan_backends_found', { pids });
  const gone = async (): Promise<boolean> => (await findBackends(clusterName)).length === 0;
  const steps = [
    [0, 2_000],
    ['SIGQUIT', 3_000],
    ['SIGKILL', 2_000],
  ] as const;
  if (await endProcesses(pids, steps, gone)) return;
  throw embeddedPostgresError('CL_PG_IN_USE', `(processes ${pids.join(', ')} do not end)`);
}

async function readPid(pidFile: string): Promise<number | null> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
}

async function removeLeftovers(root: string, log: Log): Promise<void> {
  const patience = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;
  try {
    const names = (await readdir(root)).filter((name) => name.startsWith(newPrefix));
    for (const name of names) {
      log.warn('postgres.unfinished_removed', { name });
      await rm(join(root, name), patience);
    }
  } catch (error) {
    throw fileError('CL_PG_DATA_UNWRITABLE', root, error);
  }
}

/** True: a database is there. False: nothing is there. Anything else throws and stays as it is. */
async function isComplete(pgdata: string, major: number): Promise<boolean> {
  const names = await readdir(pgdata).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw fileError('CL_PG_DATA_UNWRITABLE', pgdata, error);
  });
  if (names === null || names.length === 0) return false;
  const version = await readFile(join(pgdata, 'PG_VERSION'), 'utf8').catch(() => '');
  if (version === '') throw embeddedPostgresError('CL_PG_DATA_DAMAGED', `(${pgdata})`);
  if (version.trim() === `${major}`) return true;
  const detail = `(${pgdata}: ${version.trim()}, this release: ${major})`;
  throw embeddedPostgresError('CL_PG_VERSION_MISMATCH', detail);
}

async function makeFolder(site: Site): Promise<string> {
  try {
    const making = await mkdtemp(join(site.root, newPrefix));
    if (site.identity !== null) await chown(making, site.identity.uid, site.identity.gid);
    return making;
  } catch (error) {
    throw fileError('CL_PG_DATA_UNWRITABLE', site.root, error);
  }
}

/** The new name must survive a power cut as well as what initdb wrote and synced under it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
