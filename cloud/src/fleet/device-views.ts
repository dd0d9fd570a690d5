import type { DevicePageView, DeviceReport, DeviceValue, DeviceView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { commandViews } from './command-rows.ts';
import type { Profiles } from './profiles.ts';

type Name = { readonly zh: string; readonly en: string };

type DeviceRow = {
  readonly id: string;
  readonly name: Name;
  readonly profile: string;
  readonly gateway: string;
  readonly gateway_name: Name;
  readonly building_name: Name;
  readonly door: { readonly id: string; readonly name: Name } | null;
  readonly side: DeviceView['side'];
  readonly online: boolean | null;
  readonly report_n: number | null;
  readonly report: DeviceReport | null;
};

const nameOf = (table: string): string =>
  `jsonb_build_object('zh', ${table}.name_zh, 'en', ${table}.name_en)`;

/**
 * Reports are joined once: a gateway has hundreds of devices, and each would be looked for.
 * @param where of `v`, the device, and of `t`, the status of its gateway
 */
const selectDevices = (where: { readonly v: string; readonly t: string }): string => `
  select v.id, ${nameOf('v')} as name, v.profile, v.gateway, ${nameOf('g')} as gateway_name,
    ${nameOf('b')} as building_name, v.side, s.online, s.report_n, r.report,
    case when d.id is null then null
      else jsonb_build_object('id', d.id, 'name', ${nameOf('d')}) end as door
  from device v
  join gateway g on g.id = v.gateway
  left join door d on d.id = v.door
  join building b on b.id = coalesce(d.building, v.building)
  left join gateway_status s on s.gateway = v.gateway
  left join (
    select distinct on (t.gateway, one ->> 'device')
      t.gateway, one ->> 'device' as device, one as report
    from gateway_status t, jsonb_array_elements(t.devices) one where ${where.t}
  ) r on r.gateway = v.gateway and r.device = v.id
  where ${where.v}
  order by b.sort, b.id, d.sort nulls last, v.id`;

const versionOf = (report: DeviceReport | null): string | null =>
  report?.profile?.split('@')[1] ?? null;

const viewOf =
  (profiles: Profiles) =>
  ({ report, online, report_n: reports, ...row }: DeviceRow): DeviceView => {
    const profile = profiles.get(row.profile);
    return {
      id: row.id,
      name: row.name,
      profile: row.profile,
      profileVersion: versionOf(report),
      profileTitle: profile?.title ?? { zh: row.profile, en: row.profile },
      family: profile?.family ?? '',
      gateway: row.gateway,
      gatewayName: row.gateway_name,
      buildingName: row.building_name,
      door: row.door,
      side: row.side,
      state: report?.state ?? 'unknown',
      // What an earlier session reported is old until this one has reported.
      fresh: online === true && (reports ?? 0) > 0,
      since: report === null ? null : new Date(report.since).toISOString(),
      values: report?.values ?? {},
    };
  };

/** The devices as last reported: of all gateways (undefined), or of these alone. */
export const deviceViews = async (
  db: Queryable,
  profiles: Profiles,
  gateways?: readonly string[],
): Promise<readonly DeviceView[]> => {
  const rows = await db.query<DeviceRow>(
    selectDevices({
      v: '$1::text[] is null or v.gateway = any ($1)',
      t: '$1::text[] is null or t.gateway = any ($1)',
    }),
    [gateways ?? null],
  );
  return withReadings(db, profiles, rows.map(viewOf(profiles)));
};

export const deviceView = async (
  db: Queryable,
  profiles: Profiles,
  device: string,
): Promise<DeviceView | undefined> => {
  const rows = await db.query<DeviceRow>(
    selectDevices({
      v: 'v.id = $1',
      t: 't.gateway = (select gateway from device where id = $1)',
    }),
    [device],
  );
  return (await withReadings(db, profiles, rows.map(viewOf(profiles))))[0];
};

/** Of each device: in so many rows its newest reading is looked for. */
const readingRowsMax = 20;

/** With the newest of what each measures; only profiles with telemetry are looked for. */
const withReadings = async (
  db: Queryable,
  profiles: Profiles,
  views: readonly DeviceView[],
): Promise<readonly DeviceView[]> => {
  const measuring = views.filter(
    ({ profile }) => profiles.get(profile)?.model.telemetry !== undefined,
  );
  if (measuring.length === 0) return views;
  const rows = await db.query<{ device: string; name: string; value: DeviceValue }>(
    `select distinct on (d.id, m.key) d.id as device, m.key as name, m.value
     from unnest($1::text[]) d (id)
     cross join lateral (select at, data from event
       where device = d.id and kind = 'device.measured' order by at desc limit $2) e
     cross join lateral jsonb_each(case jsonb_typeof(e.data -> 'values')
       when 'object' then e.data -> 'values' else '{}' end) m
     where jsonb_typeof(m.value) in ('number', 'null')
     order by d.id, m.key, e.at desc`,
    [measuring.map(({ id }) => id), readingRowsMax],
  );
  const readings = Map.groupBy(rows, ({ device }) => device);
  return views.map((view) => {
    const mine = readings.get(view.id);
    if (mine === undefined) return view;
    const told = mine.map(({ name, value }) => [name, value] as const);
    return { ...view, readings: Object.fromEntries(told) };
  });
};

/** Rows in which the newest reading of each value is looked for. */
const latestRowsMax = 200;

type LatestRow = { readonly name: string; readonly value: DeviceValue; readonly at: Date };

/** The newest reading of each of these values. */
export const latestReadings = async (
  db: Queryable,
  device: string,
  names: readonly string[],
): Promise<DevicePageView['latest']> => {
  const rows = await db.query<LatestRow>(
    `select distinct on (m.key) m.key as name, m.value, e.at from (
       select at, data from event where device = $1 and kind = 'device.measured'
       order by at desc limit $3) e
     cross join lateral jsonb_each(case jsonb_typeof(e.data -> 'values')
       when 'object' then e.data -> 'values' else '{}' end) m
     where m.key = any ($2::text[]) and jsonb_typeof(m.value) in ('number', 'null')
     order by m.key, e.at desc`,
    [device, names, latestRowsMax],
  );
  return rows.map(({ name, value, at }) => ({ name, value, at: at.toISOString() }));
};

const commandsShown = 20;

/** Newest first. */
export const commandsOfDevice = async (
  db: Queryable,
  device: string,
): Promise<DevicePageView['commands']> => {
  const rows = await db.query<{ id: string }>(
    'select id from command where device = $1 order by created_at desc, id desc limit $2',
    [device, commandsShown],
  );
  const views = await commandViews(
    db,
    rows.map(({ id }) => id),
  );
  return views.toReversed();
};
