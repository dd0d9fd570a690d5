import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonbText, storableText } from './storable.ts';

describe('jsonbText', () => {
  it.each([
    ['NUL', { a: 'x\0y' }, '{"a":"x\ufffdy"}'],
    ['NUL in a key', { 'a\0': 1 }, '{"a\ufffd":1}'],
    ['lone surrogates', { a: '\ud800x\udfff' }, '{"a":"\ufffdx\ufffd"}'],
    ['a pair stays', { a: '\u{1f6aa}' }, '{"a":"\u{1f6aa}"}'],
    ['a backslash before u0000', { a: '\\u0000' }, String.raw`{"a":"\\u0000"}`],
    ['backslash, then NUL', { a: '\\\0' }, '{"a":"\\\\\ufffd"}'],
    ['evidence, at every depth', { evidence: 1, a: [{ evidence: 2, b: 3 }] }, '{"a":[{"b":3}]}'],
  ])('%s', (_, value, text) => {
    expect(jsonbText(value)).toBe(text);
  });

  it('says the same as the value, but for what cannot be stored', () => {
    const clean = (text: string): string => storableText(text);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(jsonbText({ text }))).toEqual({ text: clean(text) });
      }),
    );
  });
});
