import Type from 'typebox';
import Value from 'typebox/value';
import { fromBase64Url } from '../bytes.ts';
import { Id, isGatewayId, isId, Uuid } from '../ids.ts';
import { parsePassBytes } from '../pass/pass.ts';
import type { Pass } from '../pass/pass.ts';
import { parseJson } from '../link/batch.ts';

/**
 * How the gateways of a claim group ask their authority whether a pass was used already. MQTT
 * between them, QoS 0, nothing retained; the authority is the broker and judges in its own process.
 */
const root = 'gh/v1/claim';

export const claimAskTopic = (group: string, member: string): string =>
  `${root}/${group}/ask/${member}`;
export const claimAnswerTopic = (group: string, member: string): string =>
  `${root}/${group}/answer/${member}`;

/** The member whose ask a topic of this group carries, or undefined. */
export const claimAskMember = (group: string, topic: string): string | undefined => {
  const before = claimAskTopic(group, '');
  const member = topic.startsWith(before) ? topic.slice(before.length) : '';
  return isGatewayId(member) ? member : undefined;
};

/** The one rule of the authority's broker: a member writes its own ask, reads its own answer. */
export const mayUseClaimTopic = (
  { group, member }: { readonly group: string; readonly member: string },
  action: 'publish' | 'subscribe',
  topic: string,
): boolean =>
  isId(group) &&
  isGatewayId(member) &&
  topic === (action === 'publish' ? claimAskTopic : claimAnswerTopic)(group, member);

/** The member waits so long for an answer; then it decides alone, and says so. */
export const claimWaitMs = 80;

/**
 * `ask`. The audience is what the member verified the pass for; the authority verifies it again,
 * whatever it was made for: all uses of a phone key move the same mark.
 */
export const ClaimAsk = Type.Object({
  /** Made for this one use; stands in the decision too. */
  claimId: Uuid,
  /** All 81 bytes, base64url. */
  pass: Type.String({ pattern: '^[A-Za-z0-9_-]{108}$' }),
  audience: Type.String({ minLength: 1, maxLength: 130 }),
  /** `cloud` where the pass is used at no door. */
  door: Id,
});
export type ClaimAsk = Type.Static<typeof ClaimAsk>;

/**
 * `granted`: it is this member's use, and committed. `fenced`: dated before the authority can know
 * what was used. `unknown`: no such phone key there, or it could not write. `refused`: the ask is
 * none that can be judged. After the last two the member decides alone.
 */
export const claimVerdicts = [
  'granted',
  'used',
  'cloned',
  'fenced',
  'frozen',
  'revoked',
  'lapsed',
  'unknown',
  'refused',
] as const;
export type ClaimVerdict = (typeof claimVerdicts)[number];

/** `answer`: a word about this one pass and no counter, so that it can lock nobody out. */
export const ClaimAnswer = Type.Object({
  claimId: Uuid,
  verdict: Type.Enum([...claimVerdicts]),
});
export type ClaimAnswer = Type.Static<typeof ClaimAnswer>;

/** More than the longest ask or answer has. */
export const claimBytesMax = 512;

const read = <T extends Type.TSchema>(
  schema: T,
  payload: Uint8Array,
): Type.Static<T> | undefined => {
  // The length first: whoever is on the line may send anything.
  if (payload.length > claimBytesMax) return undefined;
  const body = parseJson(new TextDecoder().decode(payload));
  return Value.Check(schema, body) ? body : undefined;
};

export type Claim = { readonly ask: ClaimAsk; readonly pass: Pass };

/** Undefined where the bytes are no ask with a pass of ours in it; nothing is verified. */
export const parseClaimAsk = (payload: Uint8Array): Claim | undefined => {
  const ask = read(ClaimAsk, payload);
  const bytes = ask && fromBase64Url(ask.pass);
  if (ask === undefined || bytes === undefined) return undefined;
  const parsed = parsePassBytes(bytes);
  return parsed.ok ? { ask, pass: parsed.pass } : undefined;
};

export const parseClaimAnswer = (payload: Uint8Array): ClaimAnswer | undefined =>
  read(ClaimAnswer, payload);

/** What a gateway tells the cloud of its claim group: who decides alone belongs to an island. */
export const claimAuthorityStates = ['self', 'reachable', 'silent'] as const;
