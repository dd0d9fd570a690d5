import { doorClasses, opensWithoutPhone } from '@gatehouse/protocols';
import type { CardSpreadView, SpreadState } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

type Row = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly online: boolean | null;
  readonly last_beat_at: Date | null;
  readonly has: boolean;
};

const classesWithoutPhone = doorClasses.filter((each) => opensWithoutPhone[each]);

/**
 * The gateways of the doors that a group of this card opens, and whether each holds the newest of
 * it: its last entry in the stream of revocations, its live phone key, its live UIDs and no others
 * (those only where one of the doors opens without a phone: others are not sent them).
 */
const selectSpread = `
  with last_revocation as (
    select v.policy_epoch, v.n from revocation v
    where v.what ->> 'card' = $1
      or v.what ->> 'credential' in (select c.id from credential c where c.card = $1::uuid)
    order by v.policy_epoch desc, v.n desc limit 1),
  concerned as (
    select d.gateway, bool_or(d.class = any ($2::text[])) as takes_uids
    from member m join rule r on r."group" = m."group" join door d on d.id = r.door
    where m.card = $1::uuid group by d.gateway),
  wanted as (
    select 'credential' as section, k.id as key, true as live from credential k
    where k.card = $1::uuid and k.revoked_at is null
    union all
    select 'uid', u.uid, bool_or(u.ended_at is null) from uid u
    where u.card = $1::uuid group by u.uid)
  select g.id, g.name_zh, g.name_en, s.online, s.last_beat_at,
    coalesce(s.gateway is not null
      and coalesce((select ((s.held ->> 'revocationEpoch')::int8, (s.held ->> 'revocation')::int8)
        >= (v.policy_epoch, v.n) from last_revocation v), true)
      and not exists (select from wanted w
        where (w.section = 'credential' or (o.takes_uids and s.sections ? 'uid'))
          and (((s.held ->> 'policyEpoch')::int8 = h.policy_epoch
              and (s.held ->> 'policyVersion')::int8 >= h.version) is not true
            or w.live <> exists (select from policy_row p where p.gateway = g.id
              and p.section = w.section and p.key = w.key and p.row ->> 'card' = $1))),
      false) as has
  from concerned o join gateway g on g.id = o.gateway
  left join gateway_status s on s.gateway = g.id
  left join policy_head h on h.gateway = g.id
  order by g.id`;

const stateOf = ({ has, online }: Row): SpreadState => {
  if (has) return 'has';
  if (online === null) return 'never';
  return online ? 'behind' : 'silent';
};

/** "N of M gateways have it", and of the others why not. */
export const cardSpread = async (db: Queryable, card: string): Promise<CardSpreadView> => {
  const rows = await db.query<Row>(selectSpread, [card, classesWithoutPhone]);
  const gateways = rows.map((row) => {
    const state = stateOf(row);
    return {
      id: row.id,
      name: { zh: row.name_zh, en: row.name_en },
      state,
      since: state === 'silent' ? (row.last_beat_at?.toISOString() ?? null) : null,
    };
  });
  const have = gateways.filter(({ state }) => state === 'has').length;
  return { have, of: gateways.length, gateways };
};
