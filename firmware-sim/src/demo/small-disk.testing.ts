import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export type SmallDisk = {
  /** Takes every byte that is left. */
  readonly fill: () => void;
  readonly free: () => void;
  readonly unmount: () => void;
};

const chunkBytes = [1024 * 1024, 64 * 1024, 4096, 1] as const;

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOSPC';

/**
 * A file system of its own, of so many megabytes, mounted at the path.
 * @throws Error where we are not root, for only root may mount
 */
export const mountSmallDisk = async (path: string, megabytes: number): Promise<SmallDisk> => {
  if (process.getuid?.() !== 0) {
    throw new Error('This test mounts small file systems to fill them: run it as root');
  }
  await mkdir(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', path]);
  const filler = join(path, 'filler');
  return {
    fill: () => {
      const file = openSync(filler, 'a');
      try {
        for (const bytes of chunkBytes) fillBy(file, Buffer.alloc(bytes));
      } finally {
        closeSync(file);
      }
    },
    free: () => {
      rmSync(filler, { force: true });
    },
    unmount: () => {
      execFileSync('umount', ['-l', path]);
    },
  };
};

const fillBy = (file: number, chunk: Buffer): void => {
  try {
    for (;;) if (writeSync(file, chunk) < chunk.length) return;
  } catch (error) {
    if (!isFull(error)) throw error;
  }
};
