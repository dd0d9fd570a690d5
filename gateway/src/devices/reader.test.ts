import { compileProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { createLines } from '../drivers/lines.ts';
import { createSerialDevice } from '../drivers/serial-device.ts';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import { scannerProfile } from '../testing/profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createReaderRole } from './reader.ts';

const { commands: _, ...muteModel } = scannerProfile.model;

/** A reader at a door on the serial driver, with a scanner head in memory. */
const bench = (options: { language?: 'zh' | 'en'; model?: typeof scannerProfile.model } = {}) => {
  const { language = 'zh', model = scannerProfile.model } = options;
  const clock = createVirtualClock();
  const serial = createMemorySerial();
  const log = createSilentLog();
  const lines = createLines({
    serial: serial.ports,
    modbus: createMemoryModbus(clock).ports,
    clock,
    log,
  });
  const codec = compileProfile(scannerProfile, 'serial', {});
  if (codec.transport !== 'serial') throw new Error('a serial binding');
  const codes: string[] = [];
  const conditions: string[] = [];
  const opened: number[] = [];
  const driver = createSerialDevice({
    deviceId: 'scan-1',
    port: '/dev/scan',
    codec,
    model,
    line: lines.serial('/dev/scan', codec),
    clock,
    log,
    onReading: (reading) => role.onReading(reading),
    onLink: (state) => {
      if (state === 'online') opened.push(clock.monoMs());
    },
    onCondition: (code, detail) => void conditions.push(`${clock.monoMs()} ${code} ${detail}`),
  });
  const role = createReaderRole({
    ...{ id: 'scan-1', door: 'lab', side: 'entry', model, driver, language, clock, log },
    onCode: (_reader, text) => void codes.push(`${clock.monoMs()} ${text}`),
  });
  const scanner = { ...driver, show: (reason: string) => role.reader.show(reason as 'granted') };
  return { clock, serial, log, codes, conditions, opened, scanner };
};

describe('a scanner head', () => {
  it('hands on each line with the time at which it ended', async () => {
    const { clock, serial, scanner, codes, conditions } = bench();
    scanner.start();
    await clock.advance(10);
    serial.come('AB');
    await clock.advance(20);
    serial.come('C\r\nDEF\r');
    expect(codes).toEqual(['30 ABC', '30 DEF']);
    expect(conditions).toEqual([]);
  });

  it('drops a half line after its time and begins anew', async () => {
    const { clock, serial, scanner, codes } = bench();
    scanner.start();
    await clock.settle();
    serial.come('HALF');
    await clock.advance(600);
    serial.come('WHOLE\r');
    expect(codes).toEqual(['600 WHOLE']);
  });

  it('opens again with a doubling wait and says that the line is lost, once', async () => {
    const { clock, serial, scanner, codes, conditions } = bench();
    serial.canOpen = false;
    scanner.start();
    await clock.advance(20_000);
    // 0, 250, 750, 1750, 3750, 7750, 12750, 17750
    expect(serial.opens()).toBe(8);
    serial.canOpen = true;
    await clock.advance(5_000);
    serial.come('CODE\r');
    expect(conditions).toEqual(['0 serial_lost /dev/scan', '22750 serial_lost undefined']);
    expect(codes).toHaveLength(1);
  });

  it('after a loss half a line of before is not part of a line of now', async () => {
    const { clock, serial, scanner, codes, conditions, opened } = bench();
    scanner.start();
    await clock.advance(60_000);
    serial.come('OLD');
    serial.drop('unplugged');
    await clock.advance(250);
    serial.come('NEW\r');
    expect(codes).toEqual(['60250 NEW']);
    expect(opened).toEqual([0, 60_250]);
    expect(conditions).toEqual(['60000 serial_lost /dev/scan', '60250 serial_lost undefined']);
  });

  it('is back within ten seconds of being plugged in again, however long it was gone', async () => {
    const { clock, serial, scanner, opened } = bench();
    scanner.start();
    await clock.advance(1_000);
    serial.canOpen = false;
    serial.drop('unplugged');
    await clock.advance(3_600_000);
    serial.canOpen = true;
    const pluggedMs = clock.monoMs();
    await clock.advance(10_000);
    expect(opened).toHaveLength(2);
    expect((opened[1] ?? Infinity) - pluggedMs).toBeLessThanOrEqual(10_000);
  });

  it('a line that opens and falls at once is tried ever more rarely', async () => {
    const { clock, serial, scanner } = bench();
    scanner.start();
    for (let n = 0; n < 3000; n += 1) {
      await clock.advance(10);
      serial.drop('gone');
    }
    expect(serial.opens()).toBeLessThan(12);
  });

  it('is noisy above five faults in 10 s, and no longer after a quiet minute', async () => {
    const { clock, serial, scanner, conditions } = bench();
    scanner.start();
    await clock.settle();
    for (let n = 0; n < 5; n += 1) serial.come('\u0001\r');
    await clock.advance(11_000);
    serial.come('\u0001\r');
    expect(conditions).toEqual([]);
    for (let n = 0; n < 5; n += 1) serial.come('\u0001\r');
    expect(conditions).toEqual(['11000 reader_noisy not_text']);
    await clock.advance(30_000);
    serial.come('\u0001\r');
    await clock.advance(59_999);
    expect(conditions).toHaveLength(1);
    await clock.advance(1);
    expect(conditions.at(-1)).toBe('101000 reader_noisy undefined');
  });

  it('hands on at most 20 codes in any second; the rest is noise', async () => {
    const { clock, serial, scanner, codes, conditions } = bench();
    scanner.start();
    await clock.advance(5);
    for (let n = 0; n < 30; n += 1) serial.come(`C${n}\r`);
    expect(codes).toHaveLength(20);
    expect(conditions).toEqual(['5 reader_noisy too_many']);
    await clock.advance(999);
    serial.come('EARLY\r');
    await clock.advance(1);
    serial.come('LATER\r');
    expect(codes).toHaveLength(21);
    expect(codes.at(-1)).toBe('1005 LATER');
  });

  it('never logs what was scanned', async () => {
    const { clock, serial, scanner, log } = bench();
    scanner.start();
    await clock.settle();
    serial.come(`SECRET\r${'SECRET'.repeat(20)}\rSECRET\u0001\rSECRET`);
    await clock.advance(1000);
    serial.drop('unplugged');
    await clock.advance(1000);
    expect(log.lines.join('\n')).not.toContain('SECRET');
    expect(log.lines.length).toBeGreaterThan(0);
  });

  it.each([
    ['zh', 'granted', 'LAMP green;TEXT 请通行\r\n'],
    ['en', 'used', 'LAMP amber;TEXT Already used\r\n'],
    ['en', 'exit_expired', 'LAMP green;TEXT Please enter\r\n'],
  ] as const)('shows in %s the reason %s', async (language, reason, expected) => {
    const { clock, serial, scanner } = bench({ language });
    scanner.start();
    await clock.settle();
    scanner.show(reason);
    await clock.settle();
    expect(serial.written).toEqual([expected]);
  });

  it('shows only the newest of what comes while the head takes nothing', async () => {
    const { clock, serial, scanner } = bench({ language: 'en' });
    let take: () => void = () => undefined;
    serial.write = () => new Promise((resolve) => void (take = resolve));
    scanner.start();
    await clock.settle();
    scanner.show('granted');
    scanner.show('used');
    scanner.show('expired');
    take();
    await clock.advance(100);
    expect(serial.written.map((line) => line.split('TEXT ')[1]?.trim())).toEqual([
      'Please enter',
      'Code expired',
    ]);
  });

  it('survives a head that refuses, is gone, cannot show, or an unknown reason', async () => {
    const { clock, serial, scanner, log } = bench();
    scanner.show('granted');
    serial.write = () => Promise.reject(new Error('refused'));
    scanner.start();
    await clock.settle();
    scanner.show('granted');
    scanner.show('no_such_reason');
    await clock.advance(100);
    serial.drop('gone');
    scanner.show('granted');
    expect(serial.written).toHaveLength(1);
    expect(log.lines.some((line) => line.includes('reader.reason_unknown'))).toBe(true);
    const other = bench({ model: muteModel });
    other.scanner.start();
    await other.clock.settle();
    other.scanner.show('granted');
    await other.clock.settle();
    expect(other.serial.written).toEqual([]);
  });

  it('leaves no timer and no open line when it is stopped', async () => {
    const { clock, serial, scanner, codes, conditions } = bench();
    scanner.start();
    await clock.settle();
    for (let n = 0; n < 6; n += 1) serial.come('\u0001\r');
    serial.come('HALF');
    scanner.stop();
    await clock.settle();
    expect(clock.timersWaiting()).toBe(0);
    serial.come('LATE\r');
    await clock.advance(100_000);
    expect(codes).toEqual([]);
    expect(serial.opens()).toBe(1);
    expect(conditions).toEqual(['0 reader_noisy not_text']);
  });
});
