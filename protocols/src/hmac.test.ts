import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from './bytes.ts';
import { hmacSha256 } from './hmac.ts';

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

/** RFC 4231 §4.2, §4.3, §4.4 and §4.7: key, data, HMAC-SHA-256. */
const vectors: readonly (readonly [string, string, string])[] = [
  [
    '0b'.repeat(20),
    toHex(utf8('Hi There')),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    toHex(utf8('Jefe')),
    toHex(utf8('what do ya want for nothing?')),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'aa'.repeat(20),
    'dd'.repeat(50),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    'aa'.repeat(131),
    toHex(utf8('Test Using Larger Than Block-Size Key - Hash Key First')),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
];

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

describe('HMAC-SHA-256', () => {
  it.each(vectors)('RFC 4231: key %s', (key, data, mac) => {
    expect(toHex(hmacSha256(bytesOf(key), bytesOf(data), { sha256 }))).toBe(mac);
  });

  it("is Node's for any key and data", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, bytes, (key, data) => {
        const wanted = createHmac('sha256', key).update(data).digest('hex');
        expect(toHex(hmacSha256(key, data, { sha256 }))).toBe(wanted);
      }),
    );
  });
});
