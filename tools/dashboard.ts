import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.ts';
import { listFiles } from './suites.ts';

/** What the built pages are made of, besides the packages of the lock file. */
const inputFolders = ['dashboard/', 'protocols/src/'];
const inputFiles = ['package-lock.json', 'tsconfig.json'];

const isInput = (path: string): boolean =>
  inputFiles.includes(path) ||
  (inputFolders.some((folder) => path.startsWith(folder)) && !path.includes('.test.'));

/** Times of files say nothing after a checkout: the stamp is a hash of names and contents. */
const inputStamp = (): string => {
  const hash = createHash('sha256');
  for (const path of listFiles(root).filter(isInput)) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
};

/** The folder of the built pages. */
export const dist = join(root, 'dashboard', 'dist');
const stampPath = join(dist, '.inputs');

const isFresh = (stamp: string): boolean =>
  existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp;

/**
 * Builds the dashboard unless dist/ was built from exactly these sources.
 * @returns false where the build failed; its output has been shown
 */
export const buildDashboardIfStale = async (): Promise<boolean> => {
  const stamp = inputStamp();
  if (isFresh(stamp)) return true;
  console.log('Building the dashboard (its sources changed) …');
  // A test runner names an environment of its own, for which React is built with its checks.
  const env = { NODE_ENV: 'production' };
  const { code } = await run(['npm', 'run', 'build'], { output: 'show', env });
  if (code !== 0) return false;
  writeFileSync(stampPath, stamp);
  return true;
};
