import type { ChangeView, EventView } from '@gatehouse/protocols';
import { nowMs } from '../adapters/clock.ts';
import { openLiveStream } from '../adapters/live-stream.ts';
import { hasStatus } from '../api/failure.ts';
import { consoleStreamPath, routes } from '../api/routes.ts';
import type { SseMessage } from '../api/sse.ts';
import { clockOffsetMs } from '../m/mint.ts';
import { applyChange, pictureOf } from './picture.ts';
import type { Picture } from './picture.ts';

/** What the screens draw, and how far it can be trusted. */
export type Live = {
  readonly picture: Picture | null;
  readonly link: 'connecting' | 'live' | 'lost';
  /** Times of this browser. */
  readonly liveSinceMs: number | null;
  readonly lostAtMs: number | null;
  readonly lastEventMs: number | null;
  readonly error: unknown;
  /** How often the picture was loaded: what a screen loaded beside it is older than the last. */
  readonly loads: number;
  /** How far the server's clock is ahead. */
  readonly offsetMs: number;
};

export type LiveStore = {
  readonly subscribe: (hear: () => void) => () => void;
  readonly snapshot: () => Live;
  readonly reload: () => void;
  /** @returns stops it */
  readonly start: () => () => void;
};

type Waiting = { readonly pos: number; readonly change: ChangeView };

const nothing: Live = {
  picture: null,
  link: 'connecting',
  liveSinceMs: null,
  lostAtMs: null,
  lastEventMs: null,
  error: null,
  loads: 0,
  offsetMs: 0,
};

const waitingMax = 1000;
const feedStartEvents = 60;

const askClock = async (): Promise<number> => {
  const sentMs = nowMs();
  const { at } = await routes.time();
  return clockOffsetMs({ sentMs, heardMs: nowMs(), serverMs: Date.parse(at) });
};

const loadPicture = async (): Promise<{ picture: Picture; offsetMs: number }> => {
  const [now, page, offsetMs] = await Promise.all([
    routes.now(),
    routes.events({ limit: feedStartEvents }),
    askClock(),
  ]);
  return { picture: pictureOf(now, page.events), offsetMs };
};

const newestEventMs = (events: readonly EventView[], offsetMs: number): number | null => {
  const newest = events[0];
  return newest === undefined ? null : Date.parse(newest.receivedAt) - offsetMs;
};

const afterWaiting = (loaded: Picture, waiting: readonly Waiting[]): Picture =>
  waiting.reduce((before, { pos, change }) => applyChange(before, pos, change), loaded);

/** A session that has ended looks like a lost line: the stream is refused without a word. */
const leaveIfSignedOut = async (): Promise<void> => {
  try {
    await routes.session();
  } catch (error) {
    if (hasStatus(error, 401)) location.assign('/');
  }
};

/**
 * The stream opens first and its messages wait until the picture is there: so nothing falls between
 * the two, and what the picture already holds is told by its position.
 */
export const createLiveStore = (): LiveStore => {
  let live = nothing;
  let waiting: readonly Waiting[] = [];
  let isLoading = false;
  const ears = new Set<() => void>();
  const set = (change: Partial<Live>): void => {
    live = { ...live, ...change };
    for (const hear of ears) hear();
  };

  const load = async (): Promise<void> => {
    if (isLoading) return;
    isLoading = true;
    try {
      const loaded = await loadPicture();
      const commands = live.picture?.commands ?? new Map();
      const picture = afterWaiting({ ...loaded.picture, commands }, waiting);
      const { offsetMs } = loaded;
      const lastEventMs = newestEventMs(picture.events, offsetMs);
      set({ picture, offsetMs, lastEventMs, error: null, loads: live.loads + 1 });
    } catch (error) {
      set({ error });
    }
    waiting = [];
    isLoading = false;
  };

  const onMessage = ({ event, data, id }: SseMessage): void => {
    if (event === 'reload') void load();
    if (event !== 'change') return;
    const pos = Number(id);
    // Our own server, of the same contract.
    const change = JSON.parse(data) as ChangeView;
    if (isLoading || live.picture === null) {
      waiting = [...waiting, { pos, change }].slice(-waitingMax);
      return;
    }
    const hasEvents = (change.events ?? []).length > 0;
    set({
      picture: applyChange(live.picture, pos, change),
      ...(hasEvents ? { lastEventMs: nowMs() } : {}),
    });
  };

  const onAlive = (): void => {
    if (live.link === 'live') return;
    set({ link: 'live', liveSinceMs: nowMs(), lostAtMs: null });
    void load();
  };

  const onLost = (): void => {
    void leaveIfSignedOut();
    if (live.picture === null) void load();
    if (live.link === 'lost') return;
    set({ link: 'lost', lostAtMs: nowMs() });
  };

  return {
    subscribe: (hear) => {
      ears.add(hear);
      return () => {
        ears.delete(hear);
      };
    },
    snapshot: () => live,
    reload: () => void load(),
    start: () => openLiveStream(consoleStreamPath, { onMessage, onAlive, onLost }),
  };
};
