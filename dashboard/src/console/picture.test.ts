import type { ConditionView, DeviceView, DoorView, EventView, NowView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { applyChange, feedEventsMax, pictureOf } from './picture.ts';

const door = (id: string, passage: DoorView['passage'] = 'secure'): DoorView => ({
  id,
  name: { zh: '东门', en: 'East Gate' },
  class: 'gate',
  building: 'library',
  buildingName: { zh: '图书馆', en: 'Library' },
  gateway: 'gw-1',
  lock: 'locked',
  contact: 'closed',
  passage,
  fresh: true,
  since: null,
  mayUnlock: true,
});

const event = (n: number): EventView => ({
  id: `gw-1.0a1b2c3d.main.${n}`,
  kind: 'door.opened',
  at: '2026-11-21T01:00:02Z',
  receivedAt: '2026-11-21T01:00:02Z',
  late: false,
  gateway: 'gw-1',
  gatewayName: { zh: '网关', en: 'Gateway' },
  door: null,
  device: null,
  person: null,
  data: {},
});

const condition: ConditionView = {
  id: 'gw-1/serial_lost/east-in',
  code: 'serial_lost',
  severity: 'attention',
  gateway: 'gw-1',
  subject: 'east-in',
  subjectName: { zh: '东门', en: 'East Gate' },
  door: 'east',
  since: '2026-11-21T01:00:02Z',
  detail: '',
};

const now: NowView = {
  pos: 10,
  doors: [door('east'), door('west')],
  gateways: [],
  conditions: [condition],
  inside: [],
};
const start = pictureOf(now, [event(1)]);

describe('the picture of the campus', () => {
  it('changes what a message names and nothing else', () => {
    const next = applyChange(start, 11, { doors: [door('east', 'forced')] });
    expect(next.doors.get('east')?.passage).toBe('forced');
    expect(next.doors.get('west')).toBe(start.doors.get('west'));
    expect(next.events).toBe(start.events);
    expect(next.pos).toBe(11);
  });

  it('is not moved back by a message that is older', () => {
    expect(applyChange(start, 9, { doors: [door('east', 'forced')] })).toBe(start);
  });

  it('takes what comes between two positions', () => {
    const library = { building: 'library', buildingName: { zh: '图书馆', en: 'Library' } };
    const next = applyChange(start, 10, { inside: [{ ...library, count: 7, trend: [] }] });
    expect(next.inside.get('library')?.count).toBe(7);
  });

  it('keeps the readings of a device that a report does not repeat', () => {
    const meter: DeviceView = {
      ...{ id: 'meter', name: { zh: '电表', en: 'Meter' }, profile: 'm', profileVersion: null },
      ...{ profileTitle: { zh: '电表', en: 'Meter' }, family: 'meter', gateway: 'gw-1' },
      ...{ gatewayName: { zh: '网关', en: 'Gateway' }, buildingName: { zh: '楼', en: 'Hall' } },
      ...{ door: null, side: null, state: 'online', fresh: true, since: null, values: {} },
    };
    const told = applyChange(start, 11, { devices: [{ ...meter, readings: { power: 7 } }] });
    const next = applyChange(told, 12, { devices: [{ ...meter, state: 'silent' }] });
    expect(next.devices.get('meter')).toMatchObject({ state: 'silent', readings: { power: 7 } });
  });

  it('forgets a condition that is over', () => {
    expect(applyChange(start, 11, { cleared: [condition.id] }).conditions.size).toBe(0);
  });

  it('shows the newest event first and each once', () => {
    const next = applyChange(start, 11, { events: [event(1), event(2), event(3)] });
    const ids = next.events.map(({ id }) => id.split('.').at(-1));
    expect(ids).toEqual(['3', '2', '1']);
  });

  it('keeps a bounded feed', () => {
    const many = Array.from({ length: feedEventsMax + 20 }, (_, i) => event(i + 1));
    expect(applyChange(start, 11, { events: many }).events).toHaveLength(feedEventsMax);
  });
});
