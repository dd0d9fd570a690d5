import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Stream } from '@gatehouse/protocols';
import { openJournalFile } from '../journal/journal-file.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import type { Append, JournalSlice } from '../ports.ts';
import { itemOf, sampleAtMs } from './journal-samples.ts';

const limits = { eventsMax: 500, bytesMax: 1024 * 1024 };

export const append = (journal: JournalFile, ...appends: readonly Append[]) =>
  journal.appendMany(appends.map(itemOf), sampleAtMs).results;

/** An empty slice where there is nothing. */
export const readAll = (
  journal: JournalFile,
  epoch: string,
  stream: Stream,
  after = 0,
): JournalSlice =>
  journal.read({ epoch, stream, after, ...limits }) ?? {
    from: after + 1,
    to: after,
    events: [],
    lost: [],
  };

export const tendAll = (journal: JournalFile, nowMs: number): void => {
  while (journal.tend(nowMs)) continue;
};

export type JournalFolder = {
  readonly file: string;
  /** The n-th start has epoch n. */
  readonly open: () => JournalFile;
  readonly forgetInstance: () => void;
  readonly remove: () => void;
};

/** A journal that can be closed, killed and opened again, with what stands beside it. */
export const createJournalFolder = (): JournalFolder => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  const file = join(folder, 'journal.sqlite');
  let held: string | undefined;
  let starts = 0;
  return {
    file,
    open: () => {
      starts += 1;
      const next = starts.toString(16).padStart(16, '0');
      const journal = openJournalFile({
        db: new DatabaseSync(file),
        gateway: 'gw-1',
        bytesMax: 64 * 1024 * 1024,
        freshEpoch: starts.toString(16).padStart(8, '0'),
        instance: { held, next },
      });
      held = next;
      return journal;
    },
    forgetInstance: () => {
      held = undefined;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
};
