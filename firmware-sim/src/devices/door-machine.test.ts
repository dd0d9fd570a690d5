import { loadCatalogue } from '@gatehouse/device-profiles';
import type { DeviceProfile, Values } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { lockProfile } from '../testing.ts';
import { doorMachine, hasDoor } from './door-machine.ts';
import type { DeviceInput } from './machine.ts';
import { run } from './running.ts';

const found = (await loadCatalogue()).get('gatehouse-turnstile-t1');
if (found === undefined) throw new Error('no turnstile in the catalogue');
const turnstile: DeviceProfile = found;

/** A door with a contact and a battery, and an action that keeps it open. */
const door: DeviceProfile = {
  ...lockProfile,
  model: {
    state: {
      contact: { norm: 'door.contact', type: 'enum', values: ['closed', 'open'], class: 'door' },
      released: { norm: 'door.release.entry', type: 'boolean', class: 'door' },
      lidOpen: { norm: 'door.tamper', type: 'boolean', class: 'door' },
      led: { type: 'boolean', class: 'telemetry' },
    },
    telemetry: { battery: { type: 'integer', unit: '%', min: 0, max: 100 } },
    commands: {
      open: {
        norm: 'door.open_entry',
        class: 'door',
        expiresInMs: 1_000,
        endsBy: 'device',
        args: { ms: { type: 'integer', min: 100, max: 30_000, default: 3_000 } },
      },
    },
    safety: { failState: { led: false } },
  },
  simulate: {
    initial: { 'state.led': false, 'telemetry.battery': 90, 'state.contact': 'closed' },
    react: {
      open: [{ set: { 'state.led': true } }, { afterMs: 'args.ms', set: { 'state.led': false } }],
    },
    actions: {
      wedge: {
        title: { zh: '卡住', en: 'Wedge' },
        effects: [
          { set: { 'state.contact': 'open' } },
          { afterMs: 10_000, set: { 'state.contact': 'closed' } },
        ],
      },
    },
  },
};

/** Paths that are not as usual. */
const seen = (values: Values): string =>
  Object.entries(values)
    .filter(([, value]) => value !== false && value !== 'closed' && value !== 90)
    .map(([path, value]) => (value === true ? path.slice(6) : `${path.slice(6)} ${String(value)}`))
    .toSorted()
    .join(' ');

const command = (name: string, args = {}, isLast = true): DeviceInput => ({
  kind: 'command',
  command: name,
  args,
  isLast,
});
const set = (path: string, value: boolean | string | null): DeviceInput => ({
  kind: 'set',
  values: { [path]: value },
});
const walk: DeviceInput = { kind: 'walk', side: 'entry' };

type Row = readonly [atMs: number, input: DeviceInput | 'look', resultAndView: string];
const stories: readonly (readonly [string, DeviceProfile, readonly Row[]])[] = [
  [
    'a release by command ends by itself',
    turnstile,
    [
      [0, command('openEntry', { ms: 5_000 }), 'done: releaseEntry'],
      [4_999, 'look', 'releaseEntry'],
      [5_000, 'look', ''],
    ],
  ],
  [
    'who gives no time gets that of the model',
    turnstile,
    [
      [0, command('openExit'), 'done: releaseExit'],
      [2_999, 'look', 'releaseExit'],
      [3_000, 'look', ''],
    ],
  ],
  [
    'a time that the model does not allow releases nothing',
    turnstile,
    [[0, command('openEntry', { ms: 60_000 }), 'refused: ']],
  ],
  [
    'the first writes of a closing end the release, the last one the latch',
    turnstile,
    [
      [0, set('state.latchEntry', true), 'done: latchEntry releaseEntry'],
      [0, command('openExit', { ms: 5_000 }), 'done: latchEntry releaseEntry releaseExit'],
      [1, command('closeExit', {}, false), 'done: latchEntry releaseEntry'],
      [2, command('closeEntry', {}, false), 'done: latchEntry releaseEntry'],
      [3, command('closeEntry'), 'done: '],
    ],
  ],
  [
    'people',
    turnstile,
    [
      [0, walk, 'locked: '],
      [0, command('openEntry', { ms: 5_000 }), 'done: releaseEntry'],
      [1, walk, 'passed: passageEntry releaseEntry'],
      [301, 'look', 'releaseEntry'],
      [302, { kind: 'cut_power' }, 'done: '],
    ],
  ],
  [
    'a sensor that is set is set until it is set off',
    turnstile,
    [
      [0, set('state.fire', true), 'done: fire'],
      [86_400_000, 'look', 'fire'],
      [86_400_000, set('state.fire', false), 'done: '],
    ],
  ],
  [
    'nobody outside decides that a door is released',
    turnstile,
    [[0, set('state.releaseEntry', true), 'refused: ']],
  ],
  [
    'the words of an enum, and what the profile adds',
    door,
    [
      [0, command('open', { ms: 1_000 }), 'done: led released'],
      [500, walk, 'passed: contact open led released'],
      [1_000, 'look', 'contact open'],
      [2_000, 'look', ''],
    ],
  ],
  [
    'an action moves the door itself, and its sensor works again afterwards',
    door,
    [
      [0, { kind: 'act', action: 'wedge' }, 'done: contact open'],
      [9_999, 'look', 'contact open'],
      [10_000, 'look', ''],
      [10_000, { kind: 'force', side: 'entry' }, 'passed: contact open'],
    ],
  ],
  [
    'power off: its own states fall as the model says',
    door,
    [
      [0, command('open'), 'done: led released'],
      [1, { kind: 'cut_power' }, 'done: '],
      [5_000, 'look', ''],
    ],
  ],
  ['a door has no exit here', door, [[0, { kind: 'walk', side: 'exit' }, 'absent: ']]],
];

describe('a device that releases a door', () => {
  it.each(stories)('%s', (_case, profile, rows) => {
    const machine = run(doorMachine(profile, 1), 0);
    for (const [atMs, input, expected] of rows) {
      const { result } = machine.step(input === 'look' ? { kind: 'time' } : input, atMs);
      const shown = `${input === 'look' ? '' : `${result}: `}${seen(machine.values(atMs))}`;
      expect(shown, `at ${atMs} ms`).toBe(expected);
    }
  });

  it('is told by its commands', () => {
    expect([turnstile, door, lockProfile].map(({ model }) => hasDoor(model))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('shows what people see', () => {
    const machine = run(doorMachine(turnstile, 1), 0);
    machine.step(command('openEntry', { ms: 5_000 }), 0);
    machine.step({ kind: 'stick', input: 'tamper', on: true }, 0);
    expect(machine.door(1_000)).toEqual({
      outputs: {
        entry: { on: true, timedLeftMs: 4_000, latched: false },
        exit: { on: false, timedLeftMs: 0, latched: false },
      },
      inputs: { passageEntry: false, passageExit: false, fire: false, tamper: true },
      stuck: ['tamper'],
    });
  });

  it('lets a client write its coils, and nothing else, where it reads them', () => {
    expect(run(doorMachine(turnstile, 1), 0).writable).toEqual([
      'state.latchEntry',
      'state.latchExit',
    ]);
    expect(run(doorMachine(door, 1), 0).writable).toEqual([]);
  });
});
