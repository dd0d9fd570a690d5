import type { JournalClass, Stream } from '@gatehouse/protocols';
import { numberIn, textIn } from './database.ts';
import type { Database, SqlRow } from './database.ts';

/** One (epoch, stream) and how far it has come; the numbers grow, so it is no readonly value. */
export type Lane = {
  readonly id: number;
  readonly epoch: string;
  readonly stream: Stream;
  /** Last sequence that was given out. */
  head: number;
  /** Where the head was when this run began. */
  headAtOpen: number;
  /** The cloud has everything up to here. */
  acknowledged: number;
  /** Deleted up to here; never above `acknowledged`. */
  pruned: number;
  prunedClass: JournalClass;
};

/** Made in this order: rows of `main`, the busiest, then stand at the end of the table. */
const streamsByLoad: readonly Stream[] = ['telemetry', 'urgent', 'main'];

const byGravity: readonly JournalClass[] = ['telemetry', 'door', 'audit', 'money'];

/** The class that a mixed loss is declared under. */
export const graver = (a: JournalClass, b: JournalClass): JournalClass =>
  byGravity.indexOf(a) >= byGravity.indexOf(b) ? a : b;

export const defaultClass = (stream: Stream): JournalClass =>
  stream === 'telemetry' ? 'telemetry' : 'door';

export const classOf = (text: string, stream: Stream): JournalClass =>
  byGravity.find((c) => c === text) ?? defaultClass(stream);

export const laneKey = (epoch: string, stream: Stream): string => `${epoch}.${stream}`;

const laneOf = (row: SqlRow): Lane | undefined => {
  const stream = streamsByLoad.find((s) => s === row['stream']);
  if (stream === undefined) return undefined;
  const acknowledged = numberIn(row, 'acknowledged');
  const pruned = numberIn(row, 'pruned');
  const head = Math.max(
    acknowledged,
    pruned,
    numberIn(row, 'event_head'),
    numberIn(row, 'lost_head'),
  );
  return {
    id: numberIn(row, 'lane'),
    epoch: textIn(row, 'epoch'),
    stream,
    head,
    headAtOpen: head,
    acknowledged,
    pruned,
    prunedClass: classOf(textIn(row, 'pruned_class'), stream),
  };
};

/** All lanes, oldest first. */
export const readLanes = (db: Database): readonly Lane[] =>
  db
    .prepare(
      `SELECT lane, epoch, stream, acknowledged, pruned, pruned_class,
        (SELECT coalesce(max(seq), 0) FROM events e WHERE e.lane = l.lane) AS event_head,
        (SELECT coalesce(max(to_seq), 0) FROM lost x WHERE x.lane = l.lane) AS lost_head
       FROM lanes l ORDER BY lane`,
    )
    .all()
    .flatMap((row) => laneOf(row) ?? []);

export const saveLane = (db: Database, lane: Lane): void => {
  db.prepare('UPDATE lanes SET acknowledged = ?, pruned = ?, pruned_class = ? WHERE lane = ?').run(
    lane.acknowledged,
    lane.pruned,
    lane.prunedClass,
    lane.id,
  );
};

/** The lanes of an epoch that begins; inside the caller's transaction. */
export const addEpoch = (db: Database, epoch: string): readonly Lane[] => {
  const add = db.prepare(
    `INSERT INTO lanes (lane, epoch, stream, acknowledged, pruned, pruned_class)
     SELECT coalesce(max(lane), 0) + 1, ?, ?, 0, 0, ? FROM lanes RETURNING lane`,
  );
  return streamsByLoad.map((stream) => {
    const prunedClass = defaultClass(stream);
    const id = numberIn(add.get(epoch, stream, prunedClass) ?? {}, 'lane');
    return { id, epoch, stream, head: 0, headAtOpen: 0, acknowledged: 0, pruned: 0, prunedClass };
  });
};

/** The epoch given, or the next one that no lane has: a repeated random number must do no harm. */
export const unusedEpoch = (fresh: string, lanes: readonly Lane[]): string => {
  let epoch = fresh;
  while (lanes.some((lane) => lane.epoch === epoch)) {
    epoch = ((parseInt(epoch, 16) + 1) % 2 ** 32).toString(16).padStart(8, '0');
  }
  return epoch;
};

/** Ended, empty lanes that stay listed, so that a restored cloud hears what was deleted. */
const emptyLanesMax = 60;

/** Lanes that can be forgotten: of ended epochs, never used or long empty. */
export const spentLanes = (lanes: readonly Lane[], epoch: string): readonly Lane[] => {
  const ended = lanes.filter((lane) => lane.epoch !== epoch);
  const unused = ended.filter((lane) => lane.head === 0);
  const empty = ended.filter((lane) => lane.head > 0 && lane.pruned === lane.head);
  return [...unused, ...empty.slice(0, Math.max(0, lanes.length - unused.length - emptyLanesMax))];
};
