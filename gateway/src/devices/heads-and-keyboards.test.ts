import type { DeviceProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { createConditions } from '../conditions.ts';
import type { DeviceConfig } from '../config.ts';
import type { Ports } from '../ports.ts';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemoryPush } from '../testing/memory-push.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import { strikeProfile } from '../testing/profiles.ts';
import {
  keyboardBinding,
  keyboardModel,
  pushBinding,
  pushHeadModel,
} from '../testing/push-profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createDevices } from './devices.ts';

const profile = (id: string, parts: Pick<DeviceProfile, 'model' | 'bindings'>): DeviceProfile => ({
  ...strikeProfile,
  ...{ id, family: 'scanner' },
  ...parts,
});
const profiles = new Map(
  [
    profile('head', { model: pushHeadModel, bindings: { push: pushBinding } }),
    profile('keys', { model: keyboardModel, bindings: { keyboard: keyboardBinding } }),
  ].map((one) => [one.id, one]),
);
const head: DeviceConfig = { id: 'n1', profile: 'head', port: 'push', door: 'lab', side: 'entry' };
const keys: DeviceConfig = { id: 'h1', profile: 'keys', port: 'usb', door: 'lab', side: 'exit' };
const secret = 'a-secret-of-24-characters';

const bench = (devices: readonly DeviceConfig[], more: Partial<Ports> = {}) => {
  const clock = createVirtualClock();
  const push = createMemoryPush();
  const codes: string[] = [];
  const made = createDevices({
    ports: {
      ...{ clock, push: push.server, log: createSilentLog(), primitives: createPrimitives() },
      ...{ modbus: createMemoryModbus(clock).ports, serial: createMemorySerial().ports },
      ...more,
    },
    ...{ devices, profiles, secrets: new Map([['n1', secret]]), language: 'en' },
    conditions: createConditions(clock.nowMs, () => undefined),
    record: () => undefined,
    onCode: (reader, text) => {
      codes.push(`${reader.id} ${reader.side} ${text}`);
      reader.show('granted');
      const deadlineMs = clock.monoMs() + 1_000;
      void made.door('lab')?.unlock({ side: 'entry', cause: 'c', ms: 2_000, deadlineMs });
    },
    onChange: () => undefined,
  });
  const post = (body: object) =>
    push.request({ headers: { 'x-device-key': secret }, body: JSON.stringify(body) });
  return { clock, devices: made, codes, post };
};

describe('wires that only ask or only type', () => {
  it('a head is the reader and the controller of its door', async () => {
    const { clock, devices, codes, post } = bench([head]);
    devices.start();
    await clock.settle();
    // Before it has said how its relay is, its door is not ready.
    expect(devices.door('lab')?.ready()).toBe(false);
    await post({ type: 'status', seq: 1, relay: false });
    expect(devices.door('lab')).toMatchObject({ onlyAnswers: true });
    expect(devices.door('lab')?.ready()).toBe(true);
    const answer = post({ type: 'scan', seq: 2, code: 'A0' });
    await clock.advance(20);
    expect((await answer).body).toBe('{"open":true,"ms":"2000","text":"Please enter"}');
    expect(codes).toEqual(['n1 entry A0']);
    await post({ type: 'status', seq: 3, relay: true });
    expect(devices.doorReports()).toMatchObject([{ door: 'lab', lock: 'unlocked' }]);
    await devices.stop();
    await clock.advance(60_000);
    expect(clock.timersWaiting()).toBe(0);
  });

  it.each<[string, DeviceConfig, Partial<Ports>, RegExp]>([
    ['a keyboard where there are none', keys, {}, /h1: there are no keyboards here/],
    ['a head where nobody listens', head, { push: undefined } as object, /n1: nobody listens/],
    ['a head without its secret', { ...head, id: 'n2' }, {}, /n2: its secret is missing/],
  ])('refuses %s', (_, device, ports, why) => {
    expect(() => bench([device], ports)).toThrow(why);
  });
});
