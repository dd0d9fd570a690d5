import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

const logBytesMax = 10 * 1024 * 1024;
const restartMinMs = 300;
const restartMaxMs = 10_000;
/** A program that lived this long starts again with the shortest pause. */
const healthyAfterMs = 30_000;
const stopWithinMs = 15_000;

export type ProgramOptions = {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Options of Node itself, before the file. */
  readonly nodeArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Told of each start, when the process has its number. */
  readonly onStart: () => void;
  /** Hears what it says after the first message, which says that it is ready. */
  readonly onMessage: (message: unknown) => void;
  /** Told of each unexpected end. */
  readonly onEnd: (why: string) => void;
};

export type Program = {
  /** Resolves with the program's first message; rejects when it ends before. */
  readonly start: () => Promise<Readonly<Record<string, unknown>>>;
  readonly stop: () => Promise<void>;
  readonly pid: () => number | undefined;
};

/**
 * One program of the demo as a process of its own. It is started again when it dies; when we die,
 * its IPC channel closes and it stops by itself, so nothing is left behind.
 */
export const createProgram = (options: ProgramOptions): Program => {
  let child: ChildProcess | undefined;
  let stopping = false;
  let pauseMs = restartMinMs;
  let timer: NodeJS.Timeout | undefined;

  const run = (): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      const log = openLog(options.logFile);
      const logFrom = statSync(options.logFile).size;
      const begun = Date.now();
      const started = spawn(
        process.execPath,
        [...options.nodeArgs, options.file, ...options.args],
        { stdio: ['ignore', log, log, 'ipc'], env: options.env },
      );
      closeSync(log);
      child = started;
      options.onStart();
      let ready = false;
      started.on('message', (message) => {
        if (ready) return options.onMessage(message);
        ready = true;
        return resolve(typeof message === 'object' ? { ...message } : {});
      });
      started.once('error', reject);
      started.once('exit', (code, signal) => {
        child = undefined;
        if (stopping) return;
        const why = `ended with ${signal ?? `code ${code ?? 0}`}; see ${options.logFile}`;
        const said = lastLines(options.logFile, logFrom);
        if (!ready) reject(new Error(`${options.name} ${why}\n${said}`.trimEnd()));
        options.onEnd(why);
        pauseMs = Date.now() - begun > healthyAfterMs ? restartMinMs : pauseMs * 2;
        pauseMs = Math.min(pauseMs, restartMaxMs);
        if (ready) again();
      });
    });

  const again = (): void => {
    timer = setTimeout(() => {
      run().catch(() => {
        if (!stopping) again();
      });
    }, pauseMs);
  };

  return {
    start: run,
    pid: () => child?.pid,
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === undefined) return;
      const ended = new Promise<void>((resolve) => {
        running.once('exit', () => {
          resolve();
        });
      });
      running.kill('SIGTERM');
      const kill = setTimeout(() => running.kill('SIGKILL'), stopWithinMs);
      await ended;
      clearTimeout(kill);
    },
  };
};

const saidLines = 5;

/** The last lines that a program wrote since it started. */
const lastLines = (file: string, from: number): string => {
  try {
    const text = readFileSync(file).subarray(from).toString();
    return text.trimEnd().split('\n').slice(-saidLines).join('\n');
  } catch {
    return '';
  }
};

const openLog = (file: string): number => {
  try {
    if (statSync(file).size > logBytesMax) truncateSync(file);
  } catch {
    // Not there yet: opened for the first time below.
  }
  return openSync(file, 'a', 0o600);
};
