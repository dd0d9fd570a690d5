import type { Cancel, Clock, Database, Log } from '../ports.ts';
import { lapseKeys } from './lapse.ts';
import type { LapsePorts } from './lapse.ts';

const jobName = 'lapse';
/** Notices name an hour, so it looks every hour; each key is touched on three days at most. */
export const lapseEveryMs = 60 * 60 * 1000;
/** One who died holding it is waited for this long. */
const leaseMs = 10 * 60 * 1000;
const lookEveryMs = 5 * 60 * 1000;

export type LapseJob = { readonly start: () => void; readonly stop: () => Promise<void> };

/** True where it is this process's turn. */
const lease = async (database: Database, nowMs: number): Promise<boolean> => {
  const [row] = await database.query(
    `insert into job (name, leased_until) values ($1, $2)
     on conflict (name) do update set leased_until = excluded.leased_until
     where job.leased_until <= $3 and coalesce(job.ran_at <= $4, true) returning name`,
    [jobName, ...[nowMs + leaseMs, nowMs, nowMs - lapseEveryMs].map((ms) => new Date(ms))],
  );
  return row !== undefined;
};

/** One process at a time, at the start and then every hour. */
export const createLapseJob = (
  ports: LapsePorts & { readonly clock: Clock; readonly log: Log },
): LapseJob => {
  const { clock, database, log } = ports;
  let cancel: Cancel = () => undefined;
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;

  const run = async (): Promise<void> => {
    try {
      if (await lease(database, clock.nowMs())) {
        const count = await lapseKeys(ports);
        const at = new Date(clock.nowMs());
        await database.query('update job set ran_at = $2, leased_until = $2 where name = $1', [
          jobName,
          at,
        ]);
        if (count.announced + count.lapsed > 0) log.info('lapse.ran', count);
      }
    } catch (error) {
      log.warn('lapse.failed', { error });
    }
  };
  const look = (): void => {
    running = run().then(() => {
      if (!isStopped) cancel = clock.after(lookEveryMs, look);
    });
  };
  return {
    start: look,
    stop: async () => {
      isStopped = true;
      cancel();
      await running;
    },
  };
};
