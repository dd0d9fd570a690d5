import type { DeviceProfile } from '@gatehouse/device-profiles';
import { compileProfile } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import type { DeviceDriver } from '../drivers/driver.ts';
import { createLines } from '../drivers/lines.ts';
import { createModbusDevice } from '../drivers/modbus-device.ts';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import { strikeProfile, turnstileProfile } from '../testing/profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createDoorControls } from './door-controls.ts';
import type { DoorSignal } from './door-inputs.ts';

const say = (signal: DoorSignal): string => {
  if (signal.kind === 'relocked') return `relocked ${signal.outputs.join('+')}`;
  if (signal.kind === 'passage') return `passage ${signal.side}`;
  return 'active' in signal ? `${signal.kind} ${signal.active}` : `${signal.kind} ${signal.state}`;
};

/** The outputs and inputs of a door on the Modbus driver, with a controller in memory. */
const bench = (profile: DeviceProfile = turnstileProfile) => {
  const clock = createVirtualClock();
  const modbus = createMemoryModbus(clock);
  const log = createSilentLog();
  const serial = createMemorySerial().ports;
  const lines = createLines({ modbus: modbus.ports, serial, clock, log });
  const codec = compileProfile(profile, 'modbus', {});
  if (codec.transport !== 'modbus') throw new Error('a Modbus binding');
  const signals: string[] = [];
  const conditions: string[] = [];
  const onCondition = (code: string, detail: string | undefined) => {
    const line = `${code} ${detail ?? 'cleared'}`;
    const last = conditions.findLast((each) => each.startsWith(code));
    if (last !== line && !(last === undefined && detail === undefined)) conditions.push(line);
  };
  const common = { deviceId: 'gate-1', model: profile.model, clock, log, onCondition };
  const driver: DeviceDriver = createModbusDevice({
    ...common,
    unit: 1,
    codec,
    line: lines.modbus('tcp://bus:502', { baud: 9600 }),
    isTcp: true,
    onReading: (reading, { askedAtMs }) => controls.onReading(reading, askedAtMs),
    onLink: (state) => controls.onLink(state),
  });
  const controls = createDoorControls({
    ...common,
    driver,
    onSignal: (signal) => void signals.push(say(signal)),
  });
  const door = {
    start: driver.start,
    stop: driver.stop,
    pulse: async (side: Side, ms: number, deadlineMs: number) => {
      const { outcome } = await controls.pulse({ side, ms, deadlineMs });
      return outcome;
    },
  };
  let told = 0;
  /** What was said since the last look. */
  const news = () => signals.splice(0);
  const alarms = () => {
    const fresh = conditions.slice(told);
    told = conditions.length;
    return fresh;
  };
  /** Ready at 520 ms, between two polls. */
  const ready = async () => {
    door.start();
    await clock.advance(520);
    news();
    modbus.writes.splice(0);
  };
  const inputs = (at: number, on: boolean) => {
    modbus.controller.inputs.set(at, on);
  };
  const readsSent = () => modbus.reads.filter((read) => read.startsWith('discrete')).length;
  return { clock, modbus, door, lines, news, alarms, ready, inputs, signals, readsSent };
};

describe('start and reconnection (E6)', () => {
  it('is ready after it has read its outputs, and writes nothing where all are off', async () => {
    const { clock, modbus, door, news, alarms } = bench(strikeProfile);
    door.start();
    await clock.advance(100);
    expect(news()).toEqual(['device back', 'output off', 'contact closed']);
    expect(modbus.writes).toEqual([]);
    expect(alarms()).toEqual([]);
  });

  it('writes a latched coil off, register and coil, before it is ready', async () => {
    const { clock, modbus, door, news, alarms } = bench();
    modbus.controller.coils.set(1, true);
    door.start();
    await clock.advance(500);
    expect(modbus.writes.map((write) => write.replace(/^\S+ /, ''))).toEqual([
      'write 17=0',
      'coil 1=false',
    ]);
    expect(news()).toEqual(['relocked exit', 'device back', 'output off']);
    expect(modbus.controller.isOn('exit')).toBe(false);
    expect(alarms()).toEqual([]);
  });

  it('stays not ready, says output_on and writes on while a relay does not let go', async () => {
    const { clock, modbus, door, news, alarms } = bench();
    modbus.controller.stuckOn = 'entry';
    door.start();
    await clock.advance(5_000);
    expect(news()).toEqual([]);
    expect(alarms()).toEqual(['output_on entry']);
    const writes = modbus.writes.filter((write) => write.endsWith('write 16=0')).length;
    expect(writes).toBe(5);
    modbus.controller.stuckOn = undefined;
    await clock.advance(100);
    expect(news()).toEqual(['relocked entry', 'device back', 'output off']);
    expect(alarms()).toEqual(['output_on cleared']);
  });

  it('does the same after a lost line, and leaves its own running pulse alone', async () => {
    const { clock, modbus, door, ready, news, alarms } = bench();
    await ready();
    const pulse = door.pulse('entry', 3_000, Infinity);
    await clock.advance(100);
    expect(await pulse).toBe('confirmed');
    modbus.controller.coils.set(1, true);
    modbus.drop('reset');
    expect(news()).toEqual(['output on', 'device silent', 'output unknown']);
    expect(alarms()).toEqual(['device_silent reset']);
    await clock.advance(1_000);
    expect(news()).toEqual(['relocked exit', 'device back', 'output on']);
    expect(modbus.controller.isOn('entry')).toBe(true);
    expect(alarms()).toEqual(['device_silent cleared']);
  });

  it('tells of fire even while the door is not ready', async () => {
    const { clock, modbus, door, news, inputs } = bench();
    modbus.controller.stuckOn = 'entry';
    inputs(5, true);
    door.start();
    await clock.advance(500);
    expect(news()).toEqual(['fire true']);
  });
});

describe('inputs', () => {
  it('reports edges, not levels', async () => {
    const { clock, ready, news, inputs } = bench();
    await ready();
    inputs(2, true);
    await clock.advance(200);
    inputs(2, false);
    inputs(3, true);
    await clock.advance(200);
    inputs(2, true);
    inputs(6, true);
    await clock.advance(200);
    inputs(6, false);
    await clock.advance(200);
    expect(news()).toEqual([
      'passage entry',
      'passage exit',
      'tamper true',
      'passage entry',
      'tamper false',
    ]);
  });

  it('reports the contact', async () => {
    const { clock, ready, news, inputs } = bench(strikeProfile);
    await ready();
    inputs(4, true);
    await clock.advance(200);
    inputs(4, false);
    await clock.advance(200);
    expect(news()).toEqual(['contact open', 'contact closed']);
  });

  it('takes no passage from an input that was on when it was first read', async () => {
    const { clock, door, news, inputs } = bench();
    inputs(2, true);
    door.start();
    await clock.advance(200);
    expect(news()).toEqual(['device back', 'output off']);
  });

  it('raises input_stuck after its time and clears it when the input falls', async () => {
    const { clock, ready, alarms, inputs } = bench();
    await ready();
    inputs(2, true);
    await clock.advance(9_900);
    expect(alarms()).toEqual([]);
    await clock.advance(300);
    expect(alarms()).toEqual(['input_stuck passageEntry']);
    await clock.advance(60_000);
    inputs(2, false);
    await clock.advance(100);
    expect(alarms()).toEqual(['input_stuck cleared']);
  });

  it('polls with one read each time, at the pace of the profile', async () => {
    const { clock, ready, readsSent } = bench();
    await ready();
    const before = readsSent();
    await clock.advance(1_000);
    expect(readsSent() - before).toBe(20);
  });
});

describe('a silent controller', () => {
  it('is silent after the misses of its profile, asked rarely, read when back', async () => {
    const { clock, modbus, ready, news, alarms, inputs, readsSent } = bench(strikeProfile);
    await ready();
    modbus.controller.mood = 'dead';
    await clock.advance(500);
    expect(alarms()).toEqual([]);
    await clock.advance(300);
    expect(news()).toEqual(['device silent', 'output unknown', 'contact unknown']);
    expect(alarms()).toEqual(['device_silent A Modbus call failed: Timed out']);
    const before = readsSent();
    await clock.advance(10_000);
    expect(readsSent() - before).toBe(10);
    inputs(4, true);
    modbus.controller.mood = 'well';
    await clock.advance(1_500);
    expect(news()).toEqual(['device back', 'output off', 'contact open']);
    expect(alarms()).toEqual(['device_silent cleared']);
  });

  it('forgives fewer misses than that', async () => {
    const { clock, modbus, ready, news, alarms } = bench();
    await ready();
    modbus.controller.mood = 'dead';
    await clock.advance(400);
    modbus.controller.mood = 'well';
    await clock.advance(1_000);
    expect([...news(), ...alarms()]).toEqual([]);
  });

  it('is said once where the line cannot even be opened', async () => {
    const { clock, modbus, door, news, alarms } = bench();
    modbus.canOpen = false;
    door.start();
    await clock.advance(30_000);
    expect(news()).toEqual(['device silent']);
    expect(alarms()).toEqual(['device_silent A Modbus call failed: refused']);
  });
});

describe('a pulse', () => {
  it('writes the timed register once, rounded up, and is confirmed by the input', async () => {
    const { clock, modbus, door, ready, news } = bench();
    await ready();
    const pulse = door.pulse('entry', 2_950, 5_000);
    await clock.advance(60);
    expect(await pulse).toBe('confirmed');
    expect(modbus.writes).toEqual(['520 write 16=30']);
    await clock.advance(5_000);
    expect(news()).toEqual(['output on', 'output off']);
    expect(modbus.writes).toHaveLength(1);
  });

  it('is not_confirmed when the output has not come on within a second', async () => {
    const { clock, modbus, door, ready } = bench();
    await ready();
    modbus.controller.mood = 'idle';
    const results: string[] = [];
    void door.pulse('entry', 3_000, Infinity).then((result) => results.push(result));
    await clock.advance(1_000);
    expect(results).toEqual([]);
    await clock.advance(10);
    expect(results).toEqual(['not_confirmed']);
    expect(modbus.writes).toEqual(['520 write 16=30']);
  });

  it('asks the input when the reply was lost, and never writes twice', async () => {
    const { clock, modbus, door, ready } = bench();
    await ready();
    modbus.controller.mood = 'mute';
    const pulse = door.pulse('entry', 3_000, Infinity);
    await clock.advance(150);
    modbus.controller.mood = 'well';
    await clock.advance(300);
    expect(await pulse).toBe('confirmed');
    expect(modbus.writes).toEqual(['520 write 16=30']);
  });

  it('is not sent twice either when the device never had it', async () => {
    const { clock, modbus, door, ready } = bench();
    await ready();
    modbus.controller.mood = 'dead';
    const pulse = door.pulse('entry', 3_000, Infinity);
    await clock.advance(100);
    modbus.controller.mood = 'well';
    await clock.advance(5_000);
    expect(await pulse).toBe('not_confirmed');
    expect(modbus.writes).toEqual(['520 write 16=30']);
  });

  it('is never sent after its deadline, also when it had to wait for the line', async () => {
    const { clock, modbus, door, ready } = bench();
    await ready();
    modbus.controller.mood = 'dead';
    await clock.advance(40);
    const waited = door.pulse('entry', 3_000, clock.monoMs() + 100);
    await clock.advance(1_000);
    const late = door.pulse('entry', 3_000, clock.monoMs() - 1);
    expect(await Promise.all([waited, late])).toEqual(['expired', 'expired']);
    expect(modbus.writes).toEqual([]);
  });

  it.each([
    ['a side that has no output', strikeProfile, 'exit', 3_000],
    ['no time at all', strikeProfile, 'entry', 0],
  ] as const)('fails for %s', async (_, profile, side, ms) => {
    const { door, modbus, ready } = bench(profile);
    await ready();
    expect(await door.pulse(side, ms, Infinity)).toBe('failed');
    expect(modbus.writes).toEqual([]);
  });

  it('longer than the device can lasts as long as the device can', async () => {
    const { clock, door, modbus, ready } = bench(strikeProfile);
    await ready();
    const pulse = door.pulse('entry', 6_553_600, Infinity);
    await clock.advance(100);
    expect(await pulse).toBe('confirmed');
    expect(modbus.writes).toEqual(['520 write 16=6000']);
  });

  it('fails while the line is closed', async () => {
    const { door, modbus, ready } = bench();
    await ready();
    modbus.drop('reset');
    expect(await door.pulse('entry', 3_000, Infinity)).toBe('failed');
  });

  it('goes out while the door is not ready: exits do not wait', async () => {
    const { clock, modbus, door } = bench();
    modbus.controller.stuckOn = 'entry';
    door.start();
    await clock.advance(100);
    const pulse = door.pulse('exit', 3_000, Infinity);
    await clock.advance(100);
    expect(await pulse).toBe('confirmed');
    expect(modbus.controller.isOn('exit')).toBe(true);
  });

  it('is not confirmed by a sample from before it was sent', async () => {
    const { clock, modbus, door } = bench();
    modbus.controller.stuckOn = 'entry';
    door.start();
    // The first cycle reads the inputs until 5 ms, the coils after the pulse.
    await clock.advance(3);
    const results: string[] = [];
    void door.pulse('entry', 3_000, Infinity).then((result) => results.push(result));
    await clock.advance(3);
    modbus.controller.stuckOn = undefined;
    modbus.controller.mood = 'idle';
    await clock.advance(1_100);
    expect(results).toEqual(['not_confirmed']);
  });

  it('that is sent while its output is about to be written off stays', async () => {
    const { clock, modbus, door } = bench();
    modbus.controller.coils.set(0, true);
    door.start();
    // The first read finds the output on at 5 ms.
    await clock.advance(3);
    const pulse = door.pulse('entry', 3_000, Infinity);
    await clock.advance(100);
    expect(await pulse).toBe('confirmed');
    expect(modbus.writes).toEqual(['5 write 16=30']);
    expect(modbus.controller.isOn('entry')).toBe(true);
  });

  it('that is sent amid the writing off of its output stays', async () => {
    const { clock, modbus, door } = bench();
    modbus.controller.stuckOn = 'entry';
    door.start();
    // The register is written from 5 to 10 ms, the coil would be next.
    await clock.advance(7);
    const pulse = door.pulse('entry', 3_000, Infinity);
    await clock.advance(100);
    expect(await pulse).toBe('confirmed');
    modbus.controller.stuckOn = undefined;
    await clock.advance(2_000);
    expect(modbus.writes).toEqual(['5 write 16=0', '10 write 16=30']);
    expect(modbus.controller.isOn('entry')).toBe(true);
  });

  it('that outlasts its end is output_on and written off, once a second', async () => {
    const { clock, modbus, door, ready, alarms } = bench();
    await ready();
    const pulse = door.pulse('entry', 2_000, Infinity);
    await clock.advance(100);
    expect(await pulse).toBe('confirmed');
    modbus.controller.stuckOn = 'entry';
    await clock.advance(2_900);
    expect(alarms()).toEqual([]);
    await clock.advance(200);
    expect(alarms()).toEqual(['output_on entry']);
    expect(modbus.writes.map((write) => write.replace(/^\S+ /, ''))).toEqual([
      'write 16=20',
      'write 16=0',
      'coil 0=false',
    ]);
    await clock.advance(2_000);
    expect(modbus.writes).toHaveLength(7);
    modbus.controller.stuckOn = undefined;
    await clock.advance(100);
    expect(alarms()).toEqual(['output_on cleared']);
  });

  it('that is renewed lasts to the end of the newer one', async () => {
    const { clock, modbus, door, ready, alarms } = bench();
    await ready();
    void door.pulse('entry', 2_000, Infinity);
    await clock.advance(1_000);
    void door.pulse('entry', 2_000, Infinity);
    await clock.advance(1_900);
    expect(modbus.controller.isOn('entry')).toBe(true);
    await clock.advance(3_000);
    expect(modbus.controller.isOn('entry')).toBe(false);
    expect(modbus.writes).toHaveLength(2);
    expect(alarms()).toEqual([]);
  });
});

describe('stop', () => {
  it('leaves no timer, no line and no pulse that waits', async () => {
    const { clock, door, ready, lines, signals } = bench();
    await ready();
    const pulse = door.pulse('entry', 100, Infinity);
    await clock.advance(3);
    door.stop();
    await clock.advance(1_000);
    expect(await pulse).toBe('not_confirmed');
    expect(clock.timersWaiting()).toBe(0);
    expect(signals).toEqual([]);
    await lines.stop();
  });
});
