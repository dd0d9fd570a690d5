import { patientDoorClasses, scheduleRuns, wallClock } from '@gatehouse/protocols';
import type { DoorClass, MeView, PersonView, PolicyRowOf } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import type { Browser } from './enrol.ts';
import { ownCard } from './own-card.ts';
import type { OwnCard } from './own-card.ts';
import { changesLeft } from './phone-changes.ts';

type CredentialColumns = {
  readonly id: string;
  readonly alg: string;
  readonly enrolled_at: Date;
  readonly browser: string | null;
  readonly waits_until: Date | null;
  readonly seen_at: Date;
  readonly lapses_at: Date | null;
};

const liveCredential = async (
  db: Queryable,
  card: string,
): Promise<CredentialColumns | undefined> =>
  (
    await db.query<CredentialColumns>(
      `select id, alg, enrolled_at, browser, waits_until, lapses_at,
         coalesce(seen_at, enrolled_at) as seen_at from credential
       where card = $1::uuid and revoked_at is null`,
      [card],
    )
  )[0];

type GatewayName = MeView['spread']['missing'][number];
const missingMax = 50;

/**
 * Of the gateways where this card has a right: those whose reported state has its newest revocation
 * and, where a phone is enrolled, a policy that is not behind and holds that key.
 */
const spreadOf = async (
  db: Queryable,
  card: string,
  credential: string | null,
): Promise<MeView['spread']> => {
  const [row] = await db.query<{ of: number; missing: readonly GatewayName[] }>(
    `with last_revocation as (
       select v.policy_epoch, v.n from revocation v
       where v.what ->> 'card' = $1
         or v.what ->> 'credential' in (select c.id from credential c where c.card = $1::uuid)
       order by v.policy_epoch desc, v.n desc limit 1),
     concerned as (
       select distinct d.gateway
       from member m join rule r on r."group" = m."group" join door d on d.id = r.door
       where m.card = $1::uuid),
     judged as (
       select c.gateway, s.gateway is not null
         and coalesce((select ((s.held ->> 'revocationEpoch')::int8,
             (s.held ->> 'revocation')::int8)
           >= (v.policy_epoch, v.n) from last_revocation v), true)
         and ($2::text is null or coalesce(
           (s.held ->> 'policyEpoch')::int8 = h.policy_epoch
           and (s.held ->> 'policyVersion')::int8 >= h.version
           and exists (select from policy_row p where p.gateway = c.gateway
             and p.section = 'credential' and p.key = $2), false)) as has
       from concerned c
       left join gateway_status s on s.gateway = c.gateway
       left join policy_head h on h.gateway = c.gateway)
     select count(*)::int4 as of, coalesce(jsonb_agg(jsonb_build_object('id', g.id,
         'name', jsonb_build_object('zh', g.name_zh, 'en', g.name_en)) order by g.id)
       filter (where not j.has), '[]') as missing
     from judged j join gateway g on g.id = j.gateway`,
    [card, credential],
  );
  const { of, missing } = row ?? { of: 0, missing: [] };
  return { have: of - missing.length, of, missing: missing.slice(0, missingMax) };
};

type DoorColumns = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly building_zh: string;
  readonly building_en: string;
  readonly zone: string;
  readonly class: DoorClass;
  readonly schedules: readonly PolicyRowOf<'schedule'>['windows'][];
};

const selectDoors = `
  select d.id, d.class, d.name_zh, d.name_en, b.name_zh as building_zh,
    b.name_en as building_en, s.zone,
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

/** @param waits labs and stores do not open for the phone key yet */
const doorsOf = async (
  db: Queryable,
  card: OwnCard,
  { nowMs, waits }: { readonly nowMs: number; readonly waits: boolean },
): Promise<MeView['doors']> => {
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
      open: holds && runs && !(waits && patientDoorClasses.has(row.class)),
    };
  });
};

export type Viewer = {
  readonly person: PersonView;
  /** Of the browser that asks; undefined where it never enrolled anything. */
  readonly mark: Browser['mark'] | undefined;
};

const credentialView = (
  held: CredentialColumns | undefined,
  mark: string | undefined,
): MeView['credential'] => {
  if (held === undefined) return null;
  const { id, alg, enrolled_at: at, browser } = held;
  return { id, alg, enrolledAt: at.toISOString(), here: browser !== null && browser === mark };
};

const keepView = (held: CredentialColumns | undefined): NonNullable<MeView['keep']> | null =>
  held === undefined
    ? null
    : { seenAt: held.seen_at.toISOString(), lapsesAt: held.lapses_at?.toISOString() ?? null };

const timeView = (atMs: number | undefined): string | null =>
  atMs === undefined ? null : new Date(atMs).toISOString();

/**
 * What a person's phone shows of the card.
 * @throws CloudError CL_NOT_FOUND where the person has no card
 */
export const meView = async (
  db: Queryable,
  { person, mark }: Viewer,
  nowMs: number,
): Promise<MeView> => {
  const card = await ownCard(db, person.id);
  const credential = await liveCredential(db, card.id);
  const { left, nextAtMs } = await changesLeft(db, card.id, nowMs);
  const waitsUntilMs = credential?.waits_until?.getTime() ?? 0;
  const waits = nowMs < waitsUntilMs;
  return {
    person,
    card: {
      id: card.id,
      number: card.number,
      state: card.state,
      validTo: card.valid_to.toISOString(),
    },
    credential: credentialView(credential, mark?.(card.id)),
    keep: keepView(credential),
    changesLeft: left,
    nextChangeAt: timeView(nextAtMs),
    waitsUntil: timeView(waits ? waitsUntilMs : undefined),
    spread: await spreadOf(db, card.id, credential?.id ?? null),
    doors: await doorsOf(db, card, { nowMs, waits }),
  };
};
