import type pg from 'pg';

/** Whether TimescaleDB is in this database, and what its licence allows. */
export type TimescaleLevel = 'none' | 'apache' | 'community';

type Step = {
  readonly from: TimescaleLevel;
  /** Runs where this asks true, or always. */
  readonly unless?: string;
  readonly sql: string;
};

/**
 * In order, each harmless when it runs again. https://docs.tigerdata.com/api/latest/
 * Not numbered migrations: the extension may come later, or with the smaller licence.
 */
const steps: readonly Step[] = [
  {
    from: 'apache',
    sql: `select create_hypertable('event', by_range('at', interval '7 days'),
            create_default_indexes => false, if_not_exists => true, migrate_data => true)`,
  },
  {
    from: 'community',
    // Settings of chunks that are compressed already cannot be set again.
    unless: `select compression_enabled as done from timescaledb_information.hypertables
              where hypertable_schema = current_schema() and hypertable_name = 'event'`,
    sql: `alter table event set (timescaledb.compress,
            timescaledb.compress_segmentby = 'gateway, epoch, stream',
            timescaledb.compress_orderby = 'seq, at')`,
  },
  {
    from: 'community',
    sql: `select add_compression_policy('event', interval '30 days', if_not_exists => true)`,
  },
];

const order: readonly TimescaleLevel[] = ['none', 'apache', 'community'];

/**
 * @param installed whether the extension is in this database
 * @param licence setting `timescaledb.license`, or null where the library is not loaded
 */
export const timescaleLevel = (installed: boolean, licence: string | null): TimescaleLevel => {
  if (!installed) return 'none';
  return licence === 'timescale' ? 'community' : 'apache';
};

/** Which of the steps a level gets: its own and those of the levels below. */
export const timescaleSteps = (level: TimescaleLevel): readonly Step[] =>
  steps.filter(({ from }) => order.indexOf(from) <= order.indexOf(level));

/** Turns `event` into a hypertable where it can; a plain PostgreSQL stays as it is. */
export const ensureTimescale = async (client: pg.Client): Promise<TimescaleLevel> => {
  const { rows } = await client.query<{ installed: boolean; licence: string | null }>(
    `select exists (select from pg_extension where extname = 'timescaledb') as installed,
            current_setting('timescaledb.license', true) as licence`,
  );
  const level = timescaleLevel(rows[0]?.installed ?? false, rows[0]?.licence ?? null);
  for (const { unless, sql } of timescaleSteps(level)) {
    const done = unless === undefined ? [] : (await client.query<{ done: boolean }>(unless)).rows;
    if (done[0]?.done !== true) await client.query(sql);
  }
  return level;
};
