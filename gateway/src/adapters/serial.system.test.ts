// needs: socat
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ModbusLine, SerialLine } from '../ports.ts';
import { openPtyPair, type PtyPair } from '../testing/pty-pair.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createModbusPorts } from './modbus.ts';
import { crc16Modbus } from '@gatehouse/protocols';
import { createSerialPorts } from './serial.ts';

let pair: PtyPair;
beforeEach(async () => {
  pair = await openPtyPair(inject('programs').socat ?? 'socat');
});
afterEach(() => pair.cut());

const serial = createSerialPorts(createSilentLog());
const baud = 115_200;
const nextData = (line: SerialLine) =>
  new Promise<Uint8Array>((resolve) => void line.onData(resolve));

describe('a serial line on a device path', () => {
  it('carries every byte both ways and can be opened again', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, n) => n);
    for (const _ of [1, 2]) {
      const here = await serial.open({ port: pair.gateway, baud });
      const there = await serial.open({ port: pair.device, baud });
      const heard: number[] = [];
      const whole = new Promise<void>((resolve) => {
        here.onData((chunk) => {
          heard.push(...chunk);
          if (heard.length >= all.length) resolve();
        });
      });
      await there.write(all);
      await whole;
      expect(heard).toEqual([...all]);
      const shown = nextData(there);
      await here.write(Buffer.from('LAMP green\r\n'));
      expect(Buffer.from(await shown).toString()).toMatch(/^LAMP/);
      await here.close();
      await there.close();
    }
  });

  it('tells once that the device vanished', async () => {
    const line = await serial.open({ port: pair.gateway, baud });
    line.onData(() => undefined);
    const causes: string[] = [];
    const gone = new Promise<void>((resolve) => {
      line.onClose((cause) => {
        causes.push(cause);
        resolve();
      });
    });
    await pair.cut();
    await gone;
    await line.close();
    expect(causes).toHaveLength(1);
    await expect(line.write(Buffer.from('x'))).rejects.toThrow('closed');
    await expect(serial.open({ port: pair.gateway, baud })).rejects.toMatchObject({
      code: 'GW_SERIAL_OPEN',
    });
  });
});

const frame = (hex: string): Buffer => {
  const body = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const crc = Buffer.alloc(2);
  crc.writeUInt16LE(crc16Modbus(body));
  return Buffer.concat([body, crc]);
};

/** An RTU controller on the other end; `answer` gets whole requests without CRC, in hex. */
const rtuController = async (answer: (request: string, say: (hex: string) => void) => void) => {
  const line = await serial.open({ port: pair.device, baud });
  let received = Buffer.alloc(0);
  line.onData((chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 8) {
      const request = received.subarray(0, 6).toString('hex');
      received = received.subarray(8);
      answer(request, (hex) => void line.write(frame(hex)));
    }
  });
  return line;
};

describe('Modbus RTU on a device path', () => {
  const open = () => createModbusPorts(createSilentLog()).open({ port: pair.gateway, baud });
  const inputs = (line: ModbusLine, count: number, replyTimeoutMs = 2_000) =>
    line.read({ unit: 1, table: 'discrete', address: 0, count, replyTimeoutMs });
  const write = (line: ModbusLine, table: 'coil' | 'holding', address: number, value: number) =>
    line.write({
      unit: 1,
      table,
      address,
      values: [value],
      multiple: false,
      replyTimeoutMs: 2_000,
    });
  const rested = async (line: ModbusLine) => {
    for (let ms = 1; ms > 0; ms = line.restMs?.(1) ?? 0) await sleep(ms);
  };

  it('reads and writes', async () => {
    const requests: string[] = [];
    const device = await rtuController((request, say) => {
      requests.push(request);
      say(request.startsWith('0102') ? '01 02 01 05' : request);
    });
    const line = await open();
    expect(await inputs(line, 4)).toEqual([true, false, true, false]);
    await rested(line);
    await write(line, 'holding', 16, 30);
    await rested(line);
    await write(line, 'coil', 0, 0);
    expect(requests).toEqual(['010200000004', '01060010001e', '010500000000']);
    await line.close();
    await device.close();
  });

  it('never takes a late reply for the answer to the next call', async () => {
    let count = 0;
    let sayLate: () => void = () => undefined;
    const device = await rtuController((_, say) => {
      count += 1;
      if (count > 1) say('01 02 01 00');
      else sayLate = () => say('01 02 01 FF');
    });
    const line = await open();
    await expect(inputs(line, 8, 100)).rejects.toThrow('Timed out');
    expect(line.restMs?.(1)).toBeGreaterThan(50);
    sayLate();
    await rested(line);
    expect(await inputs(line, 8, 100)).toEqual(Array(8).fill(false));
    await line.close();
    await device.close();
  });

  it('fails the call in flight when the device vanishes', async () => {
    const device = await rtuController(() => void pair.cut());
    const line = await open();
    const causes: string[] = [];
    line.onClose((cause) => void causes.push(cause));
    await expect(inputs(line, 8, 5_000)).rejects.toMatchObject({ code: 'GW_MODBUS' });
    await expect(write(line, 'holding', 16, 30)).rejects.toMatchObject({ code: 'GW_MODBUS' });
    expect(causes).toHaveLength(1);
    await device.close();
  });
});
