import {
  campusAudience,
  duressAudience,
  kindOf,
  parsePassBytes,
  passAgeMaxMs,
  passAheadMaxMs,
  signingInput,
  toHex,
} from '@gatehouse/protocols';
import type { NotProvenWhy, Pass, Primitives, SignatureAlgorithm } from '@gatehouse/protocols';

/** What a gateway says it accepted, and the pass that it sends along. */
export type ClaimedPass = {
  readonly credential: string;
  readonly counter: number;
  /** Undefined where the gateway names none: then any door of the campus. */
  readonly audience: string | undefined;
  /** Audience root of the gateway's site; null where nobody knows the gateway. */
  readonly campus: string | null;
  readonly door: string | null;
  /** By the gateway's own clock, unix ms: the one by which it judged. */
  readonly atMs: number;
  /** The 81 bytes; null = it sent none. */
  readonly pass: Uint8Array | null;
};

/** A phone key as it was enrolled, whatever became of it. */
export type KeyAsEnrolled = { readonly alg: string; readonly key: Uint8Array };

export type Proof =
  | { readonly ok: true; readonly madeAtMs: number; readonly bodySha256: string }
  | { readonly ok: false; readonly why: NotProvenWhy };

type Need = Pick<Primitives, 'sha256' | 'verify'>;

/** A gateway writes its decision within moments, by the clock by which it judged. */
const slackMs = 10_000;

const isAlgorithm = (alg: string): alg is SignatureAlgorithm => alg === 'ES256' || alg === 'EdDSA';

/** Audiences that a reader of this door may have accepted. */
const audiencesOf = ({ audience, campus, door }: ClaimedPass): readonly string[] => {
  if (campus === null) return [];
  const whole = campusAudience(campus);
  if (audience === undefined) return [whole, duressAudience(whole)];
  const [root, form, place] = audience.split('/');
  const fits = root === campus && (form !== 'door' || place === door);
  return fits && kindOf(audience) === 'door' ? [audience] : [];
};

const isOfThatTime = ({ iat }: Pass, atMs: number): boolean => {
  const ageMs = atMs - iat * 1000;
  return ageMs <= passAgeMaxMs + slackMs && -ageMs <= passAheadMaxMs + slackMs;
};

const denied = (why: NotProvenWhy): Proof => ({ ok: false, why });

/**
 * Verifies the raw pass of a decision once more, against the key as it was enrolled. It proves that
 * the phone made this pass at about that time, not that the door is the one that is named.
 */
export const prove = (
  claimed: ClaimedPass,
  enrolled: KeyAsEnrolled | undefined,
  primitives: Need,
): Proof => {
  if (enrolled === undefined) return denied('unknown_credential');
  if (claimed.pass === null) return denied('no_evidence');
  const parsed = parsePassBytes(claimed.pass);
  if (!parsed.ok) return denied('not_a_pass');
  const { pass } = parsed;
  if (pass.credential !== claimed.credential || pass.counter !== claimed.counter) {
    return denied('other_pass');
  }
  const { alg, key } = enrolled;
  if (!isAlgorithm(alg) || pass.alg !== alg) return denied('wrong_algorithm');
  const verifies = (audience: string): boolean =>
    primitives.verify(alg, key, signingInput(pass, audience), pass.signature);
  if (!audiencesOf(claimed).some(verifies)) return denied('bad_signature');
  if (!isOfThatTime(pass, claimed.atMs)) return denied('other_time');
  return {
    ok: true,
    madeAtMs: pass.iat * 1000,
    bodySha256: toHex(primitives.sha256(pass.body)),
  };
};
