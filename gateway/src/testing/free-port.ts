import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to whoever asks for any (Linux from 32768, others from 49152):
 * one of those may be another program's before ours listens there, and whenever ours is away. Above
 * the last port that `fetch` refuses (10080, https://fetch.spec.whatwg.org/#port-blocking).
 */
const firstPort = 10_081;
const pastPort = 32_000;
const attemptsMax = 100;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve(true));
    });
  });

/** For tests: a port of this machine that nobody has just now, and nobody is given by chance. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const port = randomInt(firstPort, pastPort);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${attemptsMax} ports was free`);
};
