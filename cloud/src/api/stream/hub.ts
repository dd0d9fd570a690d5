import type { FeedItem } from '@gatehouse/protocols';
import { createBell } from '../../feed/bell.ts';
import type { Bell } from '../../feed/bell.ts';
import { feedHead, readFeed } from '../../feed/feed.ts';
import type { Profiles } from '../../fleet/profiles.ts';
import type { Cancel, Clock, Database, Log } from '../../ports.ts';
import {
  frameSources,
  isEmptyFrame,
  readDevices,
  readFleet,
  readFrame,
  readInside,
} from './frame.ts';
import type { Frame, FrameSources } from './frame.ts';
import { createLastTold } from './last-told.ts';
import type { LastTold } from './last-told.ts';

export type Subscriber = {
  readonly onFrame: (frame: Frame) => void;
  /** From here on every frame comes, in order, each once. */
  readonly onLive: (pos: number) => void;
  /** What was missed is too much or unknown: the listener has to read everything again. */
  readonly onReload: (pos: number) => void;
};

/** Follows the feed once for everybody who listens in this process. */
export type StreamHub = {
  /**
   * @param after the last position that the listener has; undefined = from now on
   */
  readonly subscribe: (after: number | undefined, subscriber: Subscriber) => Cancel;
  readonly pos: () => number;
  /** False while the feed cannot be read: a silent stream must not look alive. */
  readonly isFollowing: () => boolean;
  readonly stop: () => Promise<void>;
};

export type HubOptions = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly profiles: Profiles;
};

/** Screens redraw at most four times a second. */
const twinPauseMs = 250;
const pollMs = 5_000;
const retryMs = 500;
/** A process that hears nothing of the feed for so long says so to its listeners. */
const followingForMs = 8_000;
const itemsMax = 200;
const eventsMax = 500;
const replayItemsMax = 500;
const replayEventsMax = 1_000;
/** Kept at a time, by where they start. */
const replaysMax = 50;
/** For a listener who was ahead of this process on another one. */
const aheadWaitMs = 3_000;
/** The consumer that counts passages runs beside us. */
const insideAfterMs = 1_000;
const insideEveryMs = 60_000;

type Waiting = { readonly subscriber: Subscriber; readonly isOver: () => boolean };

type State = {
  pos: number;
  readMs: number;
  insideDueMs: number;
  readonly live: Set<Subscriber>;
  /** Woken at each move of `pos`. */
  readonly moved: Set<() => void>;
  readonly replays: Map<number, Promise<Frame | undefined>>;
};

const eventsOf = ({ what }: FeedItem): number =>
  what.kind === 'batch' ? what.to - what.from + 1 : 0;

/** The first items that stay within the bound; at least one. */
const withinEvents = (items: readonly FeedItem[]): readonly FeedItem[] => {
  let events = 0;
  const end = items.findIndex((item, i) => {
    events += eventsOf(item);
    return i > 0 && events > eventsMax;
  });
  return end < 0 ? items : items.slice(0, end);
};

/** @throws what the database throws, before anything is followed */
export const createStreamHub = async (options: HubOptions): Promise<StreamHub> => {
  const { database, clock } = options;
  const bell = createBell(clock);
  const told = createLastTold();
  const state: State = {
    pos: await feedHead(database),
    readMs: clock.monoMs(),
    insideDueMs: clock.monoMs() + insideEveryMs,
    live: new Set(),
    moved: new Set(),
    replays: new Map(),
  };
  told.news(await readEverything(options));
  const cancel = database.onFeed(bell.ring);
  const following = follow(options, state, told, bell);
  return {
    pos: () => state.pos,
    isFollowing: () => clock.monoMs() - state.readMs <= followingForMs,
    subscribe: (after, subscriber) => {
      let over = false;
      if (after === undefined) {
        state.live.add(subscriber);
        subscriber.onLive(state.pos);
      } else {
        void catchUp(options, state, { subscriber, isOver: () => over }, after);
      }
      return () => {
        over = true;
        state.live.delete(subscriber);
      };
    },
    stop: async () => {
      cancel();
      bell.end();
      await following;
      state.live.clear();
    },
  };
};

const sourcesOf = (options: HubOptions): FrameSources => frameSources(options);

/** What all listeners are taken to know at the start: they read it before they listen. */
const readEverything = async (options: HubOptions) => ({
  ...(await readFrame(sourcesOf(options), [])),
  ...(await readFleet(sourcesOf(options))),
  devices: await readDevices(sourcesOf(options)),
  inside: await readInside(sourcesOf(options)),
});

const follow = async (
  options: HubOptions,
  state: State,
  told: LastTold,
  bell: Bell,
): Promise<void> => {
  while (!bell.hasEnded()) {
    try {
      const twins = await step(options, state, told);
      if (twins === undefined) await bell.wait(pauseOf(options, state));
      else if (twins) await bell.rest(twinPauseMs);
    } catch (error) {
      options.log.warn('stream.feed_not_read', { pos: state.pos, error });
      await bell.rest(retryMs);
    }
  }
};

const pauseOf = ({ clock }: HubOptions, { insideDueMs }: State): number =>
  Math.min(pollMs, Math.max(1, insideDueMs - clock.monoMs()));

/** @returns undefined where the feed had nothing new, else whether gateways reported */
const step = async (
  options: HubOptions,
  state: State,
  told: LastTold,
): Promise<boolean | undefined> => {
  const { database, clock } = options;
  const items = withinEvents(await readFeed(database, state.pos, itemsMax));
  state.readMs = clock.monoMs();
  const last = items.at(-1);
  if (last === undefined) {
    if (clock.monoMs() >= state.insideDueMs) await tellInside(options, state, told);
    return undefined;
  }
  const raw = await readFrame(sourcesOf(options), items);
  // The count of a passage is ready a little later: at the latest then, at best with this frame.
  if (raw.passed) state.insideDueMs = Math.min(state.insideDueMs, clock.monoMs() + insideAfterMs);
  const isInsideOld = state.insideDueMs <= clock.monoMs() + insideAfterMs;
  const inside = isInsideOld ? await readInside(sourcesOf(options)) : [];
  const news = told.news({ ...raw, inside });
  const from = state.pos;
  state.pos = last.pos;
  publish(options, state, { ...news, from, pos: last.pos });
  return news.twins;
};

const tellInside = async (options: HubOptions, state: State, told: LastTold): Promise<void> => {
  const empty = await readFrame(sourcesOf(options), []);
  const inside = told.insideNews(await readInside(sourcesOf(options)));
  state.insideDueMs = options.clock.monoMs() + insideEveryMs;
  if (inside.length === 0) return;
  publish(options, state, { ...empty, inside, from: state.pos, pos: state.pos });
};

const publish = ({ log }: HubOptions, state: State, frame: Frame): void => {
  state.replays.clear();
  for (const { onFrame } of isEmptyFrame(frame) ? [] : [...state.live]) {
    try {
      onFrame(frame);
    } catch (error) {
      // One listener's fault must not cost the others this frame.
      log.error('stream.listener_failed', { error });
    }
  }
  for (const wake of [...state.moved]) wake();
};

/** Brings one listener from `after` to where the hub is, and then on air. */
const catchUp = async (
  options: HubOptions,
  state: State,
  { subscriber, isOver }: Waiting,
  after: number,
): Promise<void> => {
  const reload = (): void => {
    if (isOver()) return;
    state.live.add(subscriber);
    subscriber.onReload(state.pos);
  };
  let known = after;
  if (known > state.pos && !(await untilMoved(options.clock, state, known))) {
    reload();
    return;
  }
  do {
    const missed = await replayOnce(options, state, known).catch((error: unknown) => {
      options.log.warn('stream.not_replayed', { after: known, error });
      return undefined;
    });
    if (isOver()) return;
    if (missed === undefined) {
      reload();
      return;
    }
    if (!isEmptyFrame(missed)) subscriber.onFrame(missed);
    known = missed.pos;
    // The hub may have moved on while we read; nothing lies between this look and `live.add`.
  } while (known < state.pos);
  state.live.add(subscriber);
  subscriber.onLive(known);
};

/** @returns false where the hub does not get there soon */
const untilMoved = (clock: Clock, state: State, pos: number): Promise<boolean> =>
  new Promise((resolve) => {
    const end = (is: boolean): void => {
      cancel();
      state.moved.delete(look);
      resolve(is);
    };
    const look = (): void => {
      if (state.pos >= pos) end(true);
    };
    const cancel = clock.after(aheadWaitMs, () => end(false));
    state.moved.add(look);
  });

/** Many come back at once after a break, most from the same place: read once for all of them. */
const replayOnce = (
  options: HubOptions,
  state: State,
  after: number,
): Promise<Frame | undefined> => {
  const held = state.replays.get(after);
  if (held !== undefined) return held;
  const reading = replay(options, after, state.pos);
  if (state.replays.size >= replaysMax) state.replays.clear();
  state.replays.set(after, reading);
  void reading.catch(() => state.replays.delete(after));
  return reading;
};

/** What lies between two positions, undefined where it is too much or not all there. */
const replay = async (
  options: HubOptions,
  after: number,
  to: number,
): Promise<Frame | undefined> => {
  if (to - after > replayItemsMax) return undefined;
  const items = to === after ? [] : await readFeed(options.database, after, to - after);
  const isWhole = items.length === to - after && items.every(({ pos }, i) => pos === after + 1 + i);
  const events = items.reduce((sum, item) => sum + eventsOf(item), 0);
  if (!isWhole || events > replayEventsMax) return undefined;
  const frame = await readFrame(sourcesOf(options), items);
  const active = new Set(frame.conditions.map(({ id }) => id));
  // The only condition that ends without an event: the cloud itself raises it.
  const silent = frame.touched.map((gateway) => `${gateway}/gateway_silent/${gateway}`);
  return {
    ...frame,
    cleared: [...frame.cleared, ...silent.filter((id) => !active.has(id))],
    inside: await readInside(sourcesOf(options)),
    from: after,
    pos: to,
  };
};
