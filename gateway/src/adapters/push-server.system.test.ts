import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PushRequest } from '../ports.ts';
import { freePort } from '../testing/free-port.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { bodyBytesMax, createPushServer, headersWithinMs } from './push-server.ts';

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  stops = [];
});

const listening = async () => {
  const port = await freePort();
  const server = createPushServer({ host: '127.0.0.1', port }, createSilentLog());
  const heard: PushRequest[] = [];
  const left: boolean[] = [];
  let answer = (): Promise<void> => Promise.resolve();
  const opened = await server.open(async (request) => {
    heard.push(request);
    await answer();
    return {
      answer: { status: 200, contentType: 'text/plain', body: 'yes 请' },
      onSent: (isWhole) => left.push(isWhole),
    };
  });
  stops.push(opened.close);
  return {
    ...{ port, server, opened, heard, left, url: `http://127.0.0.1:${port}/push/n1` },
    hold: (until: Promise<void>) => {
      answer = () => until;
    },
  };
};

/** What comes back for these bytes, until the other side closes. */
const raw = async (port: number, bytes: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  // A connection that is cut is an answer too.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.write(bytes);
  await closed;
  return text;
};

const statusOf = (text: string): string => text.split('\r\n')[0] ?? '';

describe('the listener for heads that push', () => {
  it('hands over one whole request and says how the answer left', async () => {
    const { url, heard, left } = await listening();
    const response = await fetch(`${url}?a=1&b=?`, {
      method: 'POST',
      body: '{"code":"A0"}',
      headers: { 'x-device-key': 's', 'content-type': 'application/json' },
    });
    expect(await response.text()).toBe('yes 请');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const [request] = heard;
    expect(request).toMatchObject({ method: 'POST', path: '/push/n1', query: 'a=1&b=?' });
    expect(request?.header('x-device-key')).toBe('s');
    expect(new TextDecoder().decode(request?.body)).toBe('{"code":"A0"}');
    await expect.poll(() => left).toEqual([true]);
  });

  it('says that an answer did not arrive whose asker has gone', async () => {
    const { port, heard, left, hold } = await listening();
    const { promise, resolve } = Promise.withResolvers<void>();
    hold(promise);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /push/n1 HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n');
    await expect.poll(() => heard.length).toBe(1);
    socket.destroy();
    await once(socket, 'close');
    resolve();
    await expect.poll(() => left).toEqual([false]);
  });

  it('does not trust a header that stands there twice', async () => {
    const { port, heard } = await listening();
    const keys = 'x-device-key: a\r\nx-device-key: b\r\n';
    await raw(port, `GET /push/n1 HTTP/1.1\r\nhost: x\r\n${keys}connection: close\r\n\r\n`);
    expect(heard[0]?.header('x-device-key')).toBeUndefined();
  });

  const chunked = 'POST /push/n1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  const piece = `${(1024).toString(16)}\r\n${'x'.repeat(1024)}\r\n`;
  it.each([
    [
      'a body that is announced too large',
      `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${bodyBytesMax + 1}\r\n\r\n`,
      '413',
      'too_large',
    ],
    ['a body that grows too large', `${chunked}${piece.repeat(5)}0\r\n\r\n`, '413', 'too_large'],
    ['headers without end', `GET / HTTP/1.1\r\na: ${'x'.repeat(20_000)}\r\n`, '431', 'too_large'],
    ['what is no HTTP', 'hello there\r\n\r\n', '400', 'bad_request'],
    ['two lengths', `${chunked.slice(0, -2)}content-length: 5\r\n\r\nhello`, '400', 'bad_request'],
  ])('refuses %s', async (_, bytes, status, code) => {
    const { port, heard } = await listening();
    const text = await raw(port, bytes);
    expect(statusOf(text)).toContain(` ${status} `);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toMatchObject({ error: { code } });
    expect(heard).toEqual([]);
  });

  it('cuts a body without end', async () => {
    const { port, heard } = await listening();
    const text = await raw(port, chunked + piece.repeat(200));
    expect(text).toBe('');
    expect(heard).toEqual([]);
  });

  it.each([
    ['headers that drip', 'POST /push/n1 HTTP/1.1\r\nhost: x\r\n'],
    ['a body that stops', 'POST /push/n1 HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{'],
  ])('does not wait for %s, and serves others meanwhile', async (_, bytes) => {
    const { port, url, heard } = await listening();
    const slow = raw(port, bytes);
    expect((await fetch(url)).status).toBe(200);
    expect(statusOf(await slow)).toContain(' 408 ');
    expect(heard).toHaveLength(1);
    expect(headersWithinMs).toBeLessThan(3_000);
  });

  it('rejects where another program listens, and closes once', async () => {
    const { port, opened } = await listening();
    const second = createPushServer({ host: '127.0.0.1', port }, createSilentLog());
    const nobody = () => Promise.reject(new Error('never asked'));
    await expect(second.open(nobody)).rejects.toThrow(/EADDRINUSE/);
    const causes: string[] = [];
    opened.onClose((cause) => causes.push(cause));
    await Promise.all([opened.close(), opened.close()]);
    opened.onClose((cause) => causes.push(cause));
    expect(causes).toEqual(['closed by the gateway', 'closed by the gateway']);
  });
});
