import type { Beat, Birth, Held, Report } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';

/** What a message did to the row of its gateway. */
export type StatusChange =
  /** A screen shows something else now. */
  | 'changed'
  | 'same'
  /** Of a session that is over, or older than what is known. */
  | 'stale'
  /** No such gateway in the tables. */
  | 'unknown';

type Known = {
  readonly session: string;
  readonly online: boolean;
  readonly beat: number;
  readonly clock_quality: string;
  readonly held: Held;
  readonly waiting: number;
  readonly journal_fill: number;
  readonly report_n: number;
};

/** Locks the row, so that of two processes one acts after the other. */
const lockStatus = async (tx: Queryable, gateway: string): Promise<Known | undefined> => {
  const [row] = await tx.query<Known>(
    `select session, online, beat, clock_quality, held, waiting, journal_fill, report_n
     from gateway_status where gateway = $1 for update`,
    [gateway],
  );
  return row;
};

const exists = async (tx: Queryable, gateway: string): Promise<boolean> =>
  (await tx.query('select from gateway where id = $1', [gateway])).length > 0;

type Adopted = {
  readonly gateway: string;
  readonly session: string;
  readonly version: string;
  readonly clock: Birth['clock'];
  readonly held: Held;
  readonly nowMs: number;
};

/** Begins a session: beats and reports count from the start, what was last reported stays. */
const adopt = async (tx: Queryable, adopted: Adopted): Promise<void> => {
  const { gateway, session, version, clock, held, nowMs } = adopted;
  await tx.query(
    `insert into gateway_status (gateway, session, online, version, beat, last_beat_at,
       clock_quality, held, waiting, journal_fill, report_n, doors, devices, conditions)
     values ($1, $2, true, $3, 0, $4, $5, $6, 0, 0, 0, '[]', '[]', '[]')
     on conflict (gateway) do update set session = excluded.session, online = true,
       version = case when excluded.version = '' then gateway_status.version
         else excluded.version end,
       beat = 0, report_n = 0, last_beat_at = excluded.last_beat_at,
       clock_quality = excluded.clock_quality, held = excluded.held`,
    [gateway, session, version, new Date(nowMs), clock.q, JSON.stringify(held)],
  );
};

export const recordBirth = async (
  tx: Queryable,
  gateway: string,
  birth: Birth,
  nowMs: number,
): Promise<StatusChange> => {
  if (!(await exists(tx, gateway))) return 'unknown';
  const { session, version, clock, held, sections = [] } = birth;
  await adopt(tx, { gateway, session, version, clock, held, nowMs });
  await noteSections(tx, gateway, sections, nowMs);
  return 'changed';
};

/** What a gateway understands since its upgrade it is sent; what it no longer does goes. */
const noteSections = async (
  tx: Queryable,
  gateway: string,
  sections: readonly string[],
  nowMs: number,
): Promise<void> => {
  const known = JSON.stringify([...new Set(sections)].toSorted());
  const changed = await tx.query(
    `update gateway_status set sections = $2::jsonb
     where gateway = $1 and sections <> $2::jsonb returning gateway`,
    [gateway, known],
  );
  if (changed.length === 0) return;
  await appendFeed(tx, nowMs, {
    ...{ kind: 'domain', name: 'profile.understood', subject: gateway, data: {} },
  });
};

/** The newest birth or beat names the session: a cloud that missed the birth goes on with it. */
export const recordBeat = async (
  tx: Queryable,
  gateway: string,
  beat: Beat,
  nowMs: number,
): Promise<StatusChange> => {
  let known = await lockStatus(tx, gateway);
  const isNew = known?.session !== beat.session;
  if (isNew) {
    if (!(await exists(tx, gateway))) return 'unknown';
    const { session, clock, held } = beat;
    await adopt(tx, { gateway, session, version: '', clock, held, nowMs });
    known = undefined;
  }
  if (known !== undefined && beat.n <= known.beat) return 'stale';
  await tx.query(
    `update gateway_status set online = true, beat = $2, last_beat_at = $3, clock_quality = $4,
       held = $5, waiting = $6, journal_fill = $7 where gateway = $1`,
    [
      gateway,
      beat.n,
      new Date(nowMs),
      beat.clock.q,
      JSON.stringify(beat.held),
      beat.waiting,
      beat.journalFill,
    ],
  );
  return known !== undefined && looksSame(known, beat) ? 'same' : 'changed';
};

const percent = (fill: number): number => Math.round(fill * 100);

const looksSame = (known: Known, beat: Beat): boolean =>
  known.online &&
  known.clock_quality === beat.clock.q &&
  known.waiting === beat.waiting &&
  percent(known.journal_fill) === percent(beat.journalFill) &&
  heldFields.every((field) => known.held[field] === beat.held[field]);

const heldFields: readonly (keyof Held)[] = [
  'keysSerial',
  'policyEpoch',
  'policyVersion',
  'revocationEpoch',
  'revocation',
];

export const recordReport = async (
  tx: Queryable,
  gateway: string,
  { session, n, doors, devices, conditions, claim }: Report,
): Promise<StatusChange> => {
  const known = await lockStatus(tx, gateway);
  if (known?.session !== session || n <= known.report_n) return 'stale';
  await tx.query(
    `update gateway_status set report_n = $2, doors = $3, devices = $4, conditions = $5, claim = $6
     where gateway = $1`,
    [
      gateway,
      n,
      JSON.stringify(doors),
      JSON.stringify(devices),
      JSON.stringify(conditions),
      claim === undefined ? null : JSON.stringify(claim),
    ],
  );
  await welcome(tx, gateway, devices);
  return 'changed';
};

/**
 * A device that an installer has added to a gateway's file appears by itself, in the gateway's
 * building and under its id. An id that is another gateway's stays that gateway's.
 */
const welcome = async (
  tx: Queryable,
  gateway: string,
  devices: Report['devices'],
): Promise<void> => {
  const driven = devices.filter(({ profile }) => profile !== undefined);
  await tx.query(
    `insert into device (id, gateway, building, profile, name_zh, name_en)
     select r.device, g.id, g.building, split_part(r.profile, '@', 1), r.device, r.device
     from jsonb_to_recordset($2::jsonb) r (device text, profile text)
     join gateway g on g.id = $1
     where not exists (select from device d where d.id = r.device)
     on conflict (id) do nothing`,
    [gateway, JSON.stringify(driven)],
  );
};

export const recordDeath = async (
  tx: Queryable,
  gateway: string,
  session: string,
): Promise<StatusChange> => {
  const rows = await tx.query(
    `update gateway_status set online = false where gateway = $1 and session = $2 and online
     returning gateway`,
    [gateway, session],
  );
  return rows.length > 0 ? 'changed' : 'stale';
};

/**
 * Gateways that were online and are silent now.
 * @param heard were heard lately: while the database was away, their beats could not be written
 */
export const recordSilence = async (
  tx: Queryable,
  beforeMs: number,
  heard: readonly string[],
): Promise<readonly string[]> => {
  const rows = await tx.query<{ gateway: string }>(
    `update gateway_status set online = false
     where online and last_beat_at < $1 and gateway <> all ($2::text[]) returning gateway`,
    [new Date(beforeMs), heard],
  );
  return rows.map(({ gateway }) => gateway);
};
