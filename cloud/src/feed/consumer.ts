import type { FeedItem } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Clock, Database, Log, Queryable } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { storableText } from '../storable.ts';
import { createBell } from './bell.ts';
import type { Bell } from './bell.ts';
import { readFeed } from './feed.ts';

export type Poison = {
  readonly consumer: string;
  readonly pos: number;
  readonly error: string;
};

/**
 * A `handle` that has taken locks in the order card, audit, revocation, feed answers with this: the
 * transaction commits before the next item, whose locks would stand before those.
 */
export const endTurn = 'end_turn';

export type ConsumerOptions = {
  /** Names the cursor; a new name starts at the beginning of the feed. */
  readonly name: string;
  /** All of the effect, in this transaction. Runs again for an item that did not commit. */
  readonly handle: (tx: Queryable, item: FeedItem) => Promise<void | typeof endTurn>;
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly log: Log;
  /** After the commit that set an item aside: raise a condition. */
  readonly onPoison: (poison: Poison) => void;
};

export type Consumer = {
  /** Resolves when the item in hand is done. */
  readonly stop: () => Promise<void>;
};

/** In one transaction. */
const itemsMax = 100;
const failuresMax = 5;
const pauseFirstMs = 500;
const pauseMaxMs = 10_000;
/** For a notification that was lost, and for another process that gave up its turn. */
const pollMs = 5_000;
const errorCharactersMax = 500;

type Failed = { readonly item: FeedItem; readonly index: number };

type Turn =
  | { readonly kind: 'moved' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly at: Failed | undefined };

/**
 * Follows the feed under one name: effect and cursor commit together, so a crash between them is no
 * event at all. Processes that run the same name take turns by the lock on its row. An item that
 * fails five times is set aside in `consumer_quarantine`, and the cursor moves on.
 */
export const runConsumer = (options: ConsumerOptions): Consumer => {
  const bell = createBell(options.clock);
  const cancel = options.database.onFeed(bell.ring);
  const running = follow(options, bell);
  return {
    stop: async () => {
      cancel();
      bell.end();
      await running;
    },
  };
};

const follow = async (options: ConsumerOptions, bell: Bell): Promise<void> => {
  let failures = { pos: 0, count: 0 };
  let pauseMs = pauseFirstMs;
  let limit = itemsMax;
  while (!bell.hasEnded()) {
    const turn = await takeTurn(options, limit);
    limit = itemsMax;
    if (turn.kind === 'idle') await bell.wait(pollMs);
    if (turn.kind !== 'failed') {
      pauseMs = pauseFirstMs;
      continue;
    }
    const { error, at } = turn;
    options.log.warn('consumer.failed', { consumer: options.name, pos: at?.item.pos, error });
    if (at !== undefined && isItsFault(error)) {
      const { pos } = at.item;
      failures = { pos, count: failures.pos === pos ? failures.count + 1 : 1 };
      // What stands before it must not wait for it.
      if (at.index > 0) limit = at.index;
      else if (failures.count >= failuresMax && (await setAside(options, pos, error))) continue;
    }
    await bell.rest(pauseMs);
    pauseMs = Math.min(pauseMs * 2, pauseMaxMs);
  }
};

/** A database that is away says nothing about the item; a statement that never ends does. */
const isItsFault = (error: unknown): boolean =>
  !(error instanceof CloudError && error.code === 'CL_DATABASE') || sqlStateOf(error) === '57014';

const takeTurn = async (options: ConsumerOptions, limit: number): Promise<Turn> => {
  let at: Failed | undefined;
  try {
    const moved = await options.database.transaction(async (tx) => {
      const cursor = await lockCursor(tx, options.name);
      const items = cursor === undefined ? [] : await readFeed(tx, cursor, limit);
      let last: FeedItem | undefined;
      for (const [index, item] of items.entries()) {
        at = { item, index };
        const outcome = await options.handle(tx, item);
        last = item;
        if (outcome === endTurn) break;
      }
      at = undefined;
      if (last !== undefined) await moveCursor(tx, options.name, last.pos);
      return last !== undefined;
    });
    return { kind: moved ? 'moved' : 'idle' };
  } catch (error) {
    return { kind: 'failed', error, at };
  }
};

/** @returns the position, or undefined while another process has the turn */
const lockCursor = async (tx: Queryable, name: string): Promise<number | undefined> => {
  await tx.query('insert into consumer (name, pos) values ($1, 0) on conflict do nothing', [name]);
  const [row] = await tx.query<{ pos: number }>(
    'select pos from consumer where name = $1 for update skip locked',
    [name],
  );
  return row?.pos;
};

const moveCursor = async (tx: Queryable, name: string, pos: number): Promise<void> => {
  await tx.query('update consumer set pos = $2 where name = $1', [name, pos]);
};

/** @returns false where the database was away: the item fails once more */
const setAside = async (
  options: ConsumerOptions,
  pos: number,
  error: unknown,
): Promise<boolean> => {
  const { name, database, clock, log, onPoison } = options;
  const text = storableText(String(error)).slice(0, errorCharactersMax);
  try {
    const done = await database.transaction(async (tx) => {
      // Another process may have got further with it meanwhile.
      if ((await lockCursor(tx, name)) !== pos - 1) return false;
      await tx.query(
        `insert into consumer_quarantine (consumer, pos, at, error) values ($1, $2, $3, $4)
         on conflict (consumer, pos) do update set at = excluded.at, error = excluded.error`,
        [name, pos, new Date(clock.nowMs()), text],
      );
      await moveCursor(tx, name, pos);
      return true;
    });
    if (!done) return true;
    log.error('consumer.quarantined', { consumer: name, pos, error: text });
    onPoison({ consumer: name, pos, error: text });
    return true;
  } catch (failure) {
    log.warn('consumer.quarantine_failed', { consumer: name, pos, error: failure });
    return false;
  }
};
