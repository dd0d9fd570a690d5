import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { clusterNameOf } from './embedded-postgres/cluster.ts';
import { findNativeDir } from './embedded-postgres/native.ts';
import { findBackends, judgeProcess } from './embedded-postgres/processes.ts';

const isRoot = process.getuid?.() === 0;
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const soon = { timeout: 8_000, interval: 20 };

const folders: string[] = [];
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
});

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A data folder that does not exist yet, in one that others may pass through. */
async function freshDataDir(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gh-pg-')));
  folders.push(folder);
  await chmod(folder, 0o755);
  return join(folder, 'db');
}

async function start(dataDir: string, nativeDir?: string): Promise<EmbeddedPostgres> {
  const options = nativeDir === undefined ? { dataDir, log } : { dataDir, log, nativeDir };
  const postgres = await startEmbeddedPostgres(options);
  running.push(postgres);
  return postgres;
}

async function query<Row extends pg.QueryResultRow>(
  postgres: EmbeddedPostgres,
  sql: string,
): Promise<readonly Row[]> {
  const client = new pg.Client(postgres.connectionString);
  await client.connect();
  const { rows } = await client.query<Row>(sql).finally(() => client.end());
  return rows;
}

async function countRows(postgres: EmbeddedPostgres): Promise<number> {
  const [row] = await query<{ n: number }>(postgres, 'select count(*)::int as n from kept');
  return row?.n ?? -1;
}

async function postmasterPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'pgdata', 'postmaster.pid'), 'utf8'), 10);
}

/** Another Node process that owns the database, as the service does. */
function spawnOwner(dataDir: string): ChildProcess {
  const program = `
    const { startEmbeddedPostgres } = await import(process.argv[1]);
    const quiet = () => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    await startEmbeddedPostgres({ dataDir: process.argv[2], log });
    process.stdout.write('ready');`;
  const adapter = pathToFileURL(join(import.meta.dirname, 'embedded-postgres.ts')).href;
  const args = ['--input-type=module', '-e', program, adapter, dataDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function expectNoPostgres(dataDir: string, postmaster: number): Promise<void> {
  const pgdata = join(dataDir, 'pgdata');
  const name = await clusterNameOf(pgdata);
  await vi.waitFor(async () => {
    expect(await judgeProcess(postmaster, pgdata)).toBe('other');
    expect(await findBackends(name)).toEqual([]);
  }, soon);
}

describe('start and stop', () => {
  it('makes a database, keeps its rows, and stops without a trace', async () => {
    const dataDir = await freshDataDir();
    const first = await start(dataDir);
    expect(first.created).toBe(true);
    await query(first, 'create table kept (n int); insert into kept select generate_series(1, 7)');
    const pid = await postmasterPid(dataDir);
    await Promise.all([first.stop(), first.stop()]);
    await first.stop();
    await expectNoPostgres(dataDir, pid);
    expect((await readdir(dataDir)).toSorted()).toEqual(['pg-socket', 'pgdata']);

    const second = await start(dataDir);
    expect(second.created).toBe(false);
    expect(await countRows(second)).toBe(7);
  });

  it('is durable, private and modest', async () => {
    const dataDir = await freshDataDir();
    const postgres = await start(dataDir);
    const rows = await query<{ name: string; setting: string }>(
      postgres,
      `select name, setting from pg_settings where name in ('fsync', 'data_checksums',
         'listen_addresses', 'max_connections', 'server_encoding')
       union all select 'superuser', current_setting('is_superuser')`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      data_checksums: 'on',
      listen_addresses: '',
      max_connections: '40',
      server_encoding: 'UTF8',
      superuser: 'off',
    });
    const folder = await stat(postgres.pgConfig.host);
    const socket = await stat(join(postgres.pgConfig.host, '.s.PGSQL.5432'));
    expect([folder.mode & 0o777, socket.mode & 0o777]).toEqual([0o700, 0o700]);
    const pgdata = await stat(join(dataDir, 'pgdata'));
    expect(pgdata.mode & 0o777).toBe(0o700);
    expect(pgdata.uid === 0).toBe(false);
  });

  it('finds Chinese by parts of words', async () => {
    const postgres = await start(await freshDataDir());
    await query(postgres, 'create extension pg_trgm');
    const [row] = await query<{ n: number }>(
      postgres,
      `select cardinality(show_trgm('张三丰')) as n`,
    );
    expect(row?.n).toBe(4);
  });

  it('puts the socket elsewhere where the path is too long', async () => {
    const dataDir = join(await freshDataDir(), 'n'.repeat(90));
    const postgres = await start(dataDir);
    folders.push(postgres.pgConfig.host);
    expect(postgres.pgConfig.host).toContain('gatehouse-pg-');
    expect((await stat(postgres.pgConfig.host)).mode & 0o777).toBe(0o700);
    expect(await query(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses a database that another supervisor runs, and leaves it alone', async () => {
    const dataDir = await freshDataDir();
    const first = await start(dataDir);
    const pid = await postmasterPid(dataDir);
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'CL_PG_IN_USE' });
    expect(await postmasterPid(dataDir)).toBe(pid);
    expect(await query(first, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('kill -9', () => {
  it('of the owner leaves no PostgreSQL, and the next start goes on', async () => {
    const dataDir = await freshDataDir();
    const owner = spawnOwner(dataDir);
    await once(owner.stdout ?? owner, 'data');
    const pid = await postmasterPid(dataDir);
    expect(await judgeProcess(pid, join(dataDir, 'pgdata'))).toBe('ours');
    owner.kill('SIGKILL');
    await expectNoPostgres(dataDir, pid);
    expect((await start(dataDir)).created).toBe(false);
  });

  it('of the owner while the database is made: made again from nothing', async () => {
    const dataDir = await freshDataDir();
    const owner = spawnOwner(dataDir);
    await vi.waitFor(async () => {
      const [making = ''] = (await readdir(dataDir)).filter((name) =>
        name.startsWith('pgdata.new'),
      );
      expect(await readdir(join(dataDir, making))).toContain('base');
    }, soon);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const leftover = (await readdir(dataDir)).filter((name) => name.startsWith('pgdata'));
    expect(leftover).not.toContain('pgdata');
    expect(leftover).toHaveLength(1);

    const postgres = await start(dataDir);
    expect(postgres.created).toBe(true);
    expect((await readdir(dataDir)).toSorted()).toEqual(['pg-socket', 'pgdata']);
  });

  it('of the postmaster: it comes back by itself with every acknowledged row', async () => {
    const dataDir = await freshDataDir();
    const postgres = await start(dataDir);
    await query(postgres, 'create table kept (n int)');
    const pool = new pg.Pool({ connectionString: postgres.connectionString, max: 4 });
    pool.on('error', quiet);
    const exits: string[] = [];
    postgres.onExit(({ code }) => exits.push(code));
    const back = new Promise<void>((resolve) => void postgres.onReady(resolve));

    let acknowledged = 0;
    const write = async (): Promise<void> => {
      while (true) {
        await pool.query('insert into kept values (1)');
        acknowledged += 1;
        if (acknowledged === 100) process.kill(await postmasterPid(dataDir), 'SIGKILL');
      }
    };
    await expect(Promise.all([write(), write(), write()])).rejects.toThrow();
    await back;
    const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from kept');
    expect(rows[0]?.n).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThanOrEqual(100);
    expect(exits).toEqual(['CL_PG_EXITED']);
    await pool.end();
  });

  it('of the postmaster during a stop leaves nothing behind', async () => {
    const dataDir = await freshDataDir();
    const postgres = await start(dataDir);
    const pid = await postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');
    await postgres.stop();
    await expectNoPostgres(dataDir, pid);
  });
});

describe('what a killed owner may leave', () => {
  /** Runs a program as the database's user, with nobody to watch over it. */
  async function spawnAlone(dataDir: string, file: string, args: readonly string[]) {
    const { uid, gid } = await stat(join(dataDir, 'pgdata'));
    const identity = isRoot ? { uid, gid } : {};
    const child = spawn(file, args, { stdio: 'ignore', cwd: '/', ...identity });
    children.push(child);
    return child;
  }

  it('an orphaned PostgreSQL is stopped and replaced', async () => {
    const dataDir = await freshDataDir();
    const first = await start(dataDir);
    await query(first, 'create table kept (n int); insert into kept values (1)');
    await first.stop();
    const socket = `unix_socket_directories=${first.pgConfig.host}`;
    const args = ['-D', join(dataDir, 'pgdata'), '-c', 'listen_addresses=', '-c', socket];
    const orphan = await spawnAlone(dataDir, join(findNativeDir(), 'bin', 'postgres'), args);
    await vi.waitFor(() => query(first, 'select'), soon);
    await query(first, 'insert into kept values (2)');

    const ended = once(orphan, 'exit');
    const second = await start(dataDir);
    expect(await ended).toEqual([0, null]);
    expect(await countRows(second)).toBe(2);
    expect(await postmasterPid(dataDir)).not.toBe(orphan.pid);
  });

  it('a pid file whose number another program has now', async () => {
    const dataDir = await freshDataDir();
    await (await start(dataDir)).stop();
    const stranger = await spawnAlone(dataDir, 'sleep', ['60']);
    const pidFile = join(dataDir, 'pgdata', 'postmaster.pid');
    const lines = [stranger.pid, join(dataDir, 'pgdata'), 1, 5432, '', '', '1 1', 'ready'];
    await writeFile(pidFile, `${lines.join('\n')}\n`);
    const { uid, gid } = await stat(join(dataDir, 'pgdata'));
    await chown(pidFile, uid, gid);

    const postgres = await start(dataDir);
    expect(await query(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBe(null);
  });
});

describe('refusals', () => {
  type Spoil = (dataDir: string) => Promise<unknown>;
  const inPgdata = async (dataDir: string, name: string, text: string): Promise<void> => {
    await mkdir(join(dataDir, 'pgdata'), { recursive: true });
    await writeFile(join(dataDir, 'pgdata', name), text);
  };
  const rows: readonly (readonly [string, string, Spoil])[] = [
    ['a file where the folder should be', 'CL_PG_DATA_UNWRITABLE', (dir) => writeFile(dir, '')],
    [
      'a database of another major version',
      'CL_PG_VERSION_MISMATCH',
      (dir) => inPgdata(dir, 'PG_VERSION', '15\n'),
    ],
    [
      'a folder with something else in it',
      'CL_PG_DATA_DAMAGED',
      (dir) => inPgdata(dir, 'thesis.doc', ''),
    ],
    [
      'a database that lost its files',
      'CL_PG_DATA_DAMAGED',
      (dir) => inPgdata(dir, 'PG_VERSION', '18\n'),
    ],
  ];
  it.each(rows)('%s: %s', async (_what, code, spoil) => {
    const dataDir = await freshDataDir();
    await spoil(dataDir);
    const before = await lstat(join(dataDir, 'pgdata')).then(
      () => readdir(join(dataDir, 'pgdata')),
      () => [],
    );
    await expect(start(dataDir)).rejects.toMatchObject({
      code,
      remedy: expect.stringMatching(/./) as string,
    });
    const after = await readdir(join(dataDir, 'pgdata')).catch(() => []);
    expect(after).toEqual(before);
  });
});

describe('the platform package', () => {
  it('works without its install script, and from a folder that is closed to others', async () => {
    const dataDir = await freshDataDir();
    const closed = join(dirname(dataDir), 'closed');
    await mkdir(closed, { mode: 0o700 });
    const nativeDir = join(closed, 'native');
    const isFile = async (path: string): Promise<boolean> => !(await lstat(path)).isSymbolicLink();
    await cp(findNativeDir(), nativeDir, { recursive: true, filter: isFile });
    const postgres = await start(dataDir, nativeDir);
    expect(await query(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
    const link = await lstat(join(nativeDir, 'lib', 'libpq.so.5'));
    expect(link.isSymbolicLink()).toBe(true);
    expect((await readdir(dataDir)).includes('pg-native')).toBe(isRoot);
  });

  it('that does not run says so', async () => {
    const dataDir = await freshDataDir();
    await expect(start(dataDir, dirname(dataDir))).rejects.toMatchObject({
      code: 'CL_PG_BINARY_FAILED',
    });
  });
});

describe('a data folder below a private one', () => {
  it('works; where root cannot lend it to the database user, it names another place', async () => {
    const dataDir = await freshDataDir();
    await chmod(dirname(dataDir), 0o700);
    const first = await start(dataDir);
    expect((await readdir(dataDir)).includes('pgdata.location')).toBe(isRoot);
    const pointer = await readFile(join(dataDir, 'pgdata.location'), 'utf8').catch(() => dataDir);
    const root = pointer.trim();
    folders.push(root);
    await query(first, 'create table kept (n int); insert into kept values (1)');
    await first.stop();
    expect(await countRows(await start(dataDir))).toBe(1);
    expect((await stat(dirname(dataDir))).mode & 0o777).toBe(0o700);
    await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
    await rm(root, { recursive: true });
    // The folder of all such places, when this was the only one.
    if (isRoot) await rmdir(dirname(root)).catch(quiet);
  });
});
