import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes, fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from './bytes.ts';

// RFC 4648 §10 without its padding, and the worked examples of §9.
const base64Vectors: readonly (readonly [string, string])[] = [
  ['', ''],
  ['f', 'Zg'],
  ['fo', 'Zm8'],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg'],
  ['fooba', 'Zm9vYmE'],
  ['foobar', 'Zm9vYmFy'],
];
const base64Bytes: readonly (readonly [string, string])[] = [
  ['14fb9c03d97e', 'FPucA9l-'],
  ['14fb9c03d9', 'FPucA9k'],
  ['14fb9c03', 'FPucAw'],
  // The two letters in which base64url differs from base64.
  ['fbff', '-_8'],
];

describe('base64url', () => {
  it.each(base64Vectors)('%j is %j (RFC 4648 §10)', (plain, text) => {
    expect(toBase64Url(utf8(plain))).toBe(text);
    expect(fromBase64Url(text)).toEqual(utf8(plain));
  });

  it.each(base64Bytes)('%s is %s (RFC 4648 §9, §5)', (hex, text) => {
    expect(toBase64Url(fromHex(hex) ?? new Uint8Array())).toBe(text);
    expect(toHex(fromBase64Url(text) ?? new Uint8Array())).toBe(hex);
  });

  it.each(['Z', 'Zg==', 'Zg=', 'Zm9v\n', ' Zm9v', 'Zm+v', 'Zm/v', 'Zh', 'Zm9', 'Zm9vY', 'é', '𝒵𝒵'])(
    'refuses %j',
    (text) => {
      expect(fromBase64Url(text)).toBeUndefined();
    },
  );

  it('reads back what it wrote, as Node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(text)).toEqual(bytes);
      }),
    );
  });

  it('has one text for each bytes', () => {
    const letters = fc.constantFrom(...'ABCDEwxyz0189-_=+');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 9 }), (text) => {
        const bytes = fromBase64Url(text);
        if (bytes !== undefined) expect(toBase64Url(bytes)).toBe(text);
      }),
    );
  });
});

describe('hex', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(['0', 'AB', '0g', ' 00', '00\n', '0x00', '٠٠'])('refuses %j', (text) => {
    expect(fromHex(text)).toBeUndefined();
  });
});

it.each([
  ['', '', true],
  ['00', '00', true],
  ['00', '01', false],
  ['00', '0000', false],
  ['0000', '00', false],
])('bytes %j and %j are equal: %s', (a, b, equal) => {
  expect(equalBytes(fromHex(a) ?? utf8('?'), fromHex(b) ?? utf8('?'))).toBe(equal);
});
