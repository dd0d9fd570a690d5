import { catalogueOf, readModelFiles } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { createPrimitives } from '../adapters/primitives.ts';
import { createConditions } from '../conditions.ts';
import type { DeviceConfig } from '../config.ts';
import { createDevices } from '../devices/devices.ts';
import type { EventBody } from '../events.ts';
import type { ProfileRow } from '../policy/roster.ts';
import { createProfiles } from '../profiles/profiles.ts';
import { createMemoryKeyboards } from './memory-keyboards.ts';
import { createMemoryModbus } from './memory-modbus.ts';
import { createMemoryPolicyStore } from './memory-policy-store.ts';
import { createMemoryPush } from './memory-push.ts';
import { createMemorySerial } from './memory-serial.ts';
import { createSilentLog } from './silent-log.ts';
import { createVirtualClock } from './virtual-clock.ts';

const files = await readModelFiles();
const builtIns = catalogueOf(files);

/** A profile of the release as somebody would change it. */
export const changed = (
  released: string,
  { id = released, version }: { readonly id?: string; readonly version: string },
  mend: (text: string) => string = (text) => text,
): string => {
  const text = files.find(({ name }) => name.endsWith(`/${released}.yaml`))?.text;
  if (text === undefined) throw new Error(`no profile ${released}`);
  return mend(
    text.replace(/^id: .*$/m, `id: ${id}`).replace(/^profile: .*$/m, `profile: ${version}`),
  );
};

/** A meter on a serial line that answers to one word. */
export const meterText = (
  version: string,
  { ask = 'GET', baud = 9600, value = 'temperature' } = {},
): string => `
apiVersion: profile/v1
kind: DeviceProfile
id: my-meter
profile: ${version}
family: environment
title: { zh: 温度计, en: Thermometer }
vendor: V
product: P
source: invented
model:
  telemetry:
    ${value}: { title: { zh: 温度, en: Temperature }, type: number, unit: Cel }
bindings:
  serial:
    transport: serial
    line: { baud: ${baud} }
    framing: { kind: lines, lineBytesMax: 64, halfLineMaxMs: 100, sends: cr }
    messages:
      reading: { text: 'T={telemetry.${value}}' }
    polls: [{ text: ${ask}, reply: reading, everyMs: 500 }]
    replyTimeoutMs: 100
    missesMax: 3
vectors: []
simulate: { initial: { telemetry.${value}: 20 } }
`;

export const row = (id: string, version: string, text: string): ProfileRow => ({
  ...{ section: 'profile', mode: 'live', id, version, text },
});

/** For tests: devices on lines in memory, and what the cloud wants them to run. */
export const createProfileBench = (
  devices: readonly DeviceConfig[],
  store = createMemoryPolicyStore(),
  secrets: ReadonlyMap<string, string> = new Map(),
) => {
  const clock = createVirtualClock();
  const modbus = createMemoryModbus(clock);
  const serial = createMemorySerial();
  const keyboards = createMemoryKeyboards();
  const push = createMemoryPush();
  const log = createSilentLog();
  const primitives = createPrimitives();
  const events: EventBody[] = [];
  const record = (body: EventBody): void => void events.push(body);
  const conditions = createConditions(clock.nowMs, () => undefined);
  const rows: ProfileRow[] = [];
  const codes: string[] = [];
  const field = createDevices({
    ports: {
      ...{ clock, log, primitives, modbus: modbus.ports, serial: serial.ports },
      ...{ keyboards: keyboards.ports, push: push.server },
    },
    ...{ devices, secrets },
    profiles: builtIns,
    language: 'en',
    conditions,
    record,
    onCode: (reader, text) => {
      codes.push(text);
      reader.show('unknown_credential');
    },
    onChange: () => undefined,
  });
  const running = new Map<string, DeviceProfile>();
  const profiles = createProfiles({
    ports: { clock, log, policyStore: store.port, primitives },
    gateway: 'gw-1',
    builtIns,
    ids: [...new Set(devices.map(({ profile }) => profile))],
    keeper: { profiles: () => rows, profilesKept: () => [...store.profiles.values()] },
    devices: field,
    conditions,
    record,
    onRunning: (device, profile) => void running.set(device, profile),
  });
  return {
    ...{ clock, modbus, serial, keyboards, push, codes, devices: field, events, store, running },
    start: async () => {
      profiles.begin();
      field.start();
      await clock.advance(1_500);
    },
    stop: async () => {
      profiles.stop();
      await field.stop();
    },
    /** What the cloud has now, in the place of what it had. */
    send: (...sent: readonly ProfileRow[]) => {
      rows.splice(0, rows.length, ...sent);
      profiles.onPolicy();
    },
    version: (device: string) => field.now(device)?.profile.profile,
    told: (kind: EventBody['kind']) => events.filter((event) => event.kind === kind),
    raised: () => conditions.active().map(({ code, subject }) => `${code} ${subject}`),
  };
};
