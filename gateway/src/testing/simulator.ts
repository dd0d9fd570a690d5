import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Values } from '@gatehouse/device-profiles';

const program = join(import.meta.dirname, '..', '..', '..', 'firmware-sim', 'src', 'main.ts');
/** A scanner waits two seconds for what it shall show. */
const tellWithinMs = 10_000;

export type SimulatedDevice = {
  readonly id: string;
  readonly profile: string;
} & Readonly<Record<string, unknown>>;

export type Simulator = {
  /** Path of a file in a folder of its own: serial ports stand there. */
  readonly path: (name: string) => string;
  /** @returns the answer of the control port, and whether it was good */
  readonly tell: (
    device: string,
    action: string,
    body: object,
  ) => Promise<{ readonly isGood: boolean; readonly answer: Readonly<Record<string, unknown>> }>;
  readonly values: (device: string) => Promise<Values>;
  readonly stop: () => Promise<void>;
};

/**
 * For system tests: the simulator as a process of its own, as `npm run sim` starts it.
 * @param devices of its configuration; `path` gives the files of their serial ports
 */
export const startSimulator = async (
  devices: (path: Simulator['path']) => readonly SimulatedDevice[],
  seed = 1,
): Promise<Simulator> => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-wires-'));
  const path = (name: string): string => join(folder, name);
  const file = path('sim.yaml');
  await writeFile(file, JSON.stringify({ control: '127.0.0.1:0', seed, devices: devices(path) }));
  const child = fork(program, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = once(child, 'exit');
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as { readonly control: string }),
    ended.then(() => Promise.reject(new Error(complaint))),
  ]);
  const ask = async (route: string, body?: object) => {
    const response = await fetch(`${ready.control}/devices/${route}`, {
      signal: AbortSignal.timeout(tellWithinMs),
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
    });
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    return { isGood: response.ok, answer };
  };
  return {
    path,
    tell: (device, action, body) => ask(`${device}/${action}`, body),
    // What the control port says of every device.
    values: async (device) => (await ask(device)).answer['values'] as Values,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};
