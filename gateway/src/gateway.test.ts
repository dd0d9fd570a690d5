import { Live, liveEveryMs } from '@gatehouse/protocols';
import type { Report, WireEvent } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { createBuilding, createReadyBuilding, signer } from './testing/building.ts';
import { people } from './testing/small-campus.ts';

const summary = (events: readonly WireEvent[]) =>
  events.map(({ kind, data }) => {
    const detail = data['reason'] ?? data['code'];
    return typeof detail === 'string' ? `${kind} ${detail}` : kind;
  });

const statesOf = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([path, value]) =>
      path.startsWith('state.') ? [[path.slice('state.'.length), value]] : [],
    ),
  );

describe('a gateway', () => {
  it('lets in by a pass with the cloud gone, and tells everything when it is back', async () => {
    const { gateway, clock, heads, modbus, link, scan, iat, cloud } = await createReadyBuilding();
    link.mood = 'refuses';
    cloud.last().drop('cable');
    const writes = modbus.writes.length;
    const pass = people.phone.phone.text({ iat: iat(), counter: 1 });
    await scan('in', pass);
    expect(modbus.writes.slice(writes)).toEqual([expect.stringMatching(/^\d+ write 16=30$/)]);
    expect(heads.in.written.at(-1)).toBe('LAMP green;TEXT Please enter\r\n');
    modbus.controller.inputs.set(2, true);
    await clock.advance(200);
    modbus.controller.inputs.set(2, false);
    await clock.advance(5_000);
    await scan('in', pass);
    expect(heads.in.written.at(-1)).toBe('LAMP amber;TEXT Already used\r\n');
    await scan('in', people.visitor.phone.text({ iat: iat(), counter: 1 }));
    expect(modbus.writes).toHaveLength(writes + 1);

    link.mood = 'well';
    await cloud.hello();
    await clock.advance(1_000);
    const told = summary(cloud.stored());
    for (const line of [
      'gateway.started',
      'policy.applied',
      'access.granted granted',
      'access.taken',
      'access.denied used',
      'access.denied no_right',
    ]) {
      expect(told).toContain(line);
    }
    const granted = cloud.stored().find(({ kind }) => kind === 'access.granted');
    const taken = cloud.stored().find(({ kind }) => kind === 'access.taken');
    const cause = `gw-1.00000001.main.${granted?.seq ?? 0}`;
    expect(taken?.data).toEqual({ cause, side: 'entry', person: people.phone.person });
    await gateway.stop();
  });

  it('believes no clock below what was signed before it last stopped', async () => {
    const { gateway, boot, store, clock, scan, iat, heads, modbus } = await createReadyBuilding();
    await gateway.stop();
    store.floorMs = clock.nowMs() + 3_600_000;
    const again = await boot();
    await clock.advance(5_000);
    const writes = modbus.writes.length;
    await scan('in', people.staff.phone.text({ iat: iat(), counter: 1 }));
    expect(heads.in.written.at(-1)).toBe('LAMP amber;TEXT Call the guard\r\n');
    expect(modbus.writes).toHaveLength(writes);
    await scan('out', people.staff.phone.text({ iat: iat(), counter: 2 }));
    expect(heads.out.written.at(-1)).toMatch(/^LAMP green/);
    await again.stop();
  });

  it('lets out whom it does not let in, without any policy at all', async () => {
    const { clock, boot, scan, heads, modbus } = createBuilding();
    await boot();
    await clock.advance(1_000);
    const writes = modbus.writes.length;
    await scan('in', 'nonsense');
    expect(modbus.writes.length).toBe(writes);
    expect(heads.in.written.at(-1)).toBe('LAMP red;TEXT Not a pass\r\n');
    await scan('out', 'nonsense');
    expect(modbus.writes.slice(writes)).toEqual([expect.stringMatching(/^\d+ write 17=50$/)]);
    expect(heads.out.written.at(-1)).toMatch(/^LAMP green/);
  });

  it('carries a command out once, and tells how it went', async () => {
    const { clock, cloud, modbus } = await createReadyBuilding();
    const { session, n } = cloud.last().bodies('beat').at(-1) ?? {};
    const jws = await signer.command({
      id: '019ab0c4-5d00-7000-8000-0000000000ff',
      gateway: 'gw-1',
      session,
      beat: n,
      ttlMs: 10_000,
      door: 'lab',
      action: 'unlock',
      actor: people.staff.person,
      reason: '',
    });
    const writes = modbus.writes.length;
    cloud.last().say('gh/v1/gw-1/down/command', jws);
    cloud.last().say('gh/v1/gw-1/down/command', jws);
    await cloud.untilVerified(() => modbus.writes.length > writes);
    const told = () => summary(cloud.stored()).filter((line) => line.startsWith('command.'));
    await clock.advance(2_000);
    await cloud.untilVerified(() => told().length >= 3);
    expect(modbus.writes).toHaveLength(writes + 1);
    expect(told()).toEqual(['command.accepted', 'command.sent', 'command.confirmed']);
  });

  it('opens its door by `unlock` alone, whatever else is asked of its controller', async () => {
    const { cloud, modbus } = await createReadyBuilding();
    const { session, n } = cloud.last().bodies('beat').at(-1) ?? {};
    const jws = await signer.command({
      id: '019ab0c4-5d00-7000-8000-0000000000fe',
      gateway: 'gw-1',
      session,
      beat: n,
      ttlMs: 10_000,
      device: 'turnstile-1',
      run: { command: 'openEntry', args: {} },
      action: 'run',
      actor: people.staff.person,
      reason: '',
    });
    const writes = modbus.writes.length;
    cloud.last().say('gh/v1/gw-1/down/command', jws);
    const told = () => cloud.stored().filter(({ kind }) => kind.startsWith('command.'));
    await cloud.untilVerified(() => told().length > 0);
    expect(told()).toMatchObject([
      { kind: 'command.failed', device: 'turnstile-1', data: { reason: 'not_allowed' } },
    ]);
    expect(modbus.writes).toHaveLength(writes);
  });

  it('shows a device while somebody looks, with its states in the report', async () => {
    const { clock, cloud } = await createReadyBuilding();
    const { session } = cloud.last().bodies('beat').at(-1) ?? {};
    await clock.advance(1_000);
    expect(cloud.last().bodies('live')).toEqual([]);
    const watch = { session, device: 'turnstile-1', forMs: 2_000 };
    cloud.last().say('gh/v1/gw-1/down/watch', JSON.stringify(watch));
    await clock.advance(10_000);
    const lives = cloud.last().bodies('live');
    expect(lives.every((live) => Value.Check(Live, live))).toBe(true);
    expect(lives.length).toBeGreaterThanOrEqual(2);
    expect(lives.length).toBeLessThanOrEqual(1 + 2_000 / liveEveryMs);
    expect(lives.at(-1)).toMatchObject({ device: 'turnstile-1', health: { missed: 0 } });
    const { devices } = cloud.last().bodies('report').at(-1) as unknown as Report;
    const report = devices.find(({ device }) => device === 'turnstile-1');
    expect(report?.profile).toMatch(/^test-turnstile@/);
    expect(report?.values).toEqual(statesOf(lives.at(-1)?.['values'] as Record<string, unknown>));
  });

  it('knows after a clean restart which passes were used', async () => {
    const { gateway, boot, clock, scan, iat, heads, modbus } = await createReadyBuilding();
    const pass = people.staff.phone.text({ iat: iat(), counter: 5 });
    await scan('in', pass);
    // The pulse is the device's own: it ends without us.
    await clock.advance(3_000);
    await gateway.stop();
    expect(clock.timersWaiting()).toBe(0);
    await boot();
    await clock.advance(6_000);
    const writes = modbus.writes.length;
    await scan('in', pass);
    expect([heads.in.written.at(-1), modbus.writes.length]).toEqual([
      'LAMP amber;TEXT Already used\r\n',
      writes,
    ]);
    await scan('in', people.staff.phone.text({ iat: iat(), counter: 6 }));
    expect(modbus.writes).toHaveLength(writes + 1);
  });

  it('skips the codes of before after a jump of the clock', async () => {
    const { clock, scan, iat, heads } = await createReadyBuilding();
    clock.stepWall(3_000);
    await clock.advance(1_000);
    await scan('in', people.staff.phone.text({ iat: iat(), counter: 1 }));
    expect(heads.in.written.at(-1)).toBe('LAMP amber;TEXT Show next code\r\n');
    await clock.advance(31_000);
    await scan('in', people.staff.phone.text({ iat: iat(), counter: 2 }));
    expect(heads.in.written.at(-1)).toBe('LAMP green;TEXT Please enter\r\n');
  });

  it.each([-7_200_000, -40_000, -3_000, 3_000, 40_000, 7_200_000])(
    'opens no door again for a code that it took, after its clock stepped by %i ms',
    async (byMs) => {
      const { clock, scan, iat, modbus } = await createReadyBuilding();
      const code = people.staff.phone.text({ iat: iat(), counter: 1 });
      await scan('in', code);
      await clock.advance(6_000);
      const writes = modbus.writes.length;
      clock.stepWall(byMs);
      for (const laterMs of [1_000, 10_000, 25_000]) {
        await clock.advance(laterMs);
        await scan('in', code);
      }
      clock.stepWall(-byMs);
      for (const laterMs of [1_000, 10_000, 25_000]) {
        await clock.advance(laterMs);
        await scan('in', code);
      }
      expect(modbus.writes).toHaveLength(writes);
      await scan('in', people.staff.phone.text({ iat: iat(), counter: 2 }));
      expect(modbus.writes).toHaveLength(writes + 1);
    },
  );

  it('says that a door was not opened where its controller is gone', async () => {
    const { clock, modbus, heads, scan, iat, cloud } = await createReadyBuilding();
    modbus.controller.mood = 'dead';
    await clock.advance(2_000);
    await scan('in', people.staff.phone.text({ iat: iat(), counter: 1 }));
    expect(heads.in.written.at(-1)).toBe('LAMP amber;TEXT Door not ready\r\n');
    await clock.advance(1_000);
    const report = cloud.last().bodies('report').at(-1);
    expect(report).toMatchObject({
      doors: [{ door: 'lab', lock: 'unknown', ready: false }],
      conditions: [{ code: 'device_silent', subject: 'turnstile-1' }],
    });
  });
});
