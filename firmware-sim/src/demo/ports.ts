import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { DemoOptions } from './options.ts';

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152):
 * a port of those may be taken by anybody's connection just when its program starts again, and a
 * client that tries such a port again and again can even meet itself there. Above the last one that
 * browsers refuse (10080, https://fetch.spec.whatwg.org/#port-blocking).
 */
const firstPort = 10_112;
const pastPort = 32_000;

export const loopback = '127.0.0.1';
export const everyAddress = '0.0.0.0';

/** The server that holds it, or undefined where it is taken. */
const hold = (port: number, host = loopback): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, host, () => {
      resolve(server);
    });
  });

const letGo = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });

/**
 * Ports come in blocks. Whoever listens on the first port of a block has its others, so that two
 * campuses which start at once never pick the same one before their programs listen there; the
 * system lets go of a block when its process ends, however it ends.
 */
const blockSize = 64;
const blocks = Math.floor((pastPort - firstPort) / blockSize);
/** By its first port. */
const ownBlocks = new Map<number, Server>();

const holdBlock = async (guard: number): Promise<Server | undefined> => {
  const own = ownBlocks.get(guard);
  if (own !== undefined) return own;
  const server = await hold(guard);
  return server?.unref();
};

/** Own blocks, then the others from somewhere on. */
const guards = (): readonly number[] => {
  const start = Math.floor(Math.random() * blocks);
  const all = Array.from(
    { length: blocks },
    (_, i) => firstPort + ((start + i) % blocks) * blockSize,
  );
  return [...ownBlocks.keys(), ...all.filter((guard) => !ownBlocks.has(guard))];
};

/**
 * As many free TCP ports on the loopback as asked for; held together so that none comes twice.
 * @param promised not these, which are free still and somebody's already
 */
export const freePorts = async (
  count: number,
  promised: readonly (number | undefined)[] = [],
): Promise<readonly number[]> => {
  const held = new Map<number, Server>();
  for (const guard of guards()) {
    if (held.size >= count) break;
    const block = promised.includes(guard) ? undefined : await holdBlock(guard);
    if (block === undefined) continue;
    const before = held.size;
    for (let port = guard + 1; port < guard + blockSize && held.size < count; port += 1) {
      const server = promised.includes(port) ? undefined : await hold(port);
      if (server !== undefined) held.set(port, server);
    }
    if (held.size > before) ownBlocks.set(guard, block);
    else if (!ownBlocks.has(guard)) await letGo(block);
  }
  await Promise.all([...held.values()].map(letGo));
  if (held.size < count) throw new Error(`This machine has no ${count} free ports`);
  return [...held.keys()];
};

/** Whether a port can be listened on. */
const isFree = async (port: number, host = loopback): Promise<boolean> => {
  const server = await hold(port, host);
  if (server === undefined) return false;
  await letGo(server);
  return true;
};

const isOnNetwork = (): boolean =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, internal }) => family === 'IPv4' && !internal);

/** @throws Error which of the ports that people know is taken, and how to start all the same */
export const requirePorts = async ({
  port,
  lanPort,
}: Pick<DemoOptions, 'port' | 'lanPort'>): Promise<void> => {
  if (!(await isFree(port))) {
    throw new Error(
      `Port ${port} is taken by another program.\nStart with another one: ` +
        `npm start -- --port ${port + 1}`,
    );
  }
  if (lanPort === undefined) return;
  // Some systems give the one although the other is taken.
  if (!(await isFree(lanPort)) || !(await isFree(lanPort, everyAddress))) {
    throw new Error(
      `Port ${lanPort}, which --lan takes beside ${port}, is taken by another program.\n` +
        `Start with another pair: npm start -- --lan --port ${port + 1}`,
    );
  }
  if (!isOnNetwork()) {
    throw new Error('--lan: this machine is on no IPv4 network. Join one, or start without --lan.');
  }
};
