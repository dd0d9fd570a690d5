/**
 * The thread that owns the journal's file: everything that touches the disk happens here, so that a
 * slow one stalls no door, bus or radio. What waits while a commit runs goes into the next one.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { GatewayError } from '../errors.ts';
import { isDamage } from './sqlite-file.ts';
import { openJournalOnDisk } from './journal-disk.ts';
import type { JournalOnDisk } from './journal-disk.ts';
import { packMarks } from './journal-calls.ts';
import type {
  AppendArgs,
  JournalNote,
  JournalTable,
  JournalWorkerData,
  OpenedPacked,
} from './journal-calls.ts';
import type { WorkerAnswer, WorkerCall, WorkerPost } from './worker-calls.ts';

const groupMax = 64;
/** Commits between two checkpoints that run while nobody waits; about a mebibyte of log. */
const checkpointEvery = 100;
/** Housekeeping waits this long for quiet, and then takes one short step at a time. */
const idleMs = 20;

type Queued = AppendArgs & { readonly id: number };

/** What the thread holds; everything in it changes. */
type Thread = {
  readonly data: JournalWorkerData;
  readonly post: (message: WorkerPost) => void;
  disk: JournalOnDisk | undefined;
  queue: Queued[];
  flushing: boolean;
  commits: number;
  /** Of the newest call that brought one. */
  nowMs: number;
  idle: NodeJS.Timeout | undefined;
  stalledAtMs: number;
};

const held = ({ disk }: Thread): JournalOnDisk => {
  if (disk === undefined) throw new GatewayError('GW_JOURNAL_FAILED', 'the journal is not open');
  return disk;
};

const noteOf = (thread: Thread, grew: JournalNote['grew'] = []): JournalNote => ({
  ...held(thread).journal.status(),
  grew,
});

/** Closes what cannot be used any more; the client opens it again. */
const giveUp = (thread: Thread): void => {
  const { disk } = thread;
  thread.disk = undefined;
  try {
    disk?.journal.abandon();
  } catch {
    // It is being abandoned because it cannot be used.
  }
};
const unusable: JournalNote = { waiting: 0, fill: 0, grew: [], unusable: true };
const giveUpWhereDamaged = (thread: Thread, error: unknown): Pick<WorkerPost, 'note'> => {
  if (thread.disk === undefined || !isDamage(error)) return {};
  giveUp(thread);
  return { note: unusable };
};

const stall = (thread: Thread): void => {
  const { stallMs, everyMs } = thread.data.stall ?? { stallMs: 0, everyMs: 0 };
  if (stallMs === 0 || performance.now() - thread.stalledAtMs < everyMs) return;
  thread.stalledAtMs = performance.now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
};

const failed = (group: readonly Queued[], message: string): readonly WorkerAnswer[] =>
  group.map(({ id }) => ({ id, ok: false, message }));

const commit = (thread: Thread, group: readonly Queued[]): WorkerPost => {
  try {
    const { journal, isInPlace } = held(thread);
    if (!isInPlace()) {
      giveUp(thread);
      return { answers: failed(group, 'its file is gone'), note: unusable };
    }
    stall(thread);
    const items = group.map(({ item }) => item);
    const { results, grew } = journal.appendMany(items, thread.nowMs);
    thread.commits += 1;
    const answers = group.map(({ id }, i): WorkerAnswer => ({ id, ok: true, value: results[i] }));
    return { answers, note: noteOf(thread, grew) };
  } catch (error) {
    return { answers: failed(group, String(error)), ...giveUpWhereDamaged(thread, error) };
  }
};

const flush = (thread: Thread): void => {
  thread.flushing = false;
  const group = thread.queue.slice(0, groupMax);
  thread.queue = thread.queue.slice(groupMax);
  if (group.length > 0) thread.post(commit(thread, group));
  if (thread.queue.length > 0) flushSoon(thread);
  else tendSoon(thread);
};
const flushSoon = (thread: Thread): void => {
  if (thread.flushing) return;
  thread.flushing = true;
  setImmediate(() => flush(thread));
};

const tend = (thread: Thread): void => {
  thread.idle = undefined;
  if (thread.disk === undefined || thread.queue.length > 0) return;
  try {
    const more = thread.disk.journal.tend(thread.nowMs);
    if (thread.commits >= checkpointEvery) {
      thread.disk.journal.checkpoint();
      thread.commits = 0;
    }
    if (more) tendSoon(thread);
  } catch (error) {
    const log = { event: 'journal.tend_failed', fields: { cause: String(error) } };
    thread.post({ log, ...giveUpWhereDamaged(thread, error) });
  }
};
const tendSoon = (thread: Thread): void => {
  thread.idle ??= setTimeout(() => tend(thread), idleMs);
};

const open = (thread: Thread, args: JournalTable['open']['args']): OpenedPacked => {
  giveUp(thread);
  const { post, data } = thread;
  thread.disk = openJournalOnDisk({
    ...data,
    freshEpoch: args.freshEpoch,
    nextInstance: args.nextInstance,
    ...(args.again ? { fenceOnNewEpochMs: args.nowMs } : {}),
    log: { warn: (event, fields = {}) => post({ log: { event, fields } }) },
  });
  post({ note: noteOf(thread) });
  const { journal } = thread.disk;
  const marks = args.again ? packMarks([], 0) : packMarks(journal.marks(), journal.markCount());
  return { ...journal.opened, marks };
};

const later = Symbol('answered by the group commit');
type Handlers = {
  readonly [K in keyof JournalTable]: (
    thread: Thread,
    args: JournalTable[K]['args'],
    id: number,
  ) => JournalTable[K]['value'] | typeof later;
};

const handlers: Handlers = {
  open,
  append: (thread, args, id) => {
    thread.nowMs = args.nowMs;
    thread.queue.push({ ...args, id });
    flushSoon(thread);
    return later;
  },
  positions: (thread) => held(thread).journal.positions(),
  read: (thread, args) => held(thread).journal.read(args),
  acknowledge: (thread, args) => {
    thread.nowMs = args.nowMs;
    held(thread).journal.acknowledge(args);
    thread.post({ note: noteOf(thread) });
    tendSoon(thread);
  },
  close: (thread) => {
    while (thread.queue.length > 0) flush(thread);
    clearTimeout(thread.idle);
    thread.disk?.journal.close();
    thread.disk = undefined;
  },
};

const serve = (port: NonNullable<typeof parentPort>, data: JournalWorkerData): void => {
  const thread: Thread = {
    data,
    post: (message) => port.postMessage(message),
    disk: undefined,
    queue: [],
    flushing: false,
    commits: 0,
    nowMs: 0,
    idle: undefined,
    stalledAtMs: -Infinity,
  };
  port.on('message', ({ id, op, args }: WorkerCall) => {
    try {
      // The client is typed by the same table, so an op brings its own arguments.
      const handle = handlers[op as keyof JournalTable] as (...all: readonly unknown[]) => unknown;
      const value = handle(thread, args, id);
      if (value !== later) thread.post({ answers: [{ id, ok: true, value }] });
    } catch (error) {
      const answers: readonly WorkerAnswer[] = [{ id, ok: false, message: String(error) }];
      thread.post({ answers, ...giveUpWhereDamaged(thread, error) });
    }
  });
};

if (parentPort !== null) {
  // The client gives exactly this.
  serve(parentPort, workerData as JournalWorkerData);
}
