import { execFile, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './ports.ts';
import { zoneWhere } from './zone-where.ts';

const planBytesMax = 16 * 1024 * 1024;
const root = resolve(import.meta.dirname, '..', '..', '..');

/** The programs as `npm run cloud`, `npm run gateway` and `npm run sim` start them. */
export const programs = {
  cloud: join(root, 'cloud', 'src', 'main.ts'),
  gateway: join(root, 'gateway', 'src', 'main.ts'),
  sim: join(root, 'firmware-sim', 'src', 'main.ts'),
} as const;
export type ProgramName = keyof typeof programs;

export type Ended = { readonly code: number | null; readonly said: string };

export type Part = {
  readonly pid: number;
  /** What it wrote to stderr so far. */
  readonly said: () => string;
  /** Resolves when it has said that it is ready; rejects with its words where it ends before. */
  readonly ready: Promise<unknown>;
  readonly ended: Promise<Ended>;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
};

const listen = (child: ChildProcess): Part => {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = once(child, 'exit').then(async ([code]): Promise<Ended> => {
    if (child.stderr?.readableEnded === false) await once(child.stderr, 'close');
    return { code: typeof code === 'number' ? code : null, said: text };
  });
  const ready = Promise.race([
    once(child, 'message'),
    ended.then(({ said }) => Promise.reject(new Error(said))),
  ]);
  // Who only waits for the end is not told that it never was ready.
  ready.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    said: () => text,
    ready,
    ended,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
};

/** One program by itself, with a parent that hears it. */
export const startPart = (name: ProgramName, config: string): Part =>
  listen(
    fork(programs[name], ['--config', config], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    }),
  );

/** The doors that tests use are open there, whenever a test runs. */
const zone = zoneWhere(10, Date.now());

/** What `npm run cloud -- plan` prints of the campus in the examples. */
export const printPlan = async (): Promise<string> => {
  const args = [programs.cloud, 'plan', '--seed', '1', '--people', '40', '--zone', zone];
  return (await promisify(execFile)(process.execPath, args, { maxBuffer: planBytesMax })).stdout;
};

export type Parts = {
  readonly dir: string;
  /** Path of a file in the folder. */
  readonly file: (name: string) => string;
  readonly ports: {
    readonly console: number;
    readonly listener: number;
    readonly broker: number;
    readonly control: number;
  };
  /** Path of the configuration of each program. */
  readonly config: Readonly<Record<ProgramName, string>>;
  readonly edit: (name: ProgramName, change: (text: string) => string) => Promise<void>;
  /** Certificates of our authority, which the first call makes. */
  readonly issue: (name: string, dir: string) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** The examples that the documents name, in a folder and on ports of their own. */
export const prepareParts = async (): Promise<Parts> => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-parts-'));
  // The database and an outside broker run as other users.
  await chmod(dir, 0o755);
  await mkdir(join(dir, 'examples'));
  const ports = await freePorts(7);
  const [page = 0, listener = 0, broker = 0, ...simulated] = ports;
  const moved = new Map([
    ['8080', page],
    ['8443', listener],
    ['8883', broker],
    ...simulated.map((port, i) => [String(7300 + i), port] as const),
  ]);
  const path = (name: ProgramName): string => join(dir, 'examples', `${name}.yaml`);
  for (const name of ['cloud', 'gateway', 'sim'] as const) {
    const text = await readFile(join(root, 'examples', `${name}.yaml`), 'utf8');
    const own = text.replaceAll(
      /127\.0\.0\.1:(\d+)/g,
      (_, port: string) => `127.0.0.1:${moved.get(port) ?? port}`,
    );
    await writeFile(path(name), own.replace('people: 500', `zone: '${zone}', people: 40`));
  }
  const config = { cloud: path('cloud'), gateway: path('gateway'), sim: path('sim') };
  return {
    dir,
    file: (name) => join(dir, name),
    ports: { console: page, listener, broker, control: simulated[0] ?? 0 },
    config,
    edit: async (name, change) => {
      await writeFile(config[name], change(await readFile(config[name], 'utf8')));
    },
    issue: async (name, to) => {
      const args = [programs.cloud, 'issue', '--config', config.cloud];
      await promisify(execFile)(process.execPath, [...args, '--gateway', `${name}=${to}`]);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
};
