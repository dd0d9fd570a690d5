import type { FeedItem } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

export type FeedWhat = FeedItem['what'];

/**
 * One lock for the one feed; "feed" in ASCII. Advisory, so that readers never wait for it. It is
 * let go after the commit is visible: nobody can see a position before the one below it.
 */
const feedLock = 0x66656564;

/**
 * Writes what this transaction did into the feed. The last thing a transaction does: the lock that
 * it takes is held until the commit, and all writers of the whole service wait for it.
 * @param atMs unix milliseconds
 * @returns the position
 */
export const appendFeed = async (tx: Queryable, atMs: number, what: FeedWhat): Promise<number> => {
  // A statement of its own: the next one must look at the feed after the wait, not before it.
  await tx.query('select pg_advisory_xact_lock($1)', [feedLock]);
  const [row] = await tx.query<{ pos: number }>(
    `with item as (
       insert into feed (pos, at, what)
       select coalesce(max(pos), 0) + 1, $1::timestamptz, $2::jsonb from feed
       returning pos)
     select pos, pg_notify('feed', pos::text) from item`,
    [new Date(atMs), JSON.stringify(what)],
  );
  if (row === undefined) throw new Error('the feed took no row');
  return row.pos;
};

type FeedRow = { readonly pos: number; readonly at: Date; readonly what: FeedWhat };

/** The next items above `after`, at most `itemsMax`, in order and without holes. */
export const readFeed = async (
  db: Queryable,
  after: number,
  itemsMax: number,
): Promise<readonly FeedItem[]> => {
  const rows = await db.query<FeedRow>(
    'select pos, at, what from feed where pos > $1 order by pos limit $2',
    [after, itemsMax],
  );
  return rows.map(({ pos, at, what }) => ({ pos, at: at.getTime(), what }));
};

/** The newest position; 0 while the feed is empty. */
export const feedHead = async (db: Queryable): Promise<number> => {
  const [row] = await db.query<{ pos: number }>('select coalesce(max(pos), 0) as pos from feed');
  return row?.pos ?? 0;
};
