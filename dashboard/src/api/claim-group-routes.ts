import type { ClaimGroupBody, ClaimGroupsView } from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

const base = '/api/console/claim-groups';

/** The routes of claim-group-views.ts. */
export const claimGroupRoutes = {
  view: () => request<ClaimGroupsView>('GET', base),
  save: (group: string, body: ClaimGroupBody) =>
    request<ClaimGroupsView>('POST', `${base}/${group}`, body),
  end: (group: string) => request<ClaimGroupsView>('DELETE', `${base}/${group}`),
} as const;
