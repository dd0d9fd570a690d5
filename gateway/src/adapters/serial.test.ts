import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createSerialPorts } from './serial.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A converter on a free loopback port, and the socket of its first visitor. */
const converter = async () => {
  const server = createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const visitor = once(server, 'connection').then(([socket]) => socket as Socket);
  const port = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, visitor, port };
};

const ports = createSerialPorts(createSilentLog());

describe('a serial line over TCP', () => {
  it('carries bytes both ways', async () => {
    const { visitor, port } = await converter();
    const line = await ports.open({ port, baud: 9600 });
    const device = await visitor;
    const heard = new Promise<Uint8Array>((resolve) => void line.onData(resolve));
    device.write(Buffer.from([0x00, 0xff, 0x0d]));
    expect([...(await heard)]).toEqual([0x00, 0xff, 0x0d]);
    const shown = once(device, 'data');
    await line.write(Buffer.from('LAMP green\r\n'));
    expect(String((await shown)[0])).toBe('LAMP green\r\n');
    await line.close();
  });

  it('tells once that the device went away, also to who asks later', async () => {
    const { visitor, port } = await converter();
    const line = await ports.open({ port, baud: 9600 });
    line.onData(() => undefined);
    const causes: string[] = [];
    const gone = new Promise<void>((resolve) => {
      line.onClose((cause) => {
        causes.push(cause);
        resolve();
      });
    });
    (await visitor).resetAndDestroy();
    await gone;
    await line.close();
    line.onClose((cause) => void causes.push(cause));
    expect(causes).toEqual([causes[0], causes[0]]);
    await expect(line.write(Buffer.from('x'))).rejects.toThrow('closed');
  });

  it('tells of its own closing too', async () => {
    const { port } = await converter();
    const line = await ports.open({ port, baud: 9600 });
    const causes: string[] = [];
    line.onClose((cause) => void causes.push(cause));
    await line.close();
    await line.close();
    expect(causes).toEqual(['closed by the gateway']);
  });

  it('refuses a write beyond what may wait for a device that takes nothing', async () => {
    const { visitor, port } = await converter();
    const line = await ports.open({ port, baud: 9600 });
    (await visitor).pause();
    const chunk = new Uint8Array(60_000);
    const refused = await Promise.race(
      Array.from({ length: 400 }, () =>
        line.write(chunk).then(
          () => Promise.withResolvers<string>().promise,
          (error: unknown) => String(error),
        ),
      ),
    );
    expect(refused).toContain('takes no bytes');
    (await visitor).destroy();
    await line.close();
  });

  it.each([
    ['nobody listens', 'tcp://127.0.0.1:1'],
    ['no port', 'tcp://127.0.0.1'],
    ['no such device', '/dev/no-such-scanner'],
    ['not an address', 'tcp://'],
  ])('%s: GW_SERIAL_OPEN', async (_, port) => {
    const error: unknown = await ports.open({ port, baud: 9600 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'GW_SERIAL_OPEN' });
    expect(String(error)).toContain(port);
  });
});
