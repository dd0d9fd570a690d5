import { ClaimGroupBody, ClaimGroupsView, Id } from '@gatehouse/protocols';
import Type from 'typebox';
import { claimGroupsView, endClaimGroup, saveClaimGroup } from '../../fleet/claim-groups.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';

const base = '/api/console/claim-groups';
const GroupParams = Type.Object({ group: Id });
const config = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;

/** Which gateways ask which one whether a code was used. */
export const claimGroupRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.get(base, { schema: { response: answers(ClaimGroupsView) } }, async (request) => {
    await guard.allow(request, 'settings');
    return claimGroupsView(database);
  });
  api.post(
    `${base}/:group`,
    {
      schema: { params: GroupParams, body: ClaimGroupBody, response: answers(ClaimGroupsView) },
      config,
    },
    async (request) => {
      const { person } = await guard.allow(request, 'settings');
      const { group } = request.params;
      await saveClaimGroup(parts, request.body, { group, by: person.id, atMs: clock.nowMs() });
      return claimGroupsView(database);
    },
  );
  api.delete(
    `${base}/:group`,
    { schema: { params: GroupParams, response: answers(ClaimGroupsView) }, config },
    async (request) => {
      const { person } = await guard.allow(request, 'settings');
      const { group } = request.params;
      await endClaimGroup(parts, { group, by: person.id, atMs: clock.nowMs() });
      return claimGroupsView(database);
    },
  );
};
