import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pinHash, pinHashAtOnce } from './pin-hash.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * RFC 7914 §12, N = 16384, r = 8, p = 1: the first 32 of its 64 bytes, since the last step makes
 * them one block of SHA-256 after another.
 */
const scrypted = Buffer.from(
  '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
  'hex',
);

describe('the hash of a PIN', () => {
  it.each([
    ['in the thread pool', pinHash],
    ['at once', pinHashAtOnce],
  ])('%s is scrypt below a pepper', async (_, hash) => {
    const pepper = bytes('pepper');
    const found = await hash({
      pin: bytes('pleaseletmein'),
      salt: bytes('SodiumChloride'),
      pepper,
    });
    const wanted = createHmac('sha256', pepper).update(scrypted).digest();
    expect(Buffer.from(found)).toEqual(wanted);
  });
});
