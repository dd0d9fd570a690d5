import type { Text } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { compareVersions } from './semver.ts';

/** One version of a custom profile. */
export type VersionRow = {
  readonly id: string;
  readonly version: string;
  readonly text: string;
  readonly sha256: string;
  readonly author: { readonly id: string; readonly name: Text };
  readonly createdAt: Date;
  readonly publishedAt: Date | null;
  readonly publishedBy: { readonly id: string; readonly name: Text } | null;
  readonly note: string;
};

const who = (table: string): string =>
  `jsonb_build_object('id', ${table}.id, 'name',
     jsonb_build_object('zh', ${table}.name_zh, 'en', ${table}.name_en))`;

const select = `select v.id, v.version, v.text, v.sha256, v.created_at as "createdAt",
    v.published_at as "publishedAt", v.note, ${who('a')} as author,
    case when p.id is null then null else ${who('p')} end as "publishedBy"
  from profile_version v join person a on a.id = v.author
  left join person p on p.id = v.published_by`;

/** Newest first. */
export const versionsOf = async (db: Queryable, id: string): Promise<readonly VersionRow[]> => {
  const rows = await db.query<VersionRow>(`${select} where v.id = $1`, [id]);
  return rows.toSorted((a, b) => compareVersions(b.version, a.version));
};

/** Of all profiles, newest first. */
export const allVersions = async (db: Queryable): Promise<readonly VersionRow[]> => {
  const rows = await db.query<VersionRow>(select);
  return rows.toSorted((a, b) => compareVersions(b.version, a.version));
};

/** By id: the version that gateways run, and the one that they compare. */
export type Pointers = { readonly live?: string; readonly shadow?: string };

export const readPointers = async (db: Queryable): Promise<ReadonlyMap<string, Pointers>> => {
  const rows = await db.query<{ id: string; mode: 'live' | 'shadow'; version: string }>(
    'select id, mode, version from profile_live',
  );
  const all = new Map<string, Pointers>();
  for (const { id, mode, version } of rows) all.set(id, { ...all.get(id), [mode]: version });
  return all;
};

/**
 * One writer of a profile at a time, until the transaction ends. "prof" in ASCII; two keys, so that
 * writers of other profiles do not wait.
 */
export const lockProfile = async (tx: Queryable, id: string): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [0x70726f66, id]);
};

export type NewDraft = {
  readonly id: string;
  readonly version: string;
  readonly text: string;
  readonly sha256: string;
  readonly author: string;
  readonly atMs: number;
};

/** A draft is written again until it is published; the database refuses to change it afterwards. */
export const putDraft = async (tx: Queryable, draft: NewDraft): Promise<void> => {
  const { id, version, text, sha256, author, atMs } = draft;
  await tx.query(
    `insert into profile_version (id, version, text, sha256, author, created_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (id, version) do update set text = excluded.text, sha256 = excluded.sha256,
       author = excluded.author, created_at = excluded.created_at`,
    [id, version, text, sha256, author, new Date(atMs)],
  );
};

export type Publication = {
  readonly id: string;
  readonly version: string;
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
};

/** Publishes a draft; one that was published before stays as it is. */
export const markPublished = async (tx: Queryable, publication: Publication): Promise<void> => {
  const { id, version, by, note, atMs } = publication;
  await tx.query(
    `update profile_version set published_at = $3, published_by = $4, note = $5
     where id = $1 and version = $2 and published_at is null`,
    [id, version, new Date(atMs), by, note],
  );
};

type Pointing = {
  readonly id: string;
  readonly mode: 'live' | 'shadow';
  /** Undefined = none any more. */
  readonly version: string | undefined;
  readonly atMs: number;
};

export const point = async (tx: Queryable, pointing: Pointing): Promise<void> => {
  const { id, mode, version, atMs } = pointing;
  if (version === undefined) {
    await tx.query('delete from profile_live where id = $1 and mode = $2', [id, mode]);
    return;
  }
  await tx.query(
    `insert into profile_live (id, mode, version, since) values ($1, $2, $3, $4)
     on conflict (id, mode) do update set version = excluded.version, since = excluded.since`,
    [id, mode, version, new Date(atMs)],
  );
};
