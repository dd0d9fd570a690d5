import type { JournalClass } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import { inTransaction, numberIn, textIn } from './database.ts';
import type { Database } from './database.ts';
import { classOf, graver, saveLane } from './lanes.ts';
import type { Lane } from './lanes.ts';
import { journalPageBytes } from './schema.ts';

/** Acknowledged events stay this long, or until the journal is half full. */
export const keepMs = 14 * 24 * 3600 * 1000;
const keepShare = 0.5;
/** Above this share telemetry is thinned, oldest first, down to the lower one. */
const thinAboveShare = 0.9;
const thinToShare = 0.85;
/** One step stays short: an append may wait behind it. */
const stepRows = 500;
/** What a row costs beyond its body: key, class, time, its share of the inner pages. */
const rowBytesExtra = 64;

export type Room = {
  /** Bytes in use and the share that cannot be given back. */
  readonly fill: () => number;
  /** @throws GatewayError GW_JOURNAL_FAILED where nothing more can be given back */
  readonly make: (bytes: number, nowMs: number) => void;
  /** One short step of pruning and thinning; true while there is more to do. */
  readonly tend: (nowMs: number) => boolean;
};

type Deletion = { readonly lane: Lane; readonly to: number; readonly classes: readonly string[] };

export const rowBytes = (body: string): number => Buffer.byteLength(body) + rowBytesExtra;

export const createRoom = (db: Database, lanes: () => readonly Lane[], bytesMax: number): Room => {
  const pageCount = db.prepare('PRAGMA page_count');
  const freePages = db.prepare('PRAGMA freelist_count');
  const used = (): number =>
    (numberIn(pageCount.get() ?? {}, 'page_count') -
      numberIn(freePages.get() ?? {}, 'freelist_count')) *
    journalPageBytes;

  const prune = (cutoffMs: number): boolean => {
    const next = nextDeletion(db, lanes(), cutoffMs);
    if (next === undefined) return false;
    inTransaction(db, () => deleteUpTo(db, next));
    return true;
  };
  const makeStep = (): boolean => prune(Number.MAX_SAFE_INTEGER) || thin(db, lanes());

  return {
    fill: () => {
      const held = lanes().reduce((sum, lane) => sum + lane.head - lane.pruned, 0);
      const owed = lanes().reduce((sum, lane) => sum + lane.head - lane.acknowledged, 0);
      return held === 0 ? 0 : Math.min(1, (used() / bytesMax) * (owed / held));
    },
    make: (bytes, nowMs) => {
      const needed = bytes + 2 * journalPageBytes;
      if (used() + needed > bytesMax * thinAboveShare) prune(nowMs - keepMs);
      while (used() + needed > bytesMax) {
        if (!makeStep()) throw new GatewayError('GW_JOURNAL_FAILED', 'the journal is full');
      }
    },
    tend: (nowMs) => {
      const full = used() / bytesMax;
      if (prune(full > keepShare ? Number.MAX_SAFE_INTEGER : nowMs - keepMs)) return true;
      return full > thinAboveShare && thin(db, lanes()) && used() / bytesMax > thinToShare;
    },
  };
};

/** The oldest acknowledged events, stored before `cutoffMs`, of the oldest lane that has any. */
const nextDeletion = (
  db: Database,
  lanes: readonly Lane[],
  cutoffMs: number,
): Deletion | undefined => {
  const oldest = db.prepare(
    `SELECT seq, class, stored_s FROM events
     WHERE lane = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
  );
  for (const lane of lanes) {
    if (lane.pruned >= lane.acknowledged) continue;
    const rows = oldest.all(lane.id, lane.pruned, lane.acknowledged, stepRows);
    const kept = rows.findIndex((row) => numberIn(row, 'stored_s') * 1000 >= cutoffMs);
    const gone = kept < 0 ? rows : rows.slice(0, kept);
    const last = gone.at(-1);
    const all = kept < 0 && rows.length < stepRows;
    const to = all ? lane.acknowledged : last === undefined ? 0 : numberIn(last, 'seq');
    if (to > lane.pruned) return { lane, to, classes: gone.map((row) => textIn(row, 'class')) };
  }
  return undefined;
};

const deleteUpTo = (db: Database, { lane, to, classes }: Deletion): void => {
  db.prepare('DELETE FROM events WHERE lane = ? AND seq <= ?').run(lane.id, to);
  db.prepare('DELETE FROM lost WHERE lane = ? AND to_seq <= ?').run(lane.id, to);
  const prunedClass = classes
    .map((text) => classOf(text, lane.stream))
    .reduce<JournalClass>(graver, lane.prunedClass);
  saveLane(db, { ...lane, pruned: to, prunedClass });
  lane.pruned = to;
  lane.prunedClass = prunedClass;
};

/**
 * Deletes the oldest telemetry that the cloud does not have and declares it. Door, audit and money
 * events are never dropped: when they alone fill the journal, appends fail and everybody sees it.
 */
const thin = (db: Database, lanes: readonly Lane[]): boolean => {
  const oldest = db.prepare(
    'SELECT seq FROM events WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  for (const lane of lanes) {
    if (lane.stream !== 'telemetry' || lane.acknowledged >= lane.head) continue;
    const seqs = oldest
      .all(lane.id, lane.acknowledged, stepRows)
      .map((row) => numberIn(row, 'seq'));
    const from = seqs[0];
    if (from === undefined) continue;
    const run = seqs.findIndex((seq, i) => seq !== from + i);
    const to = from + (run < 0 ? seqs.length : run) - 1;
    inTransaction(db, () => thinRange(db, lane, from, to));
    return true;
  }
  return false;
};

const thinRange = (db: Database, lane: Lane, from: number, to: number): void => {
  db.prepare('DELETE FROM events WHERE lane = ? AND seq BETWEEN ? AND ?').run(lane.id, from, to);
  const joined = db
    .prepare(`UPDATE lost SET to_seq = ? WHERE lane = ? AND to_seq = ? AND why = 'thinned'`)
    .run(to, lane.id, from - 1);
  if (Number(joined.changes) > 0) return;
  db.prepare(`INSERT INTO lost VALUES (?, ?, ?, 'telemetry', 'thinned')`).run(lane.id, from, to);
};
