import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import { signedTypes } from '@gatehouse/protocols';
import { cloudErrors } from '../errors.ts';
import type { CloudErrorCode } from '../errors.ts';
import type { Snapshots } from '../policy/snapshot.ts';
import type { Log, Signer } from '../ports.ts';
import { identityOf, listenOn, mutualTls } from './tls-listen.ts';
import type { TlsFiles } from './tls-listen.ts';

export type GatewayListenerOptions = {
  /** `host:port`; port 0 = any free one. */
  readonly listen: string;
  readonly tls: TlsFiles;
  readonly isRevoked: (serial: string) => boolean;
  readonly snapshots: Pick<Snapshots, 'open'>;
  readonly signer: Signer;
  readonly nowMs: () => number;
  readonly log: Log;
};

export type GatewayListener = {
  readonly port: number;
  readonly close: () => Promise<void>;
};

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** A reader that takes nothing for this long is gone. */
const idleTimeoutMs = 60_000;
const headerBytesMax = 8 * 1024;
const connectionsMax = 1_000;

type Answer =
  | { readonly status: 200; readonly type: string; readonly body: string }
  | {
      readonly status: 200;
      readonly type: string;
      readonly bytes: number;
      readonly stream: AsyncIterable<Uint8Array>;
    }
  | { readonly code: CloudErrorCode };

type Route = {
  readonly path: RegExp;
  readonly answer: (
    asked: { readonly gateway: string; readonly parts: readonly string[]; readonly url: URL },
    options: GatewayListenerOptions,
  ) => Promise<Answer>;
};

const routes: readonly Route[] = [
  {
    path: /^\/v1\/policy\/([a-z0-9-]{1,40})\/(\d{1,15})-(\d{1,15})$/,
    answer: async ({ gateway, parts }, { snapshots }) => {
      const [named = '', epoch, version] = parts;
      // Names and keys of one building are not for another's box.
      if (named !== gateway) return { code: 'CL_NOT_ALLOWED' };
      const name = { gateway, policyEpoch: Number(epoch), version: Number(version) };
      const file = await snapshots.open(name);
      if (file === undefined) return { code: 'CL_NOT_FOUND' };
      return { status: 200, type: 'application/zstd', bytes: file.bytes, stream: file.read() };
    },
  },
  {
    path: /^\/v1\/time$/,
    answer: async ({ url }, { signer, nowMs }) => {
      const nonce = url.searchParams.get('nonce') ?? '';
      // Fresh and signed: an old answer cannot be given again.
      if (!/^[A-Za-z0-9_-]{16,64}$/.test(nonce)) return { code: 'CL_BAD_REQUEST' };
      const body = await signer.sign('time', signedTypes.time, { nonce, at: nowMs() });
      return { status: 200, type: 'application/jose', body };
    },
  },
];

/**
 * HTTPS for gateways alone, with their certificates: policy snapshots and signed time.
 * @throws CloudError CL_PORT
 */
export const createGatewayListener = async (
  options: GatewayListenerOptions,
): Promise<GatewayListener> => {
  const { listen, tls, log } = options;
  const server = createServer({ ...mutualTls(tls), maxHeaderSize: headerBytesMax });
  Object.assign(server, {
    maxConnections: connectionsMax,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    timeout: idleTimeoutMs,
  });
  server.on('tlsClientError', (error) =>
    log.info('listener.tls_refused', { error: error.message }),
  );
  server.on('request', (request, response) => {
    handle(request, response, options).catch((error: unknown) => {
      log.info('listener.broken_off', { path: request.url, error });
      response.destroy();
    });
  });
  const port = await listenOn(server, listen);
  server.on('error', (error) => log.error('listener.failed', { error }));
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};

const handle = async (
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayListenerOptions,
): Promise<void> => {
  const answer = await answerTo(request, options).catch((error: unknown): Answer => {
    options.log.warn('listener.failed', { path: request.url, error });
    return { code: 'CL_DATABASE' };
  });
  if ('code' in answer) return refuse(response, answer.code);
  const length = 'stream' in answer ? answer.bytes : Buffer.byteLength(answer.body);
  response.writeHead(200, { 'content-type': answer.type, 'content-length': length });
  if ('stream' in answer) return pipeline(Readable.from(answer.stream), response);
  response.end(answer.body);
  return undefined;
};

const answerTo = async (
  request: IncomingMessage,
  options: GatewayListenerOptions,
): Promise<Answer> => {
  const { socket, method, url: target = '' } = request;
  const identity = socket instanceof TLSSocket ? identityOf(socket) : undefined;
  if (identity === undefined || options.isRevoked(identity.serial)) {
    return { code: 'CL_NOT_ALLOWED' };
  }
  const url = URL.parse(target, 'https://gateway');
  if (method !== 'GET' || url === null) return { code: 'CL_BAD_REQUEST' };
  for (const route of routes) {
    const parts = route.path.exec(url.pathname);
    if (parts === null) continue;
    return route.answer({ gateway: identity.gateway, parts: parts.slice(1), url }, options);
  }
  return { code: 'CL_NOT_FOUND' };
};

const refuse = (response: ServerResponse, code: CloudErrorCode): void => {
  const { status, text, next } = cloudErrors[code];
  const body = JSON.stringify({ error: { code, text, next } });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(body);
};
