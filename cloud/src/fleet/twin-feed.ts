import { appendFeed } from '../feed/feed.ts';
import type { Cancel, Clock, Database, Log, Queryable } from '../ports.ts';

/** Four a second for each gateway. */
export const twinEveryMs = 250;
const retryMs = 1_000;

/** Tells the feed that the picture of a gateway changed, bundled. */
export type TwinFeed = {
  /** In the transaction of the change, as its last statement. */
  readonly note: (tx: Queryable, gateway: string) => Promise<void>;
  /** After the change, in a transaction of its own. */
  readonly noteLater: (gateway: string) => void;
  /** Writes what waits. */
  readonly stop: () => Promise<void>;
};

export const createTwinFeed = ({
  database,
  clock,
  log,
}: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): TwinFeed => {
  const lastMs = new Map<string, number>();
  const waiting = new Map<string, Cancel>();
  let stopped = false;

  const append = async (tx: Queryable, gateway: string): Promise<void> => {
    lastMs.set(gateway, clock.monoMs());
    await appendFeed(tx, clock.nowMs(), { kind: 'twin', gateway });
  };
  const write = async (gateway: string): Promise<void> => {
    waiting.delete(gateway);
    try {
      await database.transaction((tx) => append(tx, gateway));
    } catch (error) {
      log.info('twin.not_told', { gateway, error });
      if (!stopped) later(gateway, retryMs);
    }
  };
  const later = (gateway: string, delayMs: number): void => {
    if (waiting.has(gateway)) return;
    waiting.set(
      gateway,
      clock.after(delayMs, () => void write(gateway)),
    );
  };
  const restMs = (gateway: string): number =>
    (lastMs.get(gateway) ?? -Infinity) + twinEveryMs - clock.monoMs();

  return {
    note: async (tx, gateway) => {
      const rest = restMs(gateway);
      if (rest > 0) later(gateway, rest);
      else await append(tx, gateway);
    },
    noteLater: (gateway) => {
      later(gateway, Math.max(0, restMs(gateway)));
    },
    stop: async () => {
      stopped = true;
      for (const [gateway, cancel] of [...waiting]) {
        cancel();
        await write(gateway);
      }
    },
  };
};
