import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSnapshotFiles } from './snapshot-files.ts';

const storeIn = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-snapshot-files-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return { dir, store: createSnapshotFiles(dir) };
};

const rows = Array.from({ length: 40 }, (_, i) => Buffer.from(`{"n":${i}}\n`));
const name = { gateway: 'east-gw', policyEpoch: 1, version: 1 };

type Waits = () => Promise<unknown>;
async function* slowly(waits: Waits): AsyncGenerator<Uint8Array> {
  for (const row of rows) {
    yield row;
    await waits();
  }
}
async function* atOnce(): AsyncGenerator<Uint8Array> {
  yield* rows;
  await Promise.resolve();
}

describe('snapshot files', () => {
  it.each([
    ['rows that come at once', atOnce],
    ['rows that come one after another', () => slowly(() => setImmediate())],
    ['one piece', () => [Buffer.concat(rows)]],
  ])('are the same bytes, one frame: %s', async (_, chunks) => {
    const { store } = await storeIn();
    async function* given(): AsyncGenerator<Uint8Array> {
      yield* chunks();
    }
    const { sha256, read } = await store.save(name, given());
    const parts: Uint8Array[] = [];
    for await (const part of read()) parts.push(part);
    const bytes = Buffer.concat(parts);
    // RFC 8878: each frame begins with this number.
    expect(bytes.toString('latin1').split('\x28\xb5\x2f\xfd').length - 1).toBe(1);
    const { sha256: again } = await (await storeIn()).store.save(name, atOnce());
    expect(sha256).toBe(again);
  });

  it('leave nothing behind where the rows end in an error', async () => {
    const { dir, store } = await storeIn();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* rows;
      await setImmediate();
      throw new Error('the database is gone');
    }
    await expect(store.save(name, broken())).rejects.toThrow('the database is gone');
    expect(await readdir(dir)).toEqual([]);
    expect(await store.find(name)).toBeUndefined();
  });
});
