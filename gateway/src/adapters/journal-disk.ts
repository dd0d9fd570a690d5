import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../errors.ts';
import { openJournalFile } from '../journal/journal-file.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import { salvage } from '../journal/salvage.ts';
import { journalPragmas, journalSchema } from '../journal/schema.ts';
import type { Log } from '../ports.ts';
import { isDamage, moveAside, replaceFile } from './sqlite-file.ts';

export type JournalDiskOptions = {
  readonly file: string;
  readonly gateway: string;
  readonly bytesMax: number;
  /** 8 hex digits. */
  readonly freshEpoch: string;
  /** 16 hex digits. */
  readonly nextInstance: string;
  readonly fenceOnNewEpochMs?: number;
  readonly log: Pick<Log, 'warn'>;
};

export type JournalOnDisk = {
  readonly journal: JournalFile;
  /** False when the path no longer leads to the open file: what is written there is gone. */
  readonly isInPlace: () => boolean;
};

/**
 * Opens the journal of a gateway: a damaged file is moved aside, what it still tells is salvaged.
 * Beside it stands `journal.id`, which changes with every start, inside the file too: a file that
 * was swapped or copied back does not know the newest one.
 * @throws GatewayError GW_JOURNAL_FAILED where the disk refuses
 */
export const openJournalOnDisk = (options: JournalDiskOptions): JournalOnDisk => {
  const { file } = options;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const held = readInstance(file);
    const { db, damaged } = openChecked(options, held !== undefined);
    const instance = { held, next: options.nextInstance };
    try {
      const journal = openJournalFile({ ...options, db, instance, damaged });
      replaceFile(instancePath(file), options.nextInstance);
      return { journal, isInPlace: placeOf(file) };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('GW_JOURNAL_FAILED', String(error), { cause: error });
  }
};

const instancePath = (file: string): string => join(dirname(file), 'journal.id');

const readInstance = (file: string): string | undefined => {
  const path = instancePath(file);
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return /^[0-9a-f]{16}$/.test(text) ? text : undefined;
};

const placeOf = (file: string): (() => boolean) => {
  const opened = statSync(file);
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    return now !== undefined && now.ino === opened.ino && now.dev === opened.dev;
  };
};

const openChecked = (
  { file, bytesMax, log }: JournalDiskOptions,
  hadInstance: boolean,
): { db: DatabaseSync; damaged: boolean } => {
  const existed = existsSync(file);
  const db = new DatabaseSync(file);
  const fault = existed ? faultOf(db) : undefined;
  if (fault === undefined) return { db, damaged: hadInstance && !existed };
  closeQuietly(db);
  const aside = moveAside(file, 'journal');
  const fresh = new DatabaseSync(file);
  fresh.exec(journalPragmas(bytesMax));
  fresh.exec(journalSchema);
  const rows = salvageFrom(aside, fresh);
  log.warn('journal.damaged', { fault, aside, ...rows });
  return { db: fresh, damaged: true };
};

/**
 * Why the file cannot be used, or undefined. The whole file is read only after an unclean end: on a
 * storage card that takes seconds, and no door opens meanwhile.
 */
const faultOf = (db: DatabaseSync): string | undefined => {
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    const hasMeta = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'meta'`).get();
    if (hasMeta === undefined) return undefined;
    const clean = db.prepare(`SELECT value FROM meta WHERE key = 'clean'`).get();
    if (clean?.['value'] === 'yes') return undefined;
    const told = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    return told === 'ok' ? undefined : String(told);
  } catch (error) {
    if (isDamage(error)) return String(error);
    db.close();
    throw error;
  }
};

const salvageFrom = (aside: string, fresh: DatabaseSync): Readonly<Record<string, number>> => {
  const damaged = new DatabaseSync(aside);
  try {
    return salvage(damaged, fresh);
  } finally {
    closeQuietly(damaged);
  }
};

const closeQuietly = (db: DatabaseSync): void => {
  try {
    db.close();
  } catch {
    // A damaged file may fail to close; its handle goes with the object.
  }
};
