import { joinBatch, upTopic, utf8 } from '@gatehouse/protocols';
import type { CursorNote, Hello } from '@gatehouse/protocols';
import type { Cancel, JournalSlice, LinkConnection, Ports, StreamPosition } from '../ports.ts';
import {
  afterCursor,
  afterSend,
  afterSilence,
  deadlineMs,
  laneName,
  nextLane,
  rewind,
  startLane,
} from './lane.ts';
import type { Lane } from './lane.ts';

/**
 * Far below what a batch may hold: reading, packing and compressing one runs on the thread that
 * opens doors and must take no longer than a millisecond or two.
 */
const sliceEventsMax = 200;
const sliceBytesMax = 256 * 1024;
/** Of all lanes together: a broker that takes nothing must not fill the memory. */
const publishingMax = 16;
const journalRetryMs = 1_000;

export type UplinkOptions = Pick<Ports, 'journal' | 'clock' | 'zstd' | 'random' | 'log'> & {
  readonly gateway: string;
};

/** Sends the journal to the cloud from its cursor, for ever. Nothing here throws. */
export type Uplink = {
  /** The cloud answered the birth: its cursors are where we go on. */
  readonly connected: (connection: LinkConnection, hello: Hello) => void;
  readonly disconnected: () => void;
  /** What the cloud has stored: the only thing that counts as delivered. */
  readonly cursor: (note: CursorNote) => void;
  readonly stop: () => void;
};

type Link = {
  readonly connection: LinkConnection;
  lineage: string;
  /** Batches that the broker has not taken yet. */
  publishing: number;
  /** Where lanes that appear later begin. */
  readonly cursors: ReadonlyMap<string, number>;
};

/** Everything that changes; the functions below are its only writers. */
type State = {
  readonly options: UplinkOptions;
  readonly lanes: Map<string, Lane>;
  link: Link | undefined;
  stopped: boolean;
  pumping: boolean;
  /** The journal has grown, or a cursor moved: look again. */
  wanted: boolean;
  turn: number;
  cancelDeadline: Cancel;
  cancelRetry: Cancel;
};

export const createUplink = (options: UplinkOptions): Uplink => {
  const state: State = {
    options,
    lanes: new Map(),
    link: undefined,
    stopped: false,
    pumping: false,
    wanted: false,
    turn: 0,
    cancelDeadline: () => undefined,
    cancelRetry: () => undefined,
  };
  options.journal.onAppended(() => {
    if (state.link !== undefined) pump(state);
  });
  return {
    connected: (connection, hello) => {
      if (state.stopped) return;
      disconnect(state);
      const cursors = new Map(hello.cursors.map((held) => [laneName(held), held.cursor]));
      state.link = { connection, lineage: hello.lineage, publishing: 0, cursors };
      pump(state);
    },
    disconnected: () => disconnect(state),
    cursor: (note) => takeCursor(state, note),
    stop: () => {
      state.stopped = true;
      disconnect(state);
    },
  };
};

const disconnect = (state: State): void => {
  state.link = undefined;
  state.lanes.clear();
  state.cancelDeadline();
  state.cancelRetry();
};

const keep = ({ lanes }: State, lane: Lane): void => void lanes.set(laneName(lane), lane);

const acknowledge = ({ options }: State, { epoch, stream, cursor }: Lane): void => {
  options.journal.acknowledge(epoch, stream, cursor).catch((error: unknown) => {
    options.log.debug('uplink.acknowledge_failed', { epoch, stream, cause: String(error) });
  });
};

const pump = (state: State): void => {
  state.wanted = true;
  if (!state.pumping) void run(state);
};

const run = async (state: State): Promise<void> => {
  const { clock, log } = state.options;
  state.pumping = true;
  try {
    for (let link = state.link; link !== undefined; link = state.link) {
      if (state.wanted) {
        state.wanted = false;
        await refresh(state, link);
      }
      const lane = link.publishing < publishingMax ? nextLane(state.lanes.values()) : undefined;
      if (lane !== undefined) await sendOne(state, link, lane);
      else if (!state.wanted) break;
    }
  } catch (error) {
    log.debug('uplink.journal_failed', { cause: String(error) });
    state.cancelRetry();
    state.cancelRetry = clock.after(journalRetryMs, () => pump(state));
  }
  state.pumping = false;
  arm(state);
};

const refresh = async (state: State, link: Link): Promise<void> => {
  const positions = await state.options.journal.positions();
  if (state.link !== link) return;
  const live = positions.at(-1)?.epoch;
  const names = new Set(positions.map(laneName));
  for (const name of state.lanes.keys()) if (!names.has(name)) state.lanes.delete(name);
  for (const position of positions) place(state, link, position, position.epoch === live);
};

const place = (state: State, link: Link, position: StreamPosition, live: boolean): void => {
  const { epoch, stream, head, acknowledged } = position;
  const held = state.lanes.get(laneName(position));
  if (held !== undefined) return keep(state, { ...held, live, head });
  const cursor = link.cursors.get(laneName(position)) ?? 0;
  const lane = startLane({ epoch, stream, live, head, cursor });
  keep(state, lane);
  // Also downwards: what a restored cloud lacks must be kept. Above the head: see the journal.
  if (cursor !== acknowledged) acknowledge(state, lane);
  if (cursor > head) state.wanted = true;
};

const sendOne = async (state: State, link: Link, lane: Lane): Promise<void> => {
  const slice = await state.options.journal.read({
    epoch: lane.epoch,
    stream: lane.stream,
    after: lane.sent,
    eventsMax: sliceEventsMax,
    bytesMax: sliceBytesMax,
  });
  const now = state.lanes.get(laneName(lane));
  // A cursor may have moved the lane meanwhile: then this is not the next slice any more.
  if (state.link !== link || now === undefined || now.sent !== lane.sent) return;
  if (slice === undefined) return keep(state, { ...now, head: now.sent });
  state.turn += 1;
  keep(state, afterSend(now, slice.to, state.options.clock.monoMs(), state.turn));
  publish(state, link, lane, slice);
};

const publish = (state: State, link: Link, { epoch, stream }: Lane, slice: JournalSlice): void => {
  const { gateway, zstd } = state.options;
  const { from, to } = slice;
  const header = { v: 1 as const, gateway, epoch, stream, from, to, lost: [...slice.lost] };
  const lines = slice.events.map((event) => JSON.stringify(event)).join('\n');
  const bytes = joinBatch(header, zstd.compress(utf8(lines)));
  link.publishing += 1;
  link.connection
    .publish(upTopic(gateway, 'batch'), bytes)
    .catch((error: unknown) => drop(state, link, error))
    .finally(() => {
      link.publishing -= 1;
      if (state.link === link && link.publishing === publishingMax - 1) pump(state);
    });
};

const drop = (state: State, link: Link, cause: unknown): void => {
  if (state.link !== link) return;
  state.options.log.debug('uplink.publish_failed', { cause: String(cause) });
  disconnect(state);
  // Whoever owns the connection hears of its end and makes the next one.
  link.connection.close().catch(() => undefined);
};

/** One timer, at the earliest moment at which some lane has waited long enough. */
const arm = (state: State): void => {
  const { clock } = state.options;
  state.cancelDeadline();
  if (state.link === undefined) return;
  const dues = Array.from(state.lanes.values(), (lane) => deadlineMs(lane) ?? Infinity);
  const dueMs = Math.min(...dues);
  if (dueMs === Infinity) return;
  const delayMs = Math.max(0, dueMs - clock.monoMs());
  state.cancelDeadline = clock.after(delayMs, () => resend(state));
};

const resend = (state: State): void => {
  const { clock, log, random } = state.options;
  for (const lane of state.lanes.values()) {
    if ((deadlineMs(lane) ?? Infinity) > clock.monoMs()) continue;
    // Spread, so that a hundred gateways do not come back in one moment.
    const spread = 0.75 + (random(1)[0] ?? 0) / 1024;
    const next = afterSilence(lane);
    keep(state, { ...next, resendMs: Math.round(next.resendMs * spread) });
    log.debug('uplink.resend', { epoch: lane.epoch, stream: lane.stream, from: next.cursor });
    if (next.cursor !== lane.cursor) acknowledge(state, next);
  }
  pump(state);
  arm(state);
};

const takeCursor = (state: State, note: CursorNote): void => {
  if (state.link === undefined) return;
  if (note.lineage !== state.link.lineage) changeLineage(state, state.link, note);
  const lane = state.lanes.get(laneName(note));
  if (lane === undefined) return;
  const next = afterCursor(lane, note.cursor, state.options.clock.monoMs());
  keep(state, next);
  if (next.cursor !== lane.cursor) acknowledge(state, next);
  pump(state);
  arm(state);
};

/**
 * Another database answers from now on. Each lane sends its last event again: the answer to that
 * is a cursor of the new lineage, and from there it goes on.
 */
const changeLineage = (state: State, link: Link, note: CursorNote): void => {
  state.options.log.warn('uplink.new_lineage', { lineage: note.lineage });
  link.lineage = note.lineage;
  for (const lane of state.lanes.values()) {
    const told = laneName(lane) === laneName(note);
    const next = rewind(lane, told ? note.cursor : Math.max(0, lane.cursor - 1));
    keep(state, { ...next, mendedTo: 0 });
    acknowledge(state, next);
  }
};
