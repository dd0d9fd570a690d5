import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import modbus from 'modbus-serial';
import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createModbusPorts } from './modbus.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

type Request = { readonly id: number; readonly body: string };

/** Answers as the test says: `answer(request, say)`, body = unit and PDU in hex. */
const controller = async (answer: (request: Request, say: Say, socket: Socket) => void) => {
  const requests: Request[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    const say: Say = (id, body) => {
      const bytes = Buffer.from(body.replaceAll(' ', ''), 'hex');
      const head = Buffer.alloc(6);
      head.writeUInt16BE(id, 0);
      head.writeUInt16BE(bytes.length, 4);
      socket.write(Buffer.concat([head, bytes]));
    };
    // Every request of these tests is 12 bytes and comes in a write of its own.
    socket.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; at += 12) {
        const id = chunk.readUInt16BE(at);
        const request = { id, body: chunk.subarray(at + 6, at + 12).toString('hex') };
        requests.push(request);
        answer(request, say, socket);
      }
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = (replyTimeoutMs: number) =>
    createModbusPorts(createSilentLog()).open({ port, baud: 9600, replyTimeoutMs });
  return { open, requests, bodies: () => requests.map(({ body }) => body) };
};
type Say = (id: number, body: string) => void;

const patientMs = 5_000;

describe('calls on the wire, as in MODBUS Application Protocol V1.1b3', () => {
  const bits = (text: string) => [...text].map((c) => c === '1');

  it('§6.2 read discrete inputs', async () => {
    const { open, bodies } = await controller(({ id }, say) => say(id, '11 02 03 AC DB 35'));
    const line = await open(patientMs);
    const inputs = await line.readDiscreteInputs(0x11, 0xc4, 0x16);
    expect(bodies()).toEqual(['110200c40016']);
    expect(inputs).toEqual(bits('0011010111011011' + '101011'));
    await line.close();
  });

  it('§6.1 read coils', async () => {
    const { open, bodies } = await controller(({ id }, say) => say(id, '01 01 03 CD 6B 05'));
    const line = await open(patientMs);
    expect(await line.readCoils(1, 0x13, 0x13)).toEqual(bits('1011001111010110' + '101'));
    expect(bodies()).toEqual(['010100130013']);
    await line.close();
  });

  it('§6.6 write single register and §6.5 write single coil', async () => {
    const { open, bodies } = await controller(({ id, body }, say) => say(id, body));
    const line = await open(patientMs);
    await line.writeRegister(1, 1, 3);
    await line.writeCoil(1, 0xac, true);
    await line.writeCoil(1, 0xac, false);
    expect(bodies()).toEqual(['010600010003', '010500acff00', '010500ac0000']);
    await line.close();
  });

  it.each([
    ['an exception', '01 86 02', 'Illegal data address'],
    ['another value in the echo', '01 06 00 01 00 04', 'another echo'],
    ['another address in the echo', '01 06 00 02 00 03', 'another echo'],
    ['another unit', '02 06 00 01 00 03', 'Unexpected data error'],
    ['another function', '01 05 00 01 FF 00', 'Unexpected data error'],
    ['a frame too short', '01 06 00', 'Data length error'],
  ])('rejects with GW_MODBUS on %s', async (_, reply, why) => {
    const { open } = await controller(({ id }, say) => say(id, reply));
    const line = await open(patientMs);
    const error: unknown = await line.writeRegister(1, 1, 3).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'GW_MODBUS' });
    expect(String(error)).toContain(why);
    await line.close();
  });

  it('agrees with an independent server, several units on one line', async () => {
    const held = new Map<string, number>();
    const server = new modbus.ServerTCP(
      {
        getDiscreteInput: (address: number, unit: number) => address === unit,
        getCoil: () => false,
        setRegister: (address: number, value: number, unit: number) => {
          held.set(`${unit}/${address}`, value);
        },
      },
      { host: '127.0.0.1', port: 0, unitID: 255 },
    );
    await once(server, 'initialized');
    const inner = (server as unknown as { _server: Server })._server;
    const port = `tcp://127.0.0.1:${(inner.address() as AddressInfo).port}`;
    const ports = createModbusPorts(createSilentLog());
    const line = await ports.open({ port, baud: 9600, replyTimeoutMs: patientMs });
    const [one, two] = await Promise.all([
      line.readDiscreteInputs(1, 0, 3),
      line.readDiscreteInputs(2, 0, 3),
      line.writeRegister(2, 16, 30),
    ]);
    expect([one, two]).toEqual([bits('010'), bits('001')]);
    expect(await line.readCoils(1, 0, 2)).toEqual([false, false]);
    expect(held).toEqual(new Map([['2/16', 30]]));
    await line.close();
    const { promise, resolve } = Promise.withResolvers<null>();
    server.close(() => resolve(null));
    await promise;
  });
});

describe('the order of calls', () => {
  it('lets a write go before the reads that wait, one call in flight at a time', async () => {
    let inFlight = 0;
    let inFlightMost = 0;
    const { open, bodies } = await controller(({ id, body }, say) => {
      inFlight += 1;
      inFlightMost = Math.max(inFlightMost, inFlight);
      setImmediate(() => {
        inFlight -= 1;
        say(id, body.slice(2, 4) === '06' ? body : '01 02 01 00');
      });
    });
    const line = await open(patientMs);
    await Promise.all([
      ...[0, 1, 2].map((from) => line.readDiscreteInputs(1, from, 8)),
      line.writeRegister(1, 16, 30),
    ]);
    expect(bodies()).toEqual(['010200000008', '01060010001e', '010200010008', '010200020008']);
    expect(inFlightMost).toBe(1);
    await line.close();
  });

  it('asks at the moment of sending whether a write may still go', async () => {
    const { open, bodies } = await controller(({ id, body }, say) => {
      say(id, body.slice(2, 4) === '06' ? body : '01 02 01 00');
    });
    const line = await open(patientMs);
    const read = line.readDiscreteInputs(1, 0, 8);
    const write = line.writeRegister(1, 16, 30, () => false);
    await expect(write).rejects.toThrow('not sent');
    await read;
    await line.readDiscreteInputs(1, 1, 8);
    expect(bodies()).toEqual(['010200000008', '010200010008']);
    await line.close();
  });

  it('refuses more calls than may wait', async () => {
    const { open } = await controller(() => undefined);
    const line = await open(patientMs);
    const calls = Array.from({ length: 130 }, () => line.readDiscreteInputs(1, 0, 8));
    const last = calls.at(-1);
    await expect(last).rejects.toThrow('too many calls');
    await line.close();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('replies that are late or never come', () => {
  it('never takes a late reply for the answer to a later call', async () => {
    const late: (() => void)[] = [];
    const { open } = await controller(({ id }, say) => {
      if (late.length === 0) {
        late.push(() => say(id, '01 02 01 FF'));
        return;
      }
      late[0]?.();
      say(id, '01 02 01 00');
    });
    const line = await open(50);
    await expect(line.readDiscreteInputs(1, 0, 8)).rejects.toThrow('Timed out');
    expect(await line.readDiscreteInputs(1, 0, 8)).toEqual(Array(8).fill(false));
    expect(await line.readDiscreteInputs(1, 0, 8)).toEqual(Array(8).fill(false));
    await line.close();
  });

  it('closes a line on which ten calls in a row were not answered, and not before', async () => {
    let count = 0;
    const { open } = await controller(({ id }, say) => {
      count += 1;
      if (count === 10) say(id, '01 82 04');
    });
    const line = await open(5);
    const causes: string[] = [];
    line.onClose((cause) => void causes.push(cause));
    const call = () => line.readDiscreteInputs(1, 0, 8).catch(() => undefined);
    for (let n = 0; n < 19; n += 1) await call();
    expect(causes).toEqual([]);
    await call();
    await line.close();
    expect(causes).toEqual(['closed by the gateway']);
  });

  it.each([
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
    ['ends the connection', (socket: Socket) => socket.end()],
  ])('a controller that %s answers every waiting call at once', async (_, kill) => {
    const { open } = await controller((_request, _say, socket) => kill(socket));
    const line = await open(patientMs);
    const causes: string[] = [];
    line.onClose((cause) => void causes.push(cause));
    const began = performance.now();
    const outcomes = await Promise.allSettled([
      line.readDiscreteInputs(1, 0, 8),
      line.readCoils(1, 0, 8),
      line.writeRegister(1, 16, 30),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(performance.now() - began).toBeLessThan(patientMs / 2);
    await line.close();
    expect(causes).toHaveLength(1);
    await expect(line.readCoils(1, 0, 8)).rejects.toMatchObject({ code: 'GW_MODBUS' });
  });

  it('cannot be opened where nobody listens: GW_MODBUS', async () => {
    const ports = createModbusPorts(createSilentLog());
    const opening = ports.open({ port: 'tcp://127.0.0.1:1', baud: 9600, replyTimeoutMs: 50 });
    await expect(opening).rejects.toMatchObject({ code: 'GW_MODBUS' });
  });
});
