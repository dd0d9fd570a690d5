import type { CommandEntry } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { argsFault } from './args.ts';

const title = { zh: '', en: '' };
const command: CommandEntry = {
  class: 'audit',
  expiresInMs: 1_000,
  args: {
    box: { type: 'integer', min: 1, max: 4, title },
    how: { type: 'enum', values: ['slow', 'fast'], default: 'slow', title },
    lit: { type: 'boolean', default: false, title },
    text: { type: 'text', charsMax: 3, default: '', title },
    level: { type: 'number', min: 0, max: 1, default: 0, title },
    doors: { type: 'list', items: 'integer', itemsMax: 2, min: 1, max: 9, default: 0, title },
  },
};

const rows: readonly (readonly [args: object, fault: string | undefined])[] = [
  [{ box: 1 }, undefined],
  [{ box: 4, how: 'fast', lit: true, text: '请进门', level: 0.5, doors: [1, 9] }, undefined],
  [{}, 'box'],
  [{ box: 0 }, 'box'],
  [{ box: 5 }, 'box'],
  [{ box: 1.5 }, 'box'],
  [{ box: '1' }, 'box'],
  [{ box: null }, 'box'],
  [{ box: [1] }, 'box'],
  [{ box: 1, how: 'never' }, 'how'],
  [{ box: 1, how: 'toString' }, 'how'],
  [{ box: 1, lit: 1 }, 'lit'],
  [{ box: 1, text: 'long' }, 'text'],
  [{ box: 1, text: 7 }, 'text'],
  [{ box: 1, level: 1.01 }, 'level'],
  [{ box: 1, level: NaN }, 'level'],
  [{ box: 1, doors: [1, 2, 3] }, 'doors'],
  [{ box: 1, doors: [10] }, 'doors'],
  [{ box: 1, doors: 1 }, 'doors'],
  [{ box: 1, doors: [null] }, 'doors'],
  [{ box: 1, ghost: 1 }, 'ghost'],
  [{ box: 1, toString: 1 }, 'toString'],
];

describe('arguments of a command', () => {
  it.each(rows)('%j', (args, fault) => {
    expect(argsFault(command, args as never)).toBe(fault);
  });

  it('are none where the profile has none', () => {
    expect(argsFault({ class: 'audit', expiresInMs: 1_000 }, {})).toBeUndefined();
    expect(argsFault({ class: 'audit', expiresInMs: 1_000 }, { ms: 1 })).toBe('ms');
  });
});
