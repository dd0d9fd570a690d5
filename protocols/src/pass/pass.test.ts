import fc from 'fast-check';
import { compactVerify, CompactSign, generateKeyPair, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { fromHex, toBase64Url, toHex } from '../bytes.ts';
import { signatureAlgorithms } from '../primitives.ts';
import type { SignatureAlgorithm } from '../primitives.ts';
import { encodeBase45 } from './base45.ts';
import {
  assemblePass,
  buildPassBody,
  parsePass,
  parsePassBytes,
  passBodyBytes,
  passBytes,
  passChars,
  passText,
  signingInput,
  toCompactJws,
} from './pass.ts';
import type { Pass, PassFields } from './pass.ts';
import { passVectors } from './pass.vectors.ts';

const fields: PassFields = {
  alg: 'ES256',
  credential: '00a1b2c3d4e5f607',
  iat: 1795293000,
  counter: 42,
};

const hex = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
};

const accepted = (text: string): Pass => {
  const parsed = parsePass(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.pass;
};

const publicJwk = (alg: SignatureAlgorithm, rawKey: Uint8Array) =>
  alg === 'ES256'
    ? {
        kty: 'EC',
        crv: 'P-256',
        x: toBase64Url(rawKey.subarray(1, 33)),
        y: toBase64Url(rawKey.subarray(33)),
      }
    : { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(rawKey) };

/** The text of 81 bytes that begin with this byte. */
const textFrom = (firstByte: number): string => {
  const bytes = new Uint8Array(passBytes);
  bytes[0] = firstByte;
  return passText(bytes);
};

describe('pass', () => {
  it.each(passVectors)('reads and writes the vector ($source)', async (vector) => {
    const pass = accepted(vector.text);
    expect(pass).toMatchObject({ ...vector.fields, layout: 1 });
    expect(toHex(pass.body)).toBe(vector.body);
    expect(toHex(pass.signature)).toBe(vector.signature);
    expect(toHex(buildPassBody(vector.fields))).toBe(vector.body);
    expect(passText(assemblePass(pass.body, pass.signature))).toBe(vector.text);
    expect(vector.text).toHaveLength(passChars);
    expect(toCompactJws(pass, vector.audience)).toBe(vector.jws);
    const input = vector.jws.slice(0, vector.jws.lastIndexOf('.'));
    expect(new TextDecoder().decode(signingInput(pass, vector.audience))).toBe(input);
    expect(signingInput(vector.fields, vector.audience)).toEqual(
      signingInput(pass, vector.audience),
    );
    const key = await importJWK(publicJwk(vector.fields.alg, hex(vector.publicKey)), pass.alg);
    await expect(compactVerify(vector.jws, key)).resolves.toBeDefined();
  });

  it.each(signatureAlgorithms)('is a JWS that jose signs and verifies: %s', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const audience = 'campus-01/door/lab-3-201';
    const body = buildPassBody({ ...fields, alg });
    const header = { alg, typ: 'gate+jws', aud: audience };
    const signed = await new CompactSign(body).setProtectedHeader(header).sign(privateKey);
    const signature = Buffer.from(signed.split('.')[2] ?? '', 'base64url');
    const pass = accepted(passText(assemblePass(body, signature)));
    expect(toCompactJws(pass, audience)).toBe(signed);
    const read = await compactVerify(toCompactJws(pass, audience), publicKey);
    expect(read.payload).toEqual(body);
    expect(read.protectedHeader).toEqual(header);
    await expect(compactVerify(toCompactJws(pass, 'campus-01'), publicKey)).rejects.toThrow();
  });

  it.each([
    [0x11, 'ES256'],
    [0x12, 'EdDSA'],
    [0x13, 'unsupported_pass'],
    [0x21, 'unsupported_pass'],
    [0x2f, 'unsupported_pass'],
    [0xf1, 'unsupported_pass'],
    [0x10, 'not_a_pass'],
    [0x14, 'not_a_pass'],
    [0x1f, 'not_a_pass'],
    [0x01, 'not_a_pass'],
    [0x00, 'not_a_pass'],
  ])('byte 0 = %i gives %s', (firstByte, expected) => {
    const parsed = parsePass(textFrom(firstByte));
    expect(parsed.ok ? parsed.pass.alg : parsed.reason).toBe(expected);
  });

  const good = passVectors[0]?.text ?? '';
  it.each([
    ['nothing', ''],
    ['a space before', ` ${good}`],
    ['a space behind', `${good} `],
    ['a line end', `${good}\r`],
    ['one character less', good.slice(1)],
    ['lower case', good.toLowerCase()],
    ['a character outside the alphabet', good.replace('*', '_')],
    ['80 bytes', encodeBase45(new Uint8Array(80).fill(0x11))],
    ['82 bytes', encodeBase45(new Uint8Array(82).fill(0x11))],
    ['122 characters above the largest value', ':'.repeat(passChars)],
    ['a static code', 'https://campus.example/d/lab-3-201'],
  ])('is not %s', (_, text) => {
    expect(parsePass(text)).toEqual({ ok: false, reason: 'not_a_pass' });
  });

  it('looks at the length first: of 10 MB of text no character is read', () => {
    expect(parsePass('0'.repeat(9_999_999))).toEqual({ ok: false, reason: 'not_a_pass' });
    const untouchable = {
      length: 9_999_999,
      charCodeAt: () => {
        throw new Error('a character was read');
      },
    };
    // A stand-in for a string, because a time limit would fail on a busy machine.
    expect(parsePass(untouchable as unknown as string).ok).toBe(false);
  });

  it('reads bytes wherever they lie in a larger buffer', () => {
    const bytes = hex(`ffffff${toHex(accepted(good).bytes)}ff`).subarray(3, 3 + passBytes);
    expect(parsePassBytes(bytes)).toMatchObject({ ok: true, pass: fields });
  });

  it('reads back every field that it wrote', () => {
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    const anyFields = fc.record({
      alg: fc.constantFrom(...signatureAlgorithms),
      credential: fc.uint8Array({ minLength: 8, maxLength: 8 }).map(toHex),
      iat: u32,
      counter: u32,
    });
    const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(anyFields, signature, (made, sig) => {
        const text = passText(assemblePass(buildPassBody(made), sig));
        expect(text).toHaveLength(passChars);
        expect(accepted(text)).toMatchObject({ ...made, signature: sig });
      }),
    );
  });

  it('answers any text with a value and never throws', () => {
    const digit = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:');
    const long = fc.string({ unit: digit, minLength: passChars, maxLength: passChars });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), long), (text) => {
        expect(typeof parsePass(text).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, PassFields]>([
    ['a short credential', { ...fields, credential: '00a1' }],
    ['an upper-case credential', { ...fields, credential: '00A1B2C3D4E5F607' }],
    ['a negative iat', { ...fields, iat: -1 }],
    ['a broken iat', { ...fields, iat: 0.5 }],
    ['milliseconds as iat', { ...fields, iat: 1795293000000 }],
    ['a counter of 33 bits', { ...fields, counter: 2 ** 32 }],
  ])('is not built from %s', (_, broken) => {
    expect(() => buildPassBody(broken)).toThrow(RangeError);
  });

  it('is not assembled from parts of other lengths', () => {
    const body = new Uint8Array(passBodyBytes);
    expect(() => assemblePass(body, new Uint8Array(63))).toThrow(RangeError);
    expect(() => assemblePass(body.subarray(1), new Uint8Array(64))).toThrow(RangeError);
  });
});
