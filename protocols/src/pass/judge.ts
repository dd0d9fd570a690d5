import { equalBytes } from '../bytes.ts';
import type { Primitives, SignatureAlgorithm } from '../primitives.ts';
import type { AudienceKind, PreparedAudience, ReaderAudiences } from './audience.ts';
import { signingInputAfter } from './pass.ts';
import type { Pass } from './pass.ts';

/** A pass is accepted from 90 s before to 30 s after now, both ends included. */
export const passAgeMaxMs = 90_000;
export const passAheadMaxMs = 30_000;
/** A pass accepted before the fence was set may be dated this far beyond it. */
export const fenceMarginMs = passAheadMaxMs;
export const sameAttemptMaxMs = 5_000;

/** What the roster knows of a phone key. A status other than `live` is the reason of the denial. */
export type EnrolledKey = {
  readonly alg: SignatureAlgorithm;
  /** ES256: 65 bytes (0x04 ‖ x ‖ y); EdDSA: 32 bytes. */
  readonly rawKey: Uint8Array;
  readonly status: 'live' | 'frozen' | 'revoked' | 'lapsed';
};

/** The last accepted pass of a credential: every later one must have a higher counter. */
export type PassMark = {
  readonly counter: number;
  /** Bytes 0..16 of that pass. */
  readonly body: Uint8Array;
  readonly doorId: string;
  /** When it was accepted, unix ms. */
  readonly atMs: number;
};

export type PassCircumstances = {
  /** Undefined: no such credential is enrolled here. */
  readonly key: EnrolledKey | undefined;
  /** Undefined: no pass of this credential was accepted yet. */
  readonly mark: PassMark | undefined;
  readonly nowMs: number;
  /** The moment after which marks are known to be complete (unix ms); undefined: no fence. */
  readonly fenceMs: number | undefined;
  readonly audiences: ReaderAudiences;
  /** Goes into the next mark. */
  readonly doorId: string;
};

export type PassAcceptance = {
  readonly ok: true;
  readonly audience: string;
  readonly kind: AudienceKind;
  /** Opens as usual; somebody must be told, and nothing at the door may show it. */
  readonly duress: boolean;
  /** To be stored before anything opens. */
  readonly nextMark: PassMark;
};

export type PassDenial = { readonly ok: false } & (
  | { readonly reason: 'unknown_credential' | 'frozen' | 'revoked' | 'lapsed' }
  | { readonly reason: 'wrong_algorithm' | 'bad_signature' }
  | { readonly reason: 'expired'; readonly lateMs: number }
  | { readonly reason: 'from_future'; readonly aheadMs: number }
  /** `untilMs`: a pass dated after this moment is no longer fenced off. */
  | { readonly reason: 'show_next_code'; readonly untilMs: number }
  | { readonly reason: 'wrong_kind'; readonly audience: string; readonly kind: AudienceKind }
  /** `mark`: the use that stands against this pass. */
  | { readonly reason: 'used' | 'cloned'; readonly mark: PassMark }
);

export type PassJudgement = PassAcceptance | PassDenial;
export type PassDenialReason = PassDenial['reason'];

type Verifies = (prepared: PreparedAudience) => boolean;

const keyDenial = (pass: Pass, key: EnrolledKey): PassDenial | undefined => {
  if (key.status !== 'live') return { ok: false, reason: key.status };
  return pass.alg === key.alg ? undefined : { ok: false, reason: 'wrong_algorithm' };
};

const timeDenial = (pass: Pass, { nowMs, fenceMs }: PassCircumstances): PassDenial | undefined => {
  const iatMs = pass.iat * 1000;
  const lateMs = nowMs - iatMs - passAgeMaxMs;
  if (lateMs > 0) return { ok: false, reason: 'expired', lateMs };
  const aheadMs = iatMs - nowMs - passAheadMaxMs;
  if (aheadMs > 0) return { ok: false, reason: 'from_future', aheadMs };
  if (fenceMs === undefined) return undefined;
  const untilMs = fenceMs + fenceMarginMs;
  return iatMs <= untilMs ? { ok: false, reason: 'show_next_code', untilMs } : undefined;
};

const signatureDenial = (audiences: ReaderAudiences, verifies: Verifies): PassDenial => {
  const other = audiences.otherKind.find(verifies);
  return other === undefined
    ? { ok: false, reason: 'bad_signature' }
    : { ok: false, reason: 'wrong_kind', audience: other.audience, kind: other.kind };
};

const markDenial = (pass: Pass, mark: PassMark | undefined): PassDenial | undefined => {
  if (mark === undefined || pass.counter > mark.counter) return undefined;
  // Never by signature: the twin (r, n-s) of a used pass verifies too and is the same pass.
  const isClone = pass.counter === mark.counter && !equalBytes(pass.body, mark.body);
  return { ok: false, reason: isClone ? 'cloned' : 'used', mark };
};

/**
 * Whether a pass stands, cheap checks first; the first denial wins. A denied pass never moves the
 * mark: only an acceptance carries the next one. Works with `primitives.verify` alone, and calls
 * it at most six times (bounds of `prepareAudiences`).
 */
export const judgePass = (
  pass: Pass,
  at: PassCircumstances,
  primitives: Pick<Primitives, 'verify'>,
): PassJudgement => {
  const { key, mark, audiences } = at;
  if (key === undefined) return { ok: false, reason: 'unknown_credential' };
  const early = keyDenial(pass, key) ?? timeDenial(pass, at);
  if (early !== undefined) return early;

  const verifies: Verifies = ({ prefixes }) =>
    primitives.verify(
      key.alg,
      key.rawKey,
      signingInputAfter(prefixes[key.alg], pass.body),
      pass.signature,
    );
  const meant = audiences.accepted.find(verifies);
  if (meant === undefined) return signatureDenial(audiences, verifies);

  const denial = markDenial(pass, mark);
  if (denial !== undefined) return denial;
  const { audience, kind, duress } = meant;
  // A copy: the mark outlives the scan and must not keep the whole pass, which is evidence.
  const body = pass.body.slice();
  const nextMark = { counter: pass.counter, body, doorId: at.doorId, atMs: at.nowMs };
  return { ok: true, audience, kind, duress, nextMark };
};

/** A decision of one reader, kept for the five seconds in which its pass may be read again. */
export type DecidedAttempt = {
  readonly body: Uint8Array;
  readonly readerId: string;
  readonly decidedAtMs: number;
};

/**
 * A phone held before a reader is read many times: the same 17 bytes at the same reader within 5 s
 * of their decision are one attempt, which is counted and neither judged nor shown again. Both
 * times are of one monotonic clock.
 */
export const isSameAttempt = (
  pass: Pick<Pass, 'body'>,
  attempt: DecidedAttempt,
  readerId: string,
  nowMs: number,
): boolean => {
  const sinceMs = nowMs - attempt.decidedAtMs;
  return (
    attempt.readerId === readerId &&
    sinceMs >= 0 &&
    sinceMs <= sameAttemptMaxMs &&
    equalBytes(pass.body, attempt.body)
  );
};
