import { equalBytes, judgeClaim, parseClaimAsk } from '@gatehouse/protocols';
import type {
  AnsweredClaim,
  Claim,
  ClaimAnswer,
  ClaimCircumstances,
  ClaimVerdict,
  ClockQuality,
  PassMark,
} from '@gatehouse/protocols';
import { journalMark } from '../access/marks.ts';
import type { Marks } from '../access/marks.ts';
import { createBucket } from '../device-reports/bucket.ts';
import type { Bucket } from '../device-reports/bucket.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { Ports } from '../ports.ts';

/** Marks on their way to the disk; what comes beyond is answered by silence. */
export const judgingMax = 256;
/** Far more than the doors of a building ask; each costs one signature check. */
export const askBurst = 500;
export const askEveryMs = 2;
/** What was said, for members that ask again; two minutes of the busiest hour. */
export const answeredMax = 4096;

export type AuthorityOptions = {
  readonly ports: Pick<Ports, 'clock' | 'journal' | 'primitives'>;
  readonly keeper: Pick<Keeper, 'roster' | 'revocations'>;
  readonly marks: Marks;
  readonly quality: () => ClockQuality;
  readonly fenceMs: () => number | undefined;
};

/**
 * Judges the asks of its group, by the same marks as its own doors. A grant is on disk before it is
 * said, so that no crash forgets it.
 */
export type Authority = {
  /** @returns undefined where nothing is to be said: no ask, too many of them */
  readonly hear: (member: string, payload: Uint8Array) => Promise<ClaimAnswer | undefined>;
};

type Parts = {
  readonly options: AuthorityOptions;
  readonly answered: Map<string, AnsweredClaim>;
  /** By member and claim id: asked again before the first answer was written. */
  readonly judging: Map<string, Judging>;
  readonly buckets: Map<string, Bucket>;
};
type Judging = { readonly bytes: Uint8Array; readonly verdict: Promise<ClaimVerdict> };

export const createAuthority = (options: AuthorityOptions): Authority => {
  const parts: Parts = { options, answered: new Map(), judging: new Map(), buckets: new Map() };
  return {
    hear: async (member, payload) => {
      if (!mayAsk(parts, member) || parts.judging.size >= judgingMax) return undefined;
      const claim = parseClaimAsk(payload);
      if (claim === undefined) return undefined;
      const { claimId } = claim.ask;
      return { claimId, verdict: await verdictOf(parts, `${member} ${claimId}`, claim) };
    },
  };
};

/** A member that was taken over must not hold up the doors here. */
const mayAsk = ({ buckets, options }: Parts, member: string): boolean => {
  const bucket = buckets.get(member) ?? createBucket({ burst: askBurst, everyMs: askEveryMs });
  buckets.set(member, bucket);
  return bucket.take(options.ports.clock.monoMs());
};

const verdictOf = async (parts: Parts, key: string, claim: Claim): Promise<ClaimVerdict> => {
  const { judging } = parts;
  const { bytes } = claim.pass;
  const running = judging.get(key);
  if (running !== undefined && equalBytes(running.bytes, bytes)) return running.verdict;
  const mine: Judging = { bytes, verdict: judge(parts, key, claim) };
  judging.set(key, mine);
  try {
    return await mine.verdict;
  } finally {
    if (judging.get(key) === mine) judging.delete(key);
  }
};

const judge = async (parts: Parts, key: string, claim: Claim): Promise<ClaimVerdict> => {
  const { marks, ports } = parts.options;
  const { credential } = claim.pass;
  const before = marks.of(credential);
  const at = { ...circumstances(parts, claim), mark: before, answered: parts.answered.get(key) };
  const { verdict, nextMark } = judgeClaim(claim, at, ports.primitives);
  if (nextMark === undefined) return remember(parts, key, claim, verdict);
  // Taken in memory before the disk knows of it, as at our own doors.
  marks.reserve(credential, nextMark);
  const appended = await write(parts, credential, nextMark);
  if (appended?.ok === true) return remember(parts, key, claim, 'granted');
  marks.release(credential, nextMark, before);
  // Not remembered: the disk may be well when the member asks again.
  if (appended === undefined) return 'unknown';
  // The journal held a higher mark than memory did: it is the truth.
  marks.learn(appended.held);
  const again = { ...at, mark: marks.of(credential) };
  return remember(parts, key, claim, judgeClaim(claim, again, ports.primitives).verdict);
};

const circumstances = (
  { options }: Parts,
  { pass }: Claim,
): Omit<ClaimCircumstances, 'mark' | 'answered'> => {
  const { keeper, ports } = options;
  const { revocations } = keeper;
  const roster = keeper.roster();
  const held = roster.credential(pass.credential);
  const status = (card: string) => {
    if (revocations.revoked(pass.credential)) return 'revoked';
    if (revocations.lapsed(pass.credential)) return 'lapsed';
    return revocations.frozen(card) ? 'frozen' : 'live';
  };
  return {
    // In untrusted time the fence stands anywhere, and nothing can be said for sure.
    campus: options.quality() === 'untrusted' ? undefined : roster.site()?.campus,
    key: held && { alg: held.alg, rawKey: held.rawKey, status: status(held.card) },
    fenceMs: options.fenceMs(),
    nowMs: ports.clock.nowMs(),
  };
};

const write = ({ options }: Parts, credential: string, mark: PassMark) =>
  options.ports.journal
    .append({ events: [], mark: journalMark(credential, mark) })
    .catch(() => undefined);

const remember = (
  { answered }: Parts,
  key: string,
  { pass }: Claim,
  verdict: ClaimVerdict,
): ClaimVerdict => {
  answered.delete(key);
  answered.set(key, { bytes: pass.bytes, verdict });
  if (answered.size > answeredMax) {
    const [oldest = ''] = answered.keys();
    answered.delete(oldest);
  }
  return verdict;
};
