import { createServer } from 'node:net';
import type { Server } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152):
 * a port of those may be taken by anybody's connection just when its program starts again, and a
 * client that tries such a port again and again can even meet itself there.
 */
const firstPort = 10_000;
const pastPort = 32_000;

/** The server that holds it, or undefined where it is taken. */
const hold = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });

const letGo = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });

/** As many free TCP ports on the loopback as asked for; held together so that none comes twice. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const held = new Map<number, Server>();
  const range = pastPort - firstPort;
  const start = Math.floor(Math.random() * range);
  for (let i = 0; i < range && held.size < count; i += 1) {
    const port = firstPort + ((start + i) % range);
    const server = await hold(port);
    if (server !== undefined) held.set(port, server);
  }
  if (held.size < count) throw new Error(`This machine has no ${count} free ports`);
  await Promise.all([...held.values()].map(letGo));
  return [...held.keys()];
};

/** Whether a port of the loopback can be listened on. */
export const isFree = async (port: number): Promise<boolean> => {
  const server = await hold(port);
  if (server === undefined) return false;
  await letGo(server);
  return true;
};
