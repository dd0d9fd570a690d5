import { toHex, utf8 } from '@gatehouse/protocols';
import type { ProfileMode, PublishedView } from '@gatehouse/protocols';
import type { AuditEntry } from '../audit/audit.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Clock, Database, Ports, Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { diffOf, judgeText, refusal, refusalsOf } from './judgement.ts';
import type { Judged, Refusal, Standing } from './judgement.ts';
import type { ProfileLibrary } from './library.ts';
import { compareVersions, isHigher } from './semver.ts';
import {
  lockProfile,
  markPublished,
  point,
  putDraft,
  readPointers,
  versionsOf,
} from './version-rows.ts';
import type { VersionRow } from './version-rows.ts';

export type ChangePorts = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly primitives: Ports['primitives'];
  readonly library: ProfileLibrary;
  readonly appendAudit: (tx: Queryable, entry: AuditEntry) => Promise<unknown>;
};

/** What people do with custom profiles; each stands in the audit with who did it. */
export type ProfileChanges = {
  /** Checks a text and, where it is sound and `save`, keeps it as a draft. */
  readonly write: (
    session: Session,
    text: string,
    save: boolean,
  ) => Promise<
    Judged & {
      readonly refusals: readonly Refusal[];
      readonly saved: boolean;
      readonly diff?: ReturnType<typeof diffOf>;
    }
  >;
  /** @throws CloudError CL_NOT_FOUND */
  readonly publish: (session: Session, wish: PublishWish) => Promise<PublishedView>;
  /** The version before becomes live again; of the first one, the built-in. */
  readonly back: (session: Session, id: string) => Promise<PublishedView>;
  /** @throws CloudError CL_NOT_FOUND where none is compared */
  readonly endShadow: (session: Session, id: string) => Promise<void>;
};

export type PublishWish = {
  readonly id: string;
  readonly version: string;
  readonly mode: ProfileMode;
  readonly note: string;
};

export const createProfileChanges = (ports: ChangePorts): ProfileChanges => ({
  write: (session, text, save) => write(ports, { session, text, save }),
  publish: (session, wish) => publish(ports, session, wish),
  back: (session, id) => back(ports, session, id),
  endShadow: (session, id) => endShadow(ports, session, id),
});

const standingOf = async (
  db: Queryable,
  library: ProfileLibrary,
  id: string,
): Promise<Standing & { readonly versions: readonly VersionRow[] }> => {
  const versions = await versionsOf(db, id);
  const pointers = await readPointers(db);
  return {
    versions,
    builtIn: library.builtIn(id)?.profile.profile,
    live: pointers.get(id)?.live,
    running: library.profiles.get(id),
    isPublished: (version) =>
      versions.some((row) => row.version === version && row.publishedAt !== null),
  };
};

type Deed = {
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

const audit = async (
  { appendAudit, clock }: ChangePorts,
  tx: Queryable,
  { person, role }: Session,
  { action, subject, detail }: Deed,
): Promise<void> => {
  const entry = { atMs: clock.nowMs(), actor: person.id, action, subject };
  await appendAudit(tx, { ...entry, detail: { role, ...detail } });
};

const write = async (
  ports: ChangePorts,
  asked: { readonly session: Session; readonly text: string; readonly save: boolean },
): ReturnType<ProfileChanges['write']> => {
  const { database, clock, library, primitives } = ports;
  const text = storableText(asked.text);
  const judged = await judgeText(text, (id) => standingOf(database, library, id));
  if (!judged.ok) return { ...judged, refusals: [], saved: false };
  const { id, profile: version } = judged.profile;
  const sha256 = toHex(primitives.sha256(utf8(text)));
  const author = asked.session.person.id;
  const standing = await database.transaction(async (tx) => {
    await lockProfile(tx, id);
    const now = await standingOf(tx, library, id);
    // Published by somebody else meanwhile: what is live does not change under its number.
    if (!asked.save || now.isPublished(version)) return now;
    await putDraft(tx, { id, version, text, sha256, author, atMs: clock.nowMs() });
    const subject = `${id}@${version}`;
    await audit(ports, tx, asked.session, { action: 'profile.write', subject, detail: { sha256 } });
    // A draft that gateways compare already is compared anew.
    const isShadow = (await readPointers(tx)).get(id)?.shadow === version;
    if (isShadow) await tell(tx, clock.nowMs(), id, { version, mode: 'shadow' });
    return now;
  });
  const saved = asked.save && !standing.isPublished(version);
  const refusals = refusalsOf(judged.profile, standing);
  return { ...judged, refusals, saved, diff: diffOf(judged.profile, standing) };
};

const publish = async (
  ports: ChangePorts,
  session: Session,
  wish: PublishWish,
): Promise<PublishedView> => {
  const { database, clock, library } = ports;
  const { id, version, mode } = wish;
  const note = storableText(wish.note);
  const published = await database.transaction(async (tx): Promise<PublishedView> => {
    await lockProfile(tx, id);
    const standing = await standingOf(tx, library, id);
    const row = standing.versions.find((one) => one.version === version);
    if (row === undefined) throw new CloudError('CL_NOT_FOUND', `${id}@${version}`);
    const profile = library.read(row);
    const refusals =
      profile === undefined ? [refusal('not_readable')] : refusalsOf(profile, standing, mode);
    const subject = `${id}@${version}`;
    const detail = { mode, note, sha256: row.sha256 };
    if (refusals.length > 0) {
      const refused = refusals.map(({ code }) => code);
      await audit(ports, tx, session, {
        ...{ action: 'profile.publish', subject, detail: { ...detail, refused } },
      });
      return { published: false, live: standing.live ?? null, refusals: [...refusals] };
    }
    const atMs = clock.nowMs();
    if (mode === 'live') {
      await markPublished(tx, { id, version, by: session.person.id, note, atMs });
      await point(tx, { id, mode: 'shadow', version: undefined, atMs });
    }
    await point(tx, { id, mode, version, atMs });
    await audit(ports, tx, session, { action: 'profile.publish', subject, detail });
    await tell(tx, atMs, id, { version, mode });
    const live = mode === 'live' ? version : (standing.live ?? null);
    return { published: true, live, refusals: [] };
  });
  await library.refresh();
  return published;
};

/** Policies follow within a second: see policy/reach.ts. */
const tell = async (
  tx: Queryable,
  atMs: number,
  id: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> => {
  await appendFeed(tx, atMs, {
    ...{ kind: 'domain', name: 'profile.published', subject: id, data },
  });
};

/**
 * What one click brings back: the published version next below the live one, else the built-in.
 * @returns undefined where there is neither
 */
export const versionBefore = (
  live: string | undefined,
  versions: readonly VersionRow[],
  builtIn: string | undefined,
): { readonly version: string; readonly isBuiltIn: boolean } | undefined => {
  if (live === undefined) return undefined;
  const [before] = versions
    .filter(({ publishedAt, version }) => publishedAt !== null && isHigher(live, version))
    .filter(({ version }) => isHigher(version, builtIn))
    .toSorted((a, b) => compareVersions(b.version, a.version));
  if (before !== undefined) return { version: before.version, isBuiltIn: false };
  return builtIn === undefined ? undefined : { version: builtIn, isBuiltIn: true };
};

const back = async (ports: ChangePorts, session: Session, id: string): Promise<PublishedView> => {
  const { database, clock, library } = ports;
  const done = await database.transaction(async (tx): Promise<PublishedView> => {
    await lockProfile(tx, id);
    const { versions, builtIn, live } = await standingOf(tx, library, id);
    if (versions.length === 0 && builtIn === undefined) throw new CloudError('CL_NOT_FOUND', id);
    const before = versionBefore(live, versions, builtIn);
    const detail = { from: live ?? null, to: before?.version ?? null };
    if (before === undefined) {
      const refused = ['nothing_before'];
      await audit(ports, tx, session, {
        ...{ action: 'profile.back', subject: id, detail: { ...detail, refused } },
      });
      return { published: false, live: live ?? null, refusals: [refusal('nothing_before')] };
    }
    const version = before.isBuiltIn ? undefined : before.version;
    const atMs = clock.nowMs();
    await point(tx, { id, mode: 'live', version, atMs });
    await audit(ports, tx, session, { action: 'profile.back', subject: id, detail });
    await tell(tx, atMs, id, { version: before.version, mode: 'live' });
    return { published: true, live: version ?? null, refusals: [] };
  });
  await library.refresh();
  return done;
};

const endShadow = async (ports: ChangePorts, session: Session, id: string): Promise<void> => {
  const { database, clock } = ports;
  await database.transaction(async (tx) => {
    await lockProfile(tx, id);
    const shadow = (await readPointers(tx)).get(id)?.shadow;
    if (shadow === undefined) throw new CloudError('CL_NOT_FOUND', id);
    const atMs = clock.nowMs();
    await point(tx, { id, mode: 'shadow', version: undefined, atMs });
    const detail = { mode: 'shadow', version: shadow };
    await audit(ports, tx, session, { action: 'profile.end_shadow', subject: id, detail });
    await tell(tx, atMs, id, { version: shadow, mode: 'draft' });
  });
};
