import { createDirectJournal, GatewayError } from '@gatehouse/gateway';
import type {
  Append,
  Appended,
  Cancel,
  Journal,
  JournalOpened,
  StreamPosition,
} from '@gatehouse/gateway';
import { toHex } from '@gatehouse/protocols';
import type { Stream } from '@gatehouse/protocols';
import type { Random } from '../devices/random.ts';
import type { JournalFolder } from './adapters/journal-folder.ts';
import { never } from './life.ts';
import type { Life } from './life.ts';
import type { Recorder } from './record.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** When a power cut strikes an append: on the disk but not told, or told and nothing done yet. */
export type AppendMoment = 'written' | 'told';

export type Disk = {
  failsUntilMs: number;
  stallsUntilMs: number;
};

export type JournalPortOptions = {
  readonly timeline: Timeline;
  readonly life: Life;
  readonly random: Random;
  readonly trace: Trace;
  readonly recorder: Recorder;
  readonly folder: JournalFolder;
  readonly disk: Disk;
  readonly gateway: string;
  readonly nowMs: () => number;
  /** What the card still has, after whatever happened to it. */
  readonly onOpened: (positions: readonly StreamPosition[]) => void;
  readonly onMoment: (moment: AppendMoment, append: Append) => void;
};

export type JournalPort = {
  readonly port: Journal;
  /** Without waiting for the disk: for who looks on from outside. */
  readonly positions: Journal['positions'];
};

/** As the gateway's own journal has them. */
const reopenFirstMs = 100;
const reopenMaxMs = 5_000;
const bytesMax = 64 * 1024 * 1024;
const usualMs = { least: 1, most: 8 } as const;
const stallMs = { least: 100, most: 900 } as const;
/** A decision that is not told by then is carried out as not written. */
const gatewayWaitMs = 500;

/** The real journal core on real files, on a card whose time, faults and power the seed decides. */
export const createJournalPort = (options: JournalPortOptions): JournalPort => {
  const { folder, trace } = options;
  const tries: Tries = { failed: 0 };
  const direct = createCore(options, tries);
  const turns = createTurns(options);
  const growth = createGrowth(direct, folder);
  const opening = createOpening(options, { direct, turns, tries });
  const port: Journal = {
    ...direct,
    open: opening.open,
    append: createAppend(options, { direct, turns, growth }),
    positions: () => turns.take(direct.positions),
    read: (asked) => turns.take(() => direct.read(asked)),
    acknowledge: (...asked) => turns.take(() => direct.acknowledge(...asked)),
    declareLost: (...asked) =>
      turns.take(async () => {
        await turns.work(1);
        await direct.declareLost(...asked);
        growth.tell();
      }),
    onAppended: growth.onAppended,
    close: () => {
      opening.stop();
      return turns.take(async () => {
        await direct.close().catch(() => trace.add('journal not closed'));
        folder.closed();
      });
    },
  };
  return { port, positions: direct.positions };
};

const createCore = (options: JournalPortOptions, tries: Tries): Journal => {
  const { random, trace, folder, gateway, nowMs } = options;
  return createDirectJournal({
    open: () => {
      const log = { warn: (what: string) => trace.add(`journal ${what}`) };
      // The gateway runs already, without the marks that it is opened with now.
      const fence = tries.failed > 0 ? { fenceOnNewEpochMs: nowMs() } : {};
      const [freshEpoch, nextInstance] = [toHex(random.bytes(4)), toHex(random.bytes(8))];
      return folder.open({ gateway, bytesMax, freshEpoch, nextInstance, log, ...fence });
    },
    random: random.bytes,
    nowMs,
  });
};

/** To open it, in this run. */
type Tries = { failed: number };

type Opening = { readonly open: Journal['open']; readonly stop: () => void };

/** Where the card refuses, the journal opens by itself when it can: as the gateway's own does. */
const createOpening = (
  { life, folder, trace, onOpened }: JournalPortOptions,
  {
    direct,
    turns,
    tries,
  }: { readonly direct: Journal; readonly turns: Turns; readonly tries: Tries },
): Opening => {
  let stop: Cancel = () => undefined;
  const openNow = (): Promise<JournalOpened> =>
    turns.take(async () => {
      await turns.work(1);
      const opened = await direct.open();
      onOpened(await direct.positions());
      folder.synced();
      return opened;
    });
  const later = (): void => {
    const pauseMs = Math.min(reopenFirstMs * 2 ** tries.failed, reopenMaxMs);
    tries.failed += 1;
    trace.add('journal not opened', { pauseMs });
    stop = life.after(pauseMs, () => {
      openNow().then(() => trace.add('journal opened again'), later);
    });
  };
  return {
    open: async () => {
      try {
        return await openNow();
      } catch (error) {
        later();
        throw error;
      }
    },
    stop: () => stop(),
  };
};

type Turns = {
  /** The disk does one thing after another. */
  readonly take: <T>(run: () => Promise<T>) => Promise<T>;
  /** A part of the time that a write takes; rejects while the disk fails. */
  readonly work: (share: number) => Promise<void>;
};

const createTurns = ({ timeline, life, random, disk }: JournalPortOptions): Turns => {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    take: (run) => {
      const mine = life.mine(tail.then(run));
      tail = mine.catch(() => undefined);
      return mine;
    },
    work: async (share) => {
      const pace = timeline.nowMs() < disk.stallsUntilMs ? stallMs : usualMs;
      const wholeMs = pace.least + random.below(pace.most - pace.least);
      await life.mine(timeline.wait(share * wholeMs));
      if (timeline.nowMs() >= disk.failsUntilMs) return;
      throw new GatewayError('GW_JOURNAL_FAILED', 'the card refuses');
    },
  };
};

type Growth = Pick<Journal, 'onAppended'> & { readonly tell: () => void };

/** Streams that grew are told when the write is on the card, not before. */
const createGrowth = (direct: Journal, folder: JournalFolder): Growth => {
  const listeners: ((streams: readonly Stream[]) => void)[] = [];
  let grown: Stream[] = [];
  direct.onAppended((streams) => void grown.push(...streams));
  return {
    onAppended: (run) => void listeners.push(run),
    tell: () => {
      const streams = [...new Set(grown)];
      grown = [];
      folder.synced();
      if (streams.length > 0) for (const run of listeners) run(streams);
    },
  };
};

const createAppend = (
  options: JournalPortOptions,
  {
    direct,
    turns,
    growth,
  }: { readonly direct: Journal; readonly turns: Turns; readonly growth: Growth },
): Journal['append'] => {
  const { timeline, life, random, trace, recorder, onMoment } = options;

  const write = async (append: Append, beganMs: number): Promise<Appended> => {
    await turns.work(0.7);
    const appended = await direct.append(append);
    const rows = recorder.wrote(append, appended);
    trace.add('journal written', { events: rows.map(({ id, event }) => `${event.kind} ${id}`) });
    onMoment('written', append);
    if (life.isOver()) return never();
    await life.mine(timeline.wait(1 + random.below(3)));
    recorder.acked(rows, timeline.nowMs() - beganMs);
    growth.tell();
    onMoment('told', append);
    return appended;
  };

  return async (append) => {
    const beganMs = timeline.nowMs();
    const notLate = life.after(gatewayWaitMs, () => recorder.failed(append));
    try {
      return await turns.take(() => write(append, beganMs));
    } catch (error) {
      if (timeline.nowMs() - beganMs < gatewayWaitMs) recorder.failed(append);
      trace.add('journal refused', { kinds: append.events.map(({ kind }) => kind) });
      throw error;
    } finally {
      notLate();
    }
  };
};
