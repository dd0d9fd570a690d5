import { claimHost, claimMembersMin, isId } from '@gatehouse/protocols';
import type { ClaimGroupBody, ClaimGroupsView, ClaimGroupView } from '@gatehouse/protocols';

/** What is in the fields: text, until it is saved. */
export type Draft = {
  readonly id: string;
  readonly authority: string;
  readonly host: string;
  readonly port: string;
  readonly members: readonly string[];
};

/** Of a group that is there, or of a new one. */
export const draftOf = (group: ClaimGroupView | null): Draft =>
  group === null
    ? { id: '', authority: '', host: '', port: '18830', members: [] }
    : { ...group, port: String(group.port) };

/** In or out; an authority that leaves is no authority any more. */
export const withMember = (draft: Draft, gateway: string, isIn: boolean): Draft => {
  const rest = draft.members.filter((id) => id !== gateway);
  const members = isIn ? [...rest, gateway].toSorted() : rest;
  const authority = members.includes(draft.authority) ? draft.authority : '';
  return { ...draft, members, authority };
};

export type DraftFault = 'id' | 'members' | 'authority' | 'host' | 'port';

/** The first field that is not as it must be; undefined where the draft can be saved. */
export const draftFault = (draft: Draft): DraftFault | undefined => {
  const port = Number(draft.port);
  const rules: readonly (readonly [DraftFault, boolean])[] = [
    ['id', isId(draft.id)],
    ['members', draft.members.length >= claimMembersMin],
    ['authority', draft.members.includes(draft.authority)],
    ['host', claimHost.test(draft.host.trim())],
    ['port', /^\d{1,5}$/.test(draft.port) && port >= 1 && port <= 65_535],
  ];
  return rules.find(([, holds]) => !holds)?.[0];
};

export const bodyOf = ({ authority, host, port, members }: Draft): ClaimGroupBody => ({
  authority,
  host: host.trim(),
  port: Number(port),
  members: [...members],
});

type Gateway = ClaimGroupsView['gateways'][number];

/** Those that may be in the group, of the site of its members; others, with why not. */
export const choicesFor = (
  { groups, gateways }: ClaimGroupsView,
  draft: Draft,
): readonly { readonly gateway: Gateway; readonly why: 'free' | 'grouped' | 'elsewhere' }[] => {
  const site = gateways.find(({ id }) => draft.members.includes(id))?.site;
  const taken = new Set(groups.flatMap(({ id, members }) => (id === draft.id ? [] : members)));
  return gateways.map((gateway) => {
    if (taken.has(gateway.id)) return { gateway, why: 'grouped' };
    return { gateway, why: site === undefined || gateway.site === site ? 'free' : 'elsewhere' };
  });
};
