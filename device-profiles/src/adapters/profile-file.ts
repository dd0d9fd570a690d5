import { readFile } from 'node:fs/promises';

/** @returns undefined where there is no such file, or it cannot be read */
export const readProfileFile = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);
