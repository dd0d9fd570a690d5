import type { ConditionView, DeviceView, ProfileView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { deviceOfCondition, deviceStatusOf, sinceOf } from './device-status.ts';
import type { DeviceStatus } from './device-status.ts';
import { alarmsIn, tellingOf } from './telling.ts';

const device = (change: Partial<DeviceView> = {}): DeviceView => ({
  id: 'd-1',
  name: { zh: '设备', en: 'Device' },
  profile: 'p',
  profileVersion: '1.0.0',
  profileTitle: { zh: '型号', en: 'Model' },
  family: 'presence',
  gateway: 'gw-1',
  gatewayName: { zh: '网关', en: 'Gateway' },
  buildingName: { zh: '楼', en: 'Hall' },
  door: null,
  side: null,
  state: 'online',
  fresh: true,
  since: '2026-11-21T01:00:00Z',
  values: {},
  ...change,
});

const condition = (severity: ConditionView['severity'], since: string): ConditionView => ({
  id: `gw-1/device_silent/${since}`,
  code: 'device_silent',
  severity,
  gateway: 'gw-1',
  subject: 'd-1',
  subjectName: { zh: '设备', en: 'Device' },
  door: null,
  since,
  detail: '',
});
const notice = condition('notice', '2026-11-21T02:00:00Z');
const alarm = condition('alarm', '2026-11-21T03:00:00Z');

type Row = readonly [
  Partial<DeviceView>,
  conditions: readonly ConditionView[],
  alarms: boolean,
  DeviceStatus,
  since: string | null,
];

const online = '2026-11-21T01:00:00Z';
const table: readonly Row[] = [
  [{}, [], false, 'online', online],
  [{ state: 'silent' }, [], false, 'silent', online],
  [{ state: 'silent' }, [notice], false, 'silent', online],
  [{ state: 'unknown', since: null }, [], false, 'unknown', null],
  [{}, [notice], false, 'attention', notice.since],
  [{}, [alarm, notice], false, 'alarm', notice.since],
  [{}, [], true, 'alarm', null], // when it began to alarm is not known here
  [{ fresh: false }, [alarm], true, 'old', null], // an old alarm may be over
  [{ fresh: false, state: 'silent' }, [], false, 'old', null],
];

describe('the status of a device', () => {
  for (const [change, conditions, alarms, status, since] of table) {
    const name = `${JSON.stringify(change)}, ${conditions.length} conditions, alarms ${alarms}`;
    it(`${name}: ${status}`, () => {
      const found = device(change);
      expect(deviceStatusOf({ device: found, conditions, alarms })).toBe(status);
      expect(sinceOf({ device: found, conditions, status })).toBe(since);
    });
  }

  it('knows which conditions are about a device', () => {
    expect(deviceOfCondition(notice)).toBe('d-1');
    expect(deviceOfCondition({ ...notice, code: 'gateway_silent' })).toBeUndefined();
    expect(deviceOfCondition({ ...notice, code: 'brand_new' })).toBeUndefined();
  });
});

const value = (name: string, change: object = {}): ProfileView['state'][number] => ({
  ...{ name, norm: null, title: { zh: name, en: name }, type: 'boolean' as const },
  ...{ items: null, itemsMax: null, unit: null, min: null, max: null, charsMax: null },
  ...{ default: null, values: [] },
  ...change,
});
const words = ['true', 'false'].map((each) => ({ value: each, title: { zh: each, en: each } }));

const profile: ProfileView = {
  ...{ id: 'p', version: '1.0.0', family: 'presence', vendor: 'Acme', product: 'P' },
  ...{ title: { zh: '型号', en: 'Model' }, source: null, transports: [], events: [] },
  ...{ commands: [], vectors: 0, vectorsFromManual: 0 },
  state: [
    value('note', { type: 'text' }),
    value('relay'),
    value('present', { values: words }),
    value('zone', { type: 'enum' }),
    value('boxes', { type: 'list', items: 'boolean' }),
    value('tamper', { norm: 'door.tamper' }),
  ],
  telemetry: [
    value('warmth', { type: 'number', unit: 'Cel' }),
    value('air', { type: 'number', unit: '[ppm]' }),
  ],
};

// states | readings | what the list shows
const told: readonly (readonly [DeviceView['values'], DeviceView['values'], string])[] = [
  [{}, {}, ''],
  [{ relay: false, tamper: false }, {}, 'value.rest'],
  [{ relay: true }, {}, 'relay'],
  [{ zone: 'none', present: true }, {}, 'present'],
  [{ note: 'x', zone: 'near', present: true }, {}, 'present zone'],
  [{ present: true }, { warmth: 21 }, 'present warmth'],
  [{ boxes: [true, false], zone: 'near' }, {}, 'boxes'],
  [{ tamper: true, zone: 'near', present: true }, {}, 'tamper present'],
  [{ present: null }, { warmth: null, air: 600 }, 'air'],
];

describe('what a list shows of a device', () => {
  const t = (key: string): string => key;
  const shown = (of: DeviceView, from: ProfileView | undefined): string =>
    tellingOf(of, from, { t, language: 'en' })
      .map(({ name, text }) => (name === '' ? text : name))
      .join(' ');

  for (const [values, readings, names] of told) {
    it(`${JSON.stringify(values)} ${JSON.stringify(readings)}: ${names || 'nothing'}`, () => {
      expect(shown(device({ values, readings }), profile)).toBe(names);
    });
  }

  it('of what measures, begins with its readings', () => {
    const of = device({ values: { present: true }, readings: { warmth: 21, air: 600 } });
    expect(shown(of, { ...profile, family: 'environment' })).toBe('warmth air');
  });

  it('is nothing while nobody knows what the device can do', () => {
    expect(shown(device({ values: { tamper: true } }), undefined)).toBe('');
    expect(alarmsIn(device({ values: { tamper: true } }), undefined)).toBe(false);
    expect(alarmsIn(device({ values: { tamper: true } }), profile)).toBe(true);
  });
});
