import type {
  ClaimAnswer,
  ClaimReport,
  ClaimVerdict,
  ClockQuality,
  Decision,
  DenyReason,
} from '@gatehouse/protocols';
import type { Marks } from '../access/marks.ts';
import type { Conditions } from '../conditions.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { ClaimRow } from '../policy/roster.ts';
import type { Ports } from '../ports.ts';
import { createAuthority } from './authority.ts';
import type { Authority } from './authority.ts';
import { createMember } from './member.ts';
import type { Member, Use } from './member.ts';
import { createServing } from './serving.ts';
import type { Serving } from './serving.ts';

/** On whose word a pass counts as unused; goes into the decision. */
export type Claimed = Pick<Decision, 'basis' | 'claimId' | 'provisional'> & {
  /** The group says no: it was used there, or must not be used at all. */
  readonly denial?: DenyReason;
};

export type ClaimsOptions = {
  readonly ports: Pick<Ports, 'clock' | 'random' | 'claims' | 'journal' | 'primitives' | 'log'>;
  readonly gateway: string;
  readonly keeper: Pick<Keeper, 'roster' | 'revocations'>;
  readonly marks: Marks;
  readonly conditions: Conditions;
  readonly quality: () => ClockQuality;
  readonly fenceMs: () => number | undefined;
  /** What a report shows has changed. */
  readonly onChange: () => void;
};

/** The part that the policy gives a gateway in its claim group: none, member or authority. */
export type Claims = {
  /** To be asked when the pass is reserved here, before anything is written. Never rejects. */
  readonly claim: (use: Use) => Promise<Claimed>;
  /** Of a decision for which nobody needs to be asked. */
  readonly unasked: () => Claimed;
  /** A use in the cloud, for the authority to judge. */
  readonly onCloudAsk: (payload: Uint8Array) => Promise<ClaimAnswer | undefined>;
  readonly onPolicy: () => void;
  /** Empty where the gateway is in no group. */
  readonly report: () => { readonly claim?: ClaimReport };
  readonly stop: () => Promise<void>;
};

type Role = {
  readonly group: ClaimRow;
  readonly member: Member | undefined;
  readonly serving: Serving | undefined;
  report: ClaimReport;
};

type Parts = {
  readonly options: ClaimsOptions;
  readonly authority: Authority;
  role: Role | undefined;
  /** One role ends before the next begins: both may want the same port. */
  changing: Promise<void>;
};

/** The id under which the authority keeps what was used in the cloud. */
const cloudMember = 'cloud';

const denialOf: Readonly<Partial<Record<ClaimVerdict, DenyReason>>> = {
  used: 'used',
  cloned: 'cloned',
  fenced: 'show_next_code',
  frozen: 'frozen',
  revoked: 'revoked',
  lapsed: 'lapsed',
};

export const createClaims = (options: ClaimsOptions): Claims => {
  const parts: Parts = {
    options,
    authority: createAuthority(options),
    role: undefined,
    changing: Promise.resolve(),
  };
  const isAuthority = (): boolean => parts.role?.report.authority === 'self';
  const unasked = (): Claimed => ({ basis: isAuthority() ? 'group' : 'local' });
  return {
    unasked,
    claim: async (use) => {
      const member = parts.role?.member;
      return member === undefined ? unasked() : askOf(member, use);
    },
    onCloudAsk: async (payload) =>
      isAuthority() ? parts.authority.hear(cloudMember, payload) : undefined,
    onPolicy: () => onPolicy(parts),
    report: () => (parts.role === undefined ? {} : { claim: parts.role.report }),
    stop: async () => {
      change(parts, undefined);
      await parts.changing;
    },
  };
};

const askOf = async (member: Member, use: Use): Promise<Claimed> => {
  const { claimId, verdict } = await member.claim(use);
  if (verdict === 'granted') return { basis: 'group', claimId };
  const denial = verdict && denialOf[verdict];
  if (denial !== undefined) return { basis: 'group', claimId, denial };
  return { basis: 'island', claimId, provisional: true };
};

const onPolicy = (parts: Parts): void => {
  const group = parts.options.keeper.roster().claim();
  if (JSON.stringify(group) === JSON.stringify(parts.role?.group)) return;
  change(parts, group);
};

const change = (parts: Parts, group: ClaimRow | undefined): void => {
  const { role: before, options } = parts;
  const { conditions, gateway } = options;
  parts.role = undefined;
  const ended = async (): Promise<void> => {
    await before?.member?.stop();
    await before?.serving?.stop();
  };
  conditions.clear('claim_silent', gateway);
  parts.changing = parts.changing.then(ended);
  if (group !== undefined) begin(parts, group);
  options.onChange();
};

const begin = (parts: Parts, group: ClaimRow): void => {
  const { options, authority } = parts;
  const { ports, gateway, conditions } = options;
  const isSelf = group.authority === gateway;
  const report = (state: ClaimReport['authority']): ClaimReport => ({
    group: group.id,
    authority: state,
    since: ports.clock.nowMs(),
  });
  const onState = (isReachable: boolean): void => {
    if (parts.role !== role) return;
    if (isReachable) conditions.clear('claim_silent', gateway);
    else conditions.raise('claim_silent', gateway, group.authority);
    const state = isReachable ? 'reachable' : 'silent';
    if (isSelf || role.report.authority === state) return;
    role.report = report(state);
    options.onChange();
  };
  const after = parts.changing;
  const role: Role = {
    group,
    member: isSelf ? undefined : createMember({ ports, gateway, group, onState }),
    serving: isSelf ? createServing({ ports, group, authority, after, onState }) : undefined,
    report: report(isSelf ? 'self' : 'silent'),
  };
  parts.role = role;
};
