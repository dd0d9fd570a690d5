import { describe, expect, it } from 'vitest';
import type { DeviceConfig } from '../config.ts';
import { changed, createProfileBench, meterText, row } from '../testing/profile-bench.ts';
import { idleWaitMs, nextChanceMs, probationMs } from './rollout.ts';
import { shadowMs } from './shadow-run.ts';

const turnstile = 'gatehouse-turnstile-t1';
const gate: DeviceConfig = {
  ...{ id: 'gate', profile: turnstile, port: 'tcp://bus:502', unit: 1, door: 'lab' },
};
const meter: DeviceConfig = {
  ...{ id: 'meter', profile: 'my-meter', port: 'tty', customProfile: true },
};
const vendor = (text: string): string => text.replace('vendor: Gatehouse', 'vendor: Ours');
const newGate = row(turnstile, '1.1.0', changed(turnstile, { version: '1.1.0' }, vendor));

/** A meter that answers to GET alone. */
const meterBench = (...more: Parameters<typeof createProfileBench>[1][]) => {
  const bench = createProfileBench([meter], ...more);
  bench.serial.write = (text) => {
    if (text === 'GET\r') bench.clock.after(5, () => bench.serial.come('T=21\r'));
    return Promise.resolve();
  };
  return bench;
};

describe('a new version of a profile', () => {
  it('is compared, then takes over while the door works, which notices nothing', async () => {
    const bench = createProfileBench([gate]);
    await bench.start();
    const before = bench.devices.doorReports();
    expect(before).toMatchObject([{ door: 'lab', lock: 'locked', ready: true }]);
    bench.send(newGate);
    await bench.clock.advance(shadowMs + 100);
    expect(bench.version('gate')).toBe('1.1.0');
    expect(bench.told('profile.shadowed')).toMatchObject([
      { device: 'gate', data: { from: '1.0.0', to: '1.1.0', frames: 50, differing: 0 } },
    ]);
    expect(bench.told('profile.swapped')).toMatchObject([
      { device: 'gate', data: { from: '1.0.0', to: '1.1.0', tookMs: 0 } },
    ]);
    expect(bench.devices.doorReports()).toEqual(before);
    expect(bench.modbus.opened).toHaveLength(1);
    await bench.clock.advance(probationMs);
    expect(bench.devices.doorReports()).toEqual(before);
    expect(bench.events.map(({ kind }) => kind)).toEqual(['profile.shadowed', 'profile.swapped']);
    expect(bench.store.profiles.get(turnstile)?.inForce?.version).toBe('1.1.0');
    const deadlineMs = bench.clock.monoMs() + 1_000;
    const opened = bench.devices
      .door('lab')
      ?.unlock({ side: 'entry', cause: 'c', ms: 1_000, deadlineMs });
    await bench.clock.advance(200);
    expect(await opened).toBe('confirmed');
    await bench.stop();
    expect(bench.clock.timersWaiting()).toBe(1); // the relay's own
  });

  it('says what it would read differently, before anything moves', async () => {
    const bench = createProfileBench([gate]);
    await bench.start();
    bench.modbus.controller.inputs.set(2, true);
    const text = changed(turnstile, { version: '2.0.0' }, (released) =>
      released
        .replace(
          'address: 2, type: bit, value: state.passageEntry',
          'address: 3, type: bit, value: state.passageEntry',
        )
        .replace(
          'address: 3, type: bit, value: state.passageExit',
          'address: 2, type: bit, value: state.passageExit',
        ),
    );
    bench.send({ ...row(turnstile, '2.0.0', text), mode: 'shadow' });
    await bench.clock.advance(shadowMs + 100);
    const [event] = bench.told('profile.shadowed');
    expect(event?.data).toMatchObject({ from: '1.0.0', to: '2.0.0' });
    const { frames, differing, differences } = event?.data as {
      frames: number;
      differing: number;
      differences: readonly { from: string; to: string }[];
    };
    expect(differing).toBeGreaterThan(30);
    expect(differing).toBeLessThan(frames); // blocks of coils are the same
    expect(differences).toHaveLength(10);
    expect(differences[0]?.from).toContain('state.passageEntry = true');
    expect(differences[0]?.to).toContain('state.passageExit = true');
    await bench.clock.advance(60_000);
    expect(bench.version('gate')).toBe('1.0.0');
    expect(bench.told('profile.swapped')).toEqual([]);
    expect(bench.told('profile.shadowed')).toHaveLength(1);
    await bench.stop();
  });

  it('waits while the door is released or open, and takes its next chance', async () => {
    const bench = createProfileBench([gate]);
    await bench.start();
    const deadlineMs = bench.clock.monoMs() + 10_000;
    bench.send(newGate);
    await bench.clock.advance(2_000);
    const ms = 20_000;
    void bench.devices.door('lab')?.unlock({ side: 'entry', cause: 'c', ms, deadlineMs });
    await bench.clock.advance(idleWaitMs + shadowMs);
    expect(bench.devices.doorReports()).toMatchObject([{ lock: 'unlocked', passage: 'granted' }]);
    expect(bench.version('gate')).toBe('1.0.0');
    await bench.clock.advance(nextChanceMs);
    expect(bench.devices.doorReports()).toMatchObject([{ lock: 'locked', passage: 'secure' }]);
    expect(bench.version('gate')).toBe('1.1.0');
    await bench.stop();
  });

  it('lets a command finish that has begun', async () => {
    const bench = createProfileBench([gate]);
    await bench.start();
    bench.send(newGate);
    await bench.clock.advance(2_000);
    bench.modbus.controller.mood = 'idle';
    const within = { deadlineMs: bench.clock.monoMs() + 4_000 };
    // Never confirmed: it runs until the profile's time for that is over.
    const ended = bench.devices.run('gate', 'openEntry', { ms: 100 }, within).then(() => {
      expect(bench.version('gate')).toBe('1.0.0');
      return bench.clock.monoMs();
    });
    await bench.clock.advance(shadowMs + 2_000);
    expect(await ended).toBeGreaterThan(0);
    expect(bench.version('gate')).toBe('1.1.0');
    await bench.stop();
  });

  it('goes back by itself where the device falls silent, and is not tried again', async () => {
    const bench = meterBench();
    await bench.start();
    bench.send(row('my-meter', '1.0.0', meterText('1.0.0')));
    await bench.clock.advance(probationMs + 1_000);
    expect(bench.devices.deviceReports()).toMatchObject([{ state: 'online' }]);
    bench.send(row('my-meter', '1.1.0', meterText('1.1.0', { ask: 'READ' })));
    await bench.clock.advance(shadowMs + 5_000);
    expect(bench.version('meter')).toBe('1.0.0');
    expect(bench.told('profile.rolled_back')).toMatchObject([
      { device: 'meter', data: { profile: 'my-meter', to: '1.1.0', from: '1.0.0' } },
    ]);
    expect(bench.told('device.lost')).toEqual([]);
    expect(bench.raised()).toContain('profile_rolled_back meter');
    expect(bench.devices.values('meter')).toEqual({ 'telemetry.temperature': 21 });
    await bench.clock.advance(probationMs + nextChanceMs);
    expect(bench.version('meter')).toBe('1.0.0');
    expect(bench.raised()).toContain('profile_rolled_back meter');
    await bench.stop();
    // After a restart it begins with what went well.
    const again = meterBench(bench.store);
    again.send(row('my-meter', '1.1.0', meterText('1.1.0', { ask: 'READ' })));
    await again.start();
    await again.clock.advance(60_000);
    expect(again.version('meter')).toBe('1.0.0');
    expect(again.told('profile.swapped')).toEqual([]);
    expect(again.raised()).toContain('profile_refused gw-1');
    again.send(row('my-meter', '1.2.0', meterText('1.2.0')));
    await again.clock.advance(shadowMs + probationMs + 1_000);
    expect(again.version('meter')).toBe('1.2.0');
    expect(again.raised()).toEqual([]);
    await again.stop();
  });

  it('that went back is forgotten when the cloud takes it back too', async () => {
    const bench = meterBench();
    await bench.start();
    bench.send(row('my-meter', '1.0.0', meterText('1.0.0')));
    await bench.clock.advance(probationMs + 1_000);
    bench.send(row('my-meter', '1.1.0', meterText('1.1.0', { ask: 'READ' })));
    await bench.clock.advance(shadowMs + 5_000);
    expect(bench.store.profiles.get('my-meter')?.refused?.version).toBe('1.1.0');
    bench.send(row('my-meter', '1.0.0', meterText('1.0.0')));
    await bench.clock.advance(1_000);
    expect(bench.raised()).toEqual([]);
    expect(bench.store.profiles.get('my-meter')).toMatchObject({ inForce: { version: '1.0.0' } });
    expect(bench.store.profiles.get('my-meter')?.refused).toBeUndefined();
    await bench.stop();
  });

  it('that is none is refused, and the old one goes on', async () => {
    const bench = createProfileBench([gate]);
    await bench.start();
    bench.send(row(turnstile, '1.1.0', 'kind: DeviceProfile'));
    await bench.clock.advance(60_000);
    expect(bench.version('gate')).toBe('1.0.0');
    expect(bench.told('profile.refused')).toMatchObject([
      { data: { profile: turnstile, to: '1.1.0', why: expect.stringMatching(/lacks/) as never } },
    ]);
    expect(bench.raised()).toEqual(['profile_refused gw-1']);
    bench.send();
    expect(bench.raised()).toEqual([]);
    await bench.stop();
  });

  it('that no device here can be driven by is refused too', async () => {
    const bench = createProfileBench([gate]);
    await bench.start();
    const text = changed(turnstile, { version: '1.1.0' }, (released) =>
      released.replace('modes: [rtu, tcp]', 'modes: [rtu]'),
    );
    bench.send(row(turnstile, '1.1.0', text));
    await bench.clock.advance(60_000);
    expect(bench.version('gate')).toBe('1.0.0');
    expect(bench.told('profile.refused')).toHaveLength(1);
    expect(bench.raised()).toEqual(['profile_refused gw-1']);
    await bench.stop();
  });

  it('of another wire setting opens the line anew', async () => {
    const bench = meterBench();
    await bench.start();
    bench.send(row('my-meter', '1.0.0', meterText('1.0.0')));
    await bench.clock.advance(probationMs + 1_000);
    expect(bench.serial.opens()).toBe(1);
    bench.send(row('my-meter', '1.1.0', meterText('1.1.0', { baud: 19_200 })));
    await bench.clock.advance(shadowMs + 1_000);
    expect(bench.version('meter')).toBe('1.1.0');
    expect(bench.serial.opens()).toBe(2);
    expect(bench.devices.deviceReports()).toMatchObject([{ state: 'online' }]);
    expect(bench.told('device.lost')).toEqual([]);
    await bench.stop();
  });

  it('forgets values that it does not have, and keeps the others', async () => {
    const bench = meterBench();
    await bench.start();
    bench.send(row('my-meter', '1.0.0', meterText('1.0.0')));
    await bench.clock.advance(probationMs + 1_000);
    const value = 'outside';
    bench.send(row('my-meter', '2.0.0', meterText('2.0.0', { value })));
    await bench.clock.advance(shadowMs + 2_000);
    expect(bench.told('profile.shadowed').at(-1)?.data).toMatchObject({
      frames: 10,
      differing: 10,
    });
    expect(bench.devices.values('meter')).toEqual({ 'telemetry.outside': 21 });
    await bench.stop();
  });

  it('of the cloud alone is waited for', async () => {
    const bench = meterBench();
    await bench.start();
    expect(bench.raised()).toEqual(['profile_missing meter']);
    expect(bench.devices.deviceReports()).toMatchObject([{ device: 'meter', state: 'unknown' }]);
    const none = await bench.devices.run('meter', 'x', {}, { deadlineMs: 1 });
    expect(none).toMatchObject({ outcome: 'failed' });
    bench.send(row('my-meter', '1.0.0', meterText('1.0.0')));
    await bench.clock.advance(600);
    expect(bench.raised()).toEqual([]);
    expect(bench.devices.deviceReports()).toMatchObject([{ state: 'online' }]);
    expect(bench.running.get('meter')?.profile).toBe('1.0.0');
    await bench.stop();
  });

  it('leaves a line alone that others use in another way', async () => {
    const bench = createProfileBench([
      meter,
      { ...{ id: 'head', profile: 'gatehouse-scanner-s1', port: 'tty', door: 'lab' } },
    ]);
    await bench.start();
    bench.send(row('my-meter', '1.0.0', meterText('1.0.0')));
    await bench.clock.advance(probationMs + 1_000);
    bench.send(row('my-meter', '1.1.0', meterText('1.1.0', { baud: 19_200 })));
    await bench.clock.advance(shadowMs + 1_000);
    expect(bench.version('meter')).toBe('1.0.0');
    expect(bench.told('profile.refused')[0]?.data).toMatchObject({
      why: expect.stringContaining('head') as never,
    });
    await bench.stop();
  });

  it('gives way to the next while it is on its way', async () => {
    const bench = createProfileBench([gate]);
    await bench.start();
    bench.send(newGate);
    await bench.clock.advance(1_000);
    bench.send(row(turnstile, '1.2.0', changed(turnstile, { version: '1.2.0' })));
    await bench.clock.advance(shadowMs + probationMs);
    expect(bench.version('gate')).toBe('1.2.0');
    expect(bench.told('profile.swapped')).toHaveLength(1);
    bench.send();
    await bench.clock.advance(shadowMs + 1_000);
    expect(bench.version('gate')).toBe('1.0.0');
    await bench.stop();
  });
});
