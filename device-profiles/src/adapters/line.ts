import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { ReadStream, WriteStream } from 'node:tty';
import { promisify } from 'node:util';
import type { SerialParameters } from '../language/bindings.ts';
import type { Arrival, BenchPorts, Line, OpenedLine } from '../profile-command/bench-ports.ts';

const openWithinMs = 5_000;
/** What nobody fetches is a line that has run away. */
const queueBytesMax = 1024 * 1024;

/**
 * A line of bytes: `tcp://host:port`, or a serial port that `stty` sets raw. This package has no
 * serial library, and for looking at a device the machine's own terminal driver is enough.
 */
export const openLine: BenchPorts['openLine'] = (port, line) =>
  port.startsWith('tcp://') ? openTcp(port) : openTerminal(port, line);

const refused = (port: string, why: string): OpenedLine => ({
  ok: false,
  fault: `${port}: ${why}`,
});
const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const openTcp = (port: string): Promise<OpenedLine> =>
  new Promise((resolve) => {
    const url = URL.canParse(port) ? new URL(port) : undefined;
    if (url === undefined || url.port === '') {
      resolve(refused(port, 'is no tcp://host:port'));
      return;
    }
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const socket = connect({ host, port: Number(url.port), timeout: openWithinMs });
    const fail = (error: Error): void => resolve(refused(port, error.message));
    socket.once('error', fail);
    socket.once('timeout', () => socket.destroy(new Error('no connection in time')));
    socket.once('connect', () => {
      socket.off('error', fail);
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve({ ok: true, line: lineOf(socket, socket, () => endOf(socket)) });
    });
  });

const endOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) {
      resolve();
      return;
    }
    socket.once('close', () => resolve());
    socket.destroy();
  });

const run = promisify(execFile);
const parities = { none: ['-parenb'], even: ['parenb', '-parodd'], odd: ['parenb', 'parodd'] };

const settings = ({ baud, dataBits, parity, stopBits }: SerialParameters): readonly string[] => [
  ...['raw', '-echo', '-echoe', '-echok', '-echonl', 'clocal', 'cread', '-crtscts', '-hupcl'],
  String(baud),
  `cs${dataBits ?? 8}`,
  stopBits === 2 ? 'cstopb' : '-cstopb',
  ...parities[parity ?? 'none'],
];

const openTerminal = async (path: string, line: SerialParameters): Promise<OpenedLine> => {
  try {
    const isMac = process.platform === 'darwin';
    await run('stty', [isMac ? '-f' : '-F', path, ...settings(line)], { timeout: openWithinMs });
    const handle = await open(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const reader = new ReadStream(handle.fd);
    const writer = new WriteStream(handle.fd);
    const close = async (): Promise<void> => {
      reader.destroy();
      writer.destroy();
      // The streams share the descriptor and may have closed it.
      await handle.close().catch(() => undefined);
    };
    return { ok: true, line: lineOf(reader, writer, close) };
  } catch (error) {
    return refused(path, reasonOf(error).trim());
  }
};

type Readable = Pick<Socket, 'on' | 'once'>;
type Writable = Pick<Socket, 'on' | 'write' | 'destroyed'>;

const lineOf = (from: Readable, to: Writable, close: () => Promise<void>): Line => {
  const arrivals: Arrival[] = [];
  let bytes = 0;
  let isGone = false;
  let wake: (() => void) | undefined;
  const gone = (): void => {
    isGone = true;
    wake?.();
  };
  from.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > queueBytesMax) return gone();
    arrivals.push({ ms: performance.now(), bytes: Uint8Array.from(chunk) });
    return wake?.();
  });
  for (const name of ['error', 'end', 'close']) from.on(name, gone);
  to.on('error', gone);
  const fetch = (): readonly Arrival[] | undefined => {
    bytes = 0;
    const some = arrivals.splice(0);
    return some.length === 0 && isGone ? undefined : some;
  };
  return {
    write: (data) => {
      if (!to.destroyed) to.write(data);
    },
    read: async (waitMs) => {
      if (arrivals.length === 0 && !isGone) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(0, waitMs));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      return fetch();
    },
    close,
  };
};
