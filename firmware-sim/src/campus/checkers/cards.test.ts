import type { NewEvent } from '@gatehouse/protocols';
import { expect, it } from 'vitest';
import { pads } from '../places.ts';
import type { Campus, Written } from '../record.ts';
import { noUidOpensLab, revokedStaysDead } from './cards.ts';
import type { Evidence } from './journal.ts';

const card = '019ab0c4-5d00-7000-8000-000000000001';
const other = '019ab0c4-5d00-7000-8000-000000000002';

type Row = readonly [granted: boolean, reason: string, by: 'uid' | 'pin' | 'pass', of?: string];

const evidenceOf = (rows: readonly Row[], door: string = pads.gate.door): Evidence => {
  const written = rows.map(([granted, reason, by, of = card], i): readonly [string, Written] => {
    const id = `gw.00000000.main.${i + 1}`;
    const data = {
      ...{ reason, side: 'entry', reader: 'pad', basis: 'local', by, card: of },
      policy: { epoch: 1, version: 1, ageMs: 0 },
    };
    const kind = granted ? 'access.granted' : 'access.denied';
    // As the gateway writes it, so far as the checkers look.
    const event = { kind, at: i, door, data } as unknown as NewEvent;
    const ref = { gateway: 'gw', epoch: '00000000', stream: 'main', seq: i + 1 } as const;
    return [id, { id, ref, event, ackedAtMs: i, gone: 'no' }];
  });
  const campus: Campus = {
    written: new Map(written),
    ...{ unlocks: [], counts: new Map(), faults: [], owed: () => 0 },
  };
  // The rest is of other checkers.
  return { campus } as unknown as Evidence;
};

it.each<readonly [string, readonly Row[], number]>([
  [
    'opens until it is revoked',
    [
      [true, 'granted', 'uid'],
      [false, 'uid_revoked', 'uid'],
    ],
    0,
  ],
  [
    'opens after that',
    [
      [false, 'uid_revoked', 'uid'],
      [true, 'granted', 'uid'],
    ],
    1,
  ],
  [
    'of another opens',
    [
      [false, 'uid_revoked', 'uid'],
      [true, 'granted', 'uid', other],
    ],
    0,
  ],
  [
    'is dead; the phone of the same card is not',
    [
      [false, 'uid_revoked', 'uid'],
      [true, 'granted', 'pass'],
    ],
    0,
  ],
  [
    'is shut out for a moment, and opens again',
    [
      [false, 'outside_schedule', 'uid'],
      [true, 'granted', 'uid'],
    ],
    0,
  ],
])('a UID that %s', (_, rows, faults) => {
  expect(revokedStaysDead(evidenceOf(rows))).toHaveLength(faults);
});

it.each<readonly [string, Row, string, number]>([
  ['a UID at the gate', [true, 'granted', 'uid'], pads.gate.door, 0],
  ['a UID at the lab', [true, 'granted', 'uid'], pads.lab.door, 1],
  ['a PIN at the lab', [true, 'granted', 'pin'], pads.lab.door, 1],
  ['a phone at the lab', [true, 'granted', 'pass'], pads.lab.door, 0],
  ['a UID that the lab refused', [false, 'uid_not_enough', 'uid'], pads.lab.door, 0],
])('what opens: %s', (_, row, door, faults) => {
  expect(noUidOpensLab(evidenceOf([row], door))).toHaveLength(faults);
});
