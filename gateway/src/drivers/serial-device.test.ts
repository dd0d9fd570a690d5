import { compileProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import { climateProfile, scannerProfile } from '../testing/profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import type { DeviceDriver, TappedFrame } from './driver.ts';
import { createLines } from './lines.ts';
import { createSerialDevice } from './serial-device.ts';

/** A sensor at the other end of the line. */
type Sensor = { answers: boolean; refuses: boolean; acts: boolean; lamp: 'off' | 'on' };

/** Sensors with addresses on one line, and their drivers. */
const bench = (addresses: readonly number[] = [7], profile = climateProfile) => {
  const clock = createVirtualClock();
  const serial = createMemorySerial();
  const log = createSilentLog();
  const modbus = createMemoryModbus(clock).ports;
  const lines = createLines({ serial: serial.ports, modbus, clock, log });
  const sensors = new Map<number, Sensor>(
    addresses.map((address) => [
      address,
      { answers: true, refuses: false, acts: true, lamp: 'off' },
    ]),
  );
  const answer = (text: string) => {
    const [, address = '', ask = ''] = /^(\d+)(.*)\r$/.exec(text) ?? [];
    const sensor = sensors.get(Number(address));
    if (sensor === undefined || !sensor.answers) return;
    const say = (what: string) => clock.after(10, () => serial.come(`${address} ${what}\r`));
    if (ask === '?') return say(`T=21;L=${sensor.lamp}`);
    if (sensor.refuses) return say('ERR');
    if (ask.startsWith(' L=') && sensor.acts) sensor.lamp = ask.endsWith('on') ? 'on' : 'off';
    say('OK');
  };
  serial.write = (text) => {
    answer(text);
    return Promise.resolve();
  };
  const said: string[] = [];
  const readings: string[] = [];
  const drivers = new Map<number, DeviceDriver>();
  for (const address of addresses) {
    const params = profile === climateProfile ? { address } : {};
    const codec = compileProfile(profile, 'serial', params);
    if (codec.transport !== 'serial') throw new Error('a serial binding');
    drivers.set(
      address,
      createSerialDevice({
        ...{ deviceId: `d${address}`, port: '/dev/rs485', codec, model: profile.model },
        ...{ line: lines.serial('/dev/rs485', codec), clock, log },
        onReading: ({ values, events }) => {
          readings.push(
            `${address} ${JSON.stringify(values)} ${events.map((e) => e.event).join()}`,
          );
        },
        onLink: (state, detail) => {
          said.push(`${clock.monoMs()} ${address} ${state} ${detail}`.trim());
        },
        onCondition: (code, detail) => {
          said.push(`${clock.monoMs()} ${address} ${code} ${detail}`);
        },
      }),
    );
  }
  const driver = (address = 7): DeviceDriver => {
    const found = drivers.get(address);
    if (found === undefined) throw new Error(`no device ${address}`);
    return found;
  };
  const sensor = (address = 7): Sensor => {
    const found = sensors.get(address);
    if (found === undefined) throw new Error(`no sensor ${address}`);
    return found;
  };
  const start = () => {
    for (const each of drivers.values()) each.start();
  };
  const run = (command: string, args = {}, deadlineMs = Infinity) =>
    driver().run(command, args, { deadlineMs });
  return { clock, serial, log, lines, said, readings, driver, sensor, start, run };
};

describe('a device that is asked', () => {
  it('is read at the pace of its profile', async () => {
    const { clock, serial, start, readings, said } = bench();
    start();
    await clock.advance(1_900);
    expect(serial.written).toEqual(['7?\r', '7?\r', '7?\r', '7?\r']);
    expect(readings).toEqual(Array(4).fill('7 {"telemetry.temperature":21,"state.lamp":"off"} '));
    expect(said).toEqual(['10 7 online']);
  });

  it('is silent after the misses of its profile, asked rarely, and heard when back', async () => {
    const { clock, serial, start, said, sensor } = bench();
    start();
    await clock.advance(700);
    sensor().answers = false;
    await clock.advance(2_000);
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/^\S+ 7 device_silent no answer$/),
      expect.stringMatching(/^\S+ 7 silent no answer$/),
    ]);
    const before = serial.written.length;
    await clock.advance(10_000);
    expect(serial.written.length - before).toBe(10);
    sensor().answers = true;
    await clock.advance(1_500);
    expect(said.slice(3)).toEqual([
      expect.stringMatching(/^\S+ 7 device_silent undefined$/),
      expect.stringMatching(/^\S+ 7 online$/),
    ]);
  });

  it('tells an event by itself, and is not confused by half frames', async () => {
    const { clock, serial, start, readings } = bench();
    start();
    await clock.advance(100);
    readings.length = 0;
    serial.come('7 K');
    await clock.advance(20);
    serial.come('EY\r');
    serial.come('7 KE');
    await clock.advance(150);
    serial.come('Y\r');
    await clock.advance(150);
    serial.come('7 KEY\r');
    expect(readings).toEqual(['7 {} pressed', '7 {} pressed']);
  });

  it('counts what means nothing, and is noisy above five in ten seconds', async () => {
    const { clock, serial, start, said, driver } = bench();
    start();
    await clock.advance(100);
    for (let n = 0; n < 6; n += 1) serial.come('what?\r');
    expect(driver().health().badFrames).toBe(6);
    expect(said.at(-1)).toBe('100 7 reader_noisy unknown_message');
  });
});

describe('a command', () => {
  it('is confirmed by the state that the device tells afterwards', async () => {
    const { clock, serial, start, run } = bench();
    start();
    await clock.advance(100);
    const lit = run('light');
    await clock.advance(200);
    expect(await lit).toEqual({ outcome: 'confirmed' });
    expect(serial.written.slice(1, 3)).toEqual(['7 L=on\r', '7?\r']);
  });

  it('that does nothing is not_confirmed, and is not sent again', async () => {
    const { clock, serial, start, run, sensor } = bench();
    start();
    await clock.advance(100);
    sensor().acts = false;
    const lit = run('light');
    await clock.advance(1_200);
    expect(await lit).toEqual({ outcome: 'not_confirmed' });
    expect(serial.written.filter((text) => text.includes('L='))).toHaveLength(1);
  });

  it('that is answered is sent, where the profile knows of no more', async () => {
    const { clock, start, run } = bench();
    start();
    await clock.advance(100);
    const blinked = run('blink');
    await clock.advance(100);
    expect(await blinked).toEqual({ outcome: 'sent' });
  });

  it('is refused with the device’s own code', async () => {
    const { clock, start, run, sensor } = bench();
    start();
    await clock.advance(100);
    sensor().refuses = true;
    const lit = run('light');
    await clock.advance(100);
    expect(await lit).toEqual({ outcome: 'refused', code: 'busy' });
  });

  it('of two steps waits for the answer to the first, and is confirmed by the last', async () => {
    const { clock, serial, start, run, sensor } = bench();
    start();
    await clock.advance(100);
    const reset = run('reset');
    await clock.advance(100);
    expect(await reset).toEqual({ outcome: 'confirmed' });
    expect(serial.written.slice(1, 3)).toEqual(['7 R1\r', '7 R2\r']);
    sensor().answers = false;
    const lost = run('reset');
    await clock.advance(500);
    expect(await lost).toEqual({ outcome: 'not_confirmed' });
    expect(serial.written.filter((text) => text.includes('R2'))).toHaveLength(1);
  });

  it('is confirmed by an event that comes even before its answer', async () => {
    const { clock, serial, start, run } = bench();
    start();
    await clock.advance(100);
    const waited = run('wait');
    await clock.advance(6);
    serial.come('7 KEY\r');
    await clock.advance(100);
    expect(await waited).toEqual({ outcome: 'confirmed' });
    const again = run('wait');
    await clock.advance(1_000);
    expect(await again).toEqual({ outcome: 'not_confirmed' });
  });

  it('is never sent after its deadline, and waits for nothing on a lost line', async () => {
    const { clock, serial, start, run, sensor } = bench();
    start();
    await clock.advance(495);
    sensor().answers = false;
    await clock.advance(10);
    // The poll that runs is given up at about 605 ms.
    const late = run('light', {}, 550);
    await clock.advance(1_000);
    expect(await late).toEqual({ outcome: 'expired' });
    expect(serial.written.some((text) => text.includes('L='))).toBe(false);
    sensor().answers = true;
    await clock.advance(2_000);
    sensor().answers = false;
    const cut = run('blink');
    await clock.advance(20);
    serial.canOpen = false;
    serial.drop('unplugged');
    await clock.settle();
    expect(await cut).toEqual({ outcome: 'not_confirmed' });
    expect(await run('blink')).toEqual({ outcome: 'failed', code: 'line_closed' });
  });
});

describe('several devices on one line', () => {
  it('each hear their own frames', async () => {
    const { clock, serial, start, said, readings, run } = bench([7, 8, 9]);
    start();
    await clock.advance(400);
    expect(said.map((line) => line.replace(/^\d+ /, '')).toSorted()).toEqual([
      '7 online',
      '8 online',
      '9 online',
    ]);
    readings.length = 0;
    serial.come('8 KEY\r');
    expect(readings).toEqual(['8 {} pressed']);
    const lit = run('light');
    await clock.advance(200);
    expect(await lit).toEqual({ outcome: 'confirmed' });
    expect(serial.opens()).toBe(1);
  });

  it('do not wait for one that is dead', async () => {
    const { clock, serial, start, said, sensor } = bench([1, 2, 3, 4, 5, 6, 7, 8]);
    start();
    await clock.advance(5_000);
    sensor(8).answers = false;
    await clock.advance(10_000);
    expect(said.filter((line) => line.endsWith('silent no answer'))).toHaveLength(2);
    const before = serial.written.length;
    await clock.advance(10_000);
    for (let address = 1; address <= 7; address += 1) {
      const asked = serial.written.slice(before).filter((text) => text === `${address}?\r`);
      expect(asked.length).toBeGreaterThanOrEqual(18);
    }
    expect(serial.written.slice(before)).toContain('8?\r');
  });
});

describe('a lost line', () => {
  it('is a condition of its own, and the device unknown until it is back', async () => {
    const { clock, serial, start, said } = bench();
    start();
    await clock.advance(20_000);
    said.length = 0;
    serial.drop('unplugged');
    await clock.advance(400);
    expect(said).toEqual([
      '20000 7 serial_lost /dev/rs485',
      '20000 7 silent unplugged',
      '20250 7 serial_lost undefined',
      '20260 7 online',
    ]);
  });
});

describe('who looks at a device', () => {
  const frames = async (profile: typeof climateProfile, text: string) => {
    const { clock, serial, start, driver } = bench([7], profile);
    start();
    await clock.advance(100);
    const seen: string[] = [];
    driver().tap(({ direction, bytes, length, meaning, isFault }: TappedFrame) => {
      const shown = bytes === undefined ? '(hidden)' : new TextDecoder().decode(bytes);
      seen.push(`${direction} ${meaning} ${shown} ${length} ${isFault}`);
    });
    serial.come(text);
    await clock.advance(500);
    return seen;
  };

  it('sees every frame with its meaning', async () => {
    expect(await frames(climateProfile, '7 KEY\rwhat?\r')).toEqual([
      'in key 7 KEY 5 false',
      'in unknown_message what? 5 true',
      'out poll 7?\r 3 false',
      'in status 7 T=21;L=off 12 false',
    ]);
  });

  it('sees of what may be a pass only how long it was', async () => {
    expect(await frames(scannerProfile, 'SECRET\rSEC\u0001RET\r')).toEqual([
      'in scan (hidden) 6 false',
      'in not_text (hidden) 7 true',
    ]);
  });
});

it('leaves nothing behind when it stops', async () => {
  const { clock, start, driver, lines, run } = bench();
  start();
  await clock.advance(100);
  const lit = run('light');
  driver().stop();
  await lines.stop();
  await clock.advance(5_000);
  expect(['not_confirmed', 'failed']).toContain((await lit).outcome);
  expect(clock.timersWaiting()).toBe(0);
});
