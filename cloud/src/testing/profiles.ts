import type { DeviceProfile } from '@gatehouse/device-profiles';
import type { Profiles } from '../fleet/profiles.ts';

const head = { apiVersion: 'profile/v1', kind: 'DeviceProfile', profile: '1.2.3' } as const;
const about = { vendor: 'Gatehouse', product: 'X', source: 'invented' } as const;
const serial = {
  transport: 'serial',
  line: { baud: 9600 },
  framing: { kind: 'lines', lineBytesMax: 512, halfLineMaxMs: 500 },
} as const;
const rest: Pick<DeviceProfile, 'bindings' | 'vectors' | 'simulate'> = {
  bindings: { serial },
  vectors: [],
  simulate: { initial: {} },
};

/** For tests: lockers that measure, tell, and take a command that opens and one that does not. */
export const lockerProfile: DeviceProfile = {
  ...head,
  ...about,
  ...rest,
  id: 'test-locker',
  family: 'locker',
  title: { zh: '储物柜', en: 'Lockers' },
  source: { manual: 'Lockers V2', version: '2.1', page: 'p. 7', seen: 'example.org' },
  model: {
    state: {
      contact: { norm: 'door.contact', type: 'enum', values: ['closed', 'open'], class: 'door' },
      mode: {
        type: 'enum',
        values: ['day', 'night'],
        valueTitles: { day: { zh: '白天', en: 'Day' } },
        class: 'audit',
      },
      lit: { type: 'boolean', class: 'audit' },
    },
    telemetry: {
      voltage: { type: 'number', unit: 'V', title: { zh: '电压', en: 'Voltage' } },
      temperature: { type: 'number', unit: 'Cel' },
    },
    events: { card: { norm: 'access.uid', class: 'audit', fields: { uid: { type: 'text' } } } },
    commands: {
      open: {
        class: 'door',
        expiresInMs: 5_000,
        endsBy: 'device',
        confirmBy: { state: 'contact', equals: 'open', withinMs: 2_000 },
        args: { box: { type: 'integer', min: 1, max: 8, default: 1 } },
      },
      say: { class: 'audit', expiresInMs: 1_000, args: { text: { type: 'text', charsMax: 20 } } },
      hold: { class: 'door', expiresInMs: 1_000 },
    },
    safety: { latch: { hold: { zh: '常开', en: 'Stays open' } } },
  },
  vectors: [
    { binding: 'serial', source: 'invented', inText: 'a' },
    { binding: 'serial', source: 'Lockers V2, p. 7', inText: 'b' },
    { session: 'opens', binding: 'serial', steps: [{ command: 'open' }] },
  ],
};

const controller = (id: string, family: DeviceProfile['family']): DeviceProfile => ({
  ...head,
  ...about,
  ...rest,
  id,
  family,
  title: { zh: '控制器', en: 'Controller' },
  model: {
    state: { releaseEntry: { norm: 'door.release.entry', type: 'boolean', class: 'telemetry' } },
    commands: {
      openEntry: { norm: 'door.open_entry', class: 'door', expiresInMs: 5_000, endsBy: 'device' },
      restart: { class: 'audit', expiresInMs: 5_000 },
    },
  },
});

/** What the demo campus has, and the lockers. */
export const testProfiles: Profiles = new Map(
  [
    lockerProfile,
    controller('gatehouse-turnstile-t1', 'turnstile'),
    controller('gatehouse-strike-d1', 'door'),
    { ...lockerProfile, id: 'gatehouse-scanner-s1', family: 'scanner' as const },
  ].map((profile) => [profile.id, profile]),
);

/** The same, as a release has them; without texts. */
export const testBuiltIns = new Map(
  [...testProfiles].map(([id, profile]) => [id, { profile, text: '' }]),
);
