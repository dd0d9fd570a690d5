import { describe, expect, it } from 'vitest';
import {
  doorModel,
  doorView,
  grantsMax,
  newDoor,
  stepDoor,
  type DoorInput,
  type DoorModel,
  type DoorState,
} from './door-machine.ts';

const turnstile: DoorModel = { guarded: ['entry', 'exit'], hasContact: false };
const freeExit: DoorModel = { guarded: ['entry'], hasContact: false };
const strike: DoorModel = { guarded: ['entry'], hasContact: true };

/** `grant A entry 5000` = cause A, by person pA, until 5000. */
const parse = (text: string): DoorInput => {
  const [kind = '', a = '', b = '', c = ''] = text.split(' ');
  const side = (word: string) => (word === 'exit' ? 'exit' : 'entry');
  if (kind === 'grant') {
    return { kind, cause: a, side: side(b), person: `p${a}`, untilMs: Number(c) };
  }
  if (kind === 'passage') return { kind, side: side(a) };
  if (kind === 'release') return { kind, free: a === 'on' };
  return (kind === 'tick' ? { kind } : { kind, state: a }) as DoorInput;
};

type Moment = readonly [atMs: number, input: string];

const play = (model: DoorModel, moments: readonly Moment[]) => {
  let state: DoorState = newDoor(model);
  let wakeAtMs: number | undefined;
  const said: string[] = [];
  const step = (nowMs: number, input: DoorInput) => {
    const result = stepDoor(state, input, nowMs);
    ({ state, wakeAtMs } = result);
    for (const event of result.events) {
      const who = 'cause' in event.data ? ` ${event.data.cause}` : '';
      const where = 'side' in event.data ? ` ${event.data.side}` : '';
      said.push(`${event.atMs} ${event.kind}${who}${where}`);
    }
  };
  for (const [atMs, input] of moments) {
    // As a caller does: a tick at each moment that the machine asked for.
    while (wakeAtMs !== undefined && wakeAtMs < atMs) step(wakeAtMs, { kind: 'tick' });
    step(atMs, parse(input));
  }
  return { said, view: doorView(state), wakeAtMs };
};

/** What every row begins with: the device is there, the lock off, the contact closed. */
const awake: readonly Moment[] = [
  [0, 'device back'],
  [0, 'output off'],
];
const shut: readonly Moment[] = [...awake, [0, 'contact closed'], [200, 'tick']];

describe('a turnstile', () => {
  const rows: readonly (readonly [string, DoorModel, readonly Moment[], readonly string[]])[] = [
    [
      'a passage after a grant takes it',
      turnstile,
      [
        [100, 'grant A entry 5100'],
        [900, 'passage entry'],
        [9000, 'tick'],
      ],
      ['900 access.taken A entry'],
    ],
    [
      'a passage at the last moment takes it',
      turnstile,
      [
        [100, 'grant A entry 5100'],
        [5100, 'passage entry'],
      ],
      ['5100 access.taken A entry'],
    ],
    [
      'nobody walks: not taken, at the moment it was over',
      turnstile,
      [
        [100, 'grant A entry 5100'],
        [9000, 'tick'],
      ],
      ['5100 access.not_taken A entry'],
    ],
    [
      'a passage too late is forced',
      turnstile,
      [
        [100, 'grant A entry 5100'],
        [5101, 'passage entry'],
      ],
      ['5100 access.not_taken A entry', '5101 door.forced entry'],
    ],
    [
      'a passage without a grant is forced',
      turnstile,
      [[100, 'passage exit']],
      ['100 door.forced exit'],
    ],
    [
      'a passage of the other direction takes nothing',
      turnstile,
      [
        [100, 'grant A entry 5100'],
        [500, 'passage exit'],
        [700, 'passage entry'],
      ],
      ['500 door.forced exit', '700 access.taken A entry'],
    ],
    [
      'grants queue up, each person one passage, in order',
      turnstile,
      [
        [100, 'grant A entry 5100'],
        [200, 'grant B entry 5200'],
        [300, 'grant C exit 5300'],
        [400, 'passage entry'],
        [500, 'passage entry'],
        [600, 'passage entry'],
        [700, 'passage exit'],
      ],
      [
        '400 access.taken A entry',
        '500 access.taken B entry',
        '600 door.forced entry',
        '700 access.taken C exit',
      ],
    ],
    [
      'a side without an output may be left freely',
      freeExit,
      [
        [100, 'passage exit'],
        [200, 'passage entry'],
      ],
      ['200 door.forced entry'],
    ],
    [
      'forced is masked while the device is unknown, a grant is still taken',
      turnstile,
      [
        [100, 'grant A entry 5100'],
        [200, 'device silent'],
        [300, 'passage entry'],
        [400, 'passage entry'],
      ],
      ['300 access.taken A entry'],
    ],
    [
      'a door that stands free is not forced, and no longer free it is',
      turnstile,
      [
        [100, 'release on'],
        [200, 'passage exit'],
        [300, 'release off'],
        [400, 'passage exit'],
      ],
      ['400 door.forced exit'],
    ],
  ];
  it.each(rows)('%s', (_, model, moments, expected) => {
    expect(play(model, [...awake, ...moments]).said).toEqual(expected);
  });

  it('keeps a bounded number of grants; the oldest counts as not taken', () => {
    const moments = Array.from({ length: grantsMax + 1 }, (_, n): Moment => [
      100,
      `grant ${n} entry 5100`,
    ]);
    expect(play(turnstile, [...awake, ...moments]).said).toEqual(['100 access.not_taken 0 entry']);
  });
});

describe('a door with a contact', () => {
  const rows: readonly (readonly [string, readonly Moment[], readonly string[]])[] = [
    [
      'opened under a grant, then closed',
      [
        [1000, 'grant A entry 6000'],
        [2000, 'contact open'],
        [4000, 'contact closed'],
        [5000, 'tick'],
      ],
      ['2000 door.opened A entry', '2000 access.taken A entry', '4000 door.closed'],
    ],
    [
      'opened without a grant is forced',
      [
        [1000, 'contact open'],
        [2000, 'contact closed'],
        [3000, 'tick'],
      ],
      ['1000 door.opened', '1000 door.forced', '2000 door.closed'],
    ],
    [
      'a bounce shorter than 100 ms is nothing',
      [
        [1000, 'contact open'],
        [1099, 'contact closed'],
        [3000, 'tick'],
      ],
      [],
    ],
    [
      '100 ms are no bounce',
      [
        [1000, 'contact open'],
        [1100, 'tick'],
      ],
      ['1000 door.opened', '1000 door.forced'],
    ],
    [
      'a bouncing contact under a grant is one opening',
      [
        [1000, 'grant A entry 6000'],
        [2000, 'contact open'],
        [2030, 'contact closed'],
        [2060, 'contact open'],
        [3000, 'tick'],
      ],
      ['2060 door.opened A entry', '2060 access.taken A entry'],
    ],
    [
      'an opening at the last moment is the grant that ends while the contact settles',
      [
        [1000, 'grant A entry 6000'],
        [5990, 'contact open'],
        [7000, 'tick'],
      ],
      ['5990 door.opened A entry', '5990 access.taken A entry'],
    ],
    [
      'nobody opens: not taken; opened later is forced',
      [
        [1000, 'grant A entry 6000'],
        [6001, 'contact open'],
        [7000, 'tick'],
      ],
      ['6000 access.not_taken A entry', '6001 door.opened', '6001 door.forced'],
    ],
    [
      'one opening is everybody who was granted, and who is granted while it stands open',
      [
        [1000, 'grant A entry 6000'],
        [1100, 'grant B entry 6100'],
        [2000, 'contact open'],
        [3000, 'grant C entry 8000'],
        [9000, 'tick'],
      ],
      [
        '2000 door.opened A entry',
        '2000 access.taken A entry',
        '2000 access.taken B entry',
        '3000 access.taken C entry',
      ],
    ],
    [
      'opened again while the lock is still released is not forced',
      [
        [1000, 'grant A entry 6000'],
        [2000, 'contact open'],
        [3000, 'contact closed'],
        [5000, 'contact open'],
        [5200, 'tick'],
      ],
      [
        '2000 door.opened A entry',
        '2000 access.taken A entry',
        '3000 door.closed',
        '5000 door.opened',
      ],
    ],
    [
      'opened while the lock output is on is not forced',
      [
        [1000, 'output on'],
        [2000, 'contact open'],
        [3000, 'tick'],
      ],
      ['2000 door.opened'],
    ],
    [
      'held: warned after 30 s, held after 60 s, said once each',
      [
        [1000, 'grant A entry 6000'],
        [2000, 'contact open'],
        [99_000, 'tick'],
        [200_000, 'tick'],
      ],
      [
        '2000 door.opened A entry',
        '2000 access.taken A entry',
        '32000 door.held_warned',
        '62000 door.held',
      ],
    ],
    [
      'a door that stands free is not held; the time counts from the end of that',
      [
        [1000, 'release on'],
        [2000, 'contact open'],
        [90_000, 'release off'],
        [125_000, 'tick'],
      ],
      ['2000 door.opened', '120000 door.held_warned'],
    ],
    [
      'a forced door is forced, not held',
      [
        [1000, 'contact open'],
        [99_000, 'tick'],
      ],
      ['1000 door.opened', '1000 door.forced'],
    ],
    [
      'opened during a silence: opened, and not forced, for nobody saw it',
      [
        [1000, 'device silent'],
        [1000, 'contact unknown'],
        [9000, 'device back'],
        [9000, 'contact open'],
        [9500, 'tick'],
      ],
      ['9000 door.opened'],
    ],
    [
      'a silence over a closed door says nothing',
      [
        [1000, 'device silent'],
        [1000, 'contact unknown'],
        [9000, 'device back'],
        [9000, 'contact closed'],
        [9500, 'tick'],
      ],
      [],
    ],
  ];
  it.each(rows)('%s', (_, moments, expected) => {
    expect(play(strike, [...shut, ...moments]).said).toEqual(expected);
  });

  it('says nothing of a door that is found open at the start', () => {
    const moments: Moment[] = [...awake, [0, 'contact open'], [500, 'tick']];
    expect(play(strike, moments).said).toEqual([]);
  });
});

describe('the view', () => {
  const nothing = { lock: 'unknown', contact: 'unknown', passage: 'unknown', ready: false };
  const rows: readonly (readonly [string, DoorModel, readonly Moment[], object])[] = [
    ['nothing heard yet', strike, [], nothing],
    [
      'at rest',
      strike,
      shut,
      { lock: 'locked', contact: 'closed', passage: 'secure', ready: true },
    ],
    ['no contact fitted', turnstile, awake, { contact: 'unknown', passage: 'secure' }],
    ['output unknown', turnstile, [[0, 'device back']], { lock: 'unknown', ready: true }],
    ['contact unknown', strike, awake, { contact: 'unknown' }],
    [
      'an unlock runs',
      turnstile,
      [...awake, [1, 'grant A entry 9'], [2, 'output on']],
      {
        lock: 'unlocked',
        passage: 'granted',
      },
    ],
    ['stands free', turnstile, [...awake, [1, 'release on']], { passage: 'granted' }],
    ['forced', turnstile, [...awake, [1, 'passage entry']], { passage: 'forced' }],
    [
      'forced 10 s ago',
      turnstile,
      [...awake, [1, 'passage entry'], [10_001, 'tick']],
      {
        passage: 'secure',
      },
    ],
    [
      'forced open',
      strike,
      [...shut, [1000, 'contact open'], [99_000, 'tick']],
      {
        contact: 'open',
        passage: 'forced',
      },
    ],
    [
      'forced, then closed',
      strike,
      [...shut, [1000, 'contact open'], [2000, 'contact closed'], [2100, 'tick']],
      {
        contact: 'closed',
        passage: 'secure',
      },
    ],
    [
      'held',
      strike,
      [...shut, [1000, 'grant A entry 6000'], [2000, 'contact open'], [62_000, 'tick']],
      { contact: 'open', passage: 'held' },
    ],
    ['silent', strike, [...shut, [1000, 'grant A entry 6000'], [2000, 'device silent']], nothing],
  ];
  it.each(rows)('%s', (_, model, moments, expected) => {
    expect(play(model, moments).view).toMatchObject(expected);
  });

  it('asks for no tick when nothing can happen by time alone', () => {
    expect(play(strike, shut).wakeAtMs).toBeUndefined();
  });

  it('asks for a tick after now while a contact settles over the end of a grant', () => {
    const { wakeAtMs } = play(strike, [
      ...shut,
      [1000, 'grant A entry 6000'],
      [5950, 'contact open'],
      [6010, 'tick'],
    ]);
    expect(wakeAtMs).toBe(6050);
  });
});

describe('doorModel', () => {
  const command = { class: 'door', expiresInMs: 1_000, endsBy: 'device' } as const;
  const open = (side: string) => ({ norm: `door.open_${side}`, ...command });
  const contact = { norm: 'door.contact', type: 'boolean', class: 'door' } as const;

  it.each([
    ['two outputs', { in: open('entry'), out: open('exit') }, {}, turnstile],
    ['no exit output', { in: open('entry') }, {}, freeExit],
    ['a contact', { in: open('entry') }, { contact }, strike],
  ])('%s', (_, commands, state, expected) => {
    expect(doorModel({ commands, state })).toEqual(expected);
  });
});
