import { eventKinds } from '@gatehouse/protocols';
import type { ProfileHappeningView, ProfilePageView, ShadowReportView } from '@gatehouse/protocols';
import type Type from 'typebox';
import Value from 'typebox/value';
import type { Queryable, Row } from '../ports.ts';

type Told = Pick<ProfilePageView, 'shadows' | 'happenings'>;

const shadowsMax = 50;
const happeningsMax = 20;
/** Rows in which they are looked for, newest first. */
const rowsMax = 400;

type EventRow = Row & {
  readonly id: string;
  readonly kind: string;
  readonly at: Date;
  readonly gateway: string;
  readonly gateway_name: { readonly zh: string; readonly en: string };
  readonly device: string | null;
  readonly device_name: { readonly zh: string; readonly en: string } | null;
  readonly data: unknown;
};

/** What gateways told of the versions of a profile. What is no such event any more is left out. */
export const readHappenings = async (db: Queryable, profile: string): Promise<Told> => {
  const rows = await db.query<EventRow>(
    `select e.gateway || '.' || e.epoch || '.' || e.stream || '.' || e.seq as id, e.kind, e.at,
       e.gateway, e.device, e.data,
       jsonb_build_object('zh', g.name_zh, 'en', g.name_en) as gateway_name,
       case when v.id is null then null
         else jsonb_build_object('zh', v.name_zh, 'en', v.name_en) end as device_name
     from event e join gateway g on g.id = e.gateway left join device v on v.id = e.device
     where e.kind = any ($1) and e.data ->> 'profile' = $2
     order by e.at desc limit $3`,
    [
      ['profile.swapped', 'profile.shadowed', 'profile.refused', 'profile.rolled_back'],
      profile,
      rowsMax,
    ],
  );
  const shadows = new Map<string, ShadowReportView>();
  for (const row of rows) {
    const shadow = shadowOf(row);
    if (shadow !== undefined && !shadows.has(shadow.device)) shadows.set(shadow.device, shadow);
  }
  return {
    shadows: [...shadows.values()].slice(0, shadowsMax),
    happenings: rows.flatMap((row) => happeningOf(row) ?? []).slice(0, happeningsMax),
  };
};

const dataOf = <T extends Type.TSchema>(schema: T, data: unknown): Type.Static<T> | undefined =>
  Value.Check(schema, data) ? data : undefined;

const shadowOf = (row: EventRow): ShadowReportView | undefined => {
  if (row.kind !== 'profile.shadowed' || row.device === null) return undefined;
  const data = dataOf(eventKinds['profile.shadowed'].data, row.data);
  if (data === undefined) return undefined;
  const { from, to, frames, differing, differences } = data;
  return {
    device: row.device,
    deviceName: row.device_name ?? { zh: row.device, en: row.device },
    gateway: row.gateway,
    from,
    to,
    at: row.at.toISOString(),
    frames,
    differing,
    differences,
  };
};

/** One row a kind: what of it the page shows. */
const happeningData: Readonly<
  Record<
    string,
    (data: unknown) => Pick<ProfileHappeningView, 'from' | 'to' | 'tookMs' | 'why'> | undefined
  >
> = {
  'profile.swapped': (given) => {
    const data = dataOf(eventKinds['profile.swapped'].data, given);
    return data && { from: data.from, to: data.to, tookMs: data.tookMs, why: '' };
  },
  'profile.refused': (given) => {
    const data = dataOf(eventKinds['profile.refused'].data, given);
    return data && { from: null, to: data.to, tookMs: null, why: data.why };
  },
  'profile.rolled_back': (given) => {
    const data = dataOf(eventKinds['profile.rolled_back'].data, given);
    return data && { from: data.from, to: data.to, tookMs: null, why: data.why };
  },
};

const happeningOf = (row: EventRow): ProfileHappeningView | undefined => {
  const data = happeningData[row.kind]?.(row.data);
  if (data === undefined) return undefined;
  const { id: event, kind, at, gateway, gateway_name: gatewayName, device } = row;
  return { event, kind, at: at.toISOString(), gateway, gatewayName, device, ...data };
};
