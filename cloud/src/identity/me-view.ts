import { scheduleRuns, wallClock } from '@gatehouse/protocols';
import type { MeView, PersonView, PolicyRowOf } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { ownCard } from './own-card.ts';
import type { OwnCard } from './own-card.ts';

type CredentialColumns = {
  readonly id: string;
  readonly alg: string;
  readonly enrolled_at: Date;
};

const liveCredential = async (
  db: Queryable,
  card: string,
): Promise<CredentialColumns | undefined> =>
  (
    await db.query<CredentialColumns>(
      'select id, alg, enrolled_at from credential where card = $1::uuid and revoked_at is null',
      [card],
    )
  )[0];

/**
 * Of the gateways where this card has a right: those whose reported state has its newest revocation
 * and, where a phone is enrolled, a policy that is not behind and holds that key.
 */
const spreadOf = async (
  db: Queryable,
  card: string,
  credential: string | null,
): Promise<MeView['spread']> => {
  const [row] = await db.query<{ have: number; of: number }>(
    `with last_revocation as (
       select v.policy_epoch, v.n from revocation v
       where v.what ->> 'card' = $1
         or v.what ->> 'credential' in (select c.id from credential c where c.card = $1::uuid)
       order by v.policy_epoch desc, v.n desc limit 1),
     concerned as (
       select distinct d.gateway
       from member m join rule r on r."group" = m."group" join door d on d.id = r.door
       where m.card = $1::uuid)
     select count(*)::int4 as of, count(*) filter (where
       coalesce((select ((s.held ->> 'revocationEpoch')::int8, (s.held ->> 'revocation')::int8)
         >= (v.policy_epoch, v.n) from last_revocation v), true)
       and ($2::text is null or (
         (s.held ->> 'policyEpoch')::int8 = h.policy_epoch
         and (s.held ->> 'policyVersion')::int8 >= h.version
         and exists (select from policy_row p where p.gateway = g.gateway
           and p.section = 'credential' and p.key = $2)))
       and s.gateway is not null)::int4 as have
     from concerned g
     left join gateway_status s on s.gateway = g.gateway
     left join policy_head h on h.gateway = g.gateway`,
    [card, credential],
  );
  return row ?? { have: 0, of: 0 };
};

type DoorColumns = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly building_zh: string;
  readonly building_en: string;
  readonly zone: string;
  readonly schedules: readonly PolicyRowOf<'schedule'>['windows'][];
};

const selectDoors = `
  select d.id, d.name_zh, d.name_en, b.name_zh as building_zh, b.name_en as building_en, s.zone,
    jsonb_agg(distinct h.windows) as schedules
  from member m
  join rule r on r."group" = m."group"
  join schedule h on h.id = r.schedule
  join door d on d.id = r.door
  join building b on b.id = d.building
  join site s on s.id = b.site
  where m.card = $1::uuid
  group by d.id, b.id, s.id
  order by b.sort, d.sort, d.id`;

const doorsOf = async (db: Queryable, card: OwnCard, nowMs: number): Promise<MeView['doors']> => {
  const rows = await db.query<DoorColumns>(selectDoors, [card.id]);
  const holds =
    card.state === 'active' &&
    card.valid_from.getTime() <= nowMs &&
    nowMs < card.valid_to.getTime();
  const zones = new Map(rows.map(({ zone }) => [zone, wallClock(zone)(nowMs)]));
  return rows.map((row) => {
    const wall = zones.get(row.zone);
    const runs = wall !== undefined && row.schedules.some((windows) => scheduleRuns(windows, wall));
    return {
      id: row.id,
      name: { zh: row.name_zh, en: row.name_en },
      buildingName: { zh: row.building_zh, en: row.building_en },
      open: holds && runs,
    };
  });
};

/**
 * What a person's phone shows of the card.
 * @throws CloudError CL_NOT_FOUND where the person has no card
 */
export const meView = async (db: Queryable, person: PersonView, nowMs: number): Promise<MeView> => {
  const card = await ownCard(db, person.id);
  const credential = await liveCredential(db, card.id);
  return {
    person,
    card: {
      id: card.id,
      number: card.number,
      state: card.state,
      validTo: card.valid_to.toISOString(),
    },
    credential:
      credential === undefined
        ? null
        : {
            id: credential.id,
            alg: credential.alg,
            enrolledAt: credential.enrolled_at.toISOString(),
          },
    spread: await spreadOf(db, card.id, credential?.id ?? null),
    doors: await doorsOf(db, card, nowMs),
  };
};
