import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, parsePass, signingInput, toHex, utf8 } from '@gatehouse/protocols';
import { passVectors } from '@gatehouse/protocols/testing';
import { createPrimitives } from './primitives.ts';

const hex = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
};

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] ?? 0) ^ 1);

/** A new P-256 key with its raw public bytes, and one signature. */
const signer = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rawKey = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-65));
  const data = utf8('what was signed');
  const signature = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return { rawKey, data, signature };
};

describe('primitives', () => {
  it.each(passVectors)('verify: $source', (vector) => {
    const { verify } = createPrimitives();
    const { alg } = vector.fields;
    const parsed = parsePass(vector.text);
    if (!parsed.ok) throw new Error(parsed.reason);
    const key = hex(vector.publicKey);
    const data = signingInput(parsed.pass, vector.audience);
    const { signature } = parsed.pass;
    // Twice: with the key imported for it, then with the kept one.
    expect(verify(alg, key, data, signature)).toBe(true);
    expect(verify(alg, key, data, signature)).toBe(true);
    expect(verify(alg, key, flipped(data, 3), signature)).toBe(false);
    expect(verify(alg, key, data, flipped(signature, 40))).toBe(false);
    expect(verify(alg, key, data, signature.subarray(1))).toBe(false);
    expect(verify(alg, key, data, new Uint8Array())).toBe(false);
  });

  it.each([
    ['no bytes', 'ES256', new Uint8Array()],
    ['a point off the curve', 'ES256', new Uint8Array(65).fill(4)],
    ['zeros', 'ES256', new Uint8Array(65)],
    ['a compressed point', 'ES256', new Uint8Array(33).fill(2)],
    ['an Ed25519 key', 'ES256', hex(passVectors[1]?.publicKey ?? '')],
    ['a hybrid point', 'ES256', hex(`07${(passVectors[0]?.publicKey ?? '').slice(2)}`)],
    ['no bytes', 'EdDSA', new Uint8Array()],
    ['31 bytes', 'EdDSA', new Uint8Array(31)],
    ['32 bytes that are no point', 'EdDSA', new Uint8Array(32).fill(0xff)],
    ['a P-256 key', 'EdDSA', hex(passVectors[0]?.publicKey ?? '')],
  ] as const)('say false for a malformed key: %s as %s', (_, alg, key) => {
    const { verify } = createPrimitives();
    expect(verify(alg, key, utf8('x'), new Uint8Array(64).fill(1))).toBe(false);
    expect(verify(alg, key, utf8('x'), new Uint8Array(64))).toBe(false);
  });

  it('keep no key under the bytes of another, also when the caller writes over its buffer', () => {
    const { verify } = createPrimitives();
    const [one, two] = [signer(), signer()];
    const shared = one.rawKey.slice();
    expect(verify('ES256', shared, one.data, one.signature)).toBe(true);
    shared.set(two.rawKey);
    expect(verify('ES256', shared, one.data, one.signature)).toBe(false);
    expect(verify('ES256', shared, two.data, two.signature)).toBe(true);
    expect(verify('ES256', one.rawKey, one.data, one.signature)).toBe(true);
  });

  it('answer the same when more keys are in use than are kept', () => {
    const { verify } = createPrimitives({ keysMax: 2 });
    const signers = Array.from({ length: 5 }, signer);
    for (const { rawKey, data, signature } of [...signers, ...signers.toReversed()]) {
      expect(verify('ES256', rawKey, data, signature)).toBe(true);
      expect(verify('ES256', rawKey, flipped(data, 0), signature)).toBe(false);
    }
  });

  it('sha256: FIPS 180-4 example "abc"', () => {
    expect(toHex(createPrimitives().sha256(utf8('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
