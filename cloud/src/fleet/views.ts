import { conditionCodes, conditions } from '@gatehouse/protocols';
import type {
  ClaimReport,
  Condition,
  ConditionCode,
  ConditionView,
  DoorReport,
  DoorView,
  GatewayView,
  Held,
} from '@gatehouse/protocols';
import { revocationHead } from '../access/revocations.ts';
import { conditionsOfDoubts } from '../judgement/doubt-conditions.ts';
import type { Clock, Queryable } from '../ports.ts';

type Name = { readonly zh: string; readonly en: string };

/** All gateways (undefined), or these alone. */
type Which = readonly string[] | undefined;

/** What gateways report, as the screens show it. */
export type FleetViews = {
  /** `mayUnlock` is false: whoever shows a door to somebody sets it. */
  readonly doors: (db: Queryable, gateways?: readonly string[]) => Promise<readonly DoorView[]>;
  readonly gateways: (
    db: Queryable,
    gateways?: readonly string[],
  ) => Promise<readonly GatewayView[]>;
  readonly conditions: (
    db: Queryable,
    gateways?: readonly string[],
  ) => Promise<readonly ConditionView[]>;
};

export const createFleetViews = ({ nowMs }: Pick<Clock, 'nowMs'>): FleetViews => ({
  doors: doorViews,
  gateways: gatewayViews,
  conditions: (db, gateways) => conditionViews(db, nowMs(), gateways),
});

const filter = (gateways: Which, column: string): readonly [string, readonly unknown[]] =>
  gateways === undefined ? ['true', []] : [`${column} = any ($1)`, [gateways]];

const iso = (atMs: number): string => new Date(atMs).toISOString();

type DoorRow = {
  readonly id: string;
  readonly class: DoorView['class'];
  readonly name_zh: string;
  readonly name_en: string;
  readonly building: string;
  readonly building_zh: string;
  readonly building_en: string;
  readonly gateway: string;
  readonly online: boolean | null;
  readonly report_n: number | null;
  readonly report: DoorReport | null;
};

const unseen = { lock: 'unknown', contact: 'unknown', passage: 'unknown' } as const;

/**
 * The doors as last reported. Of a gateway that is silent, or a controller that does not answer,
 * the state is old and says so.
 */
const doorViews = async (db: Queryable, which: Which): Promise<readonly DoorView[]> => {
  const [where, values] = filter(which, 'd.gateway');
  const rows = await db.query<DoorRow>(
    `select d.id, d.class, d.name_zh, d.name_en, d.building, b.name_zh as building_zh,
       b.name_en as building_en, d.gateway, s.online, s.report_n,
       (select r from jsonb_array_elements(s.doors) r where r ->> 'door' = d.id limit 1) as report
     from door d join building b on b.id = d.building
     left join gateway_status s on s.gateway = d.gateway
     where ${where} order by b.sort, b.id, d.sort, d.id`,
    values,
  );
  return rows.map(({ report, online, report_n: reports, ...row }) => ({
    id: row.id,
    name: { zh: row.name_zh, en: row.name_en },
    class: row.class,
    building: row.building,
    buildingName: { zh: row.building_zh, en: row.building_en },
    gateway: row.gateway,
    lock: report?.lock ?? unseen.lock,
    contact: report?.contact ?? unseen.contact,
    passage: report?.passage ?? unseen.passage,
    // What an earlier session reported is old until this one has reported.
    fresh: online === true && (reports ?? 0) > 0 && report?.ready === true,
    since: report === null ? null : iso(report.since),
    mayUnlock: false,
  }));
};

type GatewayRow = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly building: string;
  readonly online: boolean | null;
  readonly version: string | null;
  readonly last_beat_at: Date | null;
  readonly held: Held | null;
  readonly waiting: number | null;
  readonly journal_fill: number | null;
  readonly clock_quality: GatewayView['clock'] | null;
  readonly newest_epoch: number | null;
  readonly newest: number | null;
  readonly doors: number;
  readonly claim_group: string | null;
  readonly authority: string | null;
  readonly authority_zh: string | null;
  readonly authority_en: string | null;
  readonly claim: ClaimReport | null;
  readonly people: number | null;
};

const gatewayViews = async (db: Queryable, which: Which): Promise<readonly GatewayView[]> => {
  const [where, values] = filter(which, 'g.id');
  const rows = await db.query<GatewayRow>(
    `select g.id, g.name_zh, g.name_en, g.building, s.online, s.version, s.last_beat_at, s.held,
       s.waiting, s.journal_fill, s.clock_quality, h.policy_epoch as newest_epoch,
       h.version as newest, (select count(*)::int4 from door d where d.gateway = g.id) as doors,
       c.id as claim_group, a.id as authority, a.name_zh as authority_zh,
       a.name_en as authority_en, s.claim,
       case when s.claim ->> 'authority' = 'silent' then (select count(*)::int4 from policy_row p
         where p.gateway = g.id and p.section = 'card') end as people
     from gateway g join building b on b.id = g.building
     left join claim_member m on m.gateway = g.id
     left join claim_group c on c.id = m."group"
     left join gateway a on a.id = c.authority
     left join gateway_status s on s.gateway = g.id
     left join policy_head h on h.gateway = g.id
     where ${where} order by b.sort, g.id`,
    values,
  );
  const last = await revocationHead(db);
  return rows.map((row) => ({
    id: row.id,
    name: { zh: row.name_zh, en: row.name_en },
    building: row.building,
    state: stateOf(row.online),
    version: row.version ?? '',
    lastBeatAt: row.last_beat_at?.toISOString() ?? null,
    // Versions of another policy epoch cannot be compared: such a box holds nothing of this one.
    policy: {
      held: row.held?.policyEpoch === row.newest_epoch ? (row.held?.policyVersion ?? 0) : 0,
      newest: row.newest ?? 0,
    },
    revocation: {
      held: row.held?.revocationEpoch === last.policyEpoch ? row.held.revocation : 0,
      newest: last.n,
    },
    waiting: row.waiting ?? 0,
    journalFill: row.journal_fill ?? 0,
    clock: row.clock_quality ?? 'unknown',
    doors: row.doors,
    ...claimOf(row),
  }));
};

const claimStates = {
  self: 'together',
  reachable: 'together',
  silent: 'alone',
} as const satisfies Readonly<Record<ClaimReport['authority'], string>>;

/** What a gateway said of another group, or before it fell silent, is not so now. */
const claimOf = (row: GatewayRow): Pick<GatewayView, 'claim'> => {
  const { claim_group: group, authority, online, claim } = row;
  if (group === null || authority === null) return {};
  const said = online === true && claim?.group === group ? claim : undefined;
  return {
    claim: {
      group,
      authority: {
        id: authority,
        name: { zh: row.authority_zh ?? authority, en: row.authority_en ?? authority },
      },
      isAuthority: authority === row.id,
      state: said === undefined ? 'unknown' : claimStates[said.authority],
      since: said === undefined ? null : iso(said.since),
      people: said === undefined ? null : row.people,
    },
  };
};

const stateOf = (online: boolean | null): GatewayView['state'] => {
  if (online === null) return 'never';
  return online ? 'online' : 'silent';
};

type ConditionRow = {
  readonly gateway: string;
  readonly online: boolean;
  readonly last_beat_at: Date;
  readonly conditions: readonly Condition[];
  readonly gateway_name: Name;
};

type Raised = Condition & { readonly gateway: string };

/** How long a hole or a batch that was set aside stands in the list of conditions. */
const troubleMs = 24 * 60 * 60 * 1000;

/**
 * What is wrong now: what gateways report, what the cloud sees of them (silence), and what it had
 * to do with their batches in the last day.
 */
const conditionViews = async (
  db: Queryable,
  nowMs: number,
  which: Which,
): Promise<readonly ConditionView[]> => {
  const [where, values] = filter(which, 's.gateway');
  const rows = await db.query<ConditionRow>(
    `select s.gateway, s.online, s.last_beat_at, s.conditions,
       jsonb_build_object('zh', g.name_zh, 'en', g.name_en) as gateway_name
     from gateway_status s join gateway g on g.id = s.gateway where ${where} order by s.gateway`,
    values,
  );
  const subjects = await readSubjects(db, which);
  const raised: readonly Raised[] = [
    ...rows.flatMap(conditionsOf),
    ...(await readTrouble(db, nowMs, which)),
    ...(await conditionsOfDoubts(db, which)),
  ];
  const gateways = new Map(rows.map((row) => [row.gateway, row.gateway_name]));
  return raised.map(({ gateway, code, subject, since, detail }) => {
    const known = subjects.get(subject);
    const own = subject === gateway ? gateways.get(gateway) : undefined;
    return {
      id: `${gateway}/${code}/${subject}`,
      code,
      severity: isKnown(code) ? conditions[code].severity : 'attention',
      gateway,
      subject,
      subjectName: own ?? known?.name ?? { zh: subject, en: subject },
      door: own === undefined ? (known?.door ?? null) : null,
      since: iso(since),
      detail,
    };
  });
};

const isKnown = (code: string): code is ConditionCode =>
  conditionCodes.some((known) => known === code);

const conditionsOf = (row: ConditionRow): readonly Raised[] => {
  const { gateway, online, last_beat_at: lastBeatAt } = row;
  const reported = row.conditions.map((condition) => ({ ...condition, gateway }));
  if (online) return reported;
  const since = lastBeatAt.getTime();
  return [{ gateway, code: 'gateway_silent', subject: gateway, since, detail: '' }, ...reported];
};

type TroubleRow = {
  readonly gateway: string;
  readonly code: ConditionCode;
  readonly since: Date;
  readonly detail: string;
};

const readTrouble = async (
  db: Queryable,
  nowMs: number,
  gateways: Which,
): Promise<readonly Raised[]> => {
  const rows = await db.query<TroubleRow>(
    `select * from (
       select gateway, 'batch_quarantined' as code, min(received_at) as since,
         string_agg(distinct fault, ', ') as detail
       from quarantined_batch where received_at > $1 group by gateway
       union all
       select gateway, 'events_lost', min(received_at), string_agg(distinct why, ', ')
       from gap where received_at > $1 and journal_class <> 'telemetry' group by gateway) t
     where $2::text[] is null or gateway = any ($2) order by gateway, code`,
    [new Date(nowMs - troubleMs), gateways ?? null],
  );
  return rows.map(({ gateway, code, since, detail }) => ({
    gateway,
    code,
    subject: gateway,
    since: since.getTime(),
    detail: detail.slice(0, 200),
  }));
};

type SubjectRow = {
  readonly id: string;
  readonly door: string | null;
  readonly name_zh: string;
  readonly name_en: string;
};
type Subject = { readonly name: Name; readonly door: string | null };

/** Doors and devices by their names, and where they stand. */
const readSubjects = async (db: Queryable, which: Which): Promise<ReadonlyMap<string, Subject>> => {
  const [where, values] = filter(which, 'd.gateway');
  const doors = await db.query<SubjectRow>(
    `select d.id, d.id as door, d.name_zh, d.name_en from door d where ${where}`,
    values,
  );
  const devices = await db.query<SubjectRow>(
    `select d.id, d.door, d.name_zh, d.name_en from device d where ${where}`,
    values,
  );
  return new Map(
    [...devices, ...doors].map(({ id, door, name_zh: zh, name_en: en }): [string, Subject] => [
      id,
      { name: { zh, en }, door },
    ]),
  );
};
