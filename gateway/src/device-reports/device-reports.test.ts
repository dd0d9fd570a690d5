import { DeviceReport, eventKinds } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import {
  aboutOf,
  controllerModel,
  createMemoryDevices,
  lockerModel,
} from '../testing/field-devices.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createDeviceReports, reportValuesCharsMax } from './device-reports.ts';
import type { DeviceAbout } from './field-devices.ts';
import { happeningsBurst } from './happenings.ts';
import { measuredEveryMs } from './measures.ts';
import { changesBurst } from './states.ts';

const locker = aboutOf('locker-1', lockerModel);

const createBench = (abouts: readonly DeviceAbout[] = [locker]) => {
  const clock = createVirtualClock();
  const log = createSilentLog();
  const devices = createMemoryDevices();
  /** `600 changed {"door":"open"}`: monotonic time at which it happened, what, and its data. */
  const told: string[] = [];
  let changes = 0;
  const reports = createDeviceReports({
    clock,
    log,
    devices,
    abouts,
    record: ({ kind, data, device }, agoMs) => {
      expect(Value.Check(eventKinds[kind].data, data), JSON.stringify(data)).toBe(true);
      expect(device).toBe('locker-1');
      const what = 'values' in data ? data.values : data;
      told.push(`${clock.monoMs() - agoMs} ${kind.slice(7)} ${JSON.stringify(what)}`);
    },
    onChange: () => (changes += 1),
  });
  const hear = (values: Readonly<Record<string, unknown>>) =>
    devices.hear('locker-1', { values: values as never });
  return { clock, log, devices, told, reports, hear, changes: () => changes };
};

/** At which moment what was read, and what that told by the end. */
type Case = readonly [
  what: string,
  readings: readonly (readonly [atMs: number, values: Readonly<Record<string, unknown>>])[],
  untilMs: number,
  told: readonly string[],
];

const volts = (voltage: number | null) => ({ 'telemetry.voltage': voltage });
const warmth = (temperature: number | null) => ({ 'telemetry.temperature': temperature });
const door = (state: string) => ({ 'state.door': state });

const cases: readonly Case[] = [
  ['a first state is no change', [[0, door('closed')]], 0, []],
  [
    'a change is told at once, and once',
    [
      [0, door('closed')],
      [600, door('open')],
      [700, door('open')],
    ],
    9_000,
    ['600 changed {"door":"open"}'],
  ],
  [
    'a list is one value',
    [
      [0, { 'state.boxes': [false, false] }],
      [5, { 'state.boxes': [false, false] }],
      [9, { 'state.boxes': [false, true] }],
    ],
    9,
    ['9 changed {"boxes":[false,true]}'],
  ],
  [
    'a state of class telemetry is in the report alone',
    [
      [0, { 'state.mode': 'day' }],
      [9, { 'state.mode': 'night' }],
    ],
    9_000,
    [],
  ],
  [
    'what no profile knows is told of nobody',
    [
      [0, { 'state.__proto__': 1, 'state.ghost': 1, 'telemetry.ghost': 1, 'event.text': 'A0' }],
      [9, { 'state.ghost': 2 }],
    ],
    9_000,
    [],
  ],
  [
    'a value is told when it is first known, and then once a minute',
    [
      [0, volts(3)],
      [30_000, volts(4)],
      [60_001, volts(5)],
      [119_999, volts(6)],
    ],
    130_000,
    ['0 measured {"voltage":3}', '30000 measured {"voltage":4}', '119999 measured {"voltage":6}'],
  ],
  [
    'its last reading is told when its time has come, and with the time at which it was read',
    [
      [0, volts(3)],
      [10_000, volts(4)],
      [20_000, volts(5)],
    ],
    200_000,
    ['0 measured {"voltage":3}', '20000 measured {"voltage":5}'],
  ],
  ['silence is no measurement', [[0, volts(3)]], 500_000, ['0 measured {"voltage":3}']],
  [
    'a move of enough is told at once, but once a second',
    [
      [0, warmth(20)],
      [2_000, warmth(20.4)],
      [3_000, warmth(20.5)],
      [3_100, warmth(25)],
      [3_200, warmth(30)],
      [3_300, warmth(26)],
    ],
    4_500,
    [
      '0 measured {"temperature":20}',
      '3000 measured {"temperature":20.5}',
      '3300 measured {"temperature":26}',
    ],
  ],
  [
    'not to know any more is a move',
    [
      [0, warmth(20)],
      [2_000, warmth(null)],
      [4_000, warmth(Infinity)],
      [6_000, warmth(20)],
    ],
    6_000,
    [
      '0 measured {"temperature":20}',
      '2000 measured {"temperature":null}',
      '6000 measured {"temperature":20}',
    ],
  ],
  [
    'what is due soon goes along',
    [
      [0, { ...volts(3), ...warmth(20) }],
      [53_000, { ...volts(3.1), ...warmth(21) }],
      [54_000, { ...volts(3.2), ...warmth(22) }],
    ],
    54_000,
    [
      '0 measured {"voltage":3,"temperature":20}',
      '53000 measured {"temperature":21}',
      '54000 measured {"voltage":3.2,"temperature":22}',
    ],
  ],
];

describe('what is told of a device', () => {
  it.each(cases)('%s', async (_, readings, untilMs, expected) => {
    const { clock, hear, told } = createBench();
    for (const [atMs, values] of readings) {
      await clock.advance(atMs - clock.monoMs());
      hear(values);
    }
    await clock.advance(untilMs - clock.monoMs());
    expect(told).toEqual(expected);
  });

  it('of a door that chatters is bounded, and ends with how it is', async () => {
    const { clock, hear, told } = createBench();
    hear(door('closed'));
    for (let n = 0; n < 1_001; n += 1) {
      await clock.advance(10);
      hear(door(n % 2 === 0 ? 'open' : 'closed'));
    }
    await clock.advance(5_000);
    expect(told.length).toBeLessThanOrEqual(changesBurst + 12);
    expect(told.at(-1)).toMatch(/changed \{"door":"open"\}$/);
    expect(clock.timersWaiting()).toBe(0);
  });

  it('of values that race is one row a second', async () => {
    const { clock, hear, told } = createBench();
    for (let n = 0; n < 1_000; n += 1) {
      hear(warmth(n));
      await clock.advance(10);
    }
    expect(told).toHaveLength(1 + 10_000 / measuredEveryMs);
  });

  it('tells events, but none that may hold a pass, a card or a PIN', () => {
    const { devices, told } = createBench();
    devices.hear('locker-1', {
      events: [
        { event: 'jammed', fields: { box: 3, unheard: 1 } },
        { event: 'scan', fields: { text: 'A0 7%' } },
        { event: 'card', fields: { uid: '04a1' } },
        { event: 'typed', fields: {} },
        { event: 'toString', fields: {} },
      ],
    });
    expect(told).toEqual(['0 reported {"event":"jammed","fields":{"box":3}}']);
  });

  it('counts what comes too fast, and loses no last word', async () => {
    const { clock, devices, told } = createBench();
    for (let box = 1; box <= happeningsBurst + 20; box += 1) {
      devices.hear('locker-1', { events: [{ event: 'jammed', fields: { box } }] });
    }
    expect(told).toHaveLength(happeningsBurst);
    await clock.advance(5_000);
    expect(told.slice(happeningsBurst)).toEqual([
      `500 reported {"event":"jammed","fields":{"box":${happeningsBurst + 20}},"repeats":19}`,
    ]);
    expect(clock.timersWaiting()).toBe(0);
  });

  it('cuts what is longer than an event may hold', () => {
    const events = { said: { class: 'audit', fields: { text: { type: 'text' } } } } as const;
    const { devices, told } = createBench([aboutOf('locker-1', { events })]);
    const text = 'x'.repeat(5_000);
    devices.hear('locker-1', { events: [{ event: 'said', fields: { text } }] });
    expect(told[0]).toHaveLength('0 reported {"event":"said","fields":{"text":""}}'.length + 2048);
  });

  it('leaves to the door events what its controller says of its door', async () => {
    const { clock, hear, told, reports } = createBench([
      aboutOf('locker-1', controllerModel, 'lab'),
    ]);
    hear({ ...door('closed'), 'state.boxes': [false] });
    await clock.advance(100);
    hear({ ...door('open'), 'state.boxes': [true] });
    expect(told).toEqual(['100 changed {"boxes":[true]}']);
    const [report] = reports.withValues([{ device: 'locker-1', state: 'online', since: 1 }]);
    expect(report?.values).toEqual({ door: 'open', boxes: [true] });
  });
});

describe('the report', () => {
  const bare = { device: 'locker-1', state: 'online', since: 1 } as const;

  it('has profile and states, and is due when a state changes', () => {
    const { hear, changes, reports } = createBench();
    const before = reports.withValues([bare, { ...bare, device: 'other' }]);
    expect(before).toEqual([
      { ...bare, profile: 'test-locker@1.2.3', values: {} },
      { ...bare, device: 'other' },
    ]);
    hear({ ...door('closed'), 'state.mode': 'day', ...volts(3) });
    hear({ ...door('closed'), 'state.mode': 'day', ...volts(4) });
    expect(changes()).toBe(1);
    hear({ 'state.mode': 'night' });
    expect(changes()).toBe(2);
    const [report] = reports.withValues([bare]);
    expect(report?.values).toEqual({ door: 'closed', mode: 'night' });
    const [silent] = reports.withValues([{ ...bare, state: 'silent' }]);
    expect(silent?.values).toEqual({});
    expect(Value.Check(DeviceReport, report)).toBe(true);
  });

  it('leaves values out where they do not fit, and says so', () => {
    const state = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`text${i}`, { type: 'text', class: 'audit' } as const]),
    );
    const ids = ['locker-1', 'locker-2', 'locker-3', 'locker-4', 'locker-5', 'locker-6'];
    const { devices, log, reports } = createBench(ids.map((id) => aboutOf(id, { state })));
    const values = Object.fromEntries(
      Object.keys(state).map((name) => [`state.${name}`, 'x'.repeat(2_048)]),
    );
    for (const id of ids) devices.hear(id, { values });
    const full = reports.withValues(ids.map((device) => ({ ...bare, device })));
    expect(full.map((one) => one.values !== undefined)).toEqual([
      ...[true, true, true, true, false, false],
    ]);
    expect(JSON.stringify(full).length).toBeLessThan(reportValuesCharsMax + 1_000);
    expect(log.lines).toEqual(['warn report.values_left_out {"devices":2}']);
  });

  it('ends without a timer', () => {
    const { clock, hear, reports } = createBench();
    hear(volts(3));
    hear(volts(4));
    expect(clock.timersWaiting()).toBe(1);
    reports.stop();
    hear(volts(5));
    expect(clock.timersWaiting()).toBe(0);
  });
});
