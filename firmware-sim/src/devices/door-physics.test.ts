import type { Side } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { isActive, isReleased, startDoor, stepDoor, timedLeftMs } from './door-physics.ts';
import type { DoorInput, DoorShape, DoorState } from './door-physics.ts';
import type { InputName } from './machine.ts';

const turnstile: DoorShape = {
  sides: ['entry', 'exit'],
  inputs: ['passageEntry', 'passageExit', 'fire', 'tamper'],
};
const strike: DoorShape = { sides: ['entry'], inputs: ['contact', 'fire', 'tamper'] };

/** What is on or active, as one reads it on the door. */
const seen = (state: DoorState, nowMs: number): string => {
  const sides = (['entry', 'exit'] as const).filter((side) => isReleased(state, side, nowMs));
  const names: readonly InputName[] = ['passageEntry', 'passageExit', 'contact', 'fire', 'tamper'];
  return [...sides, ...names.filter((name) => isActive(state, name, nowMs))].join(' ');
};

type Row = readonly [atMs: number, input: DoorInput | 'look', resultAndView: string];

/** @param units of 100 ms */
const release = (side: Side, units: number): DoorInput => ({
  kind: 'release',
  side,
  forMs: units * 100,
});
const coil = (side: Side, on: boolean): DoorInput => ({ kind: 'write_coil', side, on });
const walk = (side: Side): DoorInput => ({ kind: 'walk', side });
const force = (side: Side): DoorInput => ({ kind: 'force', side });
const hold = (forMs: number): DoorInput => ({ kind: 'hold', side: 'entry', forMs });
const stick = (input: InputName, on?: boolean): DoorInput => ({ kind: 'stick', input, on });

const stories: readonly (readonly [string, DoorShape, readonly Row[]])[] = [
  [
    'a timed release ends by itself',
    turnstile,
    [
      [0, release('entry', 50), 'done: entry'],
      [4_999, 'look', 'entry'],
      [5_000, 'look', ''],
    ],
  ],
  [
    'a renewed release runs from the renewal',
    turnstile,
    [
      [0, release('entry', 50), 'done: entry'],
      [2_500, release('entry', 50), 'done: entry'],
      [7_499, 'look', 'entry'],
      [7_500, 'look', ''],
    ],
  ],
  [
    'writing 0 ends a release',
    turnstile,
    [
      [0, release('exit', 50), 'done: exit'],
      [100, release('exit', 0), 'done: '],
    ],
  ],
  [
    'a plain coil stays on until it is written off',
    turnstile,
    [
      [0, coil('entry', true), 'done: entry'],
      [86_400_000, 'look', 'entry'],
      [86_400_000, coil('entry', false), 'done: '],
    ],
  ],
  [
    'a coil outlasts a timed release of the same relay',
    turnstile,
    [
      [0, coil('entry', true), 'done: entry'],
      [1, release('entry', 10), 'done: entry'],
      [2_000, 'look', 'entry'],
    ],
  ],
  [
    'a coil written off ends a timed release too',
    turnstile,
    [
      [0, release('entry', 50), 'done: entry'],
      [1, coil('entry', false), 'done: '],
    ],
  ],
  [
    'power off: outputs fall, sensors stay',
    turnstile,
    [
      [0, coil('entry', true), 'done: entry'],
      [0, release('exit', 50), 'done: entry exit'],
      [0, stick('fire', true), 'done: entry exit fire'],
      [1, { kind: 'cut_power' }, 'done: fire'],
    ],
  ],
  [
    'a person walks through a released turnstile',
    turnstile,
    [
      [0, release('entry', 50), 'done: entry'],
      [1_000, walk('entry'), 'passed: entry passageEntry'],
      [1_299, 'look', 'entry passageEntry'],
      [1_300, 'look', 'entry'],
    ],
  ],
  ['a locked turnstile lets nobody in', turnstile, [[0, walk('entry'), 'locked: ']]],
  [
    'the other side stays locked',
    turnstile,
    [
      [0, release('entry', 50), 'done: entry'],
      [1, walk('exit'), 'locked: entry'],
    ],
  ],
  [
    'after the release nobody passes: not taken',
    turnstile,
    [
      [0, release('entry', 50), 'done: entry'],
      [5_000, walk('entry'), 'locked: '],
    ],
  ],
  [
    'who passes late in a release is through',
    turnstile,
    [
      [0, release('exit', 1), 'done: exit'],
      [99, walk('exit'), 'passed: exit passageExit'],
      [150, 'look', 'passageExit'],
    ],
  ],
  [
    'two people do not fit into one turnstile',
    turnstile,
    [
      [0, release('entry', 50), 'done: entry'],
      [0, walk('entry'), 'passed: entry passageEntry'],
      [100, walk('entry'), 'occupied: entry passageEntry'],
      [300, walk('entry'), 'passed: entry passageEntry'],
    ],
  ],
  ['somebody climbs over', turnstile, [[0, force('entry'), 'passed: passageEntry']]],
  [
    'somebody stands in the passage',
    turnstile,
    [
      [0, hold(12_000), 'done: passageEntry'],
      [11_999, 'look', 'passageEntry'],
      [12_000, 'look', ''],
    ],
  ],
  [
    'a stuck sensor reads so until it is repaired',
    turnstile,
    [
      [0, stick('passageExit', true), 'done: passageExit'],
      [3_600_000, 'look', 'passageExit'],
      [3_600_000, stick('passageExit'), 'done: '],
    ],
  ],
  [
    'a sensor stuck at 0 misses who passes',
    turnstile,
    [
      [0, stick('passageEntry', false), 'done: '],
      [0, release('entry', 50), 'done: entry'],
      [1, walk('entry'), 'passed: entry'],
    ],
  ],
  ['a turnstile has no contact', turnstile, [[0, stick('contact', true), 'absent: ']]],
  [
    'a released door opens and falls shut',
    strike,
    [
      [0, release('entry', 50), 'done: entry'],
      [1_000, walk('entry'), 'passed: entry contact'],
      [2_499, 'look', 'entry contact'],
      [2_500, 'look', 'entry'],
    ],
  ],
  [
    'who follows keeps the door open longer',
    strike,
    [
      [0, release('entry', 10), 'done: entry'],
      [500, walk('entry'), 'passed: entry contact'],
      [1_900, walk('entry'), 'passed: contact'],
      [3_399, 'look', 'contact'],
      [3_400, 'look', ''],
    ],
  ],
  ['a locked door stays shut', strike, [[0, walk('entry'), 'locked: ']]],
  ['a locked door cannot be kept open', strike, [[0, hold(60_000), 'locked: ']]],
  [
    'an open door is kept open',
    strike,
    [
      [0, force('entry'), 'passed: contact'],
      [1_000, hold(60_000), 'done: contact'],
      [60_999, 'look', 'contact'],
      [61_000, 'look', ''],
    ],
  ],
  ['a strike door has no exit side', strike, [[0, walk('exit'), 'absent: ']]],
  ['nor an output there', strike, [[0, release('exit', 10), 'absent: ']]],
];

describe('door physics', () => {
  it.each(stories)('%s', (_case, shape, rows) => {
    let state = startDoor(shape);
    for (const [atMs, input, expected] of rows) {
      const step = input === 'look' ? undefined : stepDoor(shape, state, input, atMs);
      state = step?.state ?? state;
      const result = step === undefined ? '' : `${step.result}: `;
      expect(`${result}${seen(state, atMs)}`, `at ${atMs} ms`).toBe(expected);
    }
  });

  it('tells how long a release still runs', () => {
    const { state } = stepDoor(turnstile, startDoor(turnstile), release('entry', 50), 0);
    expect([0, 1, 4_999, 5_000, 9_000].map((ms) => timedLeftMs(state, 'entry', ms))).toEqual([
      5_000, 4_999, 1, 0, 0,
    ]);
  });
});
