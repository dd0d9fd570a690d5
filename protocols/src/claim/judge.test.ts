import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toBase64Url } from '../bytes.ts';
import type { EnrolledKey, PassMark } from '../pass/judge.ts';
import { assemblePass, buildPassBody, parsePassBytes, signingInput } from '../pass/pass.ts';
import type { Pass } from '../pass/pass.ts';
import type { Primitives } from '../primitives.ts';
import type { Claim, ClaimVerdict } from './claim.ts';
import { judgeClaim } from './judge.ts';
import type { AnsweredClaim, ClaimCircumstances } from './judge.ts';

const campus = 'campus-01';
const credential = '00a1b2c3d4e5f607';
const iat = 1795293000;
const nowMs = iat * 1000;

const headers = {
  ES256: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  EdDSA: '302a300506032b6570032100',
} as const;
const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
type Alg = keyof typeof pairs;
const dsaEncoding = 'ieee-p1363';
const digestOf = (alg: Alg) => (alg === 'ES256' ? 'sha256' : null);

/** The cryptography of Node, in the plainest way: a DER header before the raw key. */
const primitives: Pick<Primitives, 'verify'> = {
  verify: (alg, rawKey, data, signature) => {
    const der = Buffer.concat([Buffer.from(headers[alg], 'hex'), rawKey]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(digestOf(alg), data, { key, dsaEncoding }, signature);
  },
};

const keyOf = (alg: Alg): EnrolledKey => {
  const der = pairs[alg].publicKey.export({ format: 'der', type: 'spki' });
  const rawKey = new Uint8Array(der.subarray(headers[alg].length / 2));
  return { alg, rawKey, status: 'live' };
};
const keys = { ES256: keyOf('ES256'), EdDSA: keyOf('EdDSA') };

const passOf = (bytes: Uint8Array): Pass => {
  const parsed = parsePassBytes(bytes);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.pass;
};
type Made = { alg?: Alg; iat?: number; counter?: number; audience?: string };
const show = ({ audience = campus, ...made }: Made = {}): Pass => {
  const fields = { alg: 'EdDSA' as Alg, credential, iat, counter: 42, ...made };
  const key = { key: pairs[fields.alg].privateKey, dsaEncoding } as const;
  const signature = sign(digestOf(fields.alg), signingInput(fields, audience), key);
  return passOf(assemblePass(buildPassBody(fields), signature));
};

const claimId = '019ab0c4-5d00-7000-8000-000000000001';
const claimOf = (pass: Pass, audience = campus): Claim => ({
  pass,
  ask: { claimId, pass: toBase64Url(pass.bytes), audience, door: 'east-gate' },
});
const markOf = ({ counter, body }: Pass): PassMark => ({
  ...{ counter, body, doorId: 'west-gate', atMs: nowMs - 500 },
});
const quiet: ClaimCircumstances = {
  ...{ campus, key: keys.EdDSA, mark: undefined, fenceMs: undefined, answered: undefined, nowMs },
};
const verdictOf = (claim: Claim, at: Partial<ClaimCircumstances> = {}): ClaimVerdict =>
  judgeClaim(claim, { ...quiet, ...at }, primitives).verdict;

/** (r, n-s), as valid as (r, s) for ECDSA over P-256 (order n: FIPS 186-4 D.1.2.3). */
const twinOf = (pass: Pass): Pass => {
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${Buffer.from(pass.signature.subarray(32)).toString('hex')}`);
  const twinS = fromHex((n - s).toString(16).padStart(64, '0')) ?? new Uint8Array();
  const signature = Uint8Array.of(...pass.signature.subarray(0, 32), ...twinS);
  return passOf(assemblePass(pass.body, signature));
};

describe('judgeClaim', () => {
  it.each([
    ['a fresh pass', {}, {}, 'granted'],
    ['a pass above the mark', { counter: 43 }, { mark: markOf(show()) }, 'granted'],
    ['a pass to pay with', { audience: `${campus}/pay` }, {}, 'granted'],
    ['a pass under duress', { audience: `${campus}/zone/labs/duress` }, {}, 'granted'],
    ['a pass for a session', { audience: `${campus}/attend/s-1` }, {}, 'granted'],
    ['an hour old: the member judges time', { iat: iat - 3600 }, {}, 'granted'],
    ['the same pass again', {}, { mark: markOf(show()) }, 'used'],
    ['a pass below the mark', { counter: 41 }, { mark: markOf(show()) }, 'used'],
    ['the same counter, another iat', { iat: iat + 1 }, { mark: markOf(show()) }, 'cloned'],
    ['another campus', { audience: 'campus-02' }, {}, 'refused'],
    ['a campus whose name goes on', { audience: `${campus}1` }, {}, 'refused'],
    ['no audience of a pass', { audience: `${campus}/cellar` }, {}, 'refused'],
    ['another algorithm', { alg: 'ES256' }, {}, 'refused'],
    ['a credential that nobody knows', {}, { key: undefined }, 'unknown'],
    ['no policy', {}, { campus: undefined }, 'unknown'],
    ['frozen', {}, { key: { ...keys.EdDSA, status: 'frozen' } }, 'frozen'],
    ['revoked', {}, { key: { ...keys.EdDSA, status: 'revoked' } }, 'revoked'],
    ['at the fence + 30 s', {}, { fenceMs: nowMs - 30_000 }, 'fenced'],
    ['1 ms beyond the fence + 30 s', {}, { fenceMs: nowMs - 30_001 }, 'granted'],
    ['fenced and used', {}, { fenceMs: nowMs, mark: markOf(show()) }, 'fenced'],
  ] as const)('%s: %s', (_, made, at, verdict) => {
    const audience = 'audience' in made ? made.audience : campus;
    expect(verdictOf(claimOf(show(made), audience), at)).toBe(verdict);
  });

  it('verifies for the audience that the ask names, and for no other', () => {
    expect(verdictOf(claimOf(show(), `${campus}/pay`))).toBe('refused');
  });

  it('moves a mark with a fresh grant alone, its body copied', () => {
    const pass = show();
    expect(judgeClaim(claimOf(pass), quiet, primitives)).toEqual({
      verdict: 'granted',
      nextMark: { counter: 42, body: pass.body, doorId: 'east-gate', atMs: nowMs },
    });
    for (const at of [{ mark: markOf(pass) }, { fenceMs: nowMs }, { key: undefined }]) {
      expect(judgeClaim(claimOf(pass), { ...quiet, ...at }, primitives)).not.toHaveProperty(
        'nextMark',
      );
    }
  });

  it('gives the same bytes under the same id the same answer, and moves nothing by it', () => {
    const pass = show();
    const answered: AnsweredClaim = { bytes: pass.bytes.slice(), verdict: 'granted' };
    const at = { ...quiet, mark: markOf(pass), answered };
    expect(judgeClaim(claimOf(pass), at, primitives)).toEqual({ verdict: 'granted' });
  });

  it('judges other bytes under the same id afresh, the ECDSA twin among them', () => {
    const pass = show({ alg: 'ES256' });
    const answered: AnsweredClaim = { bytes: pass.bytes.slice(), verdict: 'granted' };
    const at = { key: keys.ES256, mark: markOf(pass), answered };
    expect(verdictOf(claimOf(pass), at)).toBe('granted');
    expect(verdictOf(claimOf(twinOf(pass)), { key: keys.ES256 })).toBe('granted');
    expect(verdictOf(claimOf(twinOf(pass)), at)).toBe('used');
    const clone = show({ alg: 'ES256', iat: iat + 1 });
    expect(verdictOf(claimOf(clone), at)).toBe('cloned');
  });

  it.each(['ES256', 'EdDSA'] as const)('grants no single flipped bit: %s', (alg) => {
    const { bytes } = show({ alg });
    const granted: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const at = bit >> 3;
      const parsed = parsePassBytes(bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit & 7))));
      if (!parsed.ok) continue;
      if (verdictOf(claimOf(parsed.pass), { key: keys[alg] }) === 'granted') granted.push(bit);
    }
    expect(granted).toEqual([]);
  });

  it('verifies at most once, and not where a cheap check has spoken', () => {
    let calls = 0;
    const counting = {
      verify: () => {
        calls += 1;
        return false;
      },
    };
    const claim = claimOf(show());
    judgeClaim(claim, { ...quiet, fenceMs: nowMs }, counting);
    judgeClaim(claim, { ...quiet, key: undefined }, counting);
    expect(calls).toBe(0);
    expect(judgeClaim(claim, quiet, counting).verdict).toBe('refused');
    expect(calls).toBe(1);
  });
});

/** An authority in a few lines: what a process may forget, and what its disk keeps. */
const createAuthority = () => {
  const disk = new Map<string, PassMark>();
  let memory = new Map<string, PassMark>();
  let answered = new Map<string, AnsweredClaim>();
  let fenceMs: number | undefined;
  const isTrue = { verify: () => true };
  return {
    /** @param commits false: the disk refuses, so nothing is answered */
    ask: (member: string, claim: Claim, commits: boolean): ClaimVerdict | undefined => {
      const id = `${member} ${claim.ask.claimId}`;
      const { credential: of } = claim.pass;
      const mark = memory.get(of);
      const at = { ...quiet, mark, fenceMs, answered: answered.get(id) };
      const { verdict, nextMark } = judgeClaim(claim, at, isTrue);
      if (nextMark !== undefined) {
        if (!commits) return undefined;
        disk.set(of, nextMark);
        memory.set(of, nextMark);
      }
      answered.set(id, { bytes: claim.pass.bytes, verdict });
      return verdict;
    },
    /** @param forgets the disk comes back empty, as a new one would: the fence stands for it */
    restart: (forgets: boolean): void => {
      if (forgets) disk.clear();
      if (forgets) fenceMs = nowMs;
      memory = new Map(disk);
      answered = new Map();
    },
  };
};

const someAsk = fc.record({
  kind: fc.constant('ask' as const),
  member: fc.constantFrom('gw-1', 'gw-2', 'gw-3'),
  id: fc.integer({ min: 0, max: 3 }),
  credential: fc.constantFrom(credential, 'ffa1b2c3d4e5f607'),
  counter: fc.integer({ min: 0, max: 4 }),
  /** Another pass under the same counter, or another signature under the same pass. */
  variant: fc.constantFrom<'plain' | 'clone' | 'twin'>('plain', 'plain', 'clone', 'twin'),
  copies: fc.integer({ min: 1, max: 3 }),
  commits: fc.boolean(),
  answerArrives: fc.boolean(),
});
const someRestart = fc.record({ kind: fc.constant('restart' as const), forgets: fc.boolean() });

describe('for any order of asks, doubles, losses and restarts', () => {
  it('a counter of a phone key is granted to one claim of one member', () => {
    const steps = fc.array(fc.oneof({ weight: 8, arbitrary: someAsk }, someRestart), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const authority = createAuthority();
        const holders = new Map<string, Set<string>>();
        for (const step of all) {
          if (step.kind === 'restart') {
            authority.restart(step.forgets);
            continue;
          }
          const { member, id, counter, variant } = step;
          const at = variant === 'clone' ? iat + 1 : iat;
          const fields = { alg: 'EdDSA', credential: step.credential, iat: at, counter } as const;
          const signature = new Uint8Array(64).fill(variant === 'twin' ? 2 : 1);
          const claim = claimOf(passOf(assemblePass(buildPassBody(fields), signature)));
          const ask = { ...claim.ask, claimId: `${claimId.slice(0, -1)}${id}` };
          for (let copy = 0; copy < step.copies; copy += 1) {
            const verdict = authority.ask(member, { ...claim, ask }, step.commits);
            if (verdict !== 'granted' || !step.answerArrives) continue;
            const use = `${step.credential} ${counter}`;
            const held = holders.get(use) ?? new Set();
            holders.set(use, held.add(`${member} ${id} ${toBase64Url(claim.pass.bytes)}`));
          }
        }
        for (const held of holders.values()) expect(held.size).toBe(1);
      }),
      { numRuns: 1_000 },
    );
  });
});
