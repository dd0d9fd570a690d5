import type { DeviceProfile, Reading, Values } from '@gatehouse/device-profiles';
import type { DeviceHealth } from '@gatehouse/protocols';
import type { DeviceAbout, FieldDevices } from '../device-reports/field-devices.ts';
import type { CommandResult, RunOptions, TappedFrame } from '../drivers/driver.ts';

type Model = DeviceProfile['model'];

const title = { zh: '', en: '' };

/** For tests: a locker bank that measures, tells, and takes commands of each kind. */
export const lockerModel: Model = {
  state: {
    door: { type: 'enum', values: ['closed', 'open'], class: 'door', norm: 'door.contact' },
    boxes: { type: 'list', items: 'boolean', itemsMax: 4, class: 'audit', title },
    mode: { type: 'enum', values: ['day', 'night'], class: 'telemetry', title },
  },
  telemetry: {
    voltage: { type: 'number', unit: 'V', title },
    temperature: {
      type: 'number',
      unit: 'Cel',
      reportEveryMs: 10_000,
      reportChange: 0.5,
      title,
    },
  },
  events: {
    jammed: { class: 'audit', title, fields: { box: { type: 'integer', title } } },
    scan: { class: 'audit', norm: 'access.code', fields: { text: { type: 'text', title } } },
    card: { class: 'audit', norm: 'access.uid', fields: { uid: { type: 'text', title } } },
    typed: { class: 'audit', secret: true, title },
  },
  commands: {
    open: {
      class: 'door',
      expiresInMs: 5_000,
      endsBy: 'device',
      confirmBy: { event: 'jammed', withinMs: 1_000 },
      args: { box: { type: 'integer', min: 1, max: 4, title } },
      title,
    },
    say: {
      class: 'audit',
      expiresInMs: 1_000,
      endsBy: 'device',
      args: { text: { type: 'text', charsMax: 8, default: 'hi', title } },
      title,
    },
    hold: { class: 'door', expiresInMs: 1_000, title },
  },
  safety: { latch: { hold: title } },
};

/** What makes it the controller of a door, where it has one. */
export const controllerModel: Model = {
  ...lockerModel,
  commands: {
    ...lockerModel.commands,
    openEntry: { class: 'door', norm: 'door.open_entry', expiresInMs: 5_000, endsBy: 'device' },
  },
};

export const aboutOf = (device: string, model: Model, door?: string): DeviceAbout => ({
  device,
  door,
  profile: { id: 'test-locker', profile: '1.2.3', model },
});

export const testHealth: DeviceHealth = {
  ...{ answered: 1, missed: 0, badFrames: 0 },
  ...{ roundTripMs: 4, lastHeardAt: 1, everyMs: null },
};

export type MemoryDevices = FieldDevices & {
  readonly hear: (device: string, reading: Partial<Reading>) => void;
  readonly frame: (device: string, frame: Partial<TappedFrame>) => void;
  /** Devices that are tapped. */
  readonly tapped: () => readonly string[];
  readonly runs: (RunOptions & { readonly device: string; readonly command: string })[];
  says: CommandResult;
  held: Values;
};

/** Devices for tests that say what they are told to say. */
export const createMemoryDevices = (): MemoryDevices => {
  const listeners: ((device: string, reading: Reading) => void)[] = [];
  const taps = new Map<string, (frame: TappedFrame) => void>();
  const devices: MemoryDevices = {
    held: {},
    says: { outcome: 'confirmed' },
    runs: [],
    values: () => devices.held,
    health: () => testHealth,
    onReading: (run) => void listeners.push(run),
    watch: (device, onFrame) => {
      taps.set(device, onFrame);
      return () => void taps.delete(device);
    },
    run: (device, command, _args, options) => {
      devices.runs.push({ device, command, ...options });
      const { outcome } = devices.says;
      if (outcome !== 'failed' && outcome !== 'expired') options.mayStart?.();
      return Promise.resolve(devices.says);
    },
    hear: (device, reading) => {
      for (const listener of listeners) listener(device, { values: {}, events: [], ...reading });
    },
    frame: (device, frame) => {
      const bytes = new Uint8Array([1, 2, 3]);
      const about = { direction: 'in', meaning: 'state', isFault: false } as const;
      taps.get(device)?.({ monoMs: 0, bytes, length: 3, ...about, ...frame });
    },
    tapped: () => [...taps.keys()],
  };
  return devices;
};
