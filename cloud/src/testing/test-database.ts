import { afterAll, afterEach, beforeAll } from 'vitest';
import { startTestDatabases } from './database-server.ts';
import type { TestDatabase, TestDatabases } from './database-server.ts';

export { silentLog, testLineage } from './database-server.ts';
export type { TestDatabase } from './database-server.ts';

/**
 * One server for the test file that calls this, started before its first test; each call of the
 * returned function makes a fresh database, dropped after its test.
 */
export const useTestDatabases = (): (() => Promise<TestDatabase>) => {
  let databases: TestDatabases | undefined;
  beforeAll(async () => {
    databases = await startTestDatabases();
  });
  afterEach(async () => {
    await databases?.drop();
  });
  afterAll(async () => {
    await databases?.stop();
  });
  return () => {
    if (databases === undefined) throw new Error('only inside a test');
    return databases.create();
  };
};
