import { compileProfile } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import { meterProfile, turnstileProfile } from '../testing/profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import type { TappedFrame } from './driver.ts';
import { createLines } from './lines.ts';
import { createModbusDevice } from './modbus-device.ts';

const bench = (profile: DeviceProfile = meterProfile) => {
  const clock = createVirtualClock();
  const modbus = createMemoryModbus(clock);
  const log = createSilentLog();
  const serial = createMemorySerial().ports;
  const lines = createLines({ modbus: modbus.ports, serial, clock, log });
  const codec = compileProfile(profile, 'modbus', {});
  if (codec.transport !== 'modbus') throw new Error('a Modbus binding');
  const said: string[] = [];
  const readings: string[] = [];
  const driver = createModbusDevice({
    ...{ deviceId: 'meter-1', unit: 7, codec, model: profile.model, isTcp: true, clock, log },
    line: lines.modbus('tcp://bus:502', { baud: 9600 }),
    onReading: ({ values }, { monoMs, askedAtMs }) => {
      readings.push(`${askedAtMs}-${monoMs} ${JSON.stringify(values)}`);
    },
    onLink: (state, detail) => void said.push(`${clock.monoMs()} ${state} ${detail}`.trim()),
    onCondition: (code, detail) => void said.push(`${clock.monoMs()} ${code} ${detail}`),
  });
  const run = (command: string, args = {}, deadlineMs = Infinity) =>
    driver.run(command, args, { deadlineMs });
  return { clock, modbus, lines, driver, said, readings, run };
};

describe('the registers of a unit', () => {
  it('are read block by block, with the moment at which they were asked for', async () => {
    const { clock, modbus, driver, said, readings } = bench();
    modbus.controller.registers.set(0, 231);
    driver.start();
    await clock.advance(14);
    expect(said).toEqual(['5 online']);
    expect(readings.toSorted()).toEqual([
      '0-5 {"state.on":false}',
      '5-10 {"telemetry.current":231}',
    ]);
    expect(new Set(modbus.reads)).toEqual(new Set(['discrete 0+1', 'holding 0+1', 'input 0+1']));
  });
});

describe('an exception', () => {
  it('is an answer: the unit is not silent, the block that it refuses is a condition', async () => {
    const { clock, modbus, driver, said, readings } = bench();
    modbus.controller.refuses.set('holding', 2);
    driver.start();
    await clock.advance(1_000);
    expect(said).toHaveLength(2);
    expect(said[1]).toMatch(/ device_refuses illegal_data_address: holding 0$/);
    expect(readings.some((reading) => reading.includes('voltage'))).toBe(true);
    modbus.controller.refuses.clear();
    await clock.advance(100);
    expect(said[2]).toMatch(/device_refuses undefined$/);
  });

  it('that a gateway on the way answers with is none of the unit', async () => {
    const { clock, modbus, driver, said } = bench();
    for (const table of ['holding', 'input', 'discrete'] as const) {
      modbus.controller.refuses.set(table, 11);
    }
    driver.start();
    await clock.advance(1_000);
    expect(said[0]).toMatch(/device_silent .*exception 11$/);
  });

  it('to a command is the device’s no', async () => {
    const { clock, modbus, driver, run } = bench();
    driver.start();
    await clock.advance(100);
    modbus.controller.refuses.set('holding', 4);
    const result = run('reset');
    await clock.advance(100);
    expect(await result).toEqual({ outcome: 'refused', code: 'server_device_failure' });
  });

  it('acknowledge means that the device is at it', async () => {
    const { clock, modbus, driver, run } = bench();
    driver.start();
    await clock.advance(100);
    modbus.controller.refuses.set('holding', 5);
    const result = run('reset');
    await clock.advance(100);
    expect(await result).toEqual({ outcome: 'sent' });
  });
});

describe('a command', () => {
  it('is sent where nothing says more, confirmed by the state that the profile names', async () => {
    const plain = bench();
    plain.driver.start();
    await plain.clock.advance(100);
    const reset = plain.run('reset');
    await plain.clock.advance(100);
    expect(await reset).toEqual({ outcome: 'sent' });

    const { clock, modbus, driver, run } = bench(turnstileProfile);
    driver.start();
    await clock.advance(120);
    const open = run('openExit', { ms: 1_000 });
    await clock.advance(60);
    expect(await open).toEqual({ outcome: 'confirmed' });
    expect(modbus.writes).toEqual(['120 write 17=10']);
  });

  it.each([
    ['fly', {}, 'unknown_command'],
    ['toString', {}, 'unknown_command'],
    ['openEntry', { ms: 99 }, 'bad_args'],
    ['openEntry', { ms: 6_553_600 }, 'bad_args'],
    ['openEntry', { ms: 'long' }, 'bad_args'],
  ])('%s %j is not sent: %s', async (command, args, code) => {
    const { clock, modbus, driver, run } = bench(turnstileProfile);
    driver.start();
    await clock.advance(100);
    expect(await run(command, args)).toEqual({ outcome: 'failed', code });
    expect(modbus.writes).toEqual([]);
  });

  it('is not sent on a closed line, nor after its deadline', async () => {
    const { clock, driver, run } = bench();
    expect(await run('reset')).toEqual({ outcome: 'failed', code: 'line_closed' });
    driver.start();
    await clock.advance(100);
    expect(await run('reset', {}, 99)).toEqual({ outcome: 'expired' });
  });

  it('sends no further step once one was not answered', async () => {
    const { clock, modbus, driver, run } = bench(turnstileProfile);
    driver.start();
    await clock.advance(100);
    modbus.controller.mood = 'dead';
    const close = run('closeEntry');
    await clock.advance(1_000);
    expect(await close).toEqual({ outcome: 'not_confirmed' });
    expect(modbus.writes.map((write) => write.replace(/^\S+ /, ''))).toEqual(['write 16=0']);
  });

  it('is asked about at once, however rarely the device is polled', async () => {
    const [binding] = Object.values(turnstileProfile.bindings);
    if (binding?.transport !== 'modbus') throw new Error('a Modbus binding');
    const poll = { ...binding.poll, everyMs: 60_000 };
    const rare = { ...turnstileProfile, bindings: { modbus: { ...binding, poll } } };
    const { clock, driver, run } = bench(rare);
    driver.start();
    await clock.advance(10_000);
    const open = run('openEntry', { ms: 1_000 });
    await clock.advance(20);
    expect(await open).toEqual({ outcome: 'confirmed' });
  });
});

describe('who looks at a unit', () => {
  it('sees faults with their meaning, and nothing before and after', async () => {
    const { clock, modbus, driver } = bench();
    const seen: string[] = [];
    const look = ({ direction, meaning, isFault }: TappedFrame) =>
      void seen.push(`${direction} ${meaning} ${isFault}`);
    modbus.controller.refuses.set('input', 2);
    driver.start();
    await clock.advance(100);
    driver.tap(look);
    await clock.advance(30);
    const many = seen.length;
    driver.tap(undefined);
    await clock.advance(100);
    expect(new Set(seen)).toEqual(new Set(['in illegal_data_address true']));
    expect(seen).toHaveLength(many);
  });

  it('learns how well it answers', async () => {
    const { clock, modbus, driver } = bench();
    driver.start();
    await clock.advance(100);
    expect(driver.health()).toMatchObject({ missed: 0, badFrames: 0, roundTripMs: 5 });
    modbus.controller.mood = 'dead';
    await clock.advance(2_000);
    const { answered, missed } = driver.health();
    expect(answered).toBeGreaterThan(15);
    expect(missed).toBeGreaterThan(4);
  });
});

it('leaves nothing behind when it stops', async () => {
  const { clock, driver, lines } = bench();
  driver.start();
  await clock.advance(100);
  driver.stop();
  await lines.stop();
  await clock.advance(1_000);
  expect(clock.timersWaiting()).toBe(0);
});
