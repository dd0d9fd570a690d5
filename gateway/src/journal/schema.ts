/**
 * One lane per (epoch, stream). A lane's head is not stored: it is the highest number among its
 * events, its declared losses and its cursors, which saves one page per commit. The key order puts
 * the rows of a commit next to each other; marks are found by credential. A table is never changed,
 * only added: a journal of an earlier release opens, and an earlier release opens this one.
 */
export const journalSchema = `
CREATE TABLE IF NOT EXISTS meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lanes (
  lane INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  stream TEXT NOT NULL,
  acknowledged INTEGER NOT NULL,
  pruned INTEGER NOT NULL,
  pruned_class TEXT NOT NULL,
  UNIQUE (epoch, stream)
) STRICT;
CREATE TABLE IF NOT EXISTS events (
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  class TEXT NOT NULL,
  stored_s INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (lane, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lost (
  lane INTEGER NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  class TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (lane, from_seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (
  credential TEXT PRIMARY KEY,
  counter INTEGER NOT NULL,
  body BLOB NOT NULL,
  door TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS commands (
  id TEXT PRIMARY KEY,
  door TEXT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device_commands (
  id TEXT PRIMARY KEY,
  device TEXT NOT NULL,
  run TEXT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

export const journalPageBytes = 4096;

/** Pages beyond the cap, so that what makes room can itself be written. */
const reservePages = 64;

/**
 * EXCLUSIVE: one process owns a journal, a second one is refused. FULL is said and not assumed: an
 * append is acknowledged only after the fsync. The checkpoint at 4,000 pages is the backstop of the
 * one that runs while nobody waits.
 */
export const journalPragmas = (bytesMax: number): string => `
PRAGMA page_size = ${journalPageBytes};
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 16777216;
PRAGMA max_page_count = ${Math.ceil(bytesMax / journalPageBytes) + reservePages};
`;
