import { equalBytes } from '../bytes.ts';
import { kindOf } from '../pass/audience.ts';
import { fenceMarginMs } from '../pass/judge.ts';
import type { EnrolledKey, PassMark } from '../pass/judge.ts';
import { signingInput } from '../pass/pass.ts';
import type { Pass } from '../pass/pass.ts';
import type { Primitives } from '../primitives.ts';
import type { Claim, ClaimVerdict } from './claim.ts';

/** What the authority said to this member under this claim id before. */
export type AnsweredClaim = { readonly bytes: Uint8Array; readonly verdict: ClaimVerdict };

export type ClaimCircumstances = {
  /** Undefined: the authority has no policy yet. */
  readonly campus: string | undefined;
  /** Undefined: no such credential is known to the authority. */
  readonly key: EnrolledKey | undefined;
  readonly mark: PassMark | undefined;
  /** The moment after which the authority's marks are known to be complete (unix ms). */
  readonly fenceMs: number | undefined;
  readonly answered: AnsweredClaim | undefined;
  readonly nowMs: number;
};

export type ClaimJudgement = {
  readonly verdict: ClaimVerdict;
  /** There only with a fresh grant: to be committed before the answer leaves. */
  readonly nextMark?: PassMark;
};

const isOf = (campus: string, audience: string): boolean =>
  kindOf(audience) !== undefined && (audience === campus || audience.startsWith(`${campus}/`));

const keyVerdict = (pass: Pass, key: EnrolledKey | undefined): ClaimVerdict | undefined => {
  if (key === undefined) return 'unknown';
  if (key.status !== 'live') return key.status;
  return key.alg === pass.alg ? undefined : 'refused';
};

const isFenced = ({ iat }: Pass, fenceMs: number | undefined): boolean =>
  fenceMs !== undefined && iat * 1000 <= fenceMs + fenceMarginMs;

/**
 * Whether a pass is still unused in the whole group. The window of its time is the member's to
 * judge, by the clock at its door. A mark moves by a verified pass alone and never by a number, so
 * that a stolen member can use up only what it was shown. Verifies at most once.
 */
export const judgeClaim = (
  { ask, pass }: Claim,
  at: ClaimCircumstances,
  primitives: Pick<Primitives, 'verify'>,
): ClaimJudgement => {
  const { answered, key, mark, campus } = at;
  // Compared whole: under one id another signature is another claim, even of the same pass.
  if (answered !== undefined && equalBytes(answered.bytes, pass.bytes)) {
    return { verdict: answered.verdict };
  }
  if (campus === undefined) return { verdict: 'unknown' };
  const early = isOf(campus, ask.audience) ? keyVerdict(pass, key) : 'refused';
  if (early !== undefined || key === undefined) return { verdict: early ?? 'unknown' };
  if (isFenced(pass, at.fenceMs)) return { verdict: 'fenced' };
  const input = signingInput(pass, ask.audience);
  if (!primitives.verify(key.alg, key.rawKey, input, pass.signature)) return { verdict: 'refused' };
  if (mark !== undefined && pass.counter <= mark.counter) {
    const isClone = pass.counter === mark.counter && !equalBytes(pass.body, mark.body);
    return { verdict: isClone ? 'cloned' : 'used' };
  }
  // A copy: the mark outlives the ask and must not keep the whole pass, which is evidence.
  const body = pass.body.slice();
  const nextMark = { counter: pass.counter, body, doorId: ask.door, atMs: at.nowMs };
  return { verdict: 'granted', nextMark };
};
