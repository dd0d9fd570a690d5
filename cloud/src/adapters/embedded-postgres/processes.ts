import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const pollMs = 50;
const listBytesMax = 16 * 1024 * 1024;

/**
 * Whose process a pid is: the postmaster of this data directory, something else, or not to be told.
 */
export type Verdict = 'ours' | 'other' | 'unknown';

/**
 * Judges the process that `postmaster.pid` names; the number may long belong to another program.
 * `pgdata` is a real, absolute path. The truth on Linux is the working directory (a postmaster's is
 * its data directory); without the right to see it, or without /proc, the -D argument.
 */
export async function judgeProcess(pid: number, pgdata: string): Promise<Verdict> {
  const argv = await argvOf(pid);
  // No such process, a zombie or a kernel thread: nothing that could hold the data directory.
  if (argv === null || basename(argv[0] ?? '') !== 'postgres') return 'other';
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  if (cwd !== null) return cwd === pgdata ? 'ours' : 'other';
  const folder = argv[argv.indexOf('-D') + 1];
  if (!argv.includes('-D') || folder === undefined || !isAbsolute(folder)) return 'unknown';
  return folder === pgdata ? 'ours' : 'other';
}

/** Pids of backends that outlived their postmaster, found by the cluster's name in their titles. */
export async function findBackends(clusterName: string): Promise<readonly number[]> {
  const title = `postgres: ${clusterName}: `;
  const list = process.platform === 'linux' ? await titlesOfProc() : await titlesOfPs();
  return list.filter((row) => row.title.startsWith(title)).map((row) => row.pid);
}

/** Sends each signal in turn, waiting `waitMs` after it; true as soon as `gone` says so. */
export async function endProcesses(
  pids: readonly number[],
  steps: readonly (readonly [signal: NodeJS.Signals | 0, waitMs: number])[],
  gone: () => Promise<boolean>,
): Promise<boolean> {
  for (const [signal, waitMs] of steps) {
    for (const pid of pids) sendSignal(pid, signal);
    const deadlineAt = performance.now() + waitMs;
    while (performance.now() < deadlineAt) {
      if (await gone()) return true;
      await sleep(pollMs);
    }
  }
  return gone();
}

function sendSignal(pid: number, signal: NodeJS.Signals | 0): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, or not ours to signal; `gone` decides.
  }
}

async function argvOf(pid: number): Promise<readonly string[] | null> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text === '' ? null : text.split('\0');
  }
  const { stdout } = await promisify(execFile)('ps', [
    '-ww',
    '-o',
    'command=',
    '-p',
    `${pid}`,
  ]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? null : splitCommand(stdout.trim());
}

/**
 * `ps` joins arguments by spaces; a program or folder with spaces in its path stays in one piece.
 */
export function splitCommand(line: string): readonly string[] {
  const match = /^(.*?\/postgres) -D (.*?)(?: -c .*)?$/.exec(line);
  if (match === null) return line.split(' ');
  return [match[1] ?? '', '-D', match[2] ?? ''];
}

type Titled = { readonly pid: number; readonly title: string };

async function titlesOfProc(): Promise<readonly Titled[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(
    pids.map(async (pid) => ({
      pid,
      title: await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => ''),
    })),
  );
}

async function titlesOfPs(): Promise<readonly Titled[]> {
  const options = { maxBuffer: listBytesMax };
  const { stdout } = await promisify(execFile)(
    'ps',
    ['-axww', '-o', 'pid=,command='],
    options,
  ).catch(() => ({ stdout: '' }));
  return stdout.split('\n').map((line) => {
    const [, pid = '0', title = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), title };
  });
}
