import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '@gatehouse/protocols';
import type { Stream } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import { recordAppend } from '../journal/record.ts';
import type { Journal, JournalOpened, Log } from '../ports.ts';
import { unpackMarks } from './journal-calls.ts';
import type { DiskStall, JournalNote, JournalTable, JournalWorkerData } from './journal-calls.ts';
import { createOwedLosses } from './owed-losses.ts';
import { startWorkerCalls } from './worker-calls.ts';
import type { WorkerCalls } from './worker-calls.ts';

export type { DiskStall } from './journal-calls.ts';

/** More than this many appends wait for the disk: the next one is refused at once. */
export const appendsWaitingMax = 10_000;

const reopenFirstMs = 100;
const reopenMaxMs = 5_000;
/** A gateway that was told to end, and still writes its last words, is waited for. */
const inUseWaitMs = 10_000;
const inUsePauseMs = 250;

export type JournalOptions = {
  readonly gateway: string;
  /** The database; `journal.id` and damaged ones stand beside it. */
  readonly file: string;
  readonly bytesMax: number;
  readonly random: (length: number) => Uint8Array;
  readonly nowMs: () => number;
  readonly log: Log;
  /** For tests and benches only. */
  readonly stall?: DiskStall;
};

/**
 * The durable log of a gateway: SQLite in a worker thread. When the worker or its file is lost
 * while the gateway runs, what waits is rejected and the journal opens again by itself, as a new
 * epoch.
 */
export const createJournal = (options: JournalOptions): Journal => {
  const { log, nowMs, random } = options;
  const listeners: ((streams: readonly Stream[]) => void)[] = [];
  let status: { readonly waiting: number; readonly fill: number } = { waiting: 0, fill: 0 };
  const thread = createThread(options, {
    onNote: ({ waiting, fill, grew }) => {
      status = { waiting, fill };
      if (grew.length > 0) listeners.forEach((listener) => listener(grew));
    },
    onOpenedAgain: () => losses.flush(),
  });
  const losses = createOwedLosses(async (loss) =>
    thread.calls().call('append', { item: { loss }, nowMs: nowMs() }),
  );
  return {
    open: thread.open,
    append: async (append) => {
      const calls = thread.calls();
      if (calls.waiting() >= appendsWaitingMax) throw fail('too many appends wait for the disk');
      losses.flush();
      return calls.call('append', { item: { append: recordAppend(append) }, nowMs: nowMs() });
    },
    positions: async () => thread.calls().call('positions', undefined),
    read: async (limits) => thread.calls().call('read', limits),
    acknowledge: async (epoch, stream, cursor) => {
      const freshEpoch = toHex(random(4));
      const args = { epoch, stream, cursor, freshEpoch, nowMs: nowMs() };
      await thread.calls().call('acknowledge', args);
    },
    declareLost: (stream, journalClass, count) => losses.add({ stream, journalClass, count }),
    status: () => status,
    onAppended: (run) => void listeners.push(run),
    close: async () => {
      await thread.close().catch((error: unknown) => {
        log.error('journal.close_failed', { cause: String(error) });
      });
      losses.abandon(fail('the journal was closed'));
    },
  };
};

const fail = (message: string): GatewayError => new GatewayError('GW_JOURNAL_FAILED', message);

/** What SQLite says to the second one that opens a file (SQLITE_BUSY). */
const isLocked = (error: unknown): boolean => String(error).includes('database is locked');

const isInUse = (error: unknown): boolean =>
  error instanceof GatewayError && error.code === 'GW_IN_USE';

/** @throws GatewayError GW_IN_USE where another gateway holds the file and does not end */
const openWhenLeft = async <T>(
  open: () => Promise<T>,
  { file, log }: Pick<JournalOptions, 'file' | 'log'>,
): Promise<T> => {
  for (let waitedMs = 0; ; waitedMs += inUsePauseMs) {
    try {
      return await open();
    } catch (error) {
      if (!isLocked(error)) throw error;
      if (waitedMs === 0) log.warn('journal.in_use', { file, waitMs: inUseWaitMs });
      if (waitedMs >= inUseWaitMs) throw new GatewayError('GW_IN_USE', file, { cause: error });
    }
    await sleep(inUsePauseMs);
  }
};

type Calls = WorkerCalls<JournalTable>;
type Thread = {
  readonly open: () => Promise<JournalOpened>;
  /** @throws GatewayError GW_JOURNAL_FAILED while the journal is not open */
  readonly calls: () => Calls;
  readonly close: () => Promise<void>;
};

const startWorker = (
  { log, file, gateway, bytesMax, stall }: JournalOptions,
  on: { onNote: (note: JournalNote) => void; onGone: (cause: string) => void },
): Calls => {
  const workerData: JournalWorkerData = { file, gateway, bytesMax, stall };
  return startWorkerCalls<JournalTable>({
    url: new URL('./journal-worker.ts', import.meta.url),
    workerData,
    fail,
    // The worker posts nothing else as a note.
    onNote: (note) => on.onNote(note as JournalNote),
    onLog: (event, fields) => log.warn(event, fields),
    onGone: on.onGone,
  });
};

const freshIds = ({ random, nowMs }: JournalOptions) => ({
  freshEpoch: toHex(random(4)),
  nextInstance: toHex(random(8)),
  nowMs: nowMs(),
});

/** Keeps one worker with an open journal, and gets another one when that is lost. */
const createThread = (
  options: JournalOptions,
  { onNote, onOpenedAgain }: { onNote: (note: JournalNote) => void; onOpenedAgain: () => void },
): Thread => {
  const { log } = options;
  let worker: Calls | undefined;
  let isOpen = false;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = reopenFirstMs;

  const openWorker = async (again: boolean): Promise<JournalOpened> => {
    worker ??= startWorker(options, {
      onNote: (note) => {
        if (note.unusable === true) lose('its file cannot be used any more');
        else onNote(note);
      },
      onGone: (cause) => {
        worker = undefined;
        lose(cause);
      },
    });
    const opened = await worker.call('open', { ...freshIds(options), again });
    isOpen = true;
    retryMs = reopenFirstMs;
    return { ...opened, marks: unpackMarks(opened.marks) };
  };
  const lose = (cause: string): void => {
    isOpen = false;
    if (isClosed || retry !== undefined) return;
    log.error('journal.lost', { cause, retryMs });
    retry = setTimeout(() => void openAgain(), retryMs);
    retryMs = Math.min(2 * retryMs, reopenMaxMs);
  };
  const openAgain = async (): Promise<void> => {
    retry = undefined;
    try {
      const { epoch } = await openWorker(true);
      log.warn('journal.opened_again', { epoch });
      onOpenedAgain();
    } catch (error) {
      lose(String(error));
    }
  };
  return {
    open: async () => {
      try {
        return await openWhenLeft(() => openWorker(false), options);
      } catch (error) {
        if (!isInUse(error)) lose(String(error));
        throw error;
      }
    },
    calls: () => {
      if (worker === undefined || !isOpen) throw fail('the journal is not open');
      return worker;
    },
    close: async () => {
      isClosed = true;
      clearTimeout(retry);
      const wasOpen = isOpen;
      isOpen = false;
      try {
        if (wasOpen) await worker?.call('close', undefined);
      } finally {
        await worker?.end();
      }
    },
  };
};
