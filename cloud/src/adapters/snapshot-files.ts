import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import type { SnapshotFile, SnapshotName, SnapshotStore } from '../policy/snapshot.ts';

/** For each gateway: the newest, and some that a slow one may still be reading. */
const filesKept = 3;

const stemOf = ({ gateway, policyEpoch, version }: SnapshotName): string =>
  `${gateway}_${policyEpoch}-${version}_`;

/** `<gateway>_<epoch>-<version>_<sha256>.zst`: a file that has its last name is whole. */
const nameForm = /^([a-z0-9-]+)_(\d+)-(\d+)_([0-9a-f]{64})\.zst$/;

type Kept = {
  readonly file: string;
  readonly gateway: string;
  readonly policyEpoch: number;
  readonly version: number;
  readonly sha256: string;
};

const parse = (file: string): Kept | undefined => {
  const [, gateway = '', epoch, version, sha256 = ''] = nameForm.exec(file) ?? [];
  if (gateway === '') return undefined;
  return { file, gateway, policyEpoch: Number(epoch), version: Number(version), sha256 };
};

const newestFirst = (a: Kept, b: Kept): number =>
  b.policyEpoch - a.policyEpoch || b.version - a.version;

/**
 * Resolves when the stream has taken the chunk. One that is destroyed while it waits for who reads
 * from it never says so of the chunk in hand, only that it has closed.
 */
const take = (chunk: Uint8Array, into: Writable): Promise<void> =>
  new Promise((resolve, reject) => {
    const onClose = (): void => {
      reject(into.errored ?? new Error('closed before it had taken everything'));
    };
    into.once('close', onClose);
    into.write(chunk, (error) => {
      into.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });

/**
 * Ends the stream only when it has taken everything. Node closes the frame a second time where the
 * last chunk still waits at the end: an empty frame behind the first, so the same rows would be
 * other bytes, by the moment at which they came.
 */
const feed = async (chunks: AsyncIterable<Uint8Array>, into: Writable): Promise<void> => {
  try {
    for await (const chunk of chunks) await take(chunk, into);
    into.end();
  } catch (error) {
    into.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
};

/** Snapshots as files in one folder, compressed beside the event loop. */
export const createSnapshotFiles = (dir: string): SnapshotStore => {
  let count = 0;

  const list = async (): Promise<readonly Kept[]> => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const files = await readdir(dir);
    return files.map(parse).filter((kept) => kept !== undefined);
  };
  const open = async (file: string, sha256: string): Promise<SnapshotFile> => {
    const path = join(dir, file);
    const { size } = await stat(path);
    return { sha256, bytes: size, read: () => createReadStream(path) };
  };
  const prune = async (gateway: string): Promise<void> => {
    const all = (await list()).filter((kept) => kept.gateway === gateway);
    const old = all.toSorted(newestFirst).slice(filesKept);
    await Promise.all(old.map(({ file }) => rm(join(dir, file), { force: true })));
  };

  return {
    find: async (name) => {
      const stem = stemOf(name);
      const kept = (await list()).find(({ file }) => file.startsWith(stem));
      return kept === undefined ? undefined : open(kept.file, kept.sha256);
    },
    save: async (name, chunks) => {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      count += 1;
      const draft = join(dir, `new-${process.pid}-${count}`);
      const hash = createHash('sha256');
      const hashing = new Transform({
        transform: (chunk: Buffer, _, done) => {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      try {
        const file = createWriteStream(draft, { mode: 0o600 });
        const compress = createZstdCompress();
        const stored = pipeline(compress, hashing, file);
        await Promise.all([feed(chunks, compress), stored]);
        const sha256 = hash.digest('hex');
        const last = `${stemOf(name)}${sha256}.zst`;
        await rename(draft, join(dir, last));
        await prune(name.gateway);
        return await open(last, sha256);
      } finally {
        await rm(draft, { force: true });
      }
    },
  };
};
