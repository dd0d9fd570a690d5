import assert from 'node:assert/strict';

/** The part of a SQLite connection that the journal uses; `DatabaseSync` of node:sqlite has it. */
export type Database = {
  readonly exec: (sql: string) => void;
  readonly prepare: (sql: string) => Statement;
  readonly close: () => void;
};

export type SqlIn = null | number | string | Uint8Array;
export type SqlOut = null | number | bigint | string | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlOut>>;

export type Statement = {
  readonly run: (...values: SqlIn[]) => { readonly changes: number | bigint };
  readonly get: (...values: SqlIn[]) => SqlRow | undefined;
  readonly all: (...values: SqlIn[]) => SqlRow[];
  readonly iterate: (...values: SqlIn[]) => Iterable<SqlRow>;
};

/** A column that our schema says is an integer. */
export const numberIn = (row: SqlRow, column: string): number => {
  const value = row[column];
  assert(typeof value === 'number', `column ${column} is no number`);
  return value;
};

/** A column that our schema says is text. */
export const textIn = (row: SqlRow, column: string): string => {
  const value = row[column];
  assert(typeof value === 'string', `column ${column} is no text`);
  return value;
};

/** A column that our schema says is a blob. */
export const bytesIn = (row: SqlRow, column: string): Uint8Array => {
  const value = row[column];
  assert(value instanceof Uint8Array, `column ${column} is no blob`);
  return value;
};

/** All of `run` is on disk when this returns, or none of it and the cause is thrown. */
export const inTransaction = <T>(db: Database, run: () => T): T => {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    try {
      db.exec('ROLLBACK');
    } catch {
      // SQLite rolls back by itself where the disk refused: then there is nothing to roll back.
    }
    throw error;
  }
};
