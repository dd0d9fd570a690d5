import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

export type Command = readonly [program: string, ...args: string[]];

export type Outcome = {
  readonly code: number;
  /** stdout and stderr as they came; empty where the output went straight to the terminal. */
  readonly output: string;
  readonly tookMs: number;
};

type RunOptions = {
  /** Keep the output to show it later, or let the person see it as it comes. */
  readonly output: 'keep' | 'show';
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command and all that it started. */
  readonly signal?: AbortSignal;
  /** A command that takes longer is ended and has failed. */
  readonly timeLimitMs?: number;
};

const timeLimitDefaultMs = 45 * 60_000;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const endGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself between the check and the call.
  }
};

/** A tool of node_modules/.bin, by this very Node: no shell, no look-up on PATH. */
export const bin = (name: string, ...args: string[]): Command => [
  process.execPath,
  join(root, 'node_modules', '.bin', name),
  ...args,
];

export const script = (path: string, ...args: string[]): Command => [
  process.execPath,
  join(root, path),
  ...args,
];

/**
 * Runs a command in the repository's root with no standard input. It leads a process group of its
 * own, so that Ctrl-C and a failing neighbour end it together with its children.
 */
export const run = async (command: Command, options: RunOptions): Promise<Outcome> => {
  const startedAt = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    detached: true,
    env: { ...process.env, ...options.env },
    stdio:
      options.output === 'show' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));

  const end = (): void => endGroup(child.pid);
  const interrupted = (): void => {
    end();
    process.exitCode = 130;
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  options.signal?.addEventListener('abort', end);
  const timeLimitMs = options.timeLimitMs ?? timeLimitDefaultMs;
  const limit = setTimeout(() => {
    output += `${program}: ended after ${seconds(timeLimitMs)} without an end of its own\n`;
    end();
  }, timeLimitMs);
  try {
    const code = await new Promise<number>((resolve) => {
      child.on('error', (error) => {
        output += `${program}: ${error.message}\n`;
        resolve(127);
      });
      child.on('close', (exitCode) => resolve(exitCode ?? 130));
    });
    return { code, output, tookMs: performance.now() - startedAt };
  } finally {
    clearTimeout(limit);
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    options.signal?.removeEventListener('abort', end);
  }
};
