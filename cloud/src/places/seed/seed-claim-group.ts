import { appendFeed } from '../../feed/feed.ts';
import type { Queryable } from '../../ports.ts';
import { demoBuildings, demoSite } from './places.table.ts';

export type ClaimAddress = { readonly host: string; readonly port: number };

/** The gateway at the gates that most people go through. */
const authority = demoBuildings[0]?.gateway ?? '';

const upsertGroup = `
  insert into claim_group (id, site, authority, host, port) values ($1, $2, $3, $4, $5)
  on conflict (id) do update set host = excluded.host, port = excluded.port
    where (claim_group.host, claim_group.port) <> (excluded.host, excluded.port)
  returning id`;

/**
 * The demo's one claim group: all gateways of the site. Its address may be another one at each
 * start; what else it holds stays as people left it.
 * @returns whether anything was written
 */
export const seedClaimGroup = async (
  tx: Queryable,
  { host, port }: ClaimAddress,
  { nowMs }: { readonly nowMs: number },
): Promise<boolean> => {
  const { id } = demoSite;
  const changed = await tx.query(upsertGroup, [id, id, authority, host, port]);
  const joined = await tx.query(
    `insert into claim_member (gateway, "group")
     select g.id, $1 from gateway g join building b on b.id = g.building and b.site = $1
     on conflict do nothing returning gateway`,
    [id],
  );
  if (changed.length + joined.length === 0) return false;
  const name = 'claim.changed';
  await appendFeed(tx, nowMs, { kind: 'domain', name, subject: id, data: { host, port } });
  return true;
};
