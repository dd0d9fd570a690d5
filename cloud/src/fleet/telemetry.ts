import type { TelemetryView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';

/** Of one series: what a chart can show. */
export const pointsMax = 300;
export const telemetryDaysMax = 31;
const dayMs = 24 * 60 * 60 * 1_000;

export type TelemetryRange = { readonly fromMs: number; readonly toMs: number };

/**
 * ISO 8601 or left out: the last day.
 * @throws CloudError CL_BAD_REQUEST where that is no time, upside down or too long
 */
export const telemetryRange = (
  { from, to }: { readonly from?: string; readonly to?: string },
  nowMs: number,
): TelemetryRange => {
  const toMs = to === undefined ? nowMs : timeOf(to);
  const fromMs = from === undefined ? toMs - dayMs : timeOf(from);
  const isRange = fromMs < toMs && toMs - fromMs <= telemetryDaysMax * dayMs;
  if (!isRange) throw new CloudError('CL_BAD_REQUEST', 'from, to');
  return { fromMs, toMs };
};

/** A time with its zone: without one it would be the server's own. */
const isoTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,12}(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

const timeOf = (text: string): number => {
  const ms = isoTime.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) throw new CloudError('CL_BAD_REQUEST', 'time');
  return ms;
};

type PointRow = {
  readonly name: string;
  readonly start: Date;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
};

/**
 * Readings in at most `pointsMax` stretches of equal length, each with mean and extremes. `names`
 * is what the profile has: a gateway may send any other, and none of it is drawn.
 */
export const readTelemetry = async (
  db: Queryable,
  device: string,
  names: readonly string[],
  { fromMs, toMs }: TelemetryRange,
): Promise<TelemetryView> => {
  const stretchMs = Math.ceil((toMs - fromMs) / pointsMax);
  const rows = await db.query<PointRow>(
    `select m.key as name, date_bin($5::interval, e.at, $2::timestamptz) as start,
       avg(m.value::numeric)::float8 as mean, min(m.value::numeric)::float8 as low,
       max(m.value::numeric)::float8 as high
     from event e
     cross join lateral jsonb_each(case jsonb_typeof(e.data -> 'values')
       when 'object' then e.data -> 'values' else '{}' end) m
     where e.device = $1 and e.kind = 'device.measured' and e.at >= $2::timestamptz
       and e.at < $3::timestamptz and m.key = any ($4::text[])
       and jsonb_typeof(m.value) = 'number'
     group by 1, 2 order by 1, 2`,
    [device, new Date(fromMs), new Date(toMs), names, `${stretchMs} milliseconds`],
  );
  const points = ({ start, mean, low, high }: PointRow) => ({
    at: start.getTime() + Math.floor(stretchMs / 2),
    ...{ mean, low, high },
  });
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    series: names
      .map((name) => ({ name, points: rows.filter((row) => row.name === name).map(points) }))
      .filter((series) => series.points.length > 0),
  };
};
