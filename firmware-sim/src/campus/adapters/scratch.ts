import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for everything that one process of ours writes; gone with `remove`. */
export type Scratch = { readonly path: string; readonly remove: () => void };

/** Memory as a disk, where there is one: power cuts are simulated, so no real sync has to wait. */
const memoryDisk = '/dev/shm';

export const createScratch = (): Scratch => {
  const parent = existsSync(memoryDisk) ? memoryDisk : tmpdir();
  const path = mkdtempSync(join(parent, 'gatehouse-campus-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
