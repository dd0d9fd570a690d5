import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimError } from '../errors.ts';
import type { Accept, SimPorts } from '../ports.ts';

type Socat = ChildProcessByStdio<Writable, Readable, Readable>;

const openWithinMs = 5_000;
const lookEveryMs = 20;
const againAfterMs = 100;
/** What nobody reads is lost, as on a serial line. */
const queueBytesMax = 64 * 1024;
const complaintCharsMax = 500;

/**
 * A device's wire as a serial port: a link at `path` to a pseudo-terminal that socat makes. When
 * the gateway closes the port, the terminal ends and the link goes; a new one stands there soon
 * after, as when a USB adapter is plugged in again. socat ends by itself when this process does.
 */
export const openPty: SimPorts['openPty'] = async ({ path, accept }) => {
  let ended = false;
  const start = async (): Promise<Socat> => {
    const socat = await startSocat(path);
    serve(socat, accept);
    socat.once('exit', () => {
      if (!ended) void restart();
    });
    return socat;
  };
  let current = start();
  const restart = async (): Promise<void> => {
    await sleep(againAfterMs);
    if (ended) return;
    current = start();
    // The path was good before: what fails now (no free terminal) is tried again.
    await current.catch(restart);
  };
  await current;
  const close = async (): Promise<void> => {
    ended = true;
    const socat = await current.catch(() => undefined);
    if (socat === undefined || socat.exitCode !== null || socat.signalCode !== null) return;
    const exited = new Promise((resolve) => void socat.once('exit', resolve));
    socat.kill('SIGTERM');
    await exited;
  };
  return { address: path, close };
};

const linkAt = async (path: string): Promise<'link' | 'none' | 'other'> => {
  try {
    return (await lstat(path)).isSymbolicLink() ? 'link' : 'other';
  } catch {
    return 'none';
  }
};

const startSocat = async (path: string): Promise<Socat> => {
  // socat would remove whatever stands there.
  if ((await linkAt(path)) === 'other') throw new SimError('SIM_PTY', `${path} is a file`);
  const terminal = `PTY,link=${path.replaceAll(/[,:!"'\\]/g, String.raw`\$&`)},rawer,mode=600`;
  const socat = spawn('socat', ['-t', '0', 'STDIO', terminal], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaint = '';
  let failed: Error | undefined;
  socat.once('error', (error) => (failed = error));
  socat.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-complaintCharsMax);
  });
  for (let waitedMs = 0; waitedMs < openWithinMs; waitedMs += lookEveryMs) {
    await sleep(lookEveryMs);
    if (failed !== undefined) throw new SimError('SIM_PTY', failed.message, { cause: failed });
    if (socat.exitCode !== null) break;
    if ((await linkAt(path)) === 'link') return socat;
  }
  socat.kill('SIGTERM');
  throw new SimError('SIM_PTY', `${path}: ${complaint.trim() || 'no terminal in time'}`);
};

const serve = (socat: Socat, accept: Accept): void => {
  // A write into a terminal that has just ended; `exit` follows.
  socat.stdin.on('error', () => undefined);
  const handlers = accept({
    write: (bytes) => {
      if (socat.stdin.destroyed || socat.stdin.writableLength > queueBytesMax) return;
      socat.stdin.write(bytes);
    },
    close: () => socat.kill('SIGTERM'),
  });
  socat.stdout.on('data', handlers.onData);
  socat.once('exit', handlers.onClose);
};
