import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { neededPrograms } from './programs.ts';
import type { ProgramName, ProgramPaths } from './programs.ts';

/** A test file that starts databases, brokers, browsers or processes. */
export type SystemSuite = {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly needs: readonly ProgramName[];
};

export const isSystemTest = (path: string): boolean => path.endsWith('.system.test.ts');

/** Not ours, or made by a tool: neither tests nor the rules of tidy.test.ts look inside. */
export const ignoredFolders: ReadonlySet<string> = new Set([
  '.git',
  '.data',
  'coverage',
  'dist',
  'node_modules',
]);

/** Every file below root that is ours, relative, with `/`, in a stable order. */
export const listFiles = (root: string): readonly string[] => {
  const walk = (folder: string): readonly string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : walk(path);
      return entry.isFile() ? [relative(root, path).split(sep).join('/')] : [];
    });
  return walk(root).toSorted();
};

export const findSystemSuites = (root: string): readonly SystemSuite[] =>
  listFiles(root)
    .filter(isSystemTest)
    .map((path) => ({ path, needs: neededPrograms(readFileSync(join(root, path), 'utf8')) }));

/** What a suite lacks on this machine: empty means that it can run. */
export const lacking = (suite: SystemSuite, found: ProgramPaths): readonly ProgramName[] =>
  suite.needs.filter((name) => found[name] === undefined);
