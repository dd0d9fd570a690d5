/** For tests: time that stands still until it is moved, and a wire without a network. */
import { compileProfile } from '@gatehouse/device-profiles';
import type { Args, DeviceProfile, ModbusCodec, SerialCodec } from '@gatehouse/device-profiles';
import { createLiveDevice } from './devices/live-device.ts';
import { createModbusBank } from './devices/modbus-device.ts';
import { createModbusLine } from './devices/modbus-line.ts';
import type { ModbusStation } from './devices/modbus-line.ts';
import { createRandom } from './devices/random.ts';
import { createReader } from './devices/reader.ts';
import { createSerialDevice } from './devices/serial-device.ts';
import { createSerialWires } from './devices/serial-wires.ts';
import type { SerialWires } from './devices/serial-wires.ts';
import type { Accept, SimClock } from './ports.ts';

export type VirtualClock = SimClock & {
  /** Runs what falls due in order; promises settle in between. */
  readonly advance: (byMs: number) => Promise<void>;
};

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export const createVirtualClock = (startMs = 1_000_000): VirtualClock => {
  let nowMs = startMs;
  const timers = new Map<symbol, { readonly dueMs: number; readonly run: () => void }>();
  const advance = async (byMs: number): Promise<void> => {
    const untilMs = nowMs + byMs;
    await settle();
    for (;;) {
      const due = [...timers]
        .filter(([, { dueMs }]) => dueMs <= untilMs)
        .toSorted(([, a], [, b]) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      const [key, { dueMs, run }] = due;
      timers.delete(key);
      nowMs = Math.max(nowMs, dueMs);
      run();
      await settle();
    }
    nowMs = untilMs;
  };
  return {
    nowMs: () => 1_750_000_000_000 + nowMs,
    monoMs: () => nowMs,
    after: (delayMs, run) => {
      const key = Symbol('timer');
      timers.set(key, { dueMs: nowMs + delayMs, run });
      return () => void timers.delete(key);
    },
    advance,
  };
};

export type TestPeer = {
  readonly received: Uint8Array[];
  readonly send: (bytes: Uint8Array | string) => void;
  readonly hangUp: () => void;
  readonly isClosed: () => boolean;
};

/** @param onWrite what the peer does when bytes reach it */
export const connect = (accept: Accept, onWrite?: (peer: TestPeer) => void): TestPeer => {
  const received: Uint8Array[] = [];
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    handlers.onClose();
  };
  const handlers = accept({
    write: (bytes) => {
      received.push(bytes.slice());
      onWrite?.(peer);
    },
    // A socket tells of its end after the call that ended it.
    close: () => queueMicrotask(close),
  });
  const peer: TestPeer = {
    received,
    send: (bytes) => {
      handlers.onData(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    },
    hangUp: close,
    isClosed: () => closed,
  };
  return peer;
};

export const joined = (chunks: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));

/** The codec of a model's first wire of this transport. */
export const serialCodec = (profile: DeviceProfile, params: Args = {}): SerialCodec => {
  for (const name of Object.keys(profile.bindings)) {
    const codec = compileProfile(profile, name, params);
    if (codec.transport === 'serial') return codec;
  }
  throw new Error(`${profile.id} has no serial wire`);
};
export const modbusCodec = (profile: DeviceProfile, params: Args = {}): ModbusCodec => {
  for (const name of Object.keys(profile.bindings)) {
    const codec = compileProfile(profile, name, params);
    if (codec.transport === 'modbus') return codec;
  }
  throw new Error(`${profile.id} is no Modbus device`);
};

/** A serial device on a wire of its own, or on one that others share. */
export const startSerial = (options: {
  readonly profile: DeviceProfile;
  readonly clock: SimClock;
  readonly params?: Args;
  readonly wires?: SerialWires;
  readonly baud?: number;
  readonly seed?: number;
}) => {
  const { profile, clock, params, wires = createSerialWires(), baud, seed = 1 } = options;
  const codec = serialCodec(profile, params);
  const random = createRandom(seed);
  const device = createLiveDevice({ profile, clock, random });
  const serial = createSerialDevice({ device, codec, clock, random, wires, baud });
  const reader = createReader({ serial, codec, profile, clock });
  return { codec, device, serial, reader, wires };
};

export const modbusStation = (options: {
  readonly profile: DeviceProfile;
  readonly clock: SimClock;
  readonly unit?: number;
  readonly params?: Args;
}): ModbusStation => {
  const { profile, clock, unit = 1, params = {} } = options;
  const codec = modbusCodec(profile, params);
  const binding = Object.values(profile.bindings).find(({ transport }) => transport === 'modbus');
  if (binding?.transport !== 'modbus') throw new Error(`${profile.id} is no Modbus device`);
  const random = createRandom(unit);
  const device = createLiveDevice({ profile, clock, random });
  const bank = createModbusBank({ device, codec, binding, params });
  return { unit, device, bank, random, replyTimeoutMs: codec.replyTimeoutMs };
};

/** A Modbus device alone on its line. */
export const startModbus = (profile: DeviceProfile, clock: SimClock) => {
  const station = modbusStation({ profile, clock });
  return { ...station, line: createModbusLine({ stations: [station], clock }) };
};

/**
 * An invented lock with a card reader and five boxes on an RS-485 bus: start 02, length, address,
 * code, content, XOR. Every part of the language that a simulator needs is in it.
 */
export const lockProfile: DeviceProfile = {
  apiVersion: 'profile/v1',
  kind: 'DeviceProfile',
  id: 'test-lock',
  profile: '1.0.0',
  family: 'lock',
  title: { zh: '锁', en: 'Lock' },
  vendor: 'Test',
  product: 'Lock',
  source: 'invented',
  model: {
    params: {
      address: {
        type: 'integer',
        min: 1,
        max: 31,
        default: 1,
        title: { zh: '地址', en: 'Address' },
      },
    },
    state: {
      lock: { type: 'enum', values: ['locked', 'unlocked'], class: 'door' },
      boxes: {
        type: 'list',
        items: 'enum',
        values: ['closed', 'open'],
        itemsMax: 5,
        class: 'audit',
      },
    },
    telemetry: {
      voltage: { type: 'number', unit: 'V', min: 0, max: 25 },
    },
    events: {
      card: { class: 'audit', norm: 'access.uid', fields: { uid: { type: 'text', charsMax: 8 } } },
    },
    commands: {
      unlock: {
        class: 'door',
        expiresInMs: 1_000,
        endsBy: 'device',
        args: { ms: { type: 'integer', min: 100, max: 30_000, default: 3_000 } },
      },
      openBox: {
        class: 'door',
        expiresInMs: 1_000,
        endsBy: 'device',
        args: { box: { type: 'integer', min: 1, max: 5 } },
      },
    },
    safety: { failState: { lock: 'locked' } },
  },
  bindings: {
    bus: {
      transport: 'serial',
      line: { baud: 9_600 },
      framing: {
        kind: 'frames',
        start: '02',
        length: { at: 1, type: 'u8', adds: 3 },
        checksum: { type: 'xor', from: 1, to: -1, at: -1 },
        frameBytesMax: 64,
        silenceMs: 100,
      },
      messages: {
        status: {
          fields: [
            { type: 'u8', value: 'params.address' },
            { type: 'u8', const: 0x21 },
            { type: 'u8', value: 'state.lock', enum: { '0': 'locked', '1': 'unlocked' } },
            { type: 'u16', value: 'telemetry.voltage', scale: 0.1 },
            {
              repeat: {
                count: 5,
                fields: [
                  { type: 'u8', value: 'state.boxes', enum: { '0': 'closed', '1': 'open' } },
                ],
              },
            },
          ],
        },
        done: {
          fields: [
            { type: 'u8', value: 'params.address' },
            { type: 'u8', const: 0x06 },
          ],
        },
        card: {
          emit: 'card',
          fields: [
            { type: 'u8', value: 'params.address' },
            { type: 'u8', const: 0x30 },
            { type: 'text', value: 'event.uid', length: 'rest' },
          ],
        },
      },
      commands: {
        unlock: [
          {
            fields: [
              { type: 'u8', value: 'params.address' },
              { type: 'u8', const: 0x11 },
              { type: 'u16', value: 'args.ms' },
            ],
            reply: 'done',
          },
        ],
        openBox: [
          {
            fields: [
              { type: 'u8', value: 'params.address' },
              { type: 'u8', const: 0x12 },
              { type: 'u8', value: 'args.box' },
            ],
            reply: 'done',
          },
        ],
      },
      polls: [
        {
          fields: [
            { type: 'u8', value: 'params.address' },
            { type: 'u8', const: 0x20 },
          ],
          reply: 'status',
          everyMs: 500,
        },
      ],
      replyTimeoutMs: 200,
    },
  },
  vectors: [
    {
      session: 'a box is opened, all are closed, a card is swiped',
      binding: 'bus',
      steps: [
        {
          command: 'unlock',
          args: { ms: 500 },
          waitMs: 60,
          expect: { state: { lock: 'unlocked' } },
        },
        { waitMs: 500, expect: { state: { lock: 'locked' } } },
        { command: 'openBox', args: { box: 1 } },
        {
          act: 'swipe',
          expect: {
            state: { boxes: ['open', 'closed', 'closed', 'closed', 'closed'] },
            event: { card: { uid: '04A1B2C3' } },
          },
        },
        {
          act: 'closeAll',
          waitMs: 500,
          expect: { state: { boxes: ['closed', 'closed', 'closed', 'closed', 'closed'] } },
        },
      ],
    },
  ],
  simulate: {
    initial: {
      'state.lock': 'locked',
      'state.boxes': ['closed', 'closed', 'closed', 'closed', 'closed'],
      'telemetry.voltage': 12,
    },
    drift: { 'telemetry.voltage': { step: 0.1, everyMs: 1_000 } },
    react: {
      unlock: [
        { afterMs: 50, set: { 'state.lock': 'unlocked' } },
        { afterMs: 'args.ms', set: { 'state.lock': 'locked' } },
      ],
      openBox: [{ setItem: { list: 'state.boxes', item: 'args.box', from: 1, to: 'open' } }],
    },
    actions: {
      swipe: {
        title: { zh: '刷卡', en: 'Swipe a card' },
        effects: [{ emit: 'card', with: { uid: '04A1B2C3' } }],
      },
      closeAll: {
        title: { zh: '全部关上', en: 'Close all boxes' },
        effects: [
          {
            afterMs: 500,
            set: { 'state.boxes': ['closed', 'closed', 'closed', 'closed', 'closed'] },
          },
        ],
      },
    },
  },
};
