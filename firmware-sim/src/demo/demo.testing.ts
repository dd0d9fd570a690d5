import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from './ports.ts';

export type RunningDemo = {
  readonly url: string;
  readonly dataDir: string;
  /** Milliseconds that the start took, as the demo itself says. */
  readonly startMs: number;
  readonly pid: (program: string) => number;
  /** Through the simulator's control port: hold a code before a scanner, walk through a door. */
  readonly control: (path: string, body?: unknown) => Promise<Readonly<Record<string, unknown>>>;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
  readonly remove: () => Promise<void>;
};

const main = resolve(import.meta.dirname, 'main.ts');
const startWithinMs = 90_000;

/** The demo campus as a person starts it, on a port and in a folder of its own. */
export const startDemo = async (options: {
  readonly args: readonly string[];
  /** Of an earlier run, which is resumed. */
  readonly dataDir?: string;
  readonly port?: number;
}): Promise<RunningDemo> => {
  const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port];
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'gatehouse-demo-')));
  // The database runs as another user, who must be able to enter it; else it lies elsewhere.
  await chmod(dataDir, 0o755);
  const args = [main, '--json', '--port', String(port), '--data', dataDir];
  // Doors and desks are open, whenever a test runs.
  args.push('--hour', '10', ...options.args);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ready = await firstReady(child);
  const { pids, control } = ready;
  return {
    url: ready.url,
    dataDir,
    startMs: ready.ms,
    pid: (program) => pids[program] ?? 0,
    control: async (path, body) => {
      const answer = await fetch(`http://127.0.0.1:${control}${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });
      const parsed: unknown = await answer.json();
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    },
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((done) => {
        child.once('exit', done);
      });
      child.kill(signal);
      await ended;
    },
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
};

type Ready = {
  readonly event: string;
  readonly url: string;
  readonly ms: number;
  readonly control: number;
  readonly pids: Readonly<Record<string, number>>;
};

const firstReady = (child: ChildProcess): Promise<Ready> =>
  new Promise((done, fail) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const late = setTimeout(() => {
      fail(new Error(`the demo was not ready in time: ${said}`));
    }, startWithinMs);
    child.once('exit', () => {
      clearTimeout(late);
      fail(new Error(`the demo ended: ${said}`));
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      // The form of each line is the demo's own promise, and this is its test.
      const event = JSON.parse(line) as Ready;
      if (event.event !== 'ready') return;
      clearTimeout(late);
      done(event);
    });
  });
