import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction, numberIn, textIn } from '../journal/database.ts';
import type { Log, PolicyHead, ProfileKept, SignedKept } from '../ports.ts';
import type { PolicyStoreTable, RowKey, StoredRow } from './policy-store-calls.ts';
import { isDamage, moveAside, removeDatabase, syncFile, syncFolder } from './sqlite-file.ts';

/** A chunk is parsed in one go by the thread that opens doors: about a millisecond. */
const chunkRows = 500;

const policySchema = `
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  policy_epoch INTEGER NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE TABLE rows (
  section TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (section, key)
) STRICT, WITHOUT ROWID;
`;
const signedSchema = `
CREATE TABLE IF NOT EXISTS keys (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  jws TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS revocations (n INTEGER PRIMARY KEY, jws TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS profiles (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS floor (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  at_ms INTEGER NOT NULL
) STRICT;
`;

/** No write-ahead log: one that stays behind would be read into the next file. */
const durable = 'PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;';
/** A new file counts for nothing before it is complete, checked, synced and renamed. */
const scratch = 'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;';

export type PolicyFiles = {
  readonly [K in keyof PolicyStoreTable]: (
    args: PolicyStoreTable[K]['args'],
  ) => PolicyStoreTable[K]['value'];
};

/** A gateway's policy on disk: `policy.sqlite`, replaced whole, and `signed.sqlite`. */
export const openPolicyFiles = (dir: string, log: Pick<Log, 'warn'>): PolicyFiles => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'policy.sqlite');
  const nextFile = join(dir, 'policy.next.sqlite');
  removeDatabase(nextFile);
  const signed = openSigned(join(dir, 'signed.sqlite'), log);
  let policy = openPolicy(file, log);
  let next: DatabaseSync | undefined;

  const held = (): DatabaseSync => {
    if (policy === undefined) throw new Error('no policy is held');
    return policy;
  };
  const building = (): DatabaseSync => {
    if (next === undefined) throw new Error('no new policy is being written');
    return next;
  };
  return {
    head: () => ({ policy: policy && readHead(policy), signed: readSigned(signed) }),
    rows: ({ after }) => policy && readChunk(policy, after),
    beginReplace: () => {
      next?.close();
      removeDatabase(nextFile);
      next = new DatabaseSync(nextFile);
      next.exec(`${scratch} ${policySchema} BEGIN;`);
    },
    putRows: (rows) => putRows(building(), rows),
    endReplace: (head) => {
      const db = building();
      setHead(db, head);
      db.exec('COMMIT');
      const told = faultOf(db);
      db.close();
      next = undefined;
      if (told !== undefined) throw new Error(`the new policy file is not sound: ${told}`);
      policy?.close();
      policy = undefined;
      swapIn(nextFile, file, dir);
      policy = openPolicy(file, log);
    },
    apply: ({ head, put, del }) => {
      const db = held();
      inTransaction(db, () => {
        const drop = db.prepare('DELETE FROM rows WHERE section = ? AND key = ?');
        for (const { section, key } of del) drop.run(section, key);
        putRows(db, put);
        setHead(db, head);
      });
    },
    saveKeys: (jws) => void signed.prepare('INSERT OR REPLACE INTO keys VALUES (1, ?)').run(jws),
    addRevocations: (all) =>
      inTransaction(signed, () => {
        const add = signed.prepare('INSERT INTO revocations (jws) VALUES (?)');
        for (const jws of all) add.run(jws);
      }),
    keepProfile: (kept) => {
      const put = signed.prepare('INSERT OR REPLACE INTO profiles VALUES (?, ?)');
      put.run(kept.id, JSON.stringify(kept));
    },
    saveFloor: (atMs) =>
      void signed.prepare('INSERT OR REPLACE INTO floor VALUES (1, ?)').run(atMs),
    close: () => {
      next?.close();
      policy?.close();
      signed.close();
    },
  };
};

/** The old file keeps its name until the new one takes it: there is always one to start from. */
const swapIn = (nextFile: string, file: string, dir: string): void => {
  syncFile(nextFile);
  if (existsSync(file)) {
    const previous = `${file}.previous`;
    rmSync(previous, { force: true });
    try {
      linkSync(file, previous);
    } catch {
      copyFileSync(file, previous); // a file system without links
    }
  }
  renameSync(nextFile, file);
  syncFolder(dir);
};

const openPolicy = (file: string, log: Pick<Log, 'warn'>): DatabaseSync | undefined => {
  if (!existsSync(file)) return undefined;
  const db = new DatabaseSync(file);
  const fault = faultOf(db) ?? (readHead(db) === undefined ? 'it has no head' : undefined);
  if (fault === undefined) {
    db.exec(durable);
    return db;
  }
  db.close();
  const aside = moveAside(file, 'policy');
  log.warn('policy_store.damaged', { fault, aside });
  return undefined;
};

const openSigned = (file: string, log: Pick<Log, 'warn'>): DatabaseSync => {
  const db = new DatabaseSync(file);
  const fault = faultOf(db);
  if (fault === undefined) {
    db.exec(durable + signedSchema);
    return db;
  }
  db.close();
  const aside = moveAside(file, 'signed');
  log.warn('policy_store.damaged', { fault, aside });
  const fresh = new DatabaseSync(file);
  fresh.exec(durable + signedSchema);
  return fresh;
};

const faultOf = (db: DatabaseSync): string | undefined => {
  try {
    const told = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    return told === 'ok' ? undefined : String(told);
  } catch (error) {
    if (isDamage(error)) return String(error);
    throw error;
  }
};

const readHead = (db: DatabaseSync): PolicyHead | undefined => {
  const table = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'head'`).get();
  const row = table && db.prepare('SELECT * FROM head').get();
  return (
    row && {
      policyEpoch: numberIn(row, 'policy_epoch'),
      version: numberIn(row, 'version'),
      state: textIn(row, 'state'),
    }
  );
};

const setHead = (db: DatabaseSync, { policyEpoch, version, state }: PolicyHead): void => {
  db.prepare('INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?)').run(policyEpoch, version, state);
};

const putRows = (db: DatabaseSync, rows: readonly StoredRow[]): void => {
  const put = db.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?, ?)');
  for (const [section, key, body] of rows) put.run(section, key, body);
};

const readChunk = (db: DatabaseSync, after: RowKey): PolicyStoreTable['rows']['value'] => {
  const rows = db
    .prepare(
      `SELECT section, key, body FROM rows WHERE (section, key) > (?, ?)
       ORDER BY section, key LIMIT ?`,
    )
    .all(after.section, after.key, chunkRows);
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const text = `[${rows.map((row) => textIn(row, 'body')).join(',')}]`;
  return { text, next: { section: textIn(last, 'section'), key: textIn(last, 'key') } };
};

const readSigned = (db: DatabaseSync): SignedKept => {
  const keys = db.prepare('SELECT jws FROM keys').get();
  const revocations = db
    .prepare('SELECT jws FROM revocations ORDER BY n')
    .all()
    .map((row) => textIn(row, 'jws'));
  const profiles = db
    .prepare('SELECT body FROM profiles ORDER BY id')
    .all()
    // Rows that we wrote.
    .map((row) => JSON.parse(textIn(row, 'body')) as ProfileKept);
  const floor = db.prepare('SELECT at_ms FROM floor').get();
  return {
    ...(keys === undefined ? {} : { keys: textIn(keys, 'jws') }),
    revocations,
    profiles,
    ...(floor === undefined ? {} : { floorMs: numberIn(floor, 'at_ms') }),
  };
};
