import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { createMockServer } from '../mock-server.ts';
import type { MockReply, MockRequest } from '../mock-route.ts';
import type { MockServer } from '../mock-server.ts';
import type { MockPorts, Scenario } from '../mock-state.ts';

const pingEveryMs = 5_000;
const bodyBytesMax = 524_288;

/** What the real server sends too: a page that breaks it must fail here. */
const contentPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; " +
  "frame-ancestors 'none'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

const keyOf = (raw: Uint8Array) =>
  createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: Buffer.from(raw.subarray(1, 33)).toString('base64url'),
      y: Buffer.from(raw.subarray(33)).toString('base64url'),
    },
  });

const ports: MockPorts = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
  bytes: (count) => new Uint8Array(randomBytes(count)),
  verify: (rawKey, data, signature) =>
    verify('sha256', data, { key: keyOf(rawKey), dsaEncoding: 'ieee-p1363' }, signature),
};

const readBody = async (request: IncomingMessage): Promise<MockRequest['body']> => {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyBytesMax) throw new Error('body too long');
  }
  // Every body of the contract is an object.
  return text === '' ? {} : (JSON.parse(text) as MockRequest['body']);
};

const sendReply = (response: ServerResponse, reply: MockReply): void => {
  if ('stream' in reply) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    const ping = setInterval(() => response.write(': ping\n\n'), pingEveryMs);
    const end = reply.stream((text) => response.write(text));
    response.on('close', () => {
      clearInterval(ping);
      end();
    });
    return;
  }
  if (reply.svg !== undefined) {
    response.writeHead(reply.status, { 'content-type': 'image/svg+xml' });
    response.end(reply.svg);
    return;
  }
  response.writeHead(reply.status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(reply.cookie === undefined
      ? {}
      : { 'set-cookie': `${reply.cookie}; Path=/; HttpOnly; SameSite=Strict` }),
  });
  response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
};

const pageOf = (path: string): string => {
  if (path.startsWith('/console')) return 'console/index.html';
  return path.startsWith('/m') ? 'm/index.html' : 'index.html';
};

const sendFile = async (response: ServerResponse, dist: string, path: string): Promise<void> => {
  const isPage = extname(path) === '';
  const file = isPage ? pageOf(path) : normalize(path).replace(/^(?:\.\.\/|\/)+/, '');
  try {
    const bytes = await readFile(join(dist, file));
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': contentPolicy,
      'cache-control': 'no-cache',
    });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
};

export type RunningMock = {
  readonly mock: MockServer;
  readonly url: string;
  readonly close: () => Promise<void>;
};

/** The mock API and the built pages on one port of 127.0.0.1. */
export const serveMock = async (from: {
  readonly scenario: Scenario;
  readonly dist: string;
  /** 0 takes any free one. */
  readonly port: number;
}): Promise<RunningMock> => {
  const mock = createMockServer(ports, from.scenario);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!url.pathname.startsWith('/api/')) {
      await sendFile(response, from.dist, url.pathname);
      return;
    }
    const asked: MockRequest = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      cookie: request.headers.cookie ?? '',
      body: await readBody(request),
    };
    sendReply(response, mock.answer(asked));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(from.port, '127.0.0.1', resolve);
  });
  // It listens on TCP.
  const { port } = server.address() as AddressInfo;
  return {
    mock,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        mock.stop();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
