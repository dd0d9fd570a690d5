import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Keeps a second start away from the same data folder. The lock is a listening UNIX socket: it
 * vanishes with its process, however that ends, and what is left is a file that nobody answers.
 * @throws Error that says which folder is in use
 */
export const holdLock = async (dataDir: string): Promise<() => Promise<void>> => {
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `gatehouse-demo-${name}.sock`);
  const server = createServer();
  const listen = (): Promise<void> =>
    new Promise((done, fail) => {
      server.once('error', fail);
      server.listen(path, () => {
        server.off('error', fail);
        done();
      });
    });
  try {
    await listen();
  } catch {
    if (await answers(path)) throw new Error(`A demo campus already runs on ${dataDir}`);
    await rm(path, { force: true });
    await listen();
  }
  server.unref();
  return () =>
    new Promise<void>((done) => {
      server.close(() => {
        done();
      });
    });
};

const answers = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => {
      done(false);
    });
  });
