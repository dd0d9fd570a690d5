import type { Database } from './database.ts';
import type { Lane } from './lanes.ts';

/**
 * The cloud acknowledged more than was ever given out here: the whole folder, instance id included,
 * is an older copy of itself, and its numbers were used before. What this run appended under them
 * would be taken for duplicates and lost, so it moves to a lane of a new epoch.
 * Inside the caller's transaction.
 */
export const moveRun = (db: Database, from: Lane, to: Lane): void => {
  const base = from.headAtOpen;
  db.prepare('UPDATE events SET lane = ?, seq = seq - ? WHERE lane = ? AND seq > ?').run(
    to.id,
    base,
    from.id,
    base,
  );
  db.prepare(
    `UPDATE lost SET lane = ?, from_seq = from_seq - ?, to_seq = to_seq - ?
     WHERE lane = ? AND from_seq > ?`,
  ).run(to.id, base, base, from.id, base);
};
