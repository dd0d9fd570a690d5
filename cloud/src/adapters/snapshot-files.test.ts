import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
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

type Spoil = (draft: string) => Promise<() => Promise<void>>;

/** Linux: every write says that there is no room. */
const full: Spoil = async (draft) => {
  await symlink('/dev/full', draft);
  return () => Promise.resolve();
};

/** A pipe whose reader takes a first piece, and goes when everything behind it stands still. */
const lostLater: Spoil = async (draft) => {
  await promisify(execFile)('mkfifo', [draft]);
  return async () => {
    const reader = await open(draft, 'r');
    await reader.read(Buffer.alloc(1));
    // Some turns of the loop, for the streams in between to fill.
    for (let turn = 0; turn < 2_000; turn += 1) await setImmediate();
    await reader.close();
  };
};

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

  it.each([
    ['full', full, 'ENOSPC'],
    ['lost while the rows wait for it', lostLater, 'EPIPE'],
  ])('end the rows too where the disk is %s', async (_, spoil, code) => {
    const { dir, store } = await storeIn();
    const lost = await spoil(join(dir, `new-${process.pid}-1`));
    const ended = Promise.withResolvers<undefined>();
    async function* many(): AsyncGenerator<Uint8Array> {
      try {
        // More than the streams on the way hold, and nothing that compresses.
        for (let n = 0; n < 64; n += 1) yield randomBytes(256 * 1024);
        await Promise.resolve();
      } finally {
        ended.resolve(undefined);
      }
    }
    const saving = expect(store.save(name, many())).rejects.toMatchObject({ code });
    await lost();
    await saving;
    await ended.promise;
    expect(await readdir(dir)).toEqual([]);
  });
});
