import type { EventRef, JournalClass, Stream } from '@gatehouse/protocols';
import type {
  Appended,
  CommandEntry,
  JournalOpened,
  JournalSlice,
  Mark,
  StreamPosition,
} from '../ports.ts';
import { bytesIn, inTransaction, numberIn, textIn } from './database.ts';
import type { Database, SqlRow } from './database.ts';
import { addEpoch, laneKey, readLanes, saveLane, spentLanes, unusedEpoch } from './lanes.ts';
import type { Lane } from './lanes.ts';
import { pinTriesKey, readPinTries } from './pin-tries.ts';
import type { AppendRecord, EventRecord, LossRecord } from './record.ts';
import { moveRun } from './restored.ts';
import { createRoom, rowBytes } from './room.ts';
import { journalPragmas, journalSchema } from './schema.ts';
import { createSliceReader } from './slice.ts';

export type JournalFileOptions = {
  readonly db: Database;
  readonly gateway: string;
  /** Cap of the database file; the write-ahead log adds at most 16 MiB. */
  readonly bytesMax: number;
  /** 8 hex digits, for the epoch that begins where the held one cannot go on. */
  readonly freshEpoch: string;
  /**
   * The instance id that stood beside the file, and the one that stands there from now on. Another
   * one inside the file means that the file was swapped or restored.
   */
  readonly instance: { readonly held: string | undefined; readonly next: string };
  /** What another file is known to have lost: declared in the new epoch so that people see it. */
  readonly damaged?: boolean;
  /** Where the process goes on with a journal that it did not have before: refuse older passes. */
  readonly fenceOnNewEpochMs?: number;
};

export type JournalItem = { readonly append: AppendRecord } | { readonly loss: LossRecord };

export type Committed = {
  /** One per item, in order; a loss is always ok. */
  readonly results: readonly Appended[];
  readonly grew: readonly Stream[];
};

/** The synchronous core: no clock, no randomness, no files. Throws what SQLite throws. */
export type JournalFile = {
  readonly opened: Omit<JournalOpened, 'marks'>;
  readonly markCount: () => number;
  /** One at a time: 140,000 at once are 60 MB of small objects. */
  readonly marks: () => Iterable<Mark>;
  /**
   * One transaction. An append whose mark is not above the stored one fails alone.
   * @throws GatewayError GW_JOURNAL_FAILED where the cap leaves no room; then nothing is written
   */
  readonly appendMany: (items: readonly JournalItem[], nowMs: number) => Committed;
  /** Oldest epoch first; the last one is live. */
  readonly positions: () => readonly StreamPosition[];
  readonly read: (options: ReadOptions) => JournalSlice | undefined;
  /** Sets the cursor, also downwards: a restored cloud needs what it had acknowledged. */
  readonly acknowledge: (options: AcknowledgeOptions) => void;
  /** One short step of housekeeping; true while there is more to do. */
  readonly tend: (nowMs: number) => boolean;
  readonly checkpoint: () => void;
  /** Events that the cloud does not have, and the share of the cap that they take, 0 … 1. */
  readonly status: () => { readonly waiting: number; readonly fill: number };
  /** Ends cleanly: the next start goes on in this epoch. */
  readonly close: () => void;
  /** Closes without that mark: the next start is an unclean one. */
  readonly abandon: () => void;
};

/** A cursor on disk saves the resending of what the cloud has; it need not be the newest. */
const cursorsSavedEveryMs = 60_000;

export type ReadOptions = {
  readonly epoch: string;
  readonly stream: Stream;
  readonly after: number;
  readonly eventsMax: number;
  readonly bytesMax: number;
};

export type AcknowledgeOptions = {
  readonly epoch: string;
  readonly stream: Stream;
  readonly cursor: number;
  /** 8 hex digits, used where the cursor proves that this journal was restored. */
  readonly freshEpoch: string;
};

type Live = { readonly epoch: string; readonly lanes: ReadonlyMap<Stream, Lane> };
type Heads = Map<Stream, number>;

/** What an open journal holds; everything in it changes. */
type Held = {
  readonly db: Database;
  readonly lanes: Map<string, Lane>;
  live: Live;
  unsavedCursors: boolean;
  cursorsSavedMs: number;
};

const allLanes = ({ lanes }: Held): readonly Lane[] => [...lanes.values()];

export const openJournalFile = (options: JournalFileOptions): JournalFile => {
  const { db, gateway, bytesMax } = options;
  db.exec(journalPragmas(bytesMax));
  const begun = inTransaction(db, () => begin(options));
  const held: Held = {
    db,
    lanes: new Map(begun.lanes.map((lane) => [laneKey(lane.epoch, lane.stream), lane])),
    live: liveLanes(begun.epoch, begun.lanes),
    unsavedCursors: false,
    cursorsSavedMs: 0,
  };
  const room = createRoom(db, () => allLanes(held), bytesMax);
  const readSlice = createSliceReader(db);
  const writer = createWriter(db, gateway);
  return {
    opened: begun.opened,
    markCount: () => numberIn(db.prepare('SELECT count(*) AS n FROM marks').get() ?? {}, 'n'),
    marks: () => readMarks(db),
    appendMany: (items, nowMs) => {
      const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
      room.make(bytes, nowMs);
      const { live } = held;
      const heads: Heads = new Map([...live.lanes].map(([stream, lane]) => [stream, lane.head]));
      const results = inTransaction(db, () =>
        items.map((item) => writer.write(item, { live, heads, nowMs })),
      );
      return { results, grew: advance(live, heads) };
    },
    positions: () => allLanes(held).map(positionOf),
    read: ({ epoch, stream, ...limits }) => {
      const lane = held.lanes.get(laneKey(epoch, stream));
      return lane && readSlice(lane, limits);
    },
    acknowledge: (cursor) => acknowledge(held, cursor),
    tend: (nowMs) => {
      if (Math.abs(nowMs - held.cursorsSavedMs) >= cursorsSavedEveryMs) saveCursors(held, nowMs);
      return room.tend(nowMs);
    },
    checkpoint: () => db.exec('PRAGMA wal_checkpoint(PASSIVE)'),
    status: () => ({
      waiting: allLanes(held).reduce((sum, lane) => sum + lane.head - lane.acknowledged, 0),
      fill: room.fill(),
    }),
    close: () => {
      saveCursors(held, 0);
      inTransaction(db, () => setMeta(db, 'clean', 'yes'));
      db.close();
    },
    abandon: () => db.close(),
  };
};

const acknowledge = (
  held: Held,
  { epoch, stream, cursor, freshEpoch }: AcknowledgeOptions,
): void => {
  const lane = held.lanes.get(laneKey(epoch, stream));
  if (lane === undefined) return;
  if (cursor > lane.head && epoch === held.live.epoch) beginAnew(held, lane, freshEpoch);
  // What was deleted cannot be owed any more: a reader below it hears of it as lost.
  lane.acknowledged = Math.max(lane.pruned, Math.min(cursor, lane.head));
  held.unsavedCursors = true;
};

/** The numbers of this run were used before: they are given out again under a new epoch. */
const beginAnew = (held: Held, lane: Lane, freshEpoch: string): void => {
  const { db } = held;
  const epoch = unusedEpoch(freshEpoch, allLanes(held));
  const added = inTransaction(db, () => {
    setMeta(db, 'epoch', epoch);
    const next = addEpoch(db, epoch);
    next.filter((to) => to.stream === lane.stream).forEach((to) => moveRun(db, lane, to));
    return next;
  });
  for (const to of added) {
    held.lanes.set(laneKey(epoch, to.stream), to);
    if (to.stream === lane.stream) to.head = lane.head - lane.headAtOpen;
  }
  lane.head = lane.headAtOpen;
  held.live = liveLanes(epoch, added);
};

const saveCursors = (held: Held, nowMs: number): void => {
  if (!held.unsavedCursors) return;
  inTransaction(held.db, () => allLanes(held).forEach((lane) => saveLane(held.db, lane)));
  held.unsavedCursors = false;
  held.cursorsSavedMs = nowMs;
};

const positionOf = (lane: Lane): StreamPosition => ({
  epoch: lane.epoch,
  stream: lane.stream,
  oldest: lane.pruned + 1,
  head: lane.head,
  acknowledged: lane.acknowledged,
});

const liveLanes = (epoch: string, lanes: readonly Lane[]): Live => ({
  epoch,
  lanes: new Map(lanes.filter((l) => l.epoch === epoch).map((lane) => [lane.stream, lane])),
});

const itemBytes = (item: JournalItem): number =>
  'append' in item ? item.append.events.reduce((sum, { body }) => sum + rowBytes(body), 256) : 256;

/** After the commit: until then the numbers are not given out. */
const advance = ({ lanes }: Live, heads: Heads): readonly Stream[] =>
  [...lanes.values()].flatMap((lane) => {
    const head = heads.get(lane.stream) ?? lane.head;
    if (head === lane.head) return [];
    lane.head = head;
    return [lane.stream];
  });

/** Reads what the file holds and marks it as in use, which a clean close takes back. */
const begin = (
  options: JournalFileOptions,
): { epoch: string; lanes: readonly Lane[]; opened: JournalFile['opened'] } => {
  const { db, instance } = options;
  db.exec(journalSchema);
  const heldEpoch = getMeta(db, 'epoch');
  const sameFile = instance.held !== undefined && getMeta(db, 'instance') === instance.held;
  const clean = sameFile && getMeta(db, 'clean') === 'yes' && heldEpoch !== undefined;
  const before = readLanes(db);
  const epoch = clean ? heldEpoch : unusedEpoch(options.freshEpoch, before);
  const spent = new Set(spentLanes(before, epoch));
  for (const lane of spent) forget(db, lane);
  const added = before.some((lane) => lane.epoch === epoch) ? [] : addEpoch(db, epoch);
  if (options.damaged === true) added.forEach((lane) => declareDamage(db, lane));
  if (!clean && options.fenceOnNewEpochMs !== undefined) {
    setMeta(db, 'fence', String(options.fenceOnNewEpochMs));
  }
  setMeta(db, 'clean', 'no');
  setMeta(db, 'epoch', epoch);
  setMeta(db, 'instance', instance.next);
  const opened = {
    epoch,
    clean,
    fenceMs: Number(getMeta(db, 'fence') ?? 0),
    commandsOpen: readCommands(db),
    pinTries: readPinTries(getMeta(db, pinTriesKey)),
  };
  return { epoch, lanes: [...before.filter((lane) => !spent.has(lane)), ...added], opened };
};

/** One number of `main` stands for "something was here": how much, nobody can know. */
const declareDamage = (db: Database, lane: Lane): void => {
  if (lane.stream !== 'main') return;
  db.prepare(`INSERT INTO lost VALUES (?, 1, 1, 'door', 'damaged')`).run(lane.id);
  lane.head = 1;
};

const forget = (db: Database, lane: Lane): void => {
  for (const table of ['events', 'lost', 'lanes']) {
    db.prepare(`DELETE FROM ${table} WHERE lane = ?`).run(lane.id);
  }
};

const getMeta = (db: Database, key: string): string | undefined => {
  const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  return row && textIn(row, 'value');
};

const setMeta = (db: Database, key: string, value: string): void => {
  db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
};

const markOf = (row: SqlRow): Mark => ({
  credential: textIn(row, 'credential'),
  counter: numberIn(row, 'counter'),
  body: bytesIn(row, 'body'),
  door: textIn(row, 'door'),
  atMs: numberIn(row, 'at_ms'),
});

function* readMarks(db: Database): Generator<Mark> {
  for (const row of db.prepare('SELECT * FROM marks').iterate()) yield markOf(row);
}

const readCommands = (db: Database): readonly CommandEntry[] => [
  ...db
    .prepare('SELECT * FROM commands')
    .all()
    .map((row) => ({ ...orderOf(row), door: textIn(row, 'door') })),
  ...db
    .prepare('SELECT * FROM device_commands')
    .all()
    .map((row) => ({ ...orderOf(row), device: textIn(row, 'device'), run: textIn(row, 'run') })),
];

const orderOf = (row: SqlRow) => ({
  id: textIn(row, 'id'),
  action: textIn(row, 'action'),
  actor: textIn(row, 'actor'),
});

type CommandWriter = {
  readonly begin: (entry: CommandEntry) => void;
  readonly end: (id: string) => void;
};

const createCommandWriter = (db: Database): CommandWriter => {
  const beginAtDoor = db.prepare('INSERT OR IGNORE INTO commands VALUES (?, ?, ?, ?)');
  const beginAtDevice = db.prepare('INSERT OR IGNORE INTO device_commands VALUES (?, ?, ?, ?, ?)');
  const ends = ['commands', 'device_commands'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE id = ?`),
  );
  return {
    begin: (entry) => {
      const { id, action, actor } = entry;
      if ('door' in entry) beginAtDoor.run(id, entry.door, action, actor);
      else beginAtDevice.run(id, entry.device, entry.run, action, actor);
    },
    end: (id) => ends.forEach((end) => end.run(id)),
  };
};

type Writing = { readonly live: Live; readonly heads: Heads; readonly nowMs: number };
type Writer = { readonly write: (item: JournalItem, writing: Writing) => Appended };

const createWriter = (db: Database, gateway: string): Writer => {
  const putEvent = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  const putLost = db.prepare(`INSERT INTO lost VALUES (?, ?, ?, ?, 'unwritten')`);
  const putMark = db.prepare(
    `INSERT INTO marks VALUES (?, ?, ?, ?, ?) ON CONFLICT (credential) DO UPDATE
     SET counter = excluded.counter, body = excluded.body, door = excluded.door,
       at_ms = excluded.at_ms
     WHERE excluded.counter > marks.counter`,
  );
  const getMark = db.prepare('SELECT * FROM marks WHERE credential = ?');
  const commands = createCommandWriter(db);

  const take = (
    stream: Stream,
    count: number,
    { live, heads }: Writing,
  ): EventRef & { lane: number } => {
    const lane = live.lanes.get(stream);
    if (lane === undefined) throw new Error(`no lane for ${stream}`);
    const seq = (heads.get(stream) ?? lane.head) + 1;
    heads.set(stream, seq + count - 1);
    return { gateway, epoch: live.epoch, stream, seq, lane: lane.id };
  };
  const writeEvent = ({ stream, journalClass, body }: EventRecord, writing: Writing): EventRef => {
    const { lane, ...ref } = take(stream, 1, writing);
    putEvent.run(lane, ref.seq, journalClass, Math.floor(writing.nowMs / 1000), body);
    return ref;
  };
  const writeLoss = ({ stream, journalClass, count }: LossRecord, writing: Writing): Appended => {
    const { lane, seq } = take(stream, count, writing);
    putLost.run(lane, seq, seq + count - 1, journalClass satisfies JournalClass);
    return { ok: true, refs: [] };
  };
  const writeAppend = (append: AppendRecord, writing: Writing): Appended => {
    const { mark, commandBegun: begun } = append;
    // First of all: where the mark does not move nothing else has been written, no undo is needed.
    if (mark !== undefined) {
      const { credential, counter, body, door, atMs } = mark;
      const { changes } = putMark.run(credential, counter, body, door, atMs);
      if (Number(changes) === 0) {
        const held = getMark.get(credential);
        if (held === undefined) throw new Error('the held mark vanished');
        return { ok: false, why: 'mark_not_above', held: markOf(held) };
      }
    }
    if (append.fenceMs !== undefined) setMeta(db, 'fence', String(append.fenceMs));
    if (append.pinTries !== undefined) setMeta(db, pinTriesKey, JSON.stringify(append.pinTries));
    if (begun !== undefined) commands.begin(begun);
    if (append.commandEnded !== undefined) commands.end(append.commandEnded);
    return { ok: true, refs: append.events.map((event) => writeEvent(event, writing)) };
  };
  return {
    write: (item, writing) =>
      'append' in item ? writeAppend(item.append, writing) : writeLoss(item.loss, writing),
  };
};
