import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator } from '../adapters/simulator.ts';
import { useTestApi } from '../testing/test-api.ts';

const openApi = useTestApi();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Reply = { readonly status: number; readonly body: unknown };

/** A control port that answers from a table and remembers what it was asked. */
const startControl = async (replies: Readonly<Record<string, Reply>>) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      asked.push(`${line} ${Buffer.concat(chunks).toString()}`.trim());
      const { status, body } = replies[line] ?? { status: 404, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { asked, simulator: createSimulator(`127.0.0.1:${port}`) };
};

const code = (body: unknown): string =>
  (body as { error?: { code?: string } }).error?.code ?? 'none';

describe('the demo scanners', () => {
  it('are those that the simulator plays, with what they show now', async () => {
    const now = Date.now();
    const soon = now + 60_000;
    const { simulator } = await startControl({
      'GET /devices': {
        status: 200,
        body: {
          devices: [
            // Ahead: the lamp must still be on however long the database takes to start.
            { ...{ id: 'lab-3-201-in', kind: 'scanner' }, lamp: 'green', text: '请通行', at: soon },
            { id: 'library-main-1-out', kind: 'scanner', lamp: 'red', text: 'x', at: now - 60_000 },
            { id: 'library-main-1-in', kind: 'scanner', lamp: null, text: null, at: null },
            { id: 'lab-3-201-ctl', kind: 'door', coils: [] },
            { id: 'of-another-campus', kind: 'scanner', lamp: 'red', text: '', at: now },
          ],
        },
      },
    });
    const api = await openApi({ simulator });
    const student = await api.signIn('Li Lei');
    const { status, body } = await student.ask('GET', '/api/demo/scanners');
    expect(status).toBe(200);
    expect(body).toEqual([
      ...['entry', 'exit'].map((side) => ({
        device: `library-main-1-${side === 'entry' ? 'in' : 'out'}`,
        door: 'library-main-1',
        doorName: { zh: '图书馆东门 1 号通道', en: 'Library east, lane 1' },
        side,
        lamp: 'off',
        display: '',
      })),
      {
        device: 'lab-3-201-in',
        door: 'lab-3-201',
        doorName: { zh: '实验楼 3-201', en: 'Lab 3-201' },
        side: 'entry',
        lamp: 'green',
        display: '请通行',
      },
    ]);
  });

  it('answer with what they showed, and with nothing where they showed nothing', async () => {
    const { simulator, asked } = await startControl({
      'POST /devices/lab-3-201-in/present': {
        status: 200,
        body: { lamp: 'red', tone: 'no', text: '此码已使用', withinMs: 12 },
      },
      'POST /devices/lab-2-201-in/present': { status: 504, body: { error: {} } },
    });
    const api = await openApi({ simulator });
    const { ask } = await api.signIn('Li Lei');
    const scan = (device: string) => ask('POST', '/api/demo/scan', { device, text: 'ABC' });
    expect((await scan('lab-3-201-in')).body).toMatchObject({ lamp: 'red', display: '此码已使用' });
    expect((await scan('lab-2-201-in')).body).toMatchObject({ lamp: 'off', display: '' });
    expect(code((await scan('lab-1-101-in')).body)).toBe('CL_NOT_FOUND');
    // A controller is no scanner.
    expect(code((await scan('lab-3-201-ctl')).body)).toBe('CL_NOT_FOUND');
    expect(asked[0]).toBe('POST /devices/lab-3-201-in/present {"text":"ABC"}');
  });

  it('let somebody walk through the door of the scanner, from its side', async () => {
    const ok = { status: 200, body: { result: 'passed' } };
    const { simulator, asked } = await startControl({
      'POST /devices/library-main-1-ctl/walk': ok,
      'POST /devices/lab-3-201-ctl/walk': ok,
    });
    const api = await openApi({ simulator });
    const { ask } = await api.signIn('Li Lei');
    for (const device of ['library-main-1-out', 'lab-3-201-in']) {
      expect((await ask('POST', '/api/demo/walk', { device })).status).toBe(204);
    }
    expect(asked).toEqual([
      'POST /devices/library-main-1-ctl/walk {"side":"exit"}',
      'POST /devices/lab-3-201-ctl/walk {"side":"entry"}',
    ]);
  });

  it('say that the demo is off where the simulator is away', async () => {
    const api = await openApi({ simulator: createSimulator('127.0.0.1:1') });
    const { ask } = await api.signIn('Li Lei');
    expect(await ask('GET', '/api/demo/scanners')).toMatchObject({ status: 404 });
    const body = { device: 'lab-3-201-in', text: 'x' };
    expect(code((await ask('POST', '/api/demo/scan', body)).body)).toBe('CL_DEMO_OFF');
  });
});
