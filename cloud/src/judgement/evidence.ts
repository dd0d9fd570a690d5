import { evidenceKeptMs } from '@gatehouse/protocols';
import type { Cancel, Clock, Database, Log } from '../ports.ts';

export type EvidenceRetention = {
  /** Erases what is due now, then every day. */
  readonly start: () => void;
  /** Resolves when the erasing in hand is done. */
  readonly stop: () => Promise<void>;
};

/** In one statement: a table of years must not become one long transaction. */
const rowsMax = 5_000;
const everyMs = 24 * 60 * 60 * 1000;
/** For a database that was away. */
const retryMs = 10 * 60 * 1000;

/** @returns how many passes were erased */
export const eraseEvidence = async (database: Database, nowMs: number): Promise<number> => {
  const before = new Date(nowMs - evidenceKeptMs);
  let erased = 0;
  let rows: readonly unknown[];
  do {
    rows = await database.query(
      `delete from evidence where ctid = any (array(
         select ctid from evidence where received_at <= $1 limit $2)) returning seq`,
      [before, rowsMax],
    );
    erased += rows.length;
  } while (rows.length === rowsMax);
  return erased;
};

/** Passes as they were shown go thirty days after they came; decisions and verdicts stay. */
export const createEvidenceRetention = ({
  database,
  clock,
  log,
}: {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly log: Log;
}): EvidenceRetention => {
  let cancel: Cancel = () => undefined;
  let running: Promise<void> = Promise.resolve();
  let isOver = false;
  const run = async (): Promise<void> => {
    let nextMs = everyMs;
    try {
      const erased = await eraseEvidence(database, clock.nowMs());
      if (erased > 0) log.info('evidence.erased', { passes: erased });
    } catch (error) {
      log.warn('evidence.not_erased', { error });
      nextMs = retryMs;
    }
    if (!isOver) cancel = clock.after(nextMs, begin);
  };
  const begin = (): void => {
    running = run();
  };
  return {
    start: begin,
    stop: async () => {
      isOver = true;
      cancel();
      await running;
    },
  };
};
