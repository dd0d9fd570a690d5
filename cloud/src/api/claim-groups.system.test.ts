import type { ClaimGroupsView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { readFeed } from '../feed/feed.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const base = '/api/console/claim-groups';
const gates = {
  ...{ authority: 'gw-library', host: '10.20.0.7', port: 18_830 },
  members: ['gw-lab', 'gw-library'],
};

const signIn = async (api: TestApi) => {
  const { ask } = await api.signIn('Liu Yang');
  const view = async (): Promise<ClaimGroupsView> =>
    (await ask('GET', base)).body as ClaimGroupsView;
  return { ask, view };
};

const membersOf = async ({ database }: TestApi): Promise<readonly string[]> =>
  (await database.query<{ gateway: string }>('select gateway from claim_member order by 1')).map(
    ({ gateway }) => gateway,
  );

describe('claim groups', () => {
  it('are made, changed and ended, with audit rows and a word to the policies', async () => {
    const api = await openApi();
    const { ask, view } = await signIn(api);
    const before = await view();
    expect(before.groups).toEqual([]);
    expect(before.gateways.map(({ id }) => id)).toContain('gw-library');
    const made = await ask('POST', `${base}/gates`, gates);
    expect(made.status).toBe(200);
    expect((await view()).groups).toEqual([{ ...gates, id: 'gates', site: 'east-lake' }]);
    const fewer = { ...gates, authority: 'gw-lab', members: ['gw-lab', 'gw-north'] };
    expect((await ask('POST', `${base}/gates`, fewer)).status).toBe(200);
    expect(await membersOf(api)).toEqual(['gw-lab', 'gw-north']);
    expect((await ask('DELETE', `${base}/gates`)).status).toBe(200);
    expect(await membersOf(api)).toEqual([]);
    expect((await ask('DELETE', `${base}/gates`)).status).toBe(404);
    const rows = (await readAudit(api.database, 1, 100)).filter(
      ({ subject }) => subject === 'gates',
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'claim_group.change',
      'claim_group.change',
      'claim_group.end',
    ]);
    expect(rows[1]?.detail).toMatchObject({ before: { authority: 'gw-library' }, after: fewer });
    const told = (await readFeed(api.database, 0, 500)).flatMap(({ what }) =>
      what.kind === 'domain' && what.name === 'claim.changed' ? [what.subject] : [],
    );
    expect(told).toEqual(['gates', 'gates', 'gates']);
  });

  it.each([
    ['whose authority is elsewhere', { ...gates, authority: 'gw-north' }, 400],
    ['of one gateway', { ...gates, members: ['gw-library'] }, 400],
    ['with a member twice', { ...gates, members: ['gw-library', 'gw-library'] }, 400],
    ['of a gateway that is not there', { ...gates, members: ['gw-library', 'moon-gw'] }, 404],
    ['at no host', { ...gates, host: 'http://10.0.0.7/' }, 400],
    ['at a host with a quote', { ...gates, host: `10.0.0.7'; drop table use; --` }, 400],
    ['at no port', { ...gates, port: 0 }, 400],
  ])('%s are refused and leave nothing', async (_, body, status) => {
    const api = await openApi();
    const { ask, view } = await signIn(api);
    expect((await ask('POST', `${base}/gates`, body)).status).toBe(status);
    expect((await view()).groups).toEqual([]);
  });

  it('never share a gateway, also where two are made at once', async () => {
    const api = await openApi();
    const { ask } = await signIn(api);
    const both = await Promise.all(['one', 'two'].map((id) => ask('POST', `${base}/${id}`, gates)));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({
      error: { code: 'CL_GATEWAY_GROUPED' },
    });
    expect(await membersOf(api)).toEqual(gates.members);
  });
});
