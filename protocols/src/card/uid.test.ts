import fc from 'fast-check';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { Uid } from '../ids.ts';
import { parseUid, uidBytesMax, uidBytesMin, uidEnd } from './uid.ts';
import { uidVectors } from './uid.vectors.ts';

describe('a UID', () => {
  it.each(uidVectors)('$text: $source', ({ text, uid, refused }) => {
    const wanted = uid === undefined ? { ok: false, reason: refused } : { ok: true, uid };
    expect(parseUid(text)).toEqual(wanted);
  });

  it('that is taken fits the contract, and is the same again', () => {
    const hex = fc
      .uint8Array({ minLength: uidBytesMin, maxLength: uidBytesMax })
      .map((bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(''));
    fc.assert(
      fc.property(fc.oneof(hex, fc.string()), (text) => {
        const read = parseUid(text);
        if (!read.ok) return;
        expect(Value.Check(Uid, read.uid)).toBe(true);
        expect(parseUid(read.uid)).toEqual(read);
        expect(parseUid(read.uid.toLowerCase())).toEqual(read);
      }),
    );
  });

  it('tells four digits of itself', () => {
    expect(uidEnd('040CAC12ED4C81')).toBe('4C81');
  });
});
