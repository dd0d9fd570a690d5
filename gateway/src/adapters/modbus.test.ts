import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import modbus from 'modbus-serial';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModbusBlock, ModbusTable } from '@gatehouse/device-profiles';
import { GatewayError } from '../errors.ts';
import type { ModbusLine, ModbusWriteAsk } from '../ports.ts';
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
  const open = async (replyTimeoutMs: number) => {
    const line = await createModbusPorts(createSilentLog()).open({ port, baud: 9600 });
    return { ...line, ...callsOf(line, replyTimeoutMs) };
  };
  return { open, requests, bodies: () => requests.map(({ body }) => body) };
};
type Say = (id: number, body: string) => void;

const callsOf = (line: ModbusLine, replyTimeoutMs: number) => {
  const read = (table: ModbusTable) => (unit: number, address: number, count: number) =>
    line.read({ unit, table, address, count, replyTimeoutMs });
  const write =
    (table: 'coil' | 'holding') =>
    (unit: number, address: number, values: ModbusBlock, how: Partial<ModbusWriteAsk> = {}) =>
      line.write({ unit, table, address, values, replyTimeoutMs, multiple: false, ...how });
  return {
    readInputs: read('discrete'),
    readCoils: read('coil'),
    readHolding: read('holding'),
    readInputRegisters: read('input'),
    writeRegisters: write('holding'),
    writeCoils: write('coil'),
  };
};

const patientMs = 5_000;

describe('calls on the wire, as in MODBUS Application Protocol V1.1b3', () => {
  const bits = (text: string) => [...text].map((c) => c === '1');

  it('§6.2 read discrete inputs', async () => {
    const { open, bodies } = await controller(({ id }, say) => say(id, '11 02 03 AC DB 35'));
    const line = await open(patientMs);
    const inputs = await line.readInputs(0x11, 0xc4, 0x16);
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
    await line.writeRegisters(1, 1, [3]);
    await line.writeCoils(1, 0xac, [true]);
    await line.writeCoils(1, 0xac, [false]);
    expect(bodies()).toEqual(['010600010003', '010500acff00', '010500ac0000']);
    await line.close();
  });

  it('§6.5 write single coil with a time in the place of on and off', async () => {
    const { open, bodies } = await controller(({ id, body }, say) => say(id, body));
    const line = await open(patientMs);
    await line.writeCoils(1, 0x200, [true], { rawCoil: 7 });
    await line.writeCoils(1, 0, [false]);
    await line.writeRegisters(1, 1, [3]);
    expect(bodies()).toEqual(['010502000007', '010500000000', '010600010003']);
    await line.close();
  });

  it.each([
    ['an exception', '01 85 03', 'GW_MODBUS_EXCEPTION', 'exception 3'],
    ['another time in the echo', '01 05 02 00 00 08', 'GW_MODBUS', 'another echo'],
    ['the echo of a register', '01 06 02 00 00 07', 'GW_MODBUS', ''],
    ['an echo too short', '01 05 02 00', 'GW_MODBUS', 'Data length error'],
  ])('rejects a coil with a time on %s', async (_, reply, code, why) => {
    const { open } = await controller(({ id }, say) => say(id, reply));
    const line = await open(patientMs);
    const error: unknown = await line
      .writeCoils(1, 0x200, [true], { rawCoil: 7 })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(why);
    await line.close();
  });

  it.each([
    ['another value in the echo', '01 06 00 01 00 04', 'another echo'],
    ['another address in the echo', '01 06 00 02 00 03', 'another echo'],
    ['another unit', '02 06 00 01 00 03', 'Unexpected data error'],
    ['another function', '01 05 00 01 FF 00', 'Unexpected data error'],
    ['a frame too short', '01 06 00', 'Data length error'],
  ])('rejects with GW_MODBUS on %s', async (_, reply, why) => {
    const { open } = await controller(({ id }, say) => say(id, reply));
    const line = await open(patientMs);
    const error: unknown = await line.writeRegisters(1, 1, [3]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'GW_MODBUS' });
    expect(String(error)).toContain(why);
    await line.close();
  });

  it.each([
    ['§6.3 read holding registers', 'readHolding', '11 03 06 AE 41 56 52 43 40', '1103006b0003'],
    [
      '§6.4 read input registers',
      'readInputRegisters',
      '11 04 06 AE 41 56 52 43 40',
      '1104006b0003',
    ],
  ] as const)('%s', async (_, call, reply, request) => {
    const { open, bodies } = await controller(({ id }, say) => say(id, reply));
    const line = await open(patientMs);
    expect(await line[call](0x11, 0x6b, 3)).toEqual([0xae41, 0x5652, 0x4340]);
    expect(bodies()).toEqual([request]);
    await line.close();
  });

  it('rejects with GW_MODBUS_EXCEPTION and its number where the device refuses', async () => {
    const { open } = await controller(({ id }, say) => say(id, '01 86 02'));
    const line = await open(patientMs);
    const error: unknown = await line.writeRegisters(1, 1, [3]).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'GW_MODBUS_EXCEPTION', cause: 2 });
    expect(String(error)).toContain('Illegal data address');
    await line.close();
  });

  it('agrees with an independent server, several units on one line', async () => {
    const held = new Map<string, unknown>();
    const server = new modbus.ServerTCP(
      {
        getDiscreteInput: (address: number, unit: number) => address === unit,
        getCoil: () => false,
        getHoldingRegister: (address: number, unit: number) =>
          Number(held.get(`${unit}/${address}`)),
        getInputRegister: (address: number, unit: number) => address * unit,
        setCoil: (address: number, on: boolean, unit: number) => {
          held.set(`${unit}/c${address}`, on);
        },
        setRegister: (address: number, value: number, unit: number) => {
          held.set(`${unit}/${address}`, value);
        },
      },
      { host: '127.0.0.1', port: 0, unitID: 255 },
    );
    await once(server, 'initialized');
    const inner = (server as unknown as { _server: Server })._server;
    const port = `tcp://127.0.0.1:${(inner.address() as AddressInfo).port}`;
    const opened = await createModbusPorts(createSilentLog()).open({ port, baud: 9600 });
    const line = { ...opened, ...callsOf(opened, patientMs) };
    const one = await line.readInputs(1, 0, 3);
    const two = await line.readInputs(2, 0, 3);
    expect([one, two]).toEqual([bits('010'), bits('001')]);
    expect(await line.readCoils(1, 0, 2)).toEqual([false, false]);
    await line.writeRegisters(2, 16, [30]);
    await line.writeRegisters(2, 17, [1, 2], { multiple: true });
    await line.writeCoils(1, 4, [true, false, true]);
    expect(held).toEqual(
      new Map<string, unknown>([
        ...[['2/16', 30] as const, ['2/17', 1] as const, ['2/18', 2] as const],
        ...[['1/c4', true] as const, ['1/c5', false] as const, ['1/c6', true] as const],
      ]),
    );
    expect(await line.readHolding(2, 16, 3)).toEqual([30, 1, 2]);
    expect(await line.readInputRegisters(3, 7, 2)).toEqual([21, 24]);
    await line.close();
    const { promise, resolve } = Promise.withResolvers<null>();
    server.close(() => resolve(null));
    await promise;
  });
});

describe('one call at a time', () => {
  it('asks at the moment of sending whether a write may still go', async () => {
    const { open, bodies } = await controller(({ id }, say) => say(id, '01 02 01 00'));
    const line = await open(patientMs);
    const write = line.writeRegisters(1, 16, [30], { mayStart: () => false });
    await expect(write).rejects.toThrow('not sent');
    await line.readInputs(1, 0, 8);
    expect(bodies()).toEqual(['010200000008']);
    await line.close();
  });

  it('refuses a call while another is in flight', async () => {
    const { open, bodies } = await controller(() => undefined);
    const line = await open(patientMs);
    const first = line.readInputs(1, 0, 8);
    await expect(line.readInputs(1, 1, 8)).rejects.toThrow('another call');
    await line.close();
    await expect(first).rejects.toMatchObject({ code: 'GW_MODBUS' });
    expect(bodies().length).toBeLessThanOrEqual(1);
  });

  it('shows every frame as it is on the wire', async () => {
    const { open } = await controller(({ id }, say) => say(id, '01 02 01 05'));
    const line = await open(patientMs);
    const frames: string[] = [];
    line.tap?.((direction, bytes) => {
      frames.push(`${direction} ${Buffer.from(bytes).toString('hex')}`);
    });
    await line.readInputs(1, 0, 3);
    expect(frames).toEqual(['out 000100000006010200000003', 'in 00010000000401020105']);
    await line.close();
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
    await expect(line.readInputs(1, 0, 8)).rejects.toThrow('Timed out');
    expect(await line.readInputs(1, 0, 8)).toEqual(Array(8).fill(false));
    expect(await line.readInputs(1, 0, 8)).toEqual(Array(8).fill(false));
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
    const call = () => line.readInputs(1, 0, 8).catch(() => undefined);
    for (let n = 0; n < 19; n += 1) await call();
    expect(causes).toEqual([]);
    await call();
    await line.close();
    expect(causes).toEqual(['closed by the gateway']);
  });

  it.each([
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
    ['ends the connection', (socket: Socket) => socket.end()],
  ])('a controller that %s fails the call in flight at once', async (_, kill) => {
    const { open } = await controller((_request, _say, socket) => kill(socket));
    const line = await open(patientMs);
    const causes: string[] = [];
    line.onClose((cause) => void causes.push(cause));
    const began = performance.now();
    await expect(line.readInputs(1, 0, 8)).rejects.toMatchObject({ code: 'GW_MODBUS' });
    expect(performance.now() - began).toBeLessThan(patientMs / 2);
    await line.close();
    expect(causes).toHaveLength(1);
    await expect(line.readCoils(1, 0, 8)).rejects.toMatchObject({ code: 'GW_MODBUS' });
  });

  it('cannot be opened where nobody listens: GW_MODBUS', async () => {
    const ports = createModbusPorts(createSilentLog());
    const opening = ports.open({ port: 'tcp://127.0.0.1:1', baud: 9600 });
    await expect(opening).rejects.toMatchObject({ code: 'GW_MODBUS' });
  });
});
