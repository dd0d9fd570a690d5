import { roles } from '@gatehouse/protocols';
import type { Role } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import type { Session } from '../identity/identity.ts';
import { actions, may, rolesOfAllDoors } from './may.ts';
import type { Action } from './may.ts';

const name = { zh: '', en: '' };
const sessionOf = (role: Role, own: readonly string[]): Session => ({
  person: { id: 'p', name, affiliation: 'staff', unit: name },
  role,
  doors: rolesOfAllDoors.has(role) ? 'all' : new Set(own),
  tokenSha256: '',
});

/** Own door, another door, no door (an event of a gateway), anything at all. */
type Row = readonly [Role, Action, boolean, boolean, boolean, boolean];
const rows: readonly Row[] = [
  ['guard', 'device.read', true, true, true, true],
  ['facility', 'device.read', true, true, true, true],
  ['admin', 'device.read', true, true, true, true],
  ['teacher', 'device.read', false, false, false, false],
  ['guard', 'numbers.read', false, false, false, false],
  ['teacher', 'numbers.read', false, false, false, false],
  ['facility', 'numbers.read', true, true, true, true],
  ['facility', 'numbers.names', false, false, false, false],
  ['facility', 'numbers.recount', false, false, false, false],
  ['guard', 'numbers.names', false, false, false, false],
  ['guard', 'numbers.recount', false, false, false, false],
  ['teacher', 'numbers.names', false, false, false, false],
  ['teacher', 'numbers.recount', false, false, false, false],
  ['student', 'numbers.read', false, false, false, false],
  ['student', 'numbers.names', false, false, false, false],
  ['student', 'numbers.recount', false, false, false, false],
  ['admin', 'numbers.read', true, true, true, true],
  ['admin', 'numbers.names', true, true, true, true],
  ['admin', 'numbers.recount', true, true, true, true],
  ['student', 'device.read', false, false, false, false],
  ['guard', 'use.read', true, true, true, true],
  ['facility', 'use.read', true, true, true, true],
  ['admin', 'use.read', true, true, true, true],
  ['teacher', 'use.read', false, false, false, false],
  ['student', 'use.read', false, false, false, false],
  ...(['device.run', 'device.watch', 'profile.read', 'use.act'] as const).flatMap(
    (action): Row[] => [
      ['facility', action, true, true, true, true],
      ['admin', action, true, true, true, true],
      ['guard', action, false, false, false, false],
      ['teacher', action, false, false, false, false],
      ['student', action, false, false, false, false],
    ],
  ),
  ...(['profile.write', 'settings', 'evidence.read', 'card.bulk'] as const).flatMap(
    (action): Row[] => [
      ['admin', action, true, true, true, true],
      ['facility', action, false, false, false, false],
      ['guard', action, false, false, false, false],
      ['teacher', action, false, false, false, false],
      ['student', action, false, false, false, false],
    ],
  ),
  ['guard', 'console', true, true, true, true],
  ['guard', 'unlock', true, true, true, true],
  ['facility', 'console', true, true, true, true],
  ['facility', 'unlock', true, true, true, true],
  ['admin', 'console', true, true, true, true],
  ['admin', 'unlock', true, true, true, true],
  ['teacher', 'console', true, false, false, true],
  ['teacher', 'unlock', true, false, false, true],
  ['student', 'console', false, false, false, false],
  ['student', 'unlock', false, false, false, false],
  ['warden', 'console', true, false, false, true],
  ['clerk', 'console', true, false, false, true],
  ['guardian', 'console', false, false, false, false],
  ...(['warden', 'guardian', 'clerk'] as const).flatMap((role) =>
    (
      [
        'unlock',
        'device.read',
        'device.run',
        'device.watch',
        'profile.read',
        'profile.write',
        'settings',
        'numbers.read',
        'numbers.names',
        'numbers.recount',
        'card.bulk',
        'use.read',
        'use.act',
        'evidence.read',
      ] as const
    ).map((action): Row => [role, action, false, false, false, false]),
  ),
];

/** Somebody in the session's charge, anybody else. */
type CardRow = readonly [Role, Action, boolean, boolean];
const ofCards: readonly CardRow[] = [
  ...(['guard', 'clerk', 'admin'] as const).flatMap((role): CardRow[] => [
    [role, 'card.find', true, true],
    [role, 'card.freeze', true, true],
    [role, 'card.found', true, true],
  ]),
  ...(['warden', 'guardian'] as const).flatMap((role): CardRow[] => [
    [role, 'card.find', true, false],
    [role, 'card.freeze', true, false],
  ]),
  ['clerk', 'card.unfreeze', true, true],
  ['clerk', 'desk', true, true],
  ['clerk', 'card.issue', true, true],
  ['admin', 'card.unfreeze', true, true],
  ['admin', 'desk', true, true],
  ['admin', 'card.issue', true, true],
];
const cardActions = [
  'card.find',
  'card.freeze',
  'card.unfreeze',
  'card.found',
  'desk',
  'card.issue',
] as const;

describe('may', () => {
  for (const role of roles) {
    it(`${role}, cards of others`, () => {
      const session = sessionOf(role, []);
      for (const action of cardActions) {
        const [, , inCharge = false, other = false] =
          ofCards.find(([who, what]) => who === role && what === action) ?? [];
        expect(may(session, action, { whose: 'charge' }), action).toBe(inCharge);
        expect(may(session, action, { whose: 'other' }), action).toBe(other);
        expect(may(session, action), action).toBe(inCharge);
      }
    });
  }

  for (const [role, action, own, other, none, any] of rows) {
    it(`${role} ${action}`, () => {
      const session = sessionOf(role, ['lab-3-201']);
      expect(may(session, action, { door: 'lab-3-201' })).toBe(own);
      expect(may(session, action, { door: 'library-east' })).toBe(other);
      expect(may(session, action, { door: null })).toBe(none);
      expect(may(session, action)).toBe(any);
    });
  }

  it('gives everybody their own card', () => {
    expect(roles.filter((role) => !may(sessionOf(role, []), 'card'))).toEqual([]);
  });

  it('has a line above for every role and action at a door', () => {
    const listed = rows.map(([role, action]) => `${role} ${action}`);
    const ofOneself: readonly Action[] = ['card', 'demo', ...cardActions];
    const atDoors = actions.filter((action) => !ofOneself.includes(action));
    const wanted = roles.flatMap((role) => atDoors.map((action) => `${role} ${action}`));
    expect([...listed].sort()).toEqual([...wanted].sort());
  });

  it('gives a teacher without a room the empty console and no door', () => {
    const session = sessionOf('teacher', []);
    expect(may(session, 'unlock', { door: 'lab-3-201' })).toBe(false);
  });
});
