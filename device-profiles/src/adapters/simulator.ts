import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', '..', '..', 'firmware-sim', 'src', 'main.ts');

/**
 * Runs the simulator as a process of its own: this package knows no program. It ends when it is
 * interrupted, and so do we.
 * @param config as YAML
 * @returns its exit code
 */
export const runSimulator = async (config: string): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'profile-sim-'));
  try {
    const file = join(folder, 'sim.yaml');
    await writeFile(file, config);
    return await runUntilEnd([program, '--config', file]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const runUntilEnd = (args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM'] as const;
    for (const signal of signals) process.on(signal, forward);
    const leave = (): void => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once('error', (error) => {
      leave();
      reject(error);
    });
    child.once('exit', (code) => {
      leave();
      resolve(code ?? 0);
    });
  });
