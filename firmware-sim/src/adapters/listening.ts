import type { Server } from 'node:net';
import { SimError } from '../errors.ts';

/**
 * Starts a server.
 * @returns the port, which differs from the asked one where that is 0
 * @throws SimError SIM_PORT_TAKEN, SIM_LISTEN
 */
export const listen = async (server: Server, host: string, port: number): Promise<number> => {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const taken = code === 'EADDRINUSE';
    const detail = `${host}:${port}${taken ? '' : ` (${String(code)})`}`;
    throw new SimError(taken ? 'SIM_PORT_TAKEN' : 'SIM_LISTEN', detail, { cause });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
};

export const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
