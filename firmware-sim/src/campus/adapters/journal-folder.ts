import { copyFileSync, existsSync, mkdtempSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { openJournalOnDisk } from '@gatehouse/gateway';

type Options = Parameters<typeof openJournalOnDisk>[0];
type JournalFile = ReturnType<typeof openJournalOnDisk>['journal'];

/** The storage card of a gateway: real SQLite files, and what a power cut leaves of them. */
export type JournalFolder = {
  readonly open: (options: Omit<Options, 'file'>) => JournalFile;
  /** All that was written so far is on the card, as the card says. */
  readonly synced: () => void;
  /** The journal has closed its files. */
  readonly closed: () => void;
  /**
   * The power goes: of the write-ahead log stays what was synced and some of what came later. A
   * card that lies may lose anything of it.
   * @param below 0 ≤ x < n, drawn by the seed
   * @returns bytes of the log before and after
   */
  readonly cutPower: (
    card: 'honest' | 'lying',
    below: (n: number) => number,
  ) => { readonly bytes: number; readonly left: number };
};

const database = 'journal.sqlite';
const log = 'journal.sqlite-wal';
const files = [database, log, 'journal.id'];

/** @param root a folder of this campus; each power cut makes another one inside */
export const createJournalFolder = (root: string): JournalFolder => {
  const fresh = (): string => mkdtempSync(join(root, 'card-'));
  let folder = fresh();
  let held: JournalFile | undefined;
  let syncedBytes = 0;
  const logBytes = (): number => statSync(join(folder, log), { throwIfNoEntry: false })?.size ?? 0;

  return {
    open: (options) => {
      held = openJournalOnDisk({ ...options, file: join(folder, database) }).journal;
      syncedBytes = logBytes();
      return held;
    },
    synced: () => {
      syncedBytes = logBytes();
    },
    closed: () => {
      held = undefined;
      syncedBytes = logBytes();
    },
    cutPower: (card, below) => {
      const next = fresh();
      for (const name of files) {
        if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(next, name));
      }
      const bytes = logBytes();
      const sure = card === 'lying' ? 0 : Math.min(syncedBytes, bytes);
      const left = sure + below(bytes - sure + 1);
      if (bytes > 0) truncateSync(join(next, log), left);
      held?.abandon();
      held = undefined;
      folder = next;
      return { bytes, left };
    },
  };
};
