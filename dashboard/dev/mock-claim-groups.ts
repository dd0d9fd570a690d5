import { ClaimGroupBody } from '@gatehouse/protocols';
import type { ClaimGroupsView, ClaimGroupView, GatewayView } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { site } from './campus.table.ts';

export type MockClaimGroups = {
  readonly view: () => ClaimGroupsView;
  /** Undefined where the body is none. */
  readonly save: (group: string, body: unknown) => ClaimGroupsView | undefined;
  readonly end: (group: string) => ClaimGroupsView;
};

/** One group of all gateways but the dormitories', kept while the mock runs. */
export const createMockClaimGroups = (
  gateways: () => Iterable<Pick<GatewayView, 'id' | 'name'>>,
): MockClaimGroups => {
  const first: ClaimGroupView = {
    ...{ id: 'east', site: site.id, authority: 'gw-library', host: '10.20.0.7', port: 18_830 },
    members: [...gateways()].map(({ id }) => id).filter((id) => id !== 'gw-dorm'),
  };
  const groups = new Map([[first.id, first]]);
  const view = (): ClaimGroupsView => ({
    groups: [...groups.values()],
    gateways: [...gateways()].map(({ id, name }) => ({
      ...{ id, name, site: site.id, siteName: site.name },
      knowsClaims: id !== 'gw-dorm',
    })),
  });
  return {
    view,
    save: (group, body) => {
      if (!Value.Check(ClaimGroupBody, body)) return undefined;
      groups.set(group, { ...body, id: group, site: site.id });
      return view();
    },
    end: (group) => {
      groups.delete(group);
      return view();
    },
  };
};
