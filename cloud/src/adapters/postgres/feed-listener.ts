import pg from 'pg';
import type { Database, Log } from '../../ports.ts';

export type FeedListener = Pick<Database, 'onFeed'> & { readonly close: () => Promise<void> };

const pauseFirstMs = 100;
const pauseMaxMs = 5_000;
const listenTimeoutMs = 5_000;

/**
 * One connection of its own that only hears. It is made at the first subscription and made again
 * whenever it breaks; subscribers run once after each connect, for what they did not hear.
 */
export const createFeedListener = (options: {
  readonly address: pg.ClientConfig;
  readonly log: Log;
}): FeedListener => {
  const runs = new Set<() => void>();
  const tell = (): void => {
    for (const run of runs) run();
  };
  let closed = false;
  let keeping: Promise<void> | undefined;
  let leave = (): void => undefined;

  const pause = (pauseMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      leave = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Resolves when the connection has ended. @returns whether it ever listened */
  const listenOnce = async (): Promise<boolean> => {
    const client = new pg.Client({ ...options.address, query_timeout: listenTimeoutMs });
    const ended = new Promise<void>((resolve) => void client.once('end', resolve));
    client.on('error', (error) => {
      options.log.info('database.listener_lost', { error: error.message });
    });
    client.on('notification', tell);
    // Not before it listens: `end` in the middle of connecting may never be answered.
    leave = () => undefined;
    try {
      await client.connect();
      await client.query('listen feed');
    } catch (error) {
      options.log.info('database.listener_refused', { error: String(error) });
      await client.end().catch(() => undefined);
      return false;
    }
    leave = () => void client.end().catch(() => undefined);
    tell();
    if (closed) leave();
    await ended;
    return true;
  };

  const keepListening = async (): Promise<void> => {
    let pauseMs = pauseFirstMs;
    while (!closed) {
      pauseMs = (await listenOnce()) ? pauseFirstMs : Math.min(pauseMs * 2, pauseMaxMs);
      if (!closed) await pause(pauseMs);
    }
  };

  return {
    onFeed: (run) => {
      const entry = (): void => run();
      runs.add(entry);
      keeping ??= closed ? undefined : keepListening();
      return () => void runs.delete(entry);
    },
    close: async () => {
      closed = true;
      leave();
      await keeping;
    },
  };
};
