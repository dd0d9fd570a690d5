import type { DeviceProfile, Reading } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { createConditions } from '../conditions.ts';
import type { DeviceConfig } from '../config.ts';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import {
  climateProfile,
  scannerProfile,
  strikeProfile,
  turnstileProfile,
} from '../testing/profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createDevices } from './devices.ts';

/** For tests: one device that reads cards and opens its door, on one serial line. */
const lockProfile: DeviceProfile = {
  ...climateProfile,
  id: 'test-lock',
  family: 'lock',
  model: {
    state: {
      contact: { norm: 'door.contact', type: 'enum', values: ['closed', 'open'], class: 'door' },
    },
    events: {
      card: {
        norm: 'access.uid',
        class: 'audit',
        secret: true,
        fields: { uid: { type: 'text', charsMax: 16 } },
      },
    },
    commands: {
      open: {
        norm: 'door.open_entry',
        class: 'door',
        expiresInMs: 2_000,
        endsBy: 'device',
        args: { ms: { type: 'integer', min: 100, max: 9_000, default: 3_000 } },
      },
    },
  },
  bindings: {
    serial: {
      transport: 'serial',
      line: { baud: 9600 },
      framing: { kind: 'lines', lineBytesMax: 64, halfLineMaxMs: 100, sends: 'cr' },
      messages: {
        card: { text: 'CARD {event.uid}', emit: 'card' },
        contact: { text: 'DOOR {state.contact}' },
        done: { text: 'DONE' },
      },
      commands: { open: [{ text: 'OPEN {args.ms}', reply: 'done' }] },
    },
  },
};

const profiles = new Map(
  [turnstileProfile, strikeProfile, scannerProfile, climateProfile, lockProfile].map((profile) => [
    profile.id,
    profile,
  ]),
);

const bench = (devices: readonly DeviceConfig[]) => {
  const clock = createVirtualClock();
  const modbus = createMemoryModbus(clock);
  const serial = createMemorySerial();
  const conditions = createConditions(clock.nowMs, () => undefined);
  const events: string[] = [];
  const codes: string[] = [];
  let changes = 0;
  const made = createDevices({
    ports: {
      ...{ clock, modbus: modbus.ports, serial: serial.ports, log: createSilentLog() },
      primitives: createPrimitives(),
    },
    devices,
    profiles,
    language: 'en',
    conditions,
    record: ({ kind, door, device }) => void events.push(`${kind} ${door ?? '-'} ${device}`),
    onCode: ({ id, door, side }, text) => void codes.push(`${id} ${door} ${side} ${text}`),
    onChange: () => (changes += 1),
  });
  const raised = () => conditions.active().map(({ code, subject }) => `${code} ${subject}`);
  return { clock, modbus, serial, devices: made, raised, events, codes, changes: () => changes };
};

const port = 'tcp://bus:502';

describe('the parts that a device plays', () => {
  it('a controller opens its door, a reader reads at it', async () => {
    const { clock, serial, modbus, devices, codes } = bench([
      { id: 'gate', profile: 'test-turnstile', port, door: 'lab' },
      { id: 'head', profile: 'test-scanner', port: 'tty', door: 'lab', side: 'exit' },
    ]);
    devices.start();
    await clock.advance(200);
    expect(devices.door('lab')?.ready()).toBe(true);
    serial.come('HELLO\r');
    expect(codes).toEqual(['head lab exit HELLO']);
    const cause = 'c';
    const deadlineMs = clock.monoMs() + 1_000;
    const unlocked = devices.door('lab')?.unlock({ side: 'exit', cause, ms: 1_000, deadlineMs });
    await clock.advance(100);
    expect(await unlocked).toBe('confirmed');
    expect(modbus.writes.at(-1)).toMatch(/write 17=10$/);
    expect(devices.doorReports()).toMatchObject([{ door: 'lab', lock: 'unlocked' }]);
  });

  it('one device plays both, on any wire; where it has no word, an opening is sent', async () => {
    const { clock, serial, devices, codes, events } = bench([
      { id: 'lock', profile: 'test-lock', port: 'tty', door: 'store' },
    ]);
    serial.write = (text) => {
      if (text.startsWith('OPEN')) clock.after(5, () => serial.come('DONE\r'));
      return Promise.resolve();
    };
    devices.start();
    await clock.advance(100);
    serial.come('CARD 04A1\r');
    expect(codes).toEqual(['lock store entry 04A1']);
    serial.come('DOOR closed\r');
    await clock.advance(200);
    const door = devices.door('store');
    const opening = { side: 'entry', cause: 'c', ms: 60_000, deadlineMs: Infinity } as const;
    const unlocked = door?.unlock(opening);
    await clock.advance(200);
    expect(await unlocked).toBe('sent');
    expect(serial.written).toEqual(['OPEN 9000\r']);
    serial.come('DOOR open\r');
    await clock.advance(200);
    expect(events).toEqual(['door.opened store lock', 'access.taken store lock']);
    // It tells nothing of its bolt: that is not locked.
    expect(devices.doorReports()).toMatchObject([{ contact: 'open', lock: 'unknown' }]);
  });

  it('any other just is: its values are there, its commands run', async () => {
    const { clock, serial, devices } = bench([
      { id: 'air', profile: 'test-climate', port: 'tty', params: { address: 7 } },
    ]);
    const heard: string[] = [];
    const cancel = devices.onReading((device, { values }: Reading) => {
      heard.push(`${device} ${JSON.stringify(values)}`);
    });
    devices.start();
    await clock.advance(5);
    serial.come('7 T=21;L=off\r');
    const values = { 'telemetry.temperature': 21, 'state.lamp': 'off' };
    expect(devices.values('air')).toEqual(values);
    expect(heard).toEqual([`air ${JSON.stringify(values)}`]);
    cancel();
    serial.come('7 T=22;L=off\r');
    expect(heard).toHaveLength(1);
    const blinked = devices.run('air', 'blink', {}, { deadlineMs: Infinity });
    await clock.advance(20);
    serial.come('7 OK\r');
    expect(await blinked).toEqual({ outcome: 'sent' });
    expect(await devices.run('ghost', 'blink', {}, { deadlineMs: Infinity })).toEqual({
      outcome: 'failed',
      code: 'unknown_device',
    });
  });
});

describe('a device that falls silent', () => {
  it('is told once, forgets its values, and is told when it is found', async () => {
    const { clock, modbus, devices, events, raised } = bench([
      { id: 'gate', profile: 'test-turnstile', port, door: 'lab' },
      { id: 'air', profile: 'test-climate', port: 'tty', params: { address: 7 } },
    ]);
    devices.start();
    await clock.advance(500);
    modbus.controller.mood = 'dead';
    await clock.advance(5_000);
    expect(raised().toSorted()).toEqual(['device_silent air', 'device_silent gate']);
    expect(events.toSorted()).toEqual(['device.lost - air', 'device.lost lab gate']);
    expect(devices.values('gate')).toEqual({});
    expect(devices.deviceReports()).toMatchObject([
      { device: 'gate', state: 'silent' },
      { device: 'air', state: 'silent' },
    ]);
    modbus.controller.mood = 'well';
    await clock.advance(3_000);
    expect(events.at(-1)).toBe('device.found lab gate');
    expect(raised()).toEqual(['device_silent air']);
  });
});

describe('who watches a device', () => {
  it('sees its frames as long as anybody looks, and its health at any time', async () => {
    const { clock, serial, devices } = bench([
      { id: 'air', profile: 'test-climate', port: 'tty', params: { address: 7 } },
    ]);
    devices.start();
    await clock.advance(5);
    const seen: string[] = [];
    const first = devices.watch('air', ({ meaning }) => void seen.push(`1 ${meaning}`));
    const second = devices.watch('air', ({ meaning }) => void seen.push(`2 ${meaning}`));
    serial.come('7 KEY\r');
    first();
    first();
    serial.come('7 KEY\r');
    second();
    serial.come('7 KEY\r');
    expect(seen).toEqual(['1 key', '2 key', '2 key']);
    expect(devices.health('air')).toMatchObject({ badFrames: 0, everyMs: { wish: 500 } });
    expect(() => devices.health('ghost')).toThrow('no device ghost');
  });
});

describe('what cannot be', () => {
  it.each([
    ['an unknown profile', [{ id: 'x', profile: 'none', port, door: 'lab' }], 'no profile none'],
    [
      'a binding that does not fit the port',
      [{ id: 'x', profile: 'test-turnstile', port, door: 'lab', binding: 'serial' }],
      'no binding',
    ],
    [
      'two controllers',
      [
        { id: 'x', profile: 'test-turnstile', port, door: 'lab' },
        { id: 'y', profile: 'test-strike', port, door: 'lab' },
      ],
      'two controllers',
    ],
  ])('%s', (_, devices, text) => {
    expect(() => bench(devices)).toThrow(text);
  });
});
