import { describe, expect, it, onTestFinished } from 'vitest';
import { appendFeed } from '../feed/feed.ts';
import type { Database } from '../ports.ts';
import { bulkPorts, count, createDeskOfFiles, many } from '../testing/bulk-world.ts';
import { useTestApi } from '../testing/test-api.ts';
import { silentLog } from '../testing/test-database.ts';
import { createBulkJob } from './bulk-job.ts';
import { chunkRows } from './chunk-parts.ts';

const openApi = useTestApi();
const soon = { timeout: 60_000, interval: 20 };

/** Tells of each statement before it is made. */
const heard = (database: Database, listen: (text: string) => void): Database => ({
  ...database,
  query: (text, values) => {
    listen(text);
    return database.query(text, values);
  },
  transaction: (run) =>
    database.transaction((tx) =>
      run({
        query: (text, values) => {
          listen(text);
          return tx.query(text, values);
        },
      }),
    ),
});

/** @param nowMs for the worker alone */
const openWorker = async (nowMs?: () => number) => {
  const api = await openApi();
  const desk = createDeskOfFiles(api, await api.signIn('Liu Yang'));
  const said: string[] = [];
  let onSaid = (_: string): void => undefined;
  const database = heard(api.database, (text) => {
    said.push(text);
    onSaid(text);
  });
  const clock = { ...api.clock, nowMs: nowMs ?? api.clock.nowMs };
  const job = createBulkJob({ ...bulkPorts(api, database), clock, log: silentLog });
  onTestFinished(job.stop);
  const listen = (run: (text: string) => void): void => void (onSaid = run);
  const times = (part: string): number => said.filter((text) => text.includes(part)).length;
  return { api, desk, job, listen, times };
};

describe('the worker', () => {
  it('hears of a file by the feed', async () => {
    const { desk, job } = await openWorker();
    job.start();
    const { body } = await desk.send(many(10));
    const { id } = body as { readonly id: string };
    await expect.poll(async () => (await desk.view(id)).state, soon).toBe('checked');
  });

  it('lets go of a file in the middle of it when it ends', async () => {
    const { api, desk, job, listen } = await openWorker();
    const file = await desk.upload(many(chunkRows * 2 + 1));
    await desk.order(file.id, 'apply');
    let ending: Promise<void> | undefined;
    // In the first chunk.
    listen((text) => {
      if (text.includes('insert into member')) ending ??= job.stop();
    });
    job.start();
    await expect.poll(() => ending !== undefined, soon).toBe(true);
    await ending;
    expect(await desk.view(file.id)).toMatchObject({
      ...{ state: 'applying', outcomes: { issued: chunkRows } },
    });
    expect(await count(api.database, 'bulk_job where worker is not null')).toBe(0);
    // Nobody has to wait for the lease.
    await desk.work('w2');
    expect((await desk.view(file.id)).state).toBe('applied');
  });

  it('does not look for files whenever a door is used', async () => {
    // Its clock stands, so it never looks of its own accord.
    const startedMs = Date.now();
    const { api, job, times } = await openWorker(() => startedMs);
    job.start();
    const looks = (): number => times('update bulk_job set worker');
    const hearings = (): number => times('from feed where pos >');
    await expect.poll(looks, soon).toBe(1);
    for (let i = 0; i < 3; i += 1) {
      const item = { kind: 'domain', name: 'card.frozen', subject: 'x', data: {} } as const;
      const before = hearings();
      await api.database.transaction((tx) => appendFeed(tx, startedMs, item));
      await expect.poll(hearings, soon).toBeGreaterThan(before);
    }
    expect(looks()).toBe(1);
    expect(times('set file = null, is_erased = true')).toBe(1);
  });
});
