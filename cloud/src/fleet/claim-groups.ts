import type { ClaimGroupBody, ClaimGroupsView, ClaimGroupView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { AppendAudit } from '../identity/identity.ts';
import type { Database, Queryable } from '../ports.ts';

/** What a change of a group is judged by; gateways by id. */
export type KnownGateways = ReadonlyMap<
  string,
  { readonly site: string; readonly group: string | null }
>;

type Fault = 'CL_BAD_REQUEST' | 'CL_NOT_FOUND' | 'CL_GATEWAY_GROUPED';

/** Why a group cannot be so; undefined where it can. */
export const claimGroupFault = (
  group: string,
  { authority, members }: Pick<ClaimGroupBody, 'authority' | 'members'>,
  known: KnownGateways,
): { readonly code: Fault; readonly detail: string } | undefined => {
  if (new Set(members).size !== members.length) {
    return { code: 'CL_BAD_REQUEST', detail: 'a member stands there twice' };
  }
  if (!members.includes(authority)) {
    return { code: 'CL_BAD_REQUEST', detail: 'the authority is no member' };
  }
  const unknown = members.find((member) => !known.has(member));
  if (unknown !== undefined) return { code: 'CL_NOT_FOUND', detail: unknown };
  // Beyond a site the network between them is no longer the school's own.
  if (new Set(members.map((member) => known.get(member)?.site)).size > 1) {
    return { code: 'CL_BAD_REQUEST', detail: 'members of more than one site' };
  }
  const taken = members.find((member) => ![null, group].includes(known.get(member)?.group ?? null));
  return taken === undefined ? undefined : { code: 'CL_GATEWAY_GROUPED', detail: taken };
};

type GatewayRow = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly site: string;
  readonly site_zh: string;
  readonly site_en: string;
  readonly knows: boolean;
  readonly group: string | null;
};

const selectGateways = (db: Queryable): Promise<readonly GatewayRow[]> =>
  db.query<GatewayRow>(
    `select g.id, g.name_zh, g.name_en, s.id as site, s.name_zh as site_zh, s.name_en as site_en,
       coalesce(t.sections ? 'claim', false) as knows, m."group"
     from gateway g
     join building b on b.id = g.building
     join site s on s.id = b.site
     left join gateway_status t on t.gateway = g.id
     left join claim_member m on m.gateway = g.id
     order by s.id, b.sort, g.id`,
  );

const selectGroups = (db: Queryable): Promise<readonly ClaimGroupView[]> =>
  db.query<ClaimGroupView>(
    `select c.id, c.site, c.authority, c.host, c.port,
       coalesce((select jsonb_agg(m.gateway order by m.gateway) from claim_member m
         where m."group" = c.id), '[]') as members
     from claim_group c order by c.site, c.id`,
  );

export const claimGroupsView = async (db: Queryable): Promise<ClaimGroupsView> => {
  const gateways = await selectGateways(db);
  return {
    groups: [...(await selectGroups(db))],
    gateways: gateways.map((row) => ({
      id: row.id,
      name: { zh: row.name_zh, en: row.name_en },
      site: row.site,
      siteName: { zh: row.site_zh, en: row.site_en },
      knowsClaims: row.knows,
    })),
  };
};

type Ports = { readonly database: Database; readonly appendAudit: AppendAudit };
type Change = { readonly group: string; readonly by: string; readonly atMs: number };

/** Audit and the word to the policies; both gateways that join and that leave are compiled anew. */
const tellChange = async (
  tx: Queryable,
  { appendAudit }: Ports,
  { group, by, atMs }: Change,
  what: { readonly action: string; readonly detail: Readonly<Record<string, unknown>> },
): Promise<void> => {
  await appendAudit(tx, { atMs, actor: by, subject: group, ...what });
  const name = 'claim.changed';
  await appendFeed(tx, atMs, { kind: 'domain', name, subject: group, data: {} });
};

const groupNamed = async (tx: Queryable, group: string): Promise<ClaimGroupView | undefined> =>
  (await selectGroups(tx)).find(({ id }) => id === group);

/**
 * Makes a claim group, or changes it. A use that the former authority knows and the new one does
 * not can be repeated once, until its code is too old.
 * @throws CloudError CL_BAD_REQUEST, CL_NOT_FOUND, CL_GATEWAY_GROUPED
 */
export const saveClaimGroup = async (
  ports: Ports,
  body: ClaimGroupBody,
  change: Change,
): Promise<void> => {
  const { authority, host, port, members } = body;
  const { group } = change;
  await ports.database.transaction(async (tx) => {
    // Two who save at once do it one after the other, and each sees what was before.
    await tx.query('lock table claim_group in share row exclusive mode');
    const gateways = await selectGateways(tx);
    const known = new Map(gateways.map((row) => [row.id, row]));
    const fault = claimGroupFault(group, body, known);
    if (fault !== undefined) throw new CloudError(fault.code, fault.detail);
    const before = await groupNamed(tx, group);
    const site = known.get(authority)?.site;
    await tx.query(
      `insert into claim_group (id, site, authority, host, port) values ($1, $2, $3, $4, $5)
       on conflict (id) do update set site = excluded.site, authority = excluded.authority,
         host = excluded.host, port = excluded.port`,
      [group, site, authority, host, port],
    );
    await tx.query(`delete from claim_member where "group" = $1 and gateway <> all ($2)`, [
      group,
      members,
    ]);
    await tx.query(
      `insert into claim_member (gateway, "group") select unnest($1::text[]), $2
       on conflict (gateway) do nothing`,
      [members, group],
    );
    const detail = { before: before ?? null, after: body };
    await tellChange(tx, ports, change, { action: 'claim_group.change', detail });
  });
};

/**
 * Its gateways decide each alone from then on.
 * @throws CloudError CL_NOT_FOUND
 */
export const endClaimGroup = async (ports: Ports, change: Change): Promise<void> => {
  const { group } = change;
  await ports.database.transaction(async (tx) => {
    await tx.query('lock table claim_group in share row exclusive mode');
    const before = await groupNamed(tx, group);
    if (before === undefined) throw new CloudError('CL_NOT_FOUND', group);
    await tx.query(`delete from claim_member where "group" = $1`, [group]);
    await tx.query('delete from claim_group where id = $1', [group]);
    await tellChange(tx, ports, change, { action: 'claim_group.end', detail: { before } });
  });
};
