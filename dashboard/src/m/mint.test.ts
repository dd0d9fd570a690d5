import {
  doorReaderAudiences,
  fromBase64Url,
  judgePass,
  parsePass,
  payReaderAudiences,
} from '@gatehouse/protocols';
import type { Primitives, ReaderAudiences } from '@gatehouse/protocols';
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clockOffsetMs, enrolProof, keepProof, mintPass } from './mint.ts';
import type { Mintable, PassKind } from './mint.ts';

// WebCrypto signs as on the phone; node:crypto verifies as at the gate.
const makeKey = async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ]);
  const sign = async (bytes: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(
      await crypto.subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        pair.privateKey,
        new Uint8Array(bytes),
      ),
    );
  const rawKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { sign, rawKey };
};

const toNodeKey = (raw: Uint8Array) =>
  createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: Buffer.from(raw.subarray(1, 33)).toString('base64url'),
      y: Buffer.from(raw.subarray(33)).toString('base64url'),
    },
  });

const primitives: Pick<Primitives, 'verify'> = {
  verify: (_alg, rawKey, data, signature) =>
    verify('sha256', data, { key: toNodeKey(rawKey), dsaEncoding: 'ieee-p1363' }, signature),
};

const atMs = 1_795_293_000_700;
const from = (kind: PassKind): Mintable => ({
  campus: 'campus-01',
  kind,
  credential: '00a1b2c3d4e5f607',
  counter: 42,
  atMs,
});

const readers: Readonly<Record<'door' | 'till', ReaderAudiences>> = {
  door: doorReaderAudiences({ campus: 'campus-01' }),
  till: payReaderAudiences('campus-01'),
};

const cases: readonly (readonly [PassKind, keyof typeof readers, string])[] = [
  ['door', 'door', 'accepted'],
  ['pay', 'till', 'accepted'],
  ['door', 'till', 'wrong_kind'],
  ['pay', 'door', 'wrong_kind'],
];

describe('mintPass', () => {
  for (const [kind, reader, result] of cases) {
    it(`makes a ${kind} pass that a reader of a ${reader} finds ${result}`, async () => {
      const { sign, rawKey } = await makeKey();
      const parsed = parsePass(await mintPass(from(kind), sign));
      if (!parsed.ok) throw new Error(parsed.reason);
      expect(parsed.pass).toMatchObject({ iat: 1_795_293_000, counter: 42 });
      const judged = judgePass(
        parsed.pass,
        {
          key: { alg: 'ES256', rawKey, status: 'live' },
          mark: undefined,
          nowMs: atMs,
          fenceMs: undefined,
          audiences: readers[reader],
          doorId: 'east-gate',
        },
        primitives,
      );
      expect(judged.ok ? 'accepted' : judged.reason).toBe(result);
    });
  }
});

describe('enrolProof', () => {
  it('is a JWS of its own type, signed by the key that it names', async () => {
    const { sign, rawKey } = await makeKey();
    const proof = await enrolProof({ nonce: 'n-1', rawKey }, sign);
    const [header = '', payload = '', signature = ''] = proof.split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'ES256', typ: 'gate-enrol+jws' });
    expect(read(payload)).toEqual({
      nonce: 'n-1',
      key: Buffer.from(rawKey).toString('base64url'),
    });
    const input = new TextEncoder().encode(`${header}.${payload}`);
    const bytes = fromBase64Url(signature) ?? new Uint8Array();
    expect(primitives.verify('ES256', rawKey, input, bytes)).toBe(true);
  });
});

describe('keepProof', () => {
  it('is a JWS of another type, signed by the enrolled key', async () => {
    const { sign, rawKey } = await makeKey();
    const told = { nonce: 'n-1', credential: '0123456789abcdef' };
    const proof = await keepProof(told, sign);
    const [header = '', payload = '', signature = ''] = proof.split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'ES256', typ: 'gate-keep+jws' });
    expect(read(payload)).toEqual(told);
    const input = new TextEncoder().encode(`${header}.${payload}`);
    const bytes = fromBase64Url(signature) ?? new Uint8Array();
    expect(primitives.verify('ES256', rawKey, input, bytes)).toBe(true);
  });
});

describe('clockOffsetMs', () => {
  it('takes half of the way off', () => {
    expect(clockOffsetMs({ sentMs: 1000, heardMs: 1200, serverMs: 5100 })).toBe(4000);
    expect(clockOffsetMs({ sentMs: 1000, heardMs: 1000, serverMs: 400 })).toBe(-600);
  });
});
