/**
 * A container's health: `node docker/health.ts URL`. http: the page answers with success;
 * tcp: somebody listens. Exit 0 healthy, 1 not.
 */
import { connect } from 'node:net';

const answerTimeoutMs = 3_000;

const listens = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerTimeoutMs });
    const end = (healthy: boolean) => (): void => {
      socket.destroy();
      resolve(healthy);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });

const answers = async (url: URL): Promise<boolean> => {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(answerTimeoutMs) });
    return ok;
  } catch {
    return false;
  }
};

const url = new URL(process.argv[2] ?? '');
const healthy =
  url.protocol === 'tcp:' ? await listens(url.hostname, Number(url.port)) : await answers(url);
process.exitCode = healthy ? 0 : 1;
