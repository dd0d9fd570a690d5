import type { CardHitView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { idleJob, nextJob, readUid } from './job.ts';
import type { Job, JobInput } from './job.ts';

const hit = (card: string): CardHitView => ({
  card,
  number: `2024${card}`,
  state: 'active',
  person: {
    id: card,
    name: { zh: card, en: card },
    affiliation: 'student',
    unit: { zh: '', en: '' },
  },
  photo: 'drawn',
});
const found = (hits: readonly CardHitView[], typed = 'x'): JobInput => ({
  ...{ kind: 'found', hits, typed, atMs: 5 },
});
const after = (...inputs: readonly JobInput[]): Job => inputs.reduce(nextJob, idleJob);

describe('the clerk’s job', () => {
  it('takes whom one word names', () => {
    expect(after(found([hit('a')]))).toMatchObject({
      step: 'taken',
      hit: { card: 'a' },
      uid: null,
    });
  });

  it('offers several, and says when there is nobody', () => {
    expect(after(found([hit('a'), hit('b')]))).toMatchObject({ step: 'idle', missed: '' });
    expect(after(found([], 'zz'))).toEqual({ step: 'idle', choices: [], missed: 'zz' });
  });

  it('reads the blank card of the one who was taken, and of nobody else', () => {
    const blank: JobInput = { kind: 'blank', uid: '04AA' };
    expect(after(blank)).toEqual(idleJob);
    expect(after(found([hit('a')]), blank)).toMatchObject({ uid: '04AA' });
    // The next person’s number drops the card that was read.
    expect(after(found([hit('a')]), blank, found([hit('b')]))).toMatchObject({
      ...{ hit: { card: 'b' }, uid: null },
    });
  });

  it('forgets a blank card when somebody’s is laid down', () => {
    const job = after(
      found([hit('a')]),
      { kind: 'blank', uid: '04AA' },
      {
        ...{ kind: 'held', holder: hit('b') },
      },
    );
    expect(job).toMatchObject({ uid: null, holder: { card: 'b' }, hit: { card: 'a' } });
  });

  it('keeps the person when nonsense is typed', () => {
    const job = after(found([hit('a')]), found([], 'hello'));
    expect(job).toMatchObject({ step: 'taken', hit: { card: 'a' }, unread: 'hello' });
  });

  it('starts anew', () => {
    expect(after(found([hit('a')]), { kind: 'reset' })).toEqual(idleJob);
  });
});

it.each([
  ['04a1b2c3d4e5f6', '04A1B2C3D4E5F6'],
  ['04:A1:B2:C3', '04A1B2C3'],
  ['04 A1-B2 C3\t', '04A1B2C3'],
  ['04A1B2C', undefined],
  ['04A1B2', undefined],
  ['李雷', undefined],
  ['', undefined],
  ['04A1B2CG', undefined],
  ['A'.repeat(26), undefined],
])('a reader types %j', (typed, uid) => {
  expect(readUid(typed)).toBe(uid);
});
