import { describe, expect, it } from 'vitest';
import { lockProfile as lock } from '../testing.ts';
import { commandResult, startDevice, stepDevice } from './device-state.ts';
import type { DeviceState } from './device-state.ts';
import type { DeviceEvent, DeviceInput } from './machine.ts';

const { simulate } = lock;
const still = { ...lock, simulate: { ...simulate, drift: {} } };

const command = (name: string, args = {}, isLast = true): DeviceInput => ({
  kind: 'command',
  command: name,
  args,
  isLast,
});
const unlock = (ms?: number): DeviceInput => command('unlock', ms === undefined ? {} : { ms });
const act = (action: string): DeviceInput => ({ kind: 'act', action });
const set = (values: Record<string, never[] | number | string | null>): DeviceInput => ({
  kind: 'set',
  values,
});
const cut: DeviceInput = { kind: 'cut_power' };

/** `unlocked 10000 12`: lock, boxes that are open, voltage. */
const seen = ({ values }: DeviceState): string => {
  const boxes = values['state.boxes'];
  const open = Array.isArray(boxes) ? boxes.map((box) => Number(box === 'open')).join('') : '?';
  return `${String(values['state.lock'])} ${open} ${String(values['telemetry.voltage'])}`;
};
const told = (events: readonly DeviceEvent[]): string =>
  events.map(({ event, fields }) => `${event} ${JSON.stringify(fields)}`).join(' ');

type Row = readonly [atMs: number, input: DeviceInput | 'look', result: string, view: string];

const stories: readonly (readonly [string, readonly Row[]])[] = [
  ['begins as the profile says', [[0, 'look', 'done', 'locked 00000 12']]],
  [
    'an effect comes after its time, a pulse ends after its argument',
    [
      [0, unlock(1_000), 'done', 'locked 00000 12 wake 50'],
      [49, 'look', 'done', 'locked 00000 12 wake 50'],
      [50, 'look', 'done', 'unlocked 00000 12 wake 1000'],
      [999, 'look', 'done', 'unlocked 00000 12 wake 1000'],
      [1_000, 'look', 'done', 'locked 00000 12'],
    ],
  ],
  [
    'what nobody gave takes its default',
    [
      [0, unlock(), 'done', 'locked 00000 12 wake 50'],
      [2_999, 'look', 'done', 'unlocked 00000 12 wake 3000'],
      [3_000, 'look', 'done', 'locked 00000 12'],
    ],
  ],
  [
    'a renewed pulse ends once, after the renewal',
    [
      [0, unlock(1_000), 'done', 'locked 00000 12 wake 50'],
      [900, unlock(1_000), 'done', 'unlocked 00000 12 wake 950'],
      [1_500, 'look', 'done', 'unlocked 00000 12 wake 1900'],
      [1_900, 'look', 'done', 'locked 00000 12'],
    ],
  ],
  [
    'who looks late sees all of it, in order',
    [
      [0, unlock(100), 'done', 'locked 00000 12 wake 50'],
      [5_000, 'look', 'done', 'locked 00000 12'],
    ],
  ],
  [
    'items of a list, counted from where the profile counts',
    [
      [0, command('openBox', { box: 1 }), 'done', 'locked 10000 12'],
      [1, command('openBox', { box: 5 }), 'done', 'locked 10001 12'],
      [2, act('closeAll'), 'done', 'locked 10001 12 wake 502'],
      [502, 'look', 'done', 'locked 00000 12'],
    ],
  ],
  [
    'a command of several sendings acts with the last one',
    [
      [0, command('openBox', { box: 2 }, false), 'done', 'locked 00000 12'],
      [1, command('openBox', { box: 2 }), 'done', 'locked 01000 12'],
    ],
  ],
  [
    'an event with its fields, at once',
    [[0, act('swipe'), 'done', 'locked 00000 12 card {"uid":"04A1B2C3"}']],
  ],
  [
    'it is simply so',
    [
      [0, unlock(1_000), 'done', 'locked 00000 12 wake 50'],
      [
        100,
        set({ 'state.lock': 'locked', 'telemetry.voltage': null }),
        'done',
        'locked 00000 null',
      ],
      [2_000, 'look', 'done', 'locked 00000 null'],
    ],
  ],
  [
    'power off: what was to come does not, and it falls as the model says',
    [
      [0, unlock(1_000), 'done', 'locked 00000 12 wake 50'],
      [60, cut, 'done', 'locked 00000 12'],
      [2_000, 'look', 'done', 'locked 00000 12'],
    ],
  ],
  [
    'what the model does not have, or not so',
    [
      [0, command('explode'), 'absent', 'locked 00000 12'],
      [0, command('constructor'), 'absent', 'locked 00000 12'],
      [0, unlock(99), 'refused', 'locked 00000 12'],
      [0, command('unlock', { other: 1 }), 'refused', 'locked 00000 12'],
      [0, command('openBox', { box: 6 }), 'refused', 'locked 00000 12'],
      [0, act('dance'), 'absent', 'locked 00000 12'],
      [0, set({ 'state.lock': 'ajar' }), 'refused', 'locked 00000 12'],
      [0, set({ 'state.lock': 'locked', 'state.door': 'open' }), 'absent', 'locked 00000 12'],
      [0, set({ 'params.address': 3 }), 'absent', 'locked 00000 12'],
      [0, { kind: 'walk', side: 'entry' }, 'absent', 'locked 00000 12'],
      [0, { kind: 'stick', input: 'fire', on: true }, 'absent', 'locked 00000 12'],
    ],
  ],
];

describe('a device by its profile', () => {
  it.each(stories)('%s', (_case, rows) => {
    let state = startDevice(still, 1, 0);
    for (const [atMs, input, result, view] of rows) {
      const step = stepDevice(still, state, input === 'look' ? { kind: 'time' } : input, atMs);
      ({ state } = step);
      const wake = step.wakeAtMs === undefined ? '' : ` wake ${step.wakeAtMs}`;
      const events = step.events.length === 0 ? '' : ` ${told(step.events)}`;
      expect(step.result, `at ${atMs} ms`).toBe(result);
      expect(`${seen(state)}${wake}${events}`, `at ${atMs} ms`).toBe(view);
    }
  });

  it('fills the fields of an event from the values of that moment', () => {
    const talking = {
      ...still,
      simulate: {
        ...still.simulate,
        react: {
          unlock: [
            { set: { 'telemetry.voltage': 11 } },
            { afterMs: 100, emit: 'card', with: { uid: 'telemetry.voltage' } },
          ],
          openBox: [{ emit: 'card', with: { uid: 'args.box' } }],
        },
      },
    };
    let step = stepDevice(talking, startDevice(talking, 1, 0), unlock(), 0);
    step = stepDevice(talking, step.state, set({ 'telemetry.voltage': 9 }), 50);
    step = stepDevice(talking, step.state, { kind: 'time' }, 100);
    expect(step.events).toEqual([{ event: 'card', fields: { uid: 9 } }]);
    step = stepDevice(talking, step.state, command('openBox', { box: 3 }), 100);
    expect(step.events).toEqual([{ event: 'card', fields: { uid: 3 } }]);
  });

  it('keeps no more than 256 things in mind', () => {
    let state = startDevice(still, 1, 0);
    const slow = {
      ...still,
      simulate: {
        ...still.simulate,
        react: { openBox: [{ afterMs: 1_000, emit: 'card', with: { uid: 'args.box' } }] },
      },
    };
    for (let i = 0; i < 1_000; i += 1) {
      ({ state } = stepDevice(slow, state, command('openBox', { box: 1 }), i / 1_000));
    }
    expect(state.pending).toHaveLength(256);
  });
});

describe('drift', () => {
  const voltages = (seed: number, lookMs: readonly number[]): readonly unknown[] => {
    let state = startDevice(lock, seed, 0);
    return lookMs.map((atMs) => {
      ({ state } = stepDevice(lock, state, { kind: 'time' }, atMs));
      return state.values['telemetry.voltage'];
    });
  };
  const minutes = Array.from({ length: 600 }, (_, i) => i * 1_000);

  it('moves step by step, inside of its bounds, the same under the same seed', () => {
    const walked = voltages(7, minutes).map(Number);
    expect(walked[0]).toBe(12);
    expect(new Set(walked).size).toBeGreaterThan(500);
    for (const [i, value] of walked.entries()) {
      expect(Math.abs(value - (walked[i - 1] ?? value))).toBeLessThanOrEqual(0.100_001);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(25);
    }
    expect(voltages(7, minutes)).toEqual(walked);
    expect(voltages(8, minutes)).not.toEqual(walked);
  });

  it('is the same whoever looks in between', () => {
    expect(voltages(7, [599_000])).toEqual(voltages(7, minutes).slice(-1));
  });

  it('stays at a bound, and moves by whole numbers where the model counts', () => {
    const counting = {
      model: {
        telemetry: { people: { type: 'integer' as const, unit: '1' as const, min: 0, max: 2 } },
      },
      simulate: {
        initial: { 'telemetry.people': 0 },
        drift: { 'telemetry.people': { step: 5, everyMs: 100 } },
      },
    };
    let state = startDevice(counting, 1, 0);
    const got = new Set<unknown>();
    for (let ms = 0; ms < 20_000; ms += 100) {
      ({ state } = stepDevice(counting, state, { kind: 'time' }, ms));
      got.add(state.values['telemetry.people']);
    }
    expect(got).toEqual(new Set([0, 1, 2]));
  });

  it('needs no year of work to catch up with a year', () => {
    const startedAt = performance.now();
    voltages(1, [365 * 86_400_000, 365 * 86_400_000 + 1]);
    // A hundred times what it takes: a step for each second of the year would need longer.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('leaves alone what is not known', () => {
    let state = startDevice(lock, 1, 0);
    ({ state } = stepDevice(lock, state, set({ 'telemetry.voltage': null }), 10));
    ({ state } = stepDevice(lock, state, { kind: 'time' }, 60_000));
    expect(state.values['telemetry.voltage']).toBeNull();
  });
});

describe('what a device thinks of a command', () => {
  it.each([
    ['unlock', { ms: 100 }, 'done'],
    ['unlock', {}, 'done'],
    ['unlock', { ms: 30_001 }, 'refused'],
    ['unlock', { ms: 'soon' }, 'refused'],
    ['toString', {}, 'absent'],
  ] as const)('%s %j: %s', (name, args, result) => {
    expect(commandResult(lock, name, args)).toBe(result);
  });
});
