import type { Binding, DeviceProfile, Model } from '@gatehouse/device-profiles';

const profileOf = (
  id: string,
  family: DeviceProfile['family'],
  parts: { readonly model: Model; readonly bindings: Readonly<Record<string, Binding>> },
): DeviceProfile => ({
  apiVersion: 'profile/v1',
  kind: 'DeviceProfile',
  id,
  profile: '1.0.0',
  family,
  title: { zh: id, en: id },
  vendor: 'test',
  product: id,
  source: 'invented',
  ...parts,
  vectors: [],
  simulate: { initial: {} },
});

const shown = { type: 'boolean', class: 'telemetry' } as const;
const open = (state: string) =>
  ({
    class: 'door',
    expiresInMs: 5_000,
    endsBy: 'device',
    confirmBy: { state, equals: true, withinMs: 1_000 },
    args: { ms: { type: 'integer', unit: 'ms', min: 100, max: 600_000, default: 3_000 } },
  }) as const;
const close = { class: 'door', expiresInMs: 5_000, idempotent: true, endsBy: 'device' } as const;

const input = (address: number, name: string) =>
  ({ table: 'discrete', address, type: 'bit', value: `state.${name}` }) as const;
const latch = (address: number, name: string) =>
  ({ table: 'coil', address, type: 'bit', value: `state.${name}`, everyMs: 1_000 }) as const;
/** Writing n releases for n × 100 ms. */
const timed = (address: number) =>
  [{ table: 'holding', address, type: 'u16', value: 'args.ms', scale: 100 }] as const;
const ended = (register: number, coil: number) =>
  [
    { table: 'holding', address: register, type: 'u16', const: 0 },
    { table: 'coil', address: coil, type: 'bit', const: 0 },
  ] as const;

/** For tests: a two-way turnstile, its passage inputs at 2 and 3, fire 5, tamper 6. */
export const turnstileProfile: DeviceProfile = profileOf('test-turnstile', 'turnstile', {
  model: {
    state: {
      releaseEntry: { norm: 'door.release.entry', ...shown },
      releaseExit: { norm: 'door.release.exit', ...shown },
      latchEntry: { norm: 'door.latch.entry', ...shown },
      latchExit: { norm: 'door.latch.exit', ...shown },
      passageEntry: { norm: 'door.passage.entry', ...shown },
      passageExit: { norm: 'door.passage.exit', ...shown },
      fire: { norm: 'door.fire', ...shown },
      tamper: { norm: 'door.tamper', ...shown },
    },
    commands: {
      openEntry: { norm: 'door.open_entry', ...open('releaseEntry') },
      openExit: { norm: 'door.open_exit', ...open('releaseExit') },
      closeEntry: { norm: 'door.close_entry', ...close },
      closeExit: { norm: 'door.close_exit', ...close },
    },
    passage: { takenWithinMs: 5_000, stuckAfterMs: 10_000 },
  },
  bindings: {
    modbus: {
      transport: 'modbus',
      modes: ['rtu', 'tcp'],
      line: { baud: 9600 },
      poll: { everyMs: 50, replyTimeoutMs: 200, missesMax: 3, gapMax: 16 },
      registers: [
        input(0, 'releaseEntry'),
        input(1, 'releaseExit'),
        input(2, 'passageEntry'),
        input(3, 'passageExit'),
        input(5, 'fire'),
        input(6, 'tamper'),
        latch(0, 'latchEntry'),
        latch(1, 'latchExit'),
      ],
      commands: {
        openEntry: [...timed(16)],
        openExit: [...timed(17)],
        closeEntry: [...ended(16, 0)],
        closeExit: [...ended(17, 1)],
      },
    },
  },
});

/** For tests: a strike door, its contact at 4. */
export const strikeProfile: DeviceProfile = profileOf('test-strike', 'door', {
  model: {
    state: {
      release: { norm: 'door.release.entry', ...shown },
      latch: { norm: 'door.latch.entry', ...shown },
      contact: {
        norm: 'door.contact',
        type: 'enum',
        values: ['closed', 'open'],
        class: 'door',
      },
    },
    commands: {
      open: { norm: 'door.open_entry', ...open('release') },
      close: { norm: 'door.close_entry', ...close },
    },
    passage: { takenWithinMs: 5_000, stuckAfterMs: 60_000 },
  },
  bindings: {
    modbus: {
      transport: 'modbus',
      modes: ['rtu', 'tcp'],
      line: { baud: 9600 },
      poll: { everyMs: 100, replyTimeoutMs: 200, missesMax: 3, gapMax: 16 },
      registers: [
        input(0, 'release'),
        { ...input(4, 'contact'), enum: { 0: 'closed', 1: 'open' } },
        latch(0, 'latch'),
      ],
      commands: { open: [...timed(16)], close: [...ended(16, 0)] },
    },
  },
});

const register = (table: 'holding' | 'input', address: number, name: string) =>
  ({ table, address, type: 'u16', value: `telemetry.${name}` }) as const;

/** For tests: a meter of three blocks, of which it wants to be asked more than any wire carries. */
export const meterProfile: DeviceProfile = profileOf('test-meter', 'meter', {
  model: {
    state: { on: { type: 'boolean', class: 'telemetry' } },
    telemetry: {
      voltage: { type: 'number', unit: 'V' },
      current: { type: 'number', unit: 'A' },
    },
    commands: { reset: { class: 'audit', expiresInMs: 5_000 } },
  },
  bindings: {
    modbus: {
      transport: 'modbus',
      modes: ['rtu', 'tcp'],
      line: { baud: 9600 },
      poll: { everyMs: 10, replyTimeoutMs: 200, missesMax: 5 },
      registers: [
        input(0, 'on'),
        register('input', 0, 'voltage'),
        register('holding', 0, 'current'),
      ],
      commands: { reset: [{ table: 'holding', address: 9, type: 'u16', const: 1 }] },
    },
  },
});

const word = { type: 'text', charsMax: 40 } as const;

/** For tests: a scanner head that shows lamp and text. */
export const scannerProfile: DeviceProfile = profileOf('test-scanner', 'scanner', {
  model: {
    events: {
      scan: {
        norm: 'access.code',
        class: 'audit',
        secret: true,
        fields: { text: { type: 'text', charsMax: 512 } },
      },
    },
    commands: {
      show: {
        norm: 'reader.show',
        class: 'telemetry',
        expiresInMs: 1_000,
        idempotent: true,
        endsBy: 'device',
        args: { lamp: word, tone: word, text: word },
      },
    },
  },
  bindings: {
    serial: {
      transport: 'serial',
      line: { baud: 9600 },
      framing: { kind: 'lines', lineBytesMax: 256, halfLineMaxMs: 500, sends: 'crlf' },
      messages: { scan: { text: '{event.text}', emit: 'scan' } },
      commands: { show: [{ text: 'LAMP {args.lamp};TEXT {args.text}' }] },
    },
  },
});

/**
 * For tests: a climate sensor with an address, on a line with others. `7?` asks, `7 T=21;L=off`
 * answers, `7 L=on` switches its lamp, `7 OK` or `7 ERR` comes back, `7 KEY` comes by itself.
 */
export const climateProfile: DeviceProfile = profileOf('test-climate', 'environment', {
  model: {
    params: { address: { type: 'integer', min: 1, max: 99 } },
    state: { lamp: { type: 'enum', values: ['off', 'on'], class: 'telemetry' } },
    telemetry: { temperature: { type: 'number', unit: 'Cel' } },
    events: { pressed: { class: 'audit' } },
    commands: {
      light: {
        class: 'audit',
        expiresInMs: 2_000,
        confirmBy: { state: 'lamp', equals: 'on', withinMs: 1_000 },
        args: { lamp: { type: 'enum', values: ['off', 'on'], default: 'on' } },
      },
      blink: { class: 'audit', expiresInMs: 2_000 },
      reset: { class: 'audit', expiresInMs: 2_000, confirmBy: { reply: true, withinMs: 500 } },
      wait: { class: 'audit', expiresInMs: 2_000, confirmBy: { event: 'pressed', withinMs: 500 } },
    },
  },
  bindings: {
    serial: {
      transport: 'serial',
      line: { baud: 9600 },
      framing: { kind: 'lines', lineBytesMax: 64, halfLineMaxMs: 100, sends: 'cr' },
      messages: {
        status: { text: '{params.address} T={telemetry.temperature};L={state.lamp}' },
        ok: { text: '{params.address} OK' },
        no: { text: '{params.address} ERR', refuses: 'busy' },
        key: { text: '{params.address} KEY', emit: 'pressed' },
      },
      commands: {
        light: [{ text: '{params.address} L={args.lamp}', reply: 'ok' }],
        blink: [{ text: '{params.address} B', reply: 'ok' }],
        reset: [
          { text: '{params.address} R1', reply: 'ok' },
          { text: '{params.address} R2', reply: 'ok' },
        ],
        wait: [{ text: '{params.address} W', reply: 'ok' }],
      },
      polls: [{ text: '{params.address}?', reply: 'status', everyMs: 500 }],
      replyTimeoutMs: 100,
      missesMax: 3,
    },
  },
});
