import { textIn } from './database.ts';
import type { Database, SqlIn, SqlOut, SqlRow } from './database.ts';

type Table = { readonly name: string; readonly columns: string; readonly order: string };

/** Lanes first: events of a lane that cannot be named are of no use to anybody. */
const tables: readonly Table[] = [
  {
    name: 'lanes',
    columns: 'lane, epoch, stream, acknowledged, pruned, pruned_class',
    order: 'lane',
  },
  { name: 'marks', columns: 'credential, counter, body, door, at_ms', order: 'credential' },
  { name: 'commands', columns: 'id, door, action, actor', order: 'id' },
  { name: 'device_commands', columns: 'id, device, run, action, actor', order: 'id' },
  { name: 'lost', columns: 'lane, from_seq, to_seq, class, why', order: 'lane, from_seq' },
  { name: 'events', columns: 'lane, seq, class, stored_s, body', order: 'lane, seq' },
];

export type Salvaged = Readonly<Record<string, number>>;

/**
 * Copies what can still be read of a damaged journal into a fresh one, whose schema exists. Holes
 * need no rows of their own: reading declares every number without an event as lost.
 * @returns rows by table
 */
export const salvage = (damaged: Database, fresh: Database): Salvaged => {
  const counts: Record<string, number> = {};
  for (const table of tables) counts[table.name] = copy(damaged, fresh, table);
  const fence = readable(damaged, `SELECT key, value FROM meta WHERE key = 'fence'`).at(0);
  if (fence !== undefined) {
    fresh.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run('fence', textIn(fence, 'value'));
  }
  return counts;
};

/** Ahead to the first damaged page, then back from the end to the last one. */
const copy = (damaged: Database, fresh: Database, { name, columns, order }: Table): number => {
  const backwards = order.replaceAll(',', ' DESC,').concat(' DESC');
  const names = columns.split(', ');
  const put = fresh.prepare(
    `INSERT OR IGNORE INTO ${name} (${columns}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  let count = 0;
  const keep = (row: SqlRow): void => {
    try {
      count += Number(put.run(...names.map((column) => sqlIn(row[column]))).changes);
    } catch {
      // A row that breaks the schema is itself damage.
    }
  };
  fresh.exec('BEGIN');
  for (const direction of [order, backwards]) {
    const whole = forEachReadable(
      damaged,
      `SELECT ${columns} FROM ${name} ORDER BY ${direction}`,
      keep,
    );
    if (whole) break;
  }
  fresh.exec('COMMIT');
  return count;
};

const sqlIn = (value: SqlOut | undefined): SqlIn =>
  typeof value === 'bigint' ? Number(value) : (value ?? null);

/** @returns true where every row could be read */
const forEachReadable = (db: Database, sql: string, run: (row: SqlRow) => void): boolean => {
  try {
    for (const row of db.prepare(sql).iterate()) run(row);
    return true;
  } catch {
    return false;
  }
};

const readable = (db: Database, sql: string): readonly SqlRow[] => {
  const rows: SqlRow[] = [];
  forEachReadable(db, sql, (row) => rows.push(row));
  return rows;
};
