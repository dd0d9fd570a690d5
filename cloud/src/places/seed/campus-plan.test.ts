import { isGatewayId, isId, PolicyRow, roles, Uuid } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { campusPlan, peopleDefault } from './campus-plan.ts';
import { drawOf } from './seeded-ids.ts';
import { cardReaderProfile } from './without-phones.table.ts';

const plan = campusPlan({ seed: 1, people: peopleDefault });

const twice = (ids: readonly string[]): readonly string[] =>
  ids.filter((id, i) => ids.indexOf(id) !== i);

describe('the plan of the demo campus', () => {
  it('is the same for the same seed and another for another', () => {
    expect(campusPlan({ seed: 1, people: 60 })).toEqual(campusPlan({ seed: 1, people: 60 }));
    expect(campusPlan({ seed: 2, people: 60 }).people).not.toEqual(
      campusPlan({ seed: 1, people: 60 }).people,
    );
  });

  it('keeps the people that it had when it grows', () => {
    expect(campusPlan({ seed: 1, people: 900 }).people.slice(0, peopleDefault)).toEqual(
      plan.people,
    );
  });

  it('has three buildings, about forty doors and the people asked for', () => {
    expect(plan.buildings.map(({ id }) => id)).toEqual(['library', 'lab', 'north']);
    expect(plan.gateways.map(({ id }) => id)).toEqual(['gw-library', 'gw-lab', 'gw-north']);
    expect(plan.doors).toHaveLength(40);
    expect(plan.people).toHaveLength(500);
  });

  it('uses ids that the contract accepts, each once', () => {
    const places = [plan.buildings, plan.doors, plan.devices, plan.schedules, plan.rules].map(
      (rows) => rows.map(({ id }) => id),
    );
    for (const ids of places) {
      expect(ids.filter((id) => !isId(id))).toEqual([]);
      expect(twice(ids)).toEqual([]);
    }
    expect(plan.gateways.every(({ id }) => isGatewayId(id))).toBe(true);
    const held = plan.people.flatMap(({ more, ...first }) => [first, ...more]);
    const people = [
      ...plan.people.map(({ id }) => id),
      ...held.flatMap(({ affiliationId, card }) => [affiliationId, card.id]),
    ];
    expect(people.filter((id) => !Value.Check(Uuid, id))).toEqual([]);
    expect(twice(people)).toEqual([]);
    expect(twice(held.map(({ card }) => card.number))).toEqual([]);
  });

  it('compiles to rows that a gateway takes', () => {
    const rows = [
      ...plan.doors.map(({ id, class: itsClass, name, unlockMs }) => ({
        ...{ section: 'door', id, class: itsClass, unlockMs },
        ...{ nameZh: name.zh, nameEn: name.en },
      })),
      ...plan.schedules.map((row) => ({ section: 'schedule', ...row })),
      ...plan.rules.map((row) => ({ section: 'rule', ...row })),
      ...plan.people.map(({ id: person, card: { id, groups, validFrom, validTo } }) => ({
        ...{ section: 'card', id, person, groups, validFrom, validTo },
      })),
    ];
    expect(rows.filter((row) => !Value.Check(PolicyRow, row))).toEqual([]);
  });

  it('refers to nothing that it does not have', () => {
    const doors = new Set(plan.doors.map(({ id }) => id));
    const schedules = new Set(plan.schedules.map(({ id }) => id));
    const groups = new Set(plan.people.flatMap(({ card }) => card.groups));
    const gateways = new Set(plan.gateways.map(({ id }) => id));
    expect(plan.devices.filter(({ gateway }) => !gateways.has(gateway))).toEqual([]);
    expect(plan.devices.filter(({ door }) => door !== null && !doors.has(door))).toEqual([]);
    expect(
      plan.rules.filter(({ door, schedule }) => !doors.has(door) || !schedules.has(schedule)),
    ).toEqual([]);
    const ruled = new Set(plan.rules.map(({ group }) => group));
    expect([...groups].filter((group) => !ruled.has(group))).toEqual([]);
    expect([...ruled].filter((group) => !groups.has(group))).toEqual([]);
  });

  it('calls a device after its door and what it does there', () => {
    const names = plan.devices
      .filter(({ door }) => door === 'lab-hall-1')
      .map(({ id, name }) => [id, name.zh, name.en]);
    expect(names).toEqual([
      [
        'lab-hall-1-in',
        '实验楼大厅 1 号通道 进门扫码头',
        'Lab building hall, lane 1, entry scanner',
      ],
      [
        'lab-hall-1-out',
        '实验楼大厅 1 号通道 出门扫码头',
        'Lab building hall, lane 1, exit scanner',
      ],
      [
        'lab-hall-1-ctl',
        '实验楼大厅 1 号通道 门控制器',
        'Lab building hall, lane 1, door controller',
      ],
    ]);
    expect(twice(plan.devices.map(({ name }) => name.zh))).toEqual([]);
  });

  it('puts devices without a door into their building, behind its gateway', () => {
    const name = { zh: '配电间电表', en: 'Meter' };
    const meter = { id: 'lab-meter', building: 'lab', profile: 'meter', name, params: { unit: 3 } };
    const { devices } = campusPlan({ seed: 1, people: 20 }, [meter]);
    expect(devices.at(-1)).toEqual({ ...meter, gateway: 'gw-lab', door: null, side: null });
    const atDoors = plan.devices.filter(({ door }) => door !== null);
    expect(devices.slice(0, -1)).toEqual(atDoors);
    expect(() => campusPlan({ seed: 1, people: 20 }, [{ ...meter, building: 'x' }])).toThrow('x');
  });

  it('gives every door a controller, an entry, and a way to be opened by somebody', () => {
    for (const { id } of plan.doors) {
      // A head for cards stands beside the scanner.
      const devices = plan.devices.filter(
        ({ door, profile }) => door === id && profile !== cardReaderProfile,
      );
      const sides = devices.map(({ side }) => side);
      // A head that asks by HTTP moves its door itself.
      expect(
        devices.filter(({ side, wire }) => side === null || wire === 'push'),
        id,
      ).toHaveLength(1);
      expect(
        sides.filter((side) => side === 'entry'),
        id,
      ).toHaveLength(1);
      expect(
        plan.rules.some(({ door }) => door === id),
        id,
      ).toBe(true);
    }
  });

  it('offers sixteen people, every role among them, each with a card that holds today', () => {
    const offered = plan.people.filter(({ role }) => role !== null);
    expect(offered).toHaveLength(16);
    expect(new Set(offered.map(({ role }) => role))).toEqual(new Set(roles));
    const todayMs = Date.UTC(2026, 10, 21);
    for (const { card } of offered) {
      expect(card.validFrom).toBeLessThan(todayMs);
      expect(card.validTo).toBeGreaterThan(todayMs);
    }
  });

  it('keeps the demo people when fewer are asked for', () => {
    expect(campusPlan({ seed: 1, people: 0 }).people).toHaveLength(18);
  });

  it('gives a teacher who studies two cards, of other groups and numbers', () => {
    const [person, ...others] = plan.people.filter(({ more }) => more.length > 0);
    expect(others).toEqual([]);
    expect(person?.name.en).toBe('Zhang Wei');
    const cards = [person, ...(person?.more ?? [])];
    expect(cards.map((each) => [each?.affiliation, each?.card.number])).toEqual([
      ['teacher', 'T000006'],
      ['student', '2025000006'],
    ]);
    expect(cards.flatMap((each) => each?.card.groups)).toEqual([
      ...['room-lab-4-401', 'room-lab-4-402', 'teachers'],
      ...['dorm-north-1', 'room-lab-2-202', 'students'],
    ]);
  });

  it('has a visitor with a sponsor and an end', () => {
    const visitor = plan.people.find(({ affiliation }) => affiliation === 'visitor');
    const sponsor = plan.people.find(({ id }) => id === visitor?.sponsor);
    expect(sponsor?.name.en).toBe('Chen Jing');
    expect(new Date(visitor?.card.validTo ?? 0).toISOString()).toBe('2027-08-31T16:00:00.000Z');
  });
});

describe('a seeded draw', () => {
  it('spreads over its range', () => {
    const draw = drawOf(7, 'spread');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i += 1) {
      const n = draw.below(10);
      counts[n] = (counts[n] ?? 0) + 1;
    }
    // Ten standard deviations of a fair draw around the mean of 1000.
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(Math.max(...counts)).toBeLessThan(1300);
  });

  it('refuses to draw from nothing', () => {
    expect(() => drawOf(1, 'nothing').of([])).toThrow(RangeError);
  });
});
