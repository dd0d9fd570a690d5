import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ValueEntry } from '../language/values.ts';
import { inventedLike } from './invented.ts';

const text: ValueEntry = { type: 'text', charsMax: 200 };

describe('something invented in the place of a secret', () => {
  it.each<readonly [string, ValueEntry, unknown, RegExp]>([
    ['a card in hexadecimal', text, '04a1b2c3', /^[0-9a-f]{8}$/],
    ['a card in capitals', text, '04A1B2C3', /^[0-9A-F]{8}$/],
    ['a PIN', text, '1234', /^[0-9]{4}$/],
    ['a name', text, 'Ada-7 x', /^[A-Z][a-z]{2}-[0-9] [a-z]$/],
    ['only signs', text, '$$+/', /^[0-9]{4}$/],
    ['other letters', text, '卡号12', /^.{2}[0-9]{2}$/],
    ['a number', { type: 'integer' }, 482913, /^[0-9]{6}$/],
    ['a number in its range', { type: 'integer', min: 100, max: 120 }, 111, /^1[0-2][0-9]$/],
    ['one choice', { type: 'enum', values: ['entry', 'exit'] }, 'exit', /^exit$/],
    ['not known', text, null, /^null$/],
  ])('%s', (_name, entry, value, shape) => {
    expect(String(inventedLike(entry, value as never))).toMatch(shape);
  });

  it('is never the real one, and as long', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), (value) => {
        const invented = inventedLike(text, value);
        expect(invented).not.toBe(value);
        expect(String(invented)).toHaveLength(value.length);
      }),
    );
    const own = inventedLike(text, '0000');
    expect(inventedLike(text, own)).not.toBe(own);
  });

  it('is one for all of a shape', () => {
    expect(inventedLike(text, '04a1')).toBe(inventedLike(text, '99f7'));
  });

  it('replaces a PIN that is typed key by key', () => {
    const keys: ValueEntry = { type: 'list', items: 'integer', min: 0, max: 9 };
    const invented = inventedLike(keys, [1, 2, 3, 4]);
    expect(invented).toHaveLength(4);
    expect(invented).not.toEqual([1, 2, 3, 4]);
  });
});
