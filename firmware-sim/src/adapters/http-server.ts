import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { controlErrors } from '../errors.ts';
import type { HttpReply, HttpRequest, SimPorts } from '../ports.ts';
import { listen, urlHost } from './listening.ts';

const bodyBytesMax = 256 * 1024;
const requestTimeoutMs = 10_000;

type Handle = (request: HttpRequest) => Promise<HttpReply>;

/** JSON over HTTP for people and tests on this machine. */
export const serveHttp: SimPorts['serveHttp'] = async ({ host, port, handle }) => {
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    void reply(request, response, handle);
  });
  const actual = await listen(server, host, port);
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return { address: `http://${urlHost(host)}:${actual}`, close };
};

const refusal = (code: 'too_large' | 'foreign_host' | 'failed'): HttpReply => ({
  status: controlErrors[code].status,
  body: { error: { code, message: controlErrors[code].message } },
});

const reply = async (
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handle,
): Promise<void> => {
  const { status, body } = await answer(request, handle).catch((error: unknown) => {
    console.error(error);
    return refusal('failed');
  });
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(body)}\n`);
};

const answer = async (request: IncomingMessage, handle: Handle): Promise<HttpReply> => {
  if (!isLoopbackName(request.headers.host ?? '')) return refusal('foreign_host');
  const body = await readBody(request);
  if (body === undefined) return refusal('too_large');
  return handle({
    method: request.method ?? 'GET',
    path: (request.url ?? '/').split('?', 1)[0] ?? '/',
    contentType: request.headers['content-type'] ?? '',
    body,
  });
};

/** A page elsewhere can point its own name at 127.0.0.1: the name tells. */
const isLoopbackName = (host: string): boolean =>
  /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host);

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    // The rest is read and dropped, so that the answer arrives.
    if (length <= bodyBytesMax) chunks.push(chunk);
  }
  return length > bodyBytesMax ? undefined : Buffer.concat(chunks).toString('utf8');
};
