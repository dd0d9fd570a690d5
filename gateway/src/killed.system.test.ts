import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-killed-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Told = { readonly code?: string; readonly shown?: unknown; readonly unlocks?: number };

const run = async (...args: readonly string[]) => {
  const file = join(folder, 'journal.sqlite');
  const child = fork(new URL('./testing/killed-child.ts', import.meta.url), [file, ...args], {
    execArgv: [],
  });
  const told: Told[] = [];
  child.on('message', (message: Told) => void told.push(message));
  await once(child, 'close');
  return { told, signal: child.signalCode };
};

const next = 'LAMP amber;TEXT Show next code\r\n';
const used = 'LAMP amber;TEXT Already used\r\n';
const open = 'LAMP green;TEXT Please enter\r\n';

describe('a gateway killed by SIGKILL around the commit of a grant', () => {
  it.each([
    // By a clock that has lost the time between, the fence of the start does not reach the code:
    // the mark stands alone.
    { moment: 'before', laterMs: 0, shown: [open, used], unlocks: 1 },
    { moment: 'after', laterMs: 0, shown: [used, used], unlocks: 0 },
    { moment: 'after', laterMs: 40_000, shown: [next, next], unlocks: 0 },
  ])(
    '$moment it, back after $laterMs ms: the code then opens $unlocks times',
    async ({ moment, laterMs, ...expected }) => {
      const { told, signal } = await run(moment);
      expect(signal).toBe('SIGKILL');
      const [{ code = '' } = {}, ...rest] = told;
      expect(code).toHaveLength(122);
      // It died before any unlock.
      expect(rest).toEqual([]);
      expect(await run(code, String(laterMs))).toEqual({ told: [expected], signal: null });
    },
    60_000,
  );
});
