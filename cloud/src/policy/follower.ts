import type { FeedItem } from '@gatehouse/protocols';
import { createBell } from '../feed/bell.ts';
import { feedHead, readFeed } from '../feed/feed.ts';
import type { Clock, Database, Log } from '../ports.ts';
import { policyReach } from './reach.ts';
import type { Publisher } from './publisher.ts';

export type PolicyFollower = {
  /** Resolves when the change in hand is published. */
  readonly stop: () => Promise<void>;
};

export type PolicyFollowerOptions = {
  readonly database: Database;
  readonly publisher: Publisher;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
};

const consumerName = 'policy';
const itemsMax = 2_000;
/** More of them at once, and looking at everything is the shorter way. */
const cardsMax = 500;
const pollMs = 5_000;
const pauseFirstMs = 500;
const pauseMaxMs = 30_000;

/**
 * Publishes policies when the feed tells of a change that alters them. Not a plain consumer: many
 * items together make one version, and no item is ever set aside, since a policy is compiled from
 * the tables and not from the item. Its cursor moves after the versions are committed; a repeated
 * look finds nothing to change. Several processes may follow at once.
 */
export const followPolicies = (options: PolicyFollowerOptions): PolicyFollower => {
  const bell = createBell(options.clock);
  const cancel = options.database.onFeed(bell.ring);
  const run = async (): Promise<void> => {
    // What changed while nobody followed, and not by way of the feed.
    let isWhole = true;
    let pauseMs = pauseFirstMs;
    while (!bell.hasEnded()) {
      try {
        const moved = isWhole ? await publishAll(options) : await publishNext(options);
        isWhole = false;
        pauseMs = pauseFirstMs;
        if (!moved) await bell.wait(pollMs);
      } catch (error) {
        options.log.warn('policy.not_published', { error });
        await bell.rest(pauseMs);
        pauseMs = Math.min(pauseMs * 2, pauseMaxMs);
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      cancel();
      bell.end();
      await running;
    },
  };
};

const publishAll = async ({ database, publisher }: PolicyFollowerOptions): Promise<boolean> => {
  const head = await feedHead(database);
  await publishTo(publisher, await publisher.gateways());
  await moveCursor(database, head);
  return true;
};

const publishNext = async ({ database, publisher }: PolicyFollowerOptions): Promise<boolean> => {
  const [row] = await database.query<{ pos: number }>('select pos from consumer where name = $1', [
    consumerName,
  ]);
  const items = await readFeed(database, row?.pos ?? 0, itemsMax);
  const last = items.at(-1);
  if (last === undefined) return false;
  const cards = await cardsOf(database, items);
  if (cards === 'all') await publishTo(publisher, await publisher.gateways());
  else {
    for (const gateway of understanding(items)) await publisher.publishUnderstood(gateway);
    for (const gateway of await gatewaysOfProfiles(publisher, items)) {
      await publisher.publishProfiles(gateway);
    }
    if (cards.length > 0) await publishTo(publisher, await publisher.gatewaysOf(cards), cards);
  }
  await moveCursor(database, last.pos);
  return true;
};

const publishTo = async (
  publisher: Publisher,
  gateways: readonly string[],
  cards?: readonly string[],
): Promise<void> => {
  for (const gateway of gateways) await publisher.publish(gateway, cards);
};

/** Those that know other sections now than before. */
const understanding = (items: readonly FeedItem[]): ReadonlySet<string> =>
  new Set(
    items
      .map(policyReach)
      .flatMap((reach) => (reach.kind === 'profiles_of' ? [reach.gateway] : [])),
  );

const gatewaysOfProfiles = async (
  publisher: Publisher,
  items: readonly FeedItem[],
): Promise<readonly string[]> => {
  const reaches = items.map(policyReach);
  const profiles = reaches.flatMap((reach) => (reach.kind === 'profile' ? [reach.profile] : []));
  return profiles.length === 0 ? [] : publisher.gatewaysOfProfiles(profiles);
};

/** The cards that these items concern. */
const cardsOf = async (
  database: Database,
  items: readonly FeedItem[],
): Promise<readonly string[] | 'all'> => {
  const cards = new Set<string>();
  const credentials = new Set<string>();
  for (const reach of items.map(policyReach)) {
    if (reach.kind === 'everything') return 'all';
    if (reach.kind === 'card') cards.add(reach.card);
    if (reach.kind === 'credential') credentials.add(reach.credential);
  }
  if (credentials.size > 0) {
    const rows = await database.query<{ card: string }>(
      'select card from credential where id = any ($1)',
      [[...credentials]],
    );
    for (const { card } of rows) cards.add(card);
  }
  return cards.size > cardsMax ? 'all' : [...cards].toSorted();
};

const moveCursor = async (database: Database, pos: number): Promise<void> => {
  await database.query(
    `insert into consumer (name, pos) values ($1, $2)
     on conflict (name) do update set pos = greatest(consumer.pos, excluded.pos)`,
    [consumerName, pos],
  );
};
