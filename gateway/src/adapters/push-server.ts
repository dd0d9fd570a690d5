import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { GatewayError } from '../errors.ts';
import type { Log, PushAnswer, PushRequest, PushServer } from '../ports.ts';

export const bodyBytesMax = 4096;
/** What is read of a larger one before the connection is cut. */
const droppedBytesMax = 64 * 1024;
const headerBytesMax = 8192;
const headersMax = 64;
const connectionsMax = 256;
/** From the first byte to the end of the headers, and of the whole request. */
export const headersWithinMs = 2_000;
export const requestWithinMs = 4_000;
const lookEveryMs = 500;
const keepAliveMs = 15_000;
/** A connection serves so many requests: a head that never closes is not served for ever. */
const requestsPerConnectionMax = 1_000;

type Handle = Parameters<PushServer['open']>[0];

/**
 * Plain HTTP: the heads that push rarely speak TLS. Slow and oversized requests end at these bounds
 * before anybody reads them.
 */
export const createPushServer = (
  { host, port }: { readonly host: string; readonly port: number },
  log: Log,
): PushServer => {
  const address = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    address,
    open: async (handle) => {
      const server = createServer(
        {
          maxHeaderSize: headerBytesMax,
          headersTimeout: headersWithinMs,
          requestTimeout: requestWithinMs,
          connectionsCheckingInterval: lookEveryMs,
          keepAliveTimeout: keepAliveMs,
        },
        (request, response) => void serve(request, response, handle, log),
      );
      server.maxHeadersCount = headersMax;
      server.maxConnections = connectionsMax;
      server.maxRequestsPerSocket = requestsPerConnectionMax;
      server.on('clientError', refuse);
      try {
        await listen(server, host, port);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new GatewayError('GW_SERIAL_OPEN', `${address}: ${why}`, { cause: error });
      }
      return hold(server);
    },
  };
};

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const hold = (server: Server) => {
  const runs: ((cause: string) => void)[] = [];
  let cause = 'closed by the gateway';
  let closed: string | undefined;
  const ended = new Promise<void>((resolve) => {
    server.once('close', () => {
      closed = cause;
      for (const run of runs.splice(0)) run(closed);
      resolve();
    });
  });
  server.on('error', (error) => {
    cause = error.message;
    server.close();
    server.closeAllConnections();
  });
  return {
    onClose: (run: (cause: string) => void) => {
      if (closed === undefined) runs.push(run);
      else run(closed);
    },
    close: async () => {
      if (closed !== undefined) return;
      server.close();
      server.closeAllConnections();
      await ended;
    },
  };
};

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handle,
  log: Log,
): Promise<void> => {
  try {
    const body = await readBody(request);
    if (body === undefined) {
      response.shouldKeepAlive = false;
      send(response, refusal(413, 'too_large', `A body has at most ${bodyBytesMax} bytes`));
      return;
    }
    const { answer, onSent } = await handle(requestOf(request, body));
    if (onSent !== undefined) {
      response.once('close', () => onSent(response.writableFinished));
      // Nobody listens any more: there will be no other close.
      if (response.destroyed) onSent(false);
    }
    send(response, answer);
  } catch (error) {
    // The connection broke while its request came: nobody is left to be told.
    log.debug('push.request_lost', { why: error instanceof Error ? error.message : String(error) });
    response.destroy();
  }
};

const refusal = (status: number, code: string, message: string): PushAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify({ error: { code, message } }),
});

const send = (response: ServerResponse, answer: PushAnswer): void => {
  if (response.destroyed) return;
  const body = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, {
    'content-type': `${answer.contentType}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(answer.allow === undefined ? {} : { allow: answer.allow.join(', ') }),
  });
  response.end(body);
};

/** @returns undefined where it is too large */
const readBody = async (request: IncomingMessage): Promise<Uint8Array | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    // A little more is read and dropped, so that the answer arrives.
    if (length > droppedBytesMax) throw new Error('a body without end');
    if (length <= bodyBytesMax) chunks.push(chunk);
  }
  return length > bodyBytesMax ? undefined : Buffer.concat(chunks);
};

type Refusal = readonly [status: number, phrase: string, code: string];
const badRequest: Refusal = [400, 'Bad Request', 'bad_request'];
/** By the error of Node's parser; what is not here is no HTTP. */
const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'too_large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'too_slow'],
};

/** What never became a request. */
const refuse = (error: Error & { readonly code?: string }, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase, code] = refusals[error.code ?? ''] ?? badRequest;
  const { body } = refusal(status, code, phrase);
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
};

const requestOf = (request: IncomingMessage, body: Uint8Array): PushRequest => {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  return {
    method: request.method ?? 'GET',
    path,
    query: query.join('?'),
    header: (name) => {
      const values = request.headersDistinct[name] ?? [];
      return values.length === 1 ? values[0] : undefined;
    },
    body,
  };
};
