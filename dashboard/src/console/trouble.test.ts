import type { ConditionView, DoorView, GatewayView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { pictureOf } from './picture.ts';
import { oddDoorsIn, placeOf, toneOfDoor, troublesIn } from './trouble.ts';

const nowMs = Date.parse('2026-11-21T01:00:00Z');
const iso = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();
const name = { zh: '门', en: 'Door' };

const door = (id: string, change: Partial<DoorView>): DoorView => ({
  ...{ id, name, class: 'gate', building: 'library', buildingName: name, gateway: 'gw-1' },
  ...{ lock: 'locked', contact: 'closed', passage: 'secure', fresh: true },
  since: iso(60_000),
  mayUnlock: true,
  ...change,
});

const gateway = (id: string, state: GatewayView['state']): GatewayView => ({
  ...{ id, name, building: 'library', state, version: '1', lastBeatAt: iso(0), doors: 1 },
  ...{ policy: { held: 1, newest: 1 }, revocation: { held: 1, newest: 1 } },
  ...{ waiting: 0, journalFill: 0, clock: 'trusted' },
});

const condition = (
  code: string,
  severity: ConditionView['severity'],
  agoMs: number,
): ConditionView => ({
  ...{ id: `gw-1/${code}/x`, code, severity, gateway: 'gw-1', subject: 'x', subjectName: name },
  ...{ door: null, since: iso(agoMs), detail: '' },
});

const picture = pictureOf(
  {
    pos: 1,
    doors: [
      door('calm', {}),
      door('forced', { passage: 'forced' }),
      door('held', { passage: 'held', contact: 'open' }),
      door('left-open', { lock: 'unlocked' }),
      door('passing', { lock: 'unlocked', since: iso(2_000) }),
      door('old', { gateway: 'gw-2', fresh: false }),
    ],
    gateways: [gateway('gw-1', 'online'), gateway('gw-2', 'silent')],
    conditions: [
      condition('reader_noisy', 'notice', 0),
      condition('serial_lost', 'attention', 5_000),
      condition('output_on', 'alarm', 1_000),
    ],
    inside: [],
  },
  [],
);

describe('what needs somebody', () => {
  it('stands by gravity, then by time', () => {
    expect(troublesIn(picture).map(({ id }) => id)).toEqual([
      'gw-1/output_on/x',
      'door/forced',
      'gw-1/serial_lost/x',
      'door/held',
      'gw-1/reader_noisy/x',
    ]);
  });
});

describe('other doors that are not normal', () => {
  it('leave out who needs somebody, and behind whom the pulse still runs', () => {
    const { single, silent } = oddDoorsIn(picture, nowMs);
    expect(single.map(({ door: { id } }) => id)).toEqual(['left-open']);
    expect(silent.map(({ gateway: { id }, doors }) => [id, doors.length])).toEqual([['gw-2', 1]]);
  });
});

describe('where a condition is', () => {
  const door1 = door('gate-1', { name: { zh: '东门', en: 'East gate' } });
  const doors = new Map([[door1.id, door1]]);
  const nameless = { zh: 'gate-1-ctl', en: 'gate-1-ctl' };
  const at = { ...condition('device_silent', 'attention', 0), subject: 'gate-1-ctl' };

  it.each([
    [
      'at the door of a device without a name',
      { subjectName: nameless, door: 'gate-1' },
      'East gate',
    ],
    ['at a device with a name', { subjectName: name, door: 'gate-1' }, 'Door'],
    ['at an id that nothing else is known of', { subjectName: nameless, door: null }, 'gate-1-ctl'],
    ['at an id whose door is hidden', { subjectName: nameless, door: 'gate-9' }, 'gate-1-ctl'],
  ])('%s', (_, change, place) => {
    expect(placeOf({ ...at, ...change }, { doors }).en).toBe(place);
  });
});

describe('the colour of a door', () => {
  it.each([
    ['unlocked for 3 s behind a passage', { lock: 'unlocked', since: iso(3_000) }, 'locked'],
    ['unlocked for a minute', { lock: 'unlocked', since: iso(60_000) }, 'unlocked'],
    ['forced just now', { passage: 'forced', since: iso(0) }, 'forced'],
    ['unknown since just now', { fresh: false, since: iso(0) }, 'unknown'],
    ['unlocked since nobody knows when', { lock: 'unlocked', since: null }, 'unlocked'],
  ] as const)('%s', (_, change, tone) => {
    expect(toneOfDoor(door('gate-1', change), nowMs)).toBe(tone);
  });
});
