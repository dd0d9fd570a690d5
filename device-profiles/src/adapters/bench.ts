import { execFile, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { BenchPorts, NewFile, StartedSimulator } from '../profile-command/bench-ports.ts';
import { openLine } from './line.ts';

const simulator = join(import.meta.dirname, '..', '..', '..', 'firmware-sim', 'src', 'main.ts');
const readyWithinMs = 30_000;
const endWithinMs = 5_000;

/** @param absolute against the folder that the person is in */
export const createBench = (absolute: (path: string) => string): BenchPorts => ({
  nowMs: () => performance.now(),
  date: () => new Date().toISOString(),
  openLine: (port, line) => openLine(port.startsWith('tcp://') ? port : absolute(port), line),
  interrupts: () => {
    let asked = false;
    const ask = (): void => {
      asked = true;
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, ask);
    return {
      isAsked: () => asked,
      end: () => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, ask);
      },
    };
  },
  createFile: (path, readers) => createFile(absolute(path), readers === 'owner' ? 0o600 : 0o644),
  writeFile: (path, text) => replaceFile(absolute(path), text),
  ask,
  startSimulator,
  ptyFolder: async () => {
    if (!(await hasSocat())) return undefined;
    const path = await mkdtemp(join(tmpdir(), 'profile-pty-'));
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
  },
});

/** Never over a file that is there: a recording is evidence. */
const createFile = async (path: string, mode: number): Promise<NewFile | undefined> => {
  const handle = await open(path, 'wx', mode).catch(() => undefined);
  if (handle === undefined) return undefined;
  return {
    write: async (text) => {
      await handle.write(text);
    },
    close: () => handle.close(),
  };
};

const replaceFile = async (path: string, text: string): Promise<boolean> => {
  try {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
    return true;
  } catch {
    return false;
  }
};

const ask = async (question: string): Promise<string | undefined> => {
  if (!process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<undefined>((resolve) => {
    lines.once('close', () => resolve(undefined));
  });
  try {
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
};

const hasSocat = (): Promise<boolean> =>
  new Promise((resolve) => {
    execFile('socat', ['-V'], (error) => resolve(error === null));
  });

/** As a process of its own: this package knows no program. It ends when our channel to it does. */
const startSimulator: BenchPorts['startSimulator'] = async (config) => {
  const folder = await mkdtemp(join(tmpdir(), 'profile-sim-'));
  const file = join(folder, 'sim.yaml');
  await writeFile(file, config);
  const child = fork(simulator, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ready = await readyMessage(child);
    const control = String(fieldOf(ready, 'control'));
    return { devices: devicesIn(ready), tell: tellBy(control), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    if (child.connected) child.disconnect();
    else child.kill('SIGTERM');
  });
};

const complaintCharsMax = 2_000;

const tellWithinMs = 5_000;

const tellBy =
  (control: string): StartedSimulator['tell'] =>
  async (id, route, body) => {
    const answer = await fetch(`${control}/devices/${id}/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(tellWithinMs),
    });
    await answer.arrayBuffer();
    return answer.ok;
  };

const readyMessage = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-complaintCharsMax);
    });
    const timer = setTimeout(() => reject(new Error('no simulator in time')), readyWithinMs);
    child.once('exit', () => reject(new Error(`the simulator ended: ${complaint.trim()}`)));
    child.once('error', reject);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve(message);
    });
  });

/** `{ready, devices: [{id, listen, pty}]}` of firmware-sim. */
const devicesIn = (message: unknown): StartedSimulator['devices'] => {
  const list = fieldOf(message, 'devices');
  const devices: readonly unknown[] = Array.isArray(list) ? list : [];
  return new Map(
    devices.map((device) => {
      const pty = fieldOf(device, 'pty');
      const place = {
        listen: String(fieldOf(device, 'listen')),
        pty: typeof pty === 'string' ? pty : undefined,
      };
      return [String(fieldOf(device, 'id')), place] as const;
    }),
  );
};

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
