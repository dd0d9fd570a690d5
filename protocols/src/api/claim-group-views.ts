import Type from 'typebox';
import { Id } from '../ids.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });

export const claimMembersMax = 500;
/** Without them there is nobody to ask. */
export const claimMembersMin = 2;

/** A host name (RFC 1123), an IPv4 or an IPv6 address, as members dial it. */
export const claimHost =
  /^(?=.{1,253}$)(?:[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;

/** `POST /api/console/claim-groups/:group`: makes the group, or changes it. */
export const ClaimGroupBody = Type.Object({
  /** The one gateway that is asked; one of the members. */
  authority: Id,
  host: Type.String({ pattern: claimHost.source }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  members: Type.Array(Id, { minItems: claimMembersMin, maxItems: claimMembersMax }),
});
export type ClaimGroupBody = Type.Static<typeof ClaimGroupBody>;

export const ClaimGroupView = Type.Object({
  id: Type.String(),
  site: Type.String(),
  authority: Type.String(),
  host: Type.String(),
  port: Type.Integer(),
  members: Type.Array(Type.String()),
});
export type ClaimGroupView = Type.Static<typeof ClaimGroupView>;

/** `GET /api/console/claim-groups` */
export const ClaimGroupsView = Type.Object({
  groups: Type.Array(ClaimGroupView),
  /** Every gateway that could be in one. */
  gateways: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Name,
      site: Type.String(),
      siteName: Name,
      /** Said in its last birth: an older one decides alone, whatever group it is in. */
      knowsClaims: Type.Boolean(),
    }),
  ),
});
export type ClaimGroupsView = Type.Static<typeof ClaimGroupsView>;
