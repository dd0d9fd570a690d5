import type { FeedItem } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { policyReach } from './reach.ts';
import type { Reach } from './reach.ts';

const card = '01990000-0000-7000-8000-00000000001a';
const credential = '00112233445566aa';

const domain = (
  name: string,
  subject: string,
  data: Readonly<Record<string, unknown>> = {},
): FeedItem['what'] => ({ kind: 'domain', name, subject, data });

const rows: readonly (readonly [FeedItem['what'], Reach])[] = [
  [domain('card.frozen', card), { kind: 'card', card }],
  [domain('card.issued', 'A-17', { card }), { kind: 'card', card }],
  [domain('card.imported', 'file-3'), { kind: 'everything' }],
  [domain('cards.issued', 'job-1', { issued: 500 }), { kind: 'everything' }],
  [domain('bulk.moved', 'job-1'), { kind: 'nothing' }],
  [domain('credential.enrolled', credential, { card }), { kind: 'card', card }],
  [domain('credential.revoked', credential), { kind: 'credential', credential }],
  [domain('uid.given', 'uid-1', { card }), { kind: 'card', card }],
  [domain('uid.imported', 'file-3'), { kind: 'everything' }],
  [domain('pin.set', card), { kind: 'card', card }],
  [domain('member.added', card), { kind: 'card', card }],
  [domain('group.left', 'lab-a', { card }), { kind: 'card', card }],
  [domain('group.removed', 'lab-a'), { kind: 'everything' }],
  [domain('rule.added', 'r1'), { kind: 'everything' }],
  [domain('door.renamed', 'd1'), { kind: 'everything' }],
  [domain('campus.seeded', 'east'), { kind: 'everything' }],
  [domain('profile.published', 'my-lock'), { kind: 'profile', profile: 'my-lock' }],
  [domain('profile.understood', 'gw-1'), { kind: 'profiles_of', gateway: 'gw-1' }],
  [domain('profile.written', 'my-lock'), { kind: 'nothing' }],
  [domain('command.changed', card, { card }), { kind: 'nothing' }],
  [domain('person.renamed', 'p'), { kind: 'nothing' }],
  [domain('constructor.called', card), { kind: 'nothing' }],
  [{ kind: 'twin', gateway: 'east-gw' }, { kind: 'nothing' }],
  [
    { kind: 'batch', gateway: 'east-gw', epoch: '00000001', stream: 'main', from: 1, to: 2 },
    { kind: 'nothing' },
  ],
];

describe('what a change in the cloud alters of the policies', () => {
  it.each(rows)('%j', (what, reach) => {
    expect(policyReach({ what })).toEqual(reach);
  });
});
