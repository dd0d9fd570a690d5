import { defineConfig } from 'vitest/config';
import { findPrograms } from './tools/programs.ts';
import { findSystemSuites, lacking } from './tools/suites.ts';

const root = import.meta.dirname;
const programs = findPrograms();
const cannotRun = findSystemSuites(root)
  .filter((suite) => lacking(suite, programs).length > 0)
  .map((suite) => suite.path);
const ignored = ['**/node_modules/**', '**/dist/**', '**/.data/**'];

// Two sets. `unit` waits on no wall clock and runs before every commit; `system` starts real
// databases, brokers, browsers and processes, and may be slow on a small machine.
export default defineConfig({
  test: {
    root,
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    provide: { programs },
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Loaded once for all files of a worker: what is pure keeps nothing between tests.
          isolate: false,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...ignored, '**/*.system.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          globalSetup: 'tools/pages-setup.ts',
          include: ['**/*.system.test.ts'],
          exclude: [...ignored, ...cannotRun],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
