import type { NoticeValues } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { readSettings } from '../settings/settings.ts';
import type { CardPorts } from './enrol.ts';
import { tell } from './notices.ts';

// A key that was not seen online for the school's number of days lapses, two days after its owner
// was told at the earliest: whoever was never told loses nothing, also after the cloud was away.

const dayMs = 24 * 60 * 60 * 1000;
export const firstNoticeBeforeMs = 2 * dayMs;
export const lastNoticeBeforeMs = dayMs;
/** Keys read at a time; each is then a transaction of its own. */
const chunkKeys = 500;

export type LapsePorts = Pick<CardPorts, 'database' | 'clock' | 'revoke' | 'appendAudit'>;

export type LapseCount = {
  readonly announced: number;
  readonly lapsed: number;
};

type KeyRow = {
  readonly id: string;
  readonly card: string;
  readonly person: string;
  readonly seen_at: Date;
  readonly lapses_at: Date | null;
  readonly lapse_told: number;
  readonly zone: string;
};

/** What is to be done about one key, at a moment. */
export type LapseStep =
  | { readonly do: 'nothing' }
  | { readonly do: 'tell'; readonly told: 1 | 2; readonly lapsesAtMs: number }
  | { readonly do: 'lapse' };

/**
 * @param key.seenAtMs when it was seen last, or enrolled
 * @param key.lapsesAtMs what its owner was told; undefined = nothing yet
 */
export const lapseStep = (
  key: {
    readonly seenAtMs: number;
    readonly lapsesAtMs: number | undefined;
    readonly told: number;
  },
  { days, nowMs }: { readonly days: number; readonly nowMs: number },
): LapseStep => {
  if (key.lapsesAtMs === undefined) {
    const dueMs = key.seenAtMs + days * dayMs;
    if (nowMs < dueMs - firstNoticeBeforeMs) return { do: 'nothing' };
    const lapsesAtMs = Math.max(dueMs, nowMs + firstNoticeBeforeMs);
    return { do: 'tell', told: 1, lapsesAtMs };
  }
  if (nowMs >= key.lapsesAtMs) return { do: 'lapse' };
  const isLast = key.told < 2 && nowMs >= key.lapsesAtMs - lastNoticeBeforeMs;
  return isLast ? { do: 'tell', told: 2, lapsesAtMs: key.lapsesAtMs } : { do: 'nothing' };
};

const selectKeys = `
  select k.id, k.card, c.person, coalesce(k.seen_at, k.enrolled_at) as seen_at,
    k.lapses_at, k.lapse_told, (select s.zone from site s order by s.id limit 1) as zone
  from credential k join card c on c.id = k.card
  where k.revoked_at is null`;

const localMinute = (atMs: number, zone: string): NoticeValues => {
  const parts = { day: 'numeric', month: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  const format = (language: string, month: 'numeric' | 'short'): string =>
    new Intl.DateTimeFormat(language, {
      ...parts,
      month,
      hourCycle: 'h23',
      timeZone: zone,
    }).format(atMs);
  return { before: { zh: format('zh-CN', 'numeric'), en: format('en-GB', 'short') } };
};

const stepOf = (row: KeyRow, at: { readonly days: number; readonly nowMs: number }): LapseStep =>
  lapseStep(
    {
      seenAtMs: row.seen_at.getTime(),
      lapsesAtMs: row.lapses_at?.getTime(),
      told: row.lapse_told,
    },
    at,
  );

/** Locks are taken in the order card, key, audit, revocation, feed. */
const lockKey = async (tx: Queryable, { id, card }: KeyRow): Promise<KeyRow | undefined> => {
  await tx.query('select id from card where id = $1::uuid for update', [card]);
  const [row] = await tx.query<KeyRow>(`${selectKeys} and k.id = $1 for update of k`, [id]);
  return row;
};

const announce = async (
  tx: Queryable,
  row: KeyRow,
  { told, lapsesAtMs, atMs }: { told: 1 | 2; lapsesAtMs: number; atMs: number },
): Promise<void> => {
  await tx.query('update credential set lapses_at = $2, lapse_told = $3 where id = $1', [
    row.id,
    new Date(lapsesAtMs),
    told,
  ]);
  const { id: subject, card, person } = row;
  const name = 'credential.lapse_announced';
  await appendFeed(tx, atMs, { kind: 'domain', name, subject, data: { card, person } });
  const data = localMinute(lapsesAtMs, row.zone);
  await tell(tx, { person, at: atMs, kind: 'key.lapses', data });
};

const end = async (tx: Queryable, ports: LapsePorts, row: KeyRow, atMs: number): Promise<void> => {
  const { id: subject, card, person } = row;
  await tx.query('update credential set revoked_at = $2, lapsed = true where id = $1', [
    subject,
    new Date(atMs),
  ]);
  const detail = { card, seenAt: row.seen_at.toISOString() };
  await ports.appendAudit(tx, {
    ...{ atMs, actor: 'lapse', action: 'credential.lapse', subject, detail },
  });
  await ports.revoke(tx, { kind: 'credential.revoked', credential: subject, why: 'lapsed' });
  const name = 'credential.revoked';
  await appendFeed(tx, atMs, { kind: 'domain', name, subject, data: { card, person } });
  await tell(tx, { person, at: atMs, kind: 'key.lapsed', data: {} });
};

/** What was announced and no longer holds: the school gives more days, or none lapse any more. */
export const takeBackNotices = async (
  db: Queryable,
  { days, nowMs }: { readonly days: number; readonly nowMs: number },
): Promise<void> => {
  const seenAfter = new Date(nowMs + firstNoticeBeforeMs - days * dayMs);
  await db.query(
    `update credential set lapses_at = null, lapse_told = 0
     where revoked_at is null and lapses_at is not null
       and ($1 or coalesce(seen_at, enrolled_at) > $2)`,
    [days === 0, seenAfter],
  );
};

/** Announces and ends what is due. Safe to run twice, and by two at once. */
export const lapseKeys = async (ports: LapsePorts): Promise<LapseCount> => {
  const { database, clock } = ports;
  const { revalidateDays: days } = await readSettings(database);
  const nowMs = clock.nowMs();
  await takeBackNotices(database, { days, nowMs });
  const count = { announced: 0, lapsed: 0 };
  if (days === 0) return count;
  const seenBefore = new Date(nowMs + firstNoticeBeforeMs - days * dayMs);
  let after = '';
  for (;;) {
    const rows = await database.query<KeyRow>(
      `${selectKeys} and coalesce(k.seen_at, k.enrolled_at) <= $1 and k.id > $2
       order by k.id limit $3`,
      [seenBefore, after, chunkKeys],
    );
    for (const row of rows) {
      if (stepOf(row, { days, nowMs }).do === 'nothing') continue;
      const done = await database.transaction((tx) => carryOut(tx, ports, row, { days, nowMs }));
      if (done === 'tell') count.announced += 1;
      if (done === 'lapse') count.lapsed += 1;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < chunkKeys) return count;
    after = last.id;
  }
};

/** Looks again under the lock: its phone may just have shown itself. */
const carryOut = async (
  tx: Queryable,
  ports: LapsePorts,
  found: KeyRow,
  at: { readonly days: number; readonly nowMs: number },
): Promise<LapseStep['do']> => {
  const row = await lockKey(tx, found);
  if (row === undefined) return 'nothing';
  const step = stepOf(row, at);
  if (step.do === 'tell') await announce(tx, row, { ...step, atMs: at.nowMs });
  if (step.do === 'lapse') await end(tx, ports, row, at.nowMs);
  return step.do;
};
