import { describe, expect, it } from 'vitest';
import { claimGroupFault } from './claim-groups.ts';
import type { KnownGateways } from './claim-groups.ts';

const known: KnownGateways = new Map([
  ['gate', { site: 'east', group: 'east' }],
  ['library', { site: 'east', group: 'east' }],
  ['lab', { site: 'east', group: null }],
  ['dorm', { site: 'east', group: 'dorms' }],
  ['far', { site: 'west', group: null }],
]);

describe('a claim group', () => {
  it.each([
    ['of its gateways', 'gate', ['gate', 'library'], undefined],
    ['with one more', 'gate', ['gate', 'library', 'lab'], undefined],
    ['with another authority', 'library', ['gate', 'library'], undefined],
    ['whose authority is elsewhere', 'lab', ['gate', 'library'], 'CL_BAD_REQUEST'],
    ['with one member twice', 'gate', ['gate', 'gate'], 'CL_BAD_REQUEST'],
    ['with somebody unknown', 'gate', ['gate', 'nobody'], 'CL_NOT_FOUND'],
    ['across sites', 'gate', ['gate', 'far'], 'CL_BAD_REQUEST'],
    ['with one of another group', 'gate', ['gate', 'dorm'], 'CL_GATEWAY_GROUPED'],
  ])('%s', (_, authority, members, code) => {
    expect(claimGroupFault('east', { authority, members }, known)?.code).toBe(code);
  });

  it('that is new takes gateways of none', () => {
    const fault = claimGroupFault('labs', { authority: 'lab', members: ['lab', 'gate'] }, known);
    expect(fault).toEqual({ code: 'CL_GATEWAY_GROUPED', detail: 'gate' });
  });
});
