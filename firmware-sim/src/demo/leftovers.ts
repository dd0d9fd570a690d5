import { renameSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const waitMs = 30_000;
const lookEveryMs = 100;

export type Leftovers = {
  /** Resolves when what a killed demo left has ended by itself, half a minute at most. */
  readonly gone: () => Promise<void>;
  /** Remembers the programs that run now. */
  readonly remember: (pids: readonly number[]) => void;
  readonly forget: () => Promise<void>;
};

/**
 * Programs whose demo was killed hear of it and end, though not within a moment: doors are closed,
 * last words are sent. Until then they hold the ports and the data of the next start.
 */
export const createLeftovers = (dataDir: string): Leftovers => {
  const file = join(dataDir, 'running.json');
  return {
    gone: async () => {
      const pids = pidsIn(await readFile(file, 'utf8').catch(() => ''));
      // A number that another program has by now costs this wait, and nothing else.
      for (let waited = 0; waited < waitMs && pids.some(isAlive); waited += lookEveryMs) {
        await new Promise((resolve) => {
          setTimeout(resolve, lookEveryMs);
        });
      }
    },
    remember: (pids) => {
      try {
        writeFileSync(`${file}.new`, JSON.stringify(pids));
        renameSync(`${file}.new`, file);
      } catch {
        // A full disk: the next start may meet a program that still ends, and says so.
      }
    },
    forget: () => rm(file, { force: true }),
  };
};

const pidsIn = (text: string): readonly number[] => {
  try {
    const pids: unknown = JSON.parse(text);
    if (!Array.isArray(pids)) return [];
    return pids.flatMap((pid: unknown) => (typeof pid === 'number' ? pid : []));
  } catch {
    return [];
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
