import { bulkBytesMax, bulkKeptMs, toHex, uuidv7 } from '@gatehouse/protocols';
import type { BulkState } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { CloudErrorCode } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { AppendAudit, Session } from '../identity/identity.ts';
import type { Clock, Database, Ports, Queryable } from '../ports.ts';
import { jsonbText, storableText } from '../storable.ts';
import { readBulkFile } from './bulk-file.ts';
import type { BulkFileFault } from './bulk-file.ts';
import { cutText } from './cut-text.ts';

export type BulkOrderPorts = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Ports['random'];
  readonly primitives: Pick<Ports['primitives'], 'sha256'>;
  readonly appendAudit: AppendAudit;
};

const fileErrors: Readonly<Record<BulkFileFault, CloudErrorCode>> = {
  no_text: 'CL_BULK_TEXT',
  empty: 'CL_BULK_EMPTY',
  headings: 'CL_BULK_HEADINGS',
  many_rows: 'CL_BULK_SIZE',
};
const fileNameCharsMax = 120;

/**
 * Takes a file in: its rows are judged afterwards, and nothing is changed.
 * @returns the id of the job
 * @throws CloudError CL_BULK_SIZE, CL_BULK_TEXT, CL_BULK_EMPTY, CL_BULK_HEADINGS
 */
export const takeFile = async (
  ports: BulkOrderPorts,
  { person }: Session,
  { bytes, name }: { readonly bytes: Uint8Array; readonly name: string },
): Promise<string> => {
  if (bytes.length > bulkBytesMax) throw new CloudError('CL_BULK_SIZE');
  const read = readBulkFile(bytes);
  if ('fault' in read) throw new CloudError(fileErrors[read.fault]);
  const { encoding, separator, headings, rows } = read.file;
  const atMs = ports.clock.nowMs();
  const id = uuidv7(atMs, ports.random(10));
  const sha256 = toHex(ports.primitives.sha256(bytes));
  const fileName = cutText(storableText(name), fileNameCharsMax);
  await ports.database.transaction(async (tx) => {
    await tx.query(
      `insert into bulk_job (id, made_by, made_at, file_name, bytes, sha256, encoding, separator,
         headings, rows, file, state)
       values ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'checking')`,
      [
        ...[id, person.id, new Date(atMs), fileName, bytes.length, sha256, encoding, separator],
        ...[jsonbText(headings), rows.length, Buffer.from(bytes)],
      ],
    );
    const detail = { file: fileName, sha256, rows: rows.length };
    const about = { action: 'bulk.upload', subject: id, detail };
    await ports.appendAudit(tx, { atMs, actor: person.id, ...about });
    await appendFeed(tx, atMs, { kind: 'domain', name: 'bulk.uploaded', subject: id, data: {} });
  });
  return id;
};

/** What one may tell a job to do, and what has to be so. */
type Order = {
  readonly from: readonly BulkState[];
  /** Of the row `j`; `$2` = now, `$3` = who. */
  readonly set: string;
  /** Besides the state. */
  readonly only?: string;
};

/** "bulk" in ASCII: orders come one after another, over all jobs. */
const ordersLock = 0x62756c6b;

/** The job that changed cards last, and less than a day ago. */
const isLast = `j.applied_at > $2::timestamptz - interval '${bulkKeptMs} milliseconds'
  and not exists (select from bulk_job o where (o.applied_at, o.id) > (j.applied_at, j.id)
    and o.state in ('applying', 'applied', 'stopped', 'failed', 'undoing'))`;

export const bulkOrders = {
  apply: {
    from: ['checked'],
    set: `state = 'applying', applied_by = $3::uuid, applied_at = $2::timestamptz`,
    only: `j.made_at > $2::timestamptz - interval '${bulkKeptMs} milliseconds'`,
  },
  stop: { from: ['applying'], set: 'stop_asked = true' },
  undo: {
    // A file that failed while it was taken back: once more.
    from: ['applied', 'stopped', 'failed'],
    set: `state = 'undoing', undone_by = $3::uuid, undone_at = $2::timestamptz`,
    only: isLast,
  },
  drop: { from: ['checking', 'checked'], set: `state = 'dropped', file = null, is_erased = true` },
} as const satisfies Readonly<Record<string, Order>>;
export type BulkOrder = keyof typeof bulkOrders;

/** For the view: whether `undo` would be taken now. `$2` = now. */
export const undoableNow = `(j.state in ('applied', 'stopped', 'failed') and ${isLast})`;

const countsOf = async (tx: Queryable, job: string): Promise<Readonly<Record<string, number>>> => {
  const rows = await tx.query<{ verdict: string; count: number }>(
    `select verdict, count(*)::int4 as count from bulk_row where job = $1::uuid
     group by verdict order by verdict`,
    [job],
  );
  return Object.fromEntries(rows.map(({ verdict, count }) => [verdict, count]));
};

/**
 * Tells a job what to do; who works on it hears of it by the feed.
 * @throws CloudError CL_NOT_FOUND, CL_BULK_STATE where it is too late or too early for that
 */
export const orderBulk = async (
  { database, clock, appendAudit }: BulkOrderPorts,
  { person }: Session,
  { job, order }: { readonly job: string; readonly order: BulkOrder },
): Promise<void> => {
  const { from, set, only = 'true' }: Order = bulkOrders[order];
  await database.transaction(async (tx) => {
    const atMs = clock.nowMs();
    // Two jobs that are ordered at once: the later sees the earlier, so only one is the last.
    await tx.query('select pg_advisory_xact_lock($1)', [ordersLock]);
    const [known] = await tx.query<{ sha256: string }>(
      'select sha256 from bulk_job where id = $1::uuid for update',
      [job],
    );
    if (known === undefined) throw new CloudError('CL_NOT_FOUND', 'bulk job');
    const [moved] = await tx.query(
      `update bulk_job j set ${set} where j.id = $1::uuid and j.state = any ($4)
         and $2::timestamptz is not null and $3::uuid is not null and ${only}
       returning j.id`,
      [job, new Date(atMs), person.id, from],
    );
    if (moved === undefined) throw new CloudError('CL_BULK_STATE', order);
    const detail = { ...(await countsOf(tx, job)), sha256: known.sha256 };
    if (order === 'drop') await tx.query('delete from bulk_row where job = $1::uuid', [job]);
    const about = { action: `bulk.${order}`, subject: job, detail };
    await appendAudit(tx, { atMs, actor: person.id, ...about });
    const name = `bulk.${order}_asked`;
    await appendFeed(tx, atMs, { kind: 'domain', name, subject: job, data: {} });
  });
};
