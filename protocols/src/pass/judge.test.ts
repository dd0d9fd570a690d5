import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../bytes.ts';
import type { Primitives, SignatureAlgorithm } from '../primitives.ts';
import type { DenyReason } from '../reasons.ts';
import {
  doorReaderAudiences,
  duressAudience,
  payReaderAudiences,
  prepareAudiences,
} from './audience.ts';
import { isSameAttempt, judgePass } from './judge.ts';
import type { EnrolledKey, PassCircumstances, PassJudgement, PassMark } from './judge.ts';
import {
  assemblePass,
  buildPassBody,
  parsePassBytes,
  passBodyBytes,
  signingInput,
} from './pass.ts';
import type { Pass, PassFields } from './pass.ts';
import { passVectors } from './pass.vectors.ts';

const campus = 'campus-01';
const credential = '00a1b2c3d4e5f607';
const iat = 1795293000;
const nowMs = iat * 1000;
const fields: PassFields = { alg: 'ES256', credential, iat, counter: 42 };

const derHeaderBytes = { ES256: 26, EdDSA: 12 } as const;
const derHeaders = {
  ES256: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  EdDSA: '302a300506032b6570032100',
} as const;

/** The cryptography of Node, in the plainest way: a DER header before the raw key. */
const primitives: Pick<Primitives, 'verify'> = {
  verify: (alg, rawKey, data, signature) => {
    const der = Buffer.concat([Buffer.from(derHeaders[alg], 'hex'), rawKey]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const digest = alg === 'ES256' ? 'sha256' : null;
    return verify(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
  },
};

type Phone = { readonly privateKey: KeyObject; readonly key: EnrolledKey };

const phoneOf = (
  alg: SignatureAlgorithm,
  pair: { publicKey: KeyObject; privateKey: KeyObject },
) => {
  const der = pair.publicKey.export({ format: 'der', type: 'spki' });
  const rawKey = new Uint8Array(der.subarray(derHeaderBytes[alg]));
  return { privateKey: pair.privateKey, key: { alg, rawKey, status: 'live' } } satisfies Phone;
};
const phones: Readonly<Record<SignatureAlgorithm, Phone>> = {
  ES256: phoneOf('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  EdDSA: phoneOf('EdDSA', generateKeyPairSync('ed25519')),
};

/** A key of the same kind that somebody else holds. */
const otherKey = phoneOf('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })).key.rawKey;

const passOf = (bytes: Uint8Array): Pass => {
  const parsed = parsePassBytes(bytes);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.pass;
};

const show = (made: Partial<PassFields> = {}, audience: string = campus): Pass => {
  const all = { ...fields, ...made };
  const digest = all.alg === 'ES256' ? 'sha256' : null;
  const key = { key: phones[all.alg].privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign(digest, signingInput(all, audience), key);
  return passOf(assemblePass(buildPassBody(all), signature));
};

const markOf = (pass: Pass): PassMark => ({
  counter: pass.counter,
  body: pass.body,
  doorId: 'east-gate',
  atMs: nowMs - 2000,
});

const atDoor: PassCircumstances = {
  key: phones.ES256.key,
  mark: undefined,
  nowMs,
  fenceMs: undefined,
  audiences: doorReaderAudiences({ campus, zone: 'library' }),
  doorId: 'library-east',
};

const judge = (pass: Pass, at: Partial<PassCircumstances> = {}): PassJudgement =>
  judgePass(pass, { ...atDoor, ...at }, primitives);

const resultOf = (judgement: PassJudgement): DenyReason | 'ok' =>
  judgement.ok ? 'ok' : judgement.reason;

/** (r, n-s), as valid as (r, s) for ECDSA over P-256 (order n: FIPS 186-4 D.1.2.3). */
const twinOf = (pass: Pass): Pass => {
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${Buffer.from(pass.signature.subarray(32)).toString('hex')}`);
  const twinS = fromHex((n - s).toString(16).padStart(64, '0')) ?? new Uint8Array();
  const signature = Uint8Array.of(...pass.signature.subarray(0, 32), ...twinS);
  return passOf(assemblePass(pass.body, signature));
};

describe('judgePass', () => {
  it.each(passVectors)('accepts the vector ($source)', (vector) => {
    const bytes = assemblePass(
      fromHex(vector.body) ?? new Uint8Array(),
      fromHex(vector.signature) ?? new Uint8Array(),
    );
    const rawKey = fromHex(vector.publicKey) ?? new Uint8Array();
    const at = {
      key: { alg: vector.fields.alg, rawKey, status: 'live' },
      audiences: prepareAudiences([vector.audience]),
      nowMs: vector.fields.iat * 1000,
    } as const;
    expect(judge(passOf(bytes), at)).toMatchObject({ ok: true, audience: vector.audience });
  });

  it.each([
    ['fresh', {}, {}, 'ok'],
    ['EdDSA', { alg: 'EdDSA' }, { key: phones.EdDSA.key }, 'ok'],
    ['not enrolled', {}, { key: undefined }, 'unknown_credential'],
    ['revoked', {}, { key: { ...phones.ES256.key, status: 'revoked' } }, 'revoked'],
    ['frozen', {}, { key: { ...phones.ES256.key, status: 'frozen' } }, 'frozen'],
    ['another algorithm', {}, { key: phones.EdDSA.key }, 'wrong_algorithm'],
    ['90 s old', {}, { nowMs: nowMs + 90_000 }, 'ok'],
    ['90.001 s old', {}, { nowMs: nowMs + 90_001 }, 'expired'],
    ['91 s old', { iat: iat - 91 }, {}, 'expired'],
    ['30 s ahead', { iat: iat + 30 }, {}, 'ok'],
    ['30.001 s ahead', {}, { nowMs: nowMs - 30_001 }, 'from_future'],
    ['31 s ahead', { iat: iat + 31 }, {}, 'from_future'],
    ['iat 0', { iat: 0 }, {}, 'expired'],
    ['iat of 32 ones', { iat: 0xffff_ffff }, {}, 'from_future'],
    ['at the fence + 30 s', {}, { fenceMs: nowMs - 30_000 }, 'show_next_code'],
    ['1 ms beyond the fence + 30 s', {}, { fenceMs: nowMs - 30_001 }, 'ok'],
    ['1 s beyond the fence + 30 s', { iat: iat + 1 }, { fenceMs: nowMs - 30_000 }, 'ok'],
    ['another key', {}, { key: { ...phones.ES256.key, rawKey: otherKey } }, 'bad_signature'],
    ['counter above the mark', { counter: 43 }, { mark: markOf(show()) }, 'ok'],
    ['counter at its end', { counter: 0xffff_ffff }, { mark: markOf(show()) }, 'ok'],
    ['counter below the mark', { counter: 41 }, { mark: markOf(show()) }, 'used'],
    ['counter 0 above nothing', { counter: 0 }, {}, 'ok'],
    ['the same body again', {}, { mark: markOf(show()) }, 'used'],
    ['the same counter, another iat', { iat: iat + 1 }, { mark: markOf(show()) }, 'cloned'],
    ['older iat, higher counter', { iat: iat - 60, counter: 43 }, { mark: markOf(show()) }, 'ok'],
  ] as const)('%s', (_, made, at, expected) => {
    expect(resultOf(judge(show(made), at))).toBe(expected);
  });

  it.each([
    ['the campus', campus, atDoor.audiences, 'ok'],
    ['the zone of the door', `${campus}/zone/library`, atDoor.audiences, 'ok'],
    ['another zone', `${campus}/zone/canteen`, atDoor.audiences, 'bad_signature'],
    ['one door, at a scanner', `${campus}/door/library-east`, atDoor.audiences, 'bad_signature'],
    ['another campus', 'campus-02', atDoor.audiences, 'bad_signature'],
    ['paying, at a door', `${campus}/pay`, atDoor.audiences, 'wrong_kind'],
    ['a door, at a till', campus, payReaderAudiences(campus), 'wrong_kind'],
    ['duress, at a till', `${campus}/duress`, payReaderAudiences(campus), 'wrong_kind'],
    ['paying, at a till', `${campus}/pay`, payReaderAudiences(campus), 'ok'],
  ] as const)('made for %s', (_, audience, audiences, expected) => {
    expect(resultOf(judge(show({}, audience), { audiences }))).toBe(expected);
  });

  it('says for which kind a pass of the wrong kind was made', () => {
    expect(judge(show({}, `${campus}/pay`))).toEqual({
      ok: false,
      reason: 'wrong_kind',
      audience: `${campus}/pay`,
      kind: 'pay',
    });
  });

  it.each([campus, `${campus}/zone/library`])(
    'opens for %s under duress and says so',
    (audience) => {
      expect(judge(show({}, audience))).toMatchObject({ ok: true, audience, duress: false });
      const silent = duressAudience(audience);
      expect(judge(show({}, silent))).toMatchObject({ ok: true, audience: silent, duress: true });
    },
  );

  it('carries the next mark, its body copied, and only when it accepts', () => {
    const pass = show({ counter: 43 });
    const judgement = judge(pass, { mark: markOf(show()) });
    expect(judgement).toMatchObject({
      nextMark: { counter: 43, body: pass.body, doorId: 'library-east', atMs: nowMs },
    });
    const buffer = judgement.ok ? judgement.nextMark.body.buffer : pass.bytes.buffer;
    expect(buffer.byteLength).toBe(passBodyBytes);
    expect(judge(show({ counter: 41 }), { mark: markOf(show()) })).not.toHaveProperty('nextMark');
  });

  it('gives the details that a screen shows', () => {
    const mark = markOf(show());
    expect(judge(show(), { nowMs: nowMs + 91_500 })).toMatchObject({ lateMs: 1500 });
    expect(judge(show(), { nowMs: nowMs - 31_500 })).toMatchObject({ aheadMs: 1500 });
    expect(judge(show(), { fenceMs: nowMs })).toMatchObject({ untilMs: nowMs + 30_000 });
    expect(judge(show(), { mark })).toMatchObject({ reason: 'used', mark });
  });

  it('lets the first failing check speak, in the order of the checks', () => {
    const mark = markOf(show());
    const { bytes } = show({ iat: iat - 100 });
    const flipped = passOf(bytes.with(80, (bytes[80] ?? 0) ^ 1));
    const key = { ...phones.EdDSA.key, status: 'frozen' } as const;
    expect(resultOf(judge(flipped, { key: undefined, mark }))).toBe('unknown_credential');
    expect(resultOf(judge(flipped, { key, mark, fenceMs: nowMs }))).toBe('frozen');
    expect(resultOf(judge(flipped, { key: phones.EdDSA.key, mark }))).toBe('wrong_algorithm');
    expect(resultOf(judge(flipped, { mark, fenceMs: nowMs }))).toBe('expired');
    expect(resultOf(judge(flipped, { mark, nowMs: nowMs - 60_000 }))).toBe('bad_signature');
  });

  it('refuses the ECDSA twin of a used pass as used', () => {
    const pass = show();
    const twin = twinOf(pass);
    expect(twin.signature).not.toEqual(pass.signature);
    expect(resultOf(judge(twin))).toBe('ok');
    expect(resultOf(judge(twin, { mark: markOf(pass) }))).toBe('used');
  });

  it.each(['ES256', 'EdDSA'] as const)('rejects every single flipped bit: %s', (alg) => {
    const { bytes } = show({ alg });
    const accepted: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const at = bit >> 3;
      const parsed = parsePassBytes(bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit & 7))));
      if (!parsed.ok) continue;
      // The roster would miss a flipped credential; here the signature alone must refuse it.
      if (judge(parsed.pass, { key: phones[alg].key }).ok) accepted.push(bit);
    }
    expect(bytes.length * 8).toBe(648);
    expect(accepted).toEqual([]);
  });

  it('verifies nothing before the cheap checks pass, and at most six times', () => {
    let calls = 0;
    const counting = {
      verify: () => {
        calls += 1;
        return false;
      },
    };
    const pass = show();
    judgePass(pass, { ...atDoor, nowMs: nowMs + 100_000 }, counting);
    expect(calls).toBe(0);
    const zones = ['a', 'b', 'c', 'd'].map((zone) => `${campus}/zone/${zone}`);
    const audiences = prepareAudiences(zones, [`${campus}/pay`, `${campus}/attend/s`]);
    expect(judgePass(pass, { ...atDoor, audiences }, counting).ok).toBe(false);
    expect(calls).toBe(6);
  });
});

describe('isSameAttempt', () => {
  const pass = show();
  const attempt = { body: pass.body.slice(), readerId: 'reader-1', decidedAtMs: 1_000_000 };
  it.each([
    ['the same pass at once', pass, 'reader-1', 0, true],
    ['the same pass after 5 s', pass, 'reader-1', 5000, true],
    ['the same pass after 5.001 s', pass, 'reader-1', 5001, false],
    ['its ECDSA twin', twinOf(pass), 'reader-1', 100, true],
    ['another reader', pass, 'reader-2', 100, false],
    ['the next pass', show({ counter: 43 }), 'reader-1', 100, false],
    ['a time before the decision', pass, 'reader-1', -1, false],
  ] as const)('%s', (_, shown, readerId, afterMs, expected) => {
    const at = attempt.decidedAtMs + afterMs;
    expect(isSameAttempt(shown, attempt, readerId, at)).toBe(expected);
  });
});
