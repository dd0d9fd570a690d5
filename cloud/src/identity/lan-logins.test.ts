import { createHash, randomBytes } from 'node:crypto';
import type { ChoiceView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createLanLogins, lanLoginForMs } from './lan-logins.ts';
import type { LanLogin } from './lan-logins.ts';

const choice = (role: ChoiceView['role'], name: string): ChoiceView => ({
  person: {
    id: `01990000-0000-7000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`,
    name: { zh: name, en: name },
    affiliation: role === 'student' ? 'student' : 'staff',
    unit: { zh: '', en: '' },
  },
  role,
});

const open = () => {
  let nowMs = 1_000;
  const hashed: string[] = [];
  const logins = createLanLogins({
    choices: [choice('student', 'lilei'), choice('guard', 'wang')],
    clock: { monoMs: () => nowMs },
    random: (length) => randomBytes(length),
    primitives: {
      sha256: (data) => {
        hashed.push(Buffer.from(data).toString());
        return createHash('sha256').update(data).digest();
      },
    },
  });
  const shown: (readonly LanLogin[])[] = [];
  logins.start((set) => void shown.push(set));
  const token = (set: number, role: string): string =>
    shown[set]?.find((login) => login.role === role)?.token ?? '';
  return {
    shown,
    hashed,
    token,
    take: (given: string) => logins.take(given)?.role,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
};

type Step =
  | { readonly wait: number }
  | {
      readonly take: readonly [set: number, role: 'student' | 'guard'];
      readonly is: boolean;
      /** How many sets have been shown afterwards. */
      readonly sets: number;
    };

const rows: readonly (readonly [string, readonly Step[]])[] = [
  [
    'is good once, and a new set follows',
    [
      { take: [0, 'student'], is: true, sets: 2 },
      { take: [0, 'student'], is: false, sets: 2 },
      { take: [1, 'student'], is: true, sets: 3 },
    ],
  ],
  [
    'is good until just before its ten minutes',
    [{ wait: lanLoginForMs - 1 }, { take: [0, 'guard'], is: true, sets: 2 }],
  ],
  [
    'is over after ten minutes; the late one brings a new set, once',
    [
      { wait: lanLoginForMs },
      { take: [0, 'guard'], is: false, sets: 2 },
      { take: [0, 'guard'], is: false, sets: 2 },
      { take: [1, 'guard'], is: true, sets: 3 },
    ],
  ],
  [
    'of the set before stays good beside the new set, so that two people can scan one screen',
    [
      { take: [0, 'student'], is: true, sets: 2 },
      { take: [0, 'guard'], is: true, sets: 3 },
    ],
  ],
  [
    'of the set before is over at its own end',
    [
      { wait: lanLoginForMs - 1 },
      { take: [0, 'student'], is: true, sets: 2 },
      { wait: 1 },
      { take: [0, 'guard'], is: false, sets: 2 },
      { take: [1, 'guard'], is: true, sets: 3 },
    ],
  ],
  [
    'of two sets ago is gone, and brings no new set',
    [
      { take: [0, 'student'], is: true, sets: 2 },
      { take: [1, 'student'], is: true, sets: 3 },
      { take: [0, 'guard'], is: false, sets: 3 },
      { wait: 2 * lanLoginForMs },
      { take: [0, 'guard'], is: false, sets: 3 },
      { take: [2, 'guard'], is: false, sets: 4 },
    ],
  ],
];

describe('a one-time login', () => {
  it.each(rows)('%s', (_name, steps) => {
    const { take, token, shown, wait } = open();
    for (const step of steps) {
      if ('wait' in step) {
        wait(step.wait);
        continue;
      }
      const [set, role] = step.take;
      expect([take(token(set, role)), shown.length]).toEqual([
        step.is ? role : undefined,
        step.sets,
      ]);
    }
  });

  it('has 128 bits, another one for each person and set', () => {
    const { shown, token, take } = open();
    take(token(0, 'student'));
    const tokens = shown.flat().map((login) => login.token);
    expect(new Set(tokens).size).toBe(4);
    expect(tokens.map((text) => Buffer.from(text, 'base64url').length)).toEqual([16, 16, 16, 16]);
  });

  it('is looked up by its hash, and what has another form is not hashed', () => {
    const { hashed, token, take } = open();
    hashed.splice(0);
    const good = token(0, 'student');
    const tries = ['', good.slice(1), `${good}A`, `${good.slice(1)}=`, 'A'.repeat(10_000), '\0'];
    for (const text of tries) expect(take(text), text).toBeUndefined();
    expect(hashed).toEqual([]);
    expect(take('A'.repeat(22))).toBeUndefined();
    expect(hashed).toEqual(['A'.repeat(22)]);
  });

  it('that is not ours brings no new set, however late it is', () => {
    const { shown, take, wait } = open();
    wait(3 * lanLoginForMs);
    for (let i = 0; i < 100; i += 1) take(randomBytes(16).toString('base64url'));
    expect(shown).toHaveLength(1);
  });
});
