import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What SQLite keeps beside a database. */
const companions = ['', '-wal', '-shm', '-journal'] as const;

/** A damaged file is evidence, but a card that damages one a day must not fill up with them. */
const damagedKeptMax = 3;

/** SQLite's primary result codes, https://sqlite.org/rescode.html */
const damageCodes: ReadonlySet<number> = new Set([11 /* CORRUPT */, 26 /* NOTADB */]);

/** Whether SQLite says that the file itself is broken, not the disk, the lock or the space. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  damageCodes.has(error.errcode & 0xff);

/**
 * Renames a damaged database to `<name>.damaged-<n>` and forgets all but the newest three.
 * @returns the new path
 */
export const moveAside = (file: string, name: string): string => {
  const folder = dirname(file);
  const stem = `${name}.damaged-`;
  const numbers = readdirSync(folder)
    .filter((entry) => entry.startsWith(stem))
    .map((entry) => Number(entry.slice(stem.length)))
    .filter((n) => Number.isSafeInteger(n))
    .toSorted((a, b) => a - b);
  const n = (numbers.at(-1) ?? 0) + 1;
  for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - damagedKeptMax))) {
    removeDatabase(join(folder, `${stem}${old}`));
  }
  const aside = join(folder, `${stem}${n}`);
  for (const end of companions) {
    if (existsSync(file + end)) renameSync(file + end, aside + end);
  }
  syncFolder(folder);
  return aside;
};

export const removeDatabase = (file: string): void => {
  for (const end of companions) rmSync(file + end, { force: true });
};

/** A rename is on disk only when its folder is. */
export const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

export const syncFile = syncFolder;

/** Old content or new content, never half of it, whenever the power goes. */
export const replaceFile = (file: string, text: string): void => {
  const next = join(dirname(file), `.${basename(file)}.next`);
  writeFileSync(next, text, { mode: 0o600, flush: true });
  renameSync(next, file);
  syncFolder(dirname(file));
};
