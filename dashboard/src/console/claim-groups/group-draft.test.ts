import { describe, expect, it } from 'vitest';
import { bodyOf, choicesFor, draftFault, draftOf, withMember } from './group-draft.ts';
import type { Draft } from './group-draft.ts';

const whole: Draft = {
  id: 'east',
  authority: 'gate-gw',
  host: '10.0.0.7',
  port: '18830',
  members: ['gate-gw', 'lab-gw'],
};

describe('a draft of a claim group', () => {
  it.each<readonly [Partial<Draft>, string | undefined]>([
    [{}, undefined],
    [{ host: 'gate.campus.example' }, undefined],
    [{ host: 'fd00::7' }, undefined],
    [{ id: 'East gate' }, 'id'],
    [{ members: ['gate-gw'] }, 'members'],
    [{ authority: '' }, 'authority'],
    [{ host: '' }, 'host'],
    [{ host: 'http://gate' }, 'host'],
    [{ host: 'a..b' }, 'host'],
    [{ port: '0' }, 'port'],
    [{ port: '65536' }, 'port'],
    [{ port: '1e3' }, 'port'],
  ])('%j: %s', (change, fault) => {
    expect(draftFault({ ...whole, ...change })).toBe(fault);
  });

  it('has no authority when that one leaves', () => {
    expect(withMember(whole, 'gate-gw', false)).toMatchObject({
      authority: '',
      members: ['lab-gw'],
    });
    expect(withMember(whole, 'a-gw', true)).toMatchObject({
      authority: 'gate-gw',
      members: ['a-gw', 'gate-gw', 'lab-gw'],
    });
  });

  it('begins as the group is', () => {
    const group = { ...bodyOf(whole), id: 'east', site: 'east' };
    expect(bodyOf(draftOf(group))).toEqual(bodyOf(whole));
  });

  it('offers gateways of its site that are in no other group', () => {
    const gateway = (id: string, site: string) => ({
      ...{ id, site, knowsClaims: true },
      name: { zh: id, en: id },
      siteName: { zh: site, en: site },
    });
    const view = {
      groups: [{ ...bodyOf(whole), id: 'dorms', site: 'east', members: ['dorm-gw'] }],
      gateways: [gateway('gate-gw', 'east'), gateway('dorm-gw', 'east'), gateway('far', 'west')],
    };
    expect(choicesFor(view, whole).map(({ why }) => why)).toEqual(['free', 'grouped', 'elsewhere']);
    expect(choicesFor(view, draftOf(null)).map(({ why }) => why)).toEqual([
      'free',
      'grouped',
      'free',
    ]);
  });
});
