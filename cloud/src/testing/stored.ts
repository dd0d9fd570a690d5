import type { FeedItem } from '@gatehouse/protocols';
import { readFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';

/** What the database holds after batches came: everything that a test of ingest looks at. */
export type Stored = {
  /** `epoch.stream.seq`, in that order. */
  readonly events: readonly string[];
  /** `epoch.stream` → cursor. */
  readonly cursors: Readonly<Record<string, number>>;
  /** `from-to why`. */
  readonly gaps: readonly string[];
  /** Faults, oldest first. */
  readonly quarantined: readonly string[];
  readonly feed: readonly FeedItem[];
};

const column = async (db: Queryable, sql: string): Promise<readonly string[]> =>
  (await db.query<{ text: string }>(sql)).map(({ text }) => text);

export const readStored = async (db: Queryable): Promise<Stored> => {
  const cursors = await db.query<{ name: string; cursor: number }>(
    `select epoch || '.' || stream as name, cursor from cursor order by 1`,
  );
  return {
    events: await column(
      db,
      `select epoch || '.' || stream || '.' || seq as text from event order by epoch, stream, seq`,
    ),
    cursors: Object.fromEntries(cursors.map(({ name, cursor }) => [name, cursor])),
    gaps: await column(
      db,
      `select from_seq || '-' || to_seq || ' ' || why as text from gap order by from_seq`,
    ),
    quarantined: await column(
      db,
      'select fault as text from quarantined_batch order by received_at, id',
    ),
    feed: await readFeed(db, 0, 10_000),
  };
};

/** `from-to` of each batch in the feed. */
export const feedRanges = ({ feed }: Stored): readonly string[] =>
  feed.flatMap(({ what }) => (what.kind === 'batch' ? [`${what.from}-${what.to}`] : []));

/** The positions that the batches of the feed name, once for each time that they are named. */
export const feedSeqs = ({ feed }: Stored): readonly string[] =>
  feed.flatMap(({ what }) =>
    what.kind === 'batch'
      ? Array.from(
          { length: what.to - what.from + 1 },
          (_, i) => `${what.epoch}.${what.stream}.${what.from + i}`,
        )
      : [],
  );
