import { canonicalJson, parseJson, toHex, utf8 } from '@gatehouse/protocols';
import type { Primitives } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { jsonbText, storableText } from '../storable.ts';

/** Who (a person's id, or a part of the service) did what (a verb) to what. */
export type AuditEntry = {
  readonly atMs: number;
  readonly actor: string;
  /** `noun.verb`, for example `door.unlock`. */
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

export type AuditRow = AuditEntry & {
  /** From 1, without holes. */
  readonly n: number;
  /** Hash of the row before; 64 zeros for the first. */
  readonly previous: string;
  /** Hex SHA-256 over the canonical JSON of all other fields. */
  readonly hash: string;
};

export const auditStart = '0'.repeat(64);

/** One chain, one writer at a time; "audi" in ASCII. */
const auditLock = 0x61756469;

type Sha256 = Primitives['sha256'];

const hashOf = (row: Omit<AuditRow, 'hash'>, sha256: Sha256): string => {
  const { n, atMs, actor, action, subject, detail, previous } = row;
  return toHex(sha256(utf8(canonicalJson({ n, atMs, actor, action, subject, detail, previous }))));
};

/** As the database will give it back: what is hashed is what is stored. */
const storable = (entry: AuditEntry): AuditEntry => ({
  atMs: entry.atMs,
  actor: storableText(entry.actor),
  action: storableText(entry.action),
  subject: storableText(entry.subject),
  // An object went in, so an object comes out.
  detail: parseJson(jsonbText(entry.detail)) as AuditEntry['detail'],
});

/**
 * Adds a row to the chain in the caller's transaction; the lock is held until that ends. Call it
 * before `appendFeed`: the lock of the feed is taken last.
 */
export const appendAudit = async (
  tx: Queryable,
  entry: AuditEntry,
  sha256: Sha256,
): Promise<AuditRow> => {
  // A statement of its own: the next one must look at the chain after the wait.
  await tx.query('select pg_advisory_xact_lock($1)', [auditLock]);
  const [last] = await tx.query<{ n: number; hash: string }>(
    'select n, hash from audit order by n desc limit 1',
  );
  const open = { ...storable(entry), n: (last?.n ?? 0) + 1, previous: last?.hash ?? auditStart };
  const row: AuditRow = { ...open, hash: hashOf(open, sha256) };
  await tx.query(
    `insert into audit (n, at, actor, action, subject, detail, previous, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      row.n,
      new Date(row.atMs),
      row.actor,
      row.action,
      row.subject,
      JSON.stringify(row.detail),
      row.previous,
      row.hash,
    ],
  );
  return row;
};

/** Rows from n upwards, in order. */
export const readAudit = async (
  db: Queryable,
  from: number,
  limit: number,
): Promise<readonly AuditRow[]> => {
  const rows = await db.query<Omit<AuditRow, 'atMs'> & { at: Date }>(
    `select n, at, actor, action, subject, detail, previous, hash from audit
     where n >= $1 order by n limit $2`,
    [from, limit],
  );
  return rows.map(({ at, ...row }) => ({ ...row, atMs: at.getTime() }));
};

export type ChainFault = {
  readonly n: number;
  readonly why: 'missing' | 'altered' | 'unlinked';
};

/**
 * Whether rows that follow each other are as they were written. The last hash of one stretch is the
 * `previous` of the next; rows cut off at the very end leave a chain that is whole, so keep the
 * last hash elsewhere too.
 */
export const verifyChain = (
  rows: readonly AuditRow[],
  sha256: Sha256,
  start: { readonly n: number; readonly hash: string } = { n: 0, hash: auditStart },
): ChainFault | undefined => {
  let { n, hash } = start;
  for (const row of rows) {
    if (row.n !== n + 1) return { n: n + 1, why: 'missing' };
    if (row.previous !== hash) return { n: row.n, why: 'unlinked' };
    if (hashOf(row, sha256) !== row.hash) return { n: row.n, why: 'altered' };
    ({ n, hash } = row);
  }
  return undefined;
};
