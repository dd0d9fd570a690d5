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
const rows: readonly (readonly [Role, Action, boolean, boolean, boolean, boolean])[] = [
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
  ...(['device.run', 'device.watch', 'profile.read'] as const).flatMap(
    (action): (readonly [Role, Action, boolean, boolean, boolean, boolean])[] => [
      ['facility', action, true, true, true, true],
      ['admin', action, true, true, true, true],
      ['guard', action, false, false, false, false],
      ['teacher', action, false, false, false, false],
      ['student', action, false, false, false, false],
    ],
  ),
  ['admin', 'profile.write', true, true, true, true],
  ['facility', 'profile.write', false, false, false, false],
  ['guard', 'profile.write', false, false, false, false],
  ['teacher', 'profile.write', false, false, false, false],
  ['student', 'profile.write', false, false, false, false],
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
];

describe('may', () => {
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
    const ofOneself: readonly Action[] = ['card', 'demo'];
    const atDoors = actions.filter((action) => !ofOneself.includes(action));
    const wanted = roles.flatMap((role) => atDoors.map((action) => `${role} ${action}`));
    expect([...listed].sort()).toEqual([...wanted].sort());
  });

  it('gives a teacher without a room the empty console and no door', () => {
    const session = sessionOf('teacher', []);
    expect(may(session, 'unlock', { door: 'lab-3-201' })).toBe(false);
  });
});
