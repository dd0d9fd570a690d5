import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCatalogue } from '@gatehouse/device-profiles';
import modbusSerial from 'modbus-serial';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from './adapters/clock.ts';
import { askHttp } from './adapters/http-client.ts';
import { serveHttp } from './adapters/http-server.ts';
import { openPty } from './adapters/pty-wire.ts';
import { listenTcp } from './adapters/tcp-wire.ts';
import { parseSimConfig } from './config.ts';
import { createSim } from './sim.ts';
import type { Sim } from './sim.ts';

const catalogue = await loadCatalogue();
const file = `control: 127.0.0.1:0
devices:
  - { id: scan, door: d, side: entry, profile: gatehouse-scanner-s1, listen: 'tcp://127.0.0.1:0' }
  - { id: gate, door: d, unit: 7, profile: gatehouse-turnstile-t1, listen: 'tcp://127.0.0.1:0' }
`;

type Running = {
  readonly sim: Sim;
  readonly control: string;
  readonly port: (id: string) => number;
};

const startSim = async (text: string): Promise<Running> => {
  const ports = { clock: systemClock, listenTcp, openPty, serveHttp, askHttp };
  const sim = createSim(ports, parseSimConfig(text, 'sim.yaml', catalogue));
  const ready = await sim.start();
  const port = (id: string): number =>
    Number(new URL(ready.devices.find((device) => device.id === id)?.listen ?? '').port);
  return { sim, control: ready.control, port };
};

const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

/** Reads until the text ends so. */
const readUntil = async (socket: Socket, end: string): Promise<string> => {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.endsWith(end)) break;
  }
  return text;
};

describe('devices over TCP', () => {
  let running: Running;
  beforeEach(async () => {
    running = await startSim(file);
  });
  afterEach(async () => {
    await running.sim.stop();
  });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${running.control}/devices/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const modbus = async (): Promise<InstanceType<typeof modbusSerial.default>> => {
    const client = new modbusSerial.default();
    client.setTimeout(1_000);
    await client.connectTCP('127.0.0.1', { port: running.port('gate') });
    client.setID(7);
    return client;
  };

  it('a scanner sends its line, and the control port tells the feedback', async () => {
    const gateway = await dial(running.port('scan'));
    const presented = post('scan/present', { text: ' A0 B1' });
    expect(await readUntil(gateway, '\r\n')).toBe(' A0 B1\r\n');
    gateway.write('LAMP amber;TONE again;TEXT 请刷新再扫\r\n');
    const { status, body } = await presented;
    expect(status).toBe(200);
    expect(body).toMatchObject({ lamp: 'amber', tone: 'again', text: '请刷新再扫' });
    gateway.destroy();
  });

  it('a new client takes the scanner over', async () => {
    const first = await dial(running.port('scan'));
    const gone = once(first, 'close');
    const second = await dial(running.port('scan'));
    await gone;
    await post('scan/raw', { hex: '42420d' });
    expect(await readUntil(second, '\r')).toBe('BB\r');
    second.destroy();
  });

  it('a line of 10 MB passes through to who reads it', async () => {
    const gateway = await dial(running.port('scan'));
    let length = 0;
    gateway.on('data', (chunk: Buffer) => (length += chunk.length));
    const { body } = await post('scan/raw', { hex: '41', repeat: 10 * 1024 * 1024 });
    expect(body).toEqual({ bytes: 10 * 1024 * 1024 });
    await expect.poll(() => length, { timeout: 10_000 }).toBe(10 * 1024 * 1024);
    gateway.destroy();
  });

  it('the client of modbus-serial opens the turnstile, and it locks by itself', async () => {
    const client = await modbus();
    await client.writeRegister(16, 5);
    expect((await client.readDiscreteInputs(0, 7)).data.slice(0, 7)).toEqual(
      [1, 0, 0, 0, 0, 0, 0].map(Boolean),
    );
    expect(await post('gate/walk', { side: 'entry' })).toEqual({
      status: 200,
      body: { result: 'passed' },
    });
    expect((await client.readDiscreteInputs(2, 1)).data[0]).toBe(true);
    await sleep(550);
    expect((await client.readDiscreteInputs(0, 3)).data.slice(0, 3)).toEqual([false, false, false]);
    expect(await post('gate/walk', { side: 'entry' })).toMatchObject({
      body: { result: 'locked' },
    });
    client.close(() => undefined);
  });

  it('a plain coil stays on until that client writes it off', async () => {
    const client = await modbus();
    await client.writeCoil(1, true);
    await sleep(300);
    expect((await client.readCoils(0, 2)).data.slice(0, 2)).toEqual([false, true]);
    await client.writeCoils(0, [false, false]);
    expect((await client.readCoils(0, 2)).data.slice(0, 2)).toEqual([false, false]);
    client.close(() => undefined);
  });

  it('that client hears the exceptions', async () => {
    const client = await modbus();
    await expect(client.readCoils(40, 1)).rejects.toMatchObject({ modbusCode: 2 });
    await expect(client.readInputRegisters(0, 1)).rejects.toMatchObject({ modbusCode: 1 });
    await expect(client.writeRegister(99, 1)).rejects.toMatchObject({ modbusCode: 2 });
    client.close(() => undefined);
  });

  it('answers a frame written by hand from the specification', async () => {
    const gateway = await dial(running.port('gate'));
    gateway.setEncoding('hex');
    // V1.1b3 §6.6 on register 16, then §6.2 on inputs 0 to 2, in one chunk
    gateway.write(Buffer.from('000100000006070600100032000200000006070200000003', 'hex'));
    const answer = '0001000000060706001000320002000000040702' + '0101';
    expect(await readUntil(gateway, '0101')).toBe(answer);
    gateway.destroy();
  });

  it('says that a port is taken, and leaves nothing open', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const clash = file.replace(`'tcp://127.0.0.1:0' }\n`, `'tcp://127.0.0.1:${port}' }\n`);
    await expect(startSim(clash)).rejects.toMatchObject({
      code: 'SIM_PORT_TAKEN',
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
    holder.close();
  });

  it('bounds the body, and answers only to a loopback name', async () => {
    const huge = await post('scan/present', { text: 'A'.repeat(300_000) });
    expect(huge).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
    const socket = await dial(Number(new URL(running.control).port));
    socket.write('GET /devices HTTP/1.1\r\nhost: gatehouse.example\r\nconnection: close\r\n\r\n');
    expect(await readUntil(socket, '\n\r\n')).toContain('403');
    socket.destroy();
  });
});
