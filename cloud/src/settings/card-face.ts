import { CardFace, defaultFace, faceFaults, lookOf, safeLink } from '@gatehouse/protocols';
import type { CardFaceView, FaceView } from '@gatehouse/protocols';
import Type from 'typebox';
import Value from 'typebox/value';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { AppendAudit } from '../identity/identity.ts';
import type { Database, Queryable } from '../ports.ts';

const settingName = 'card_face';

const StoredFace = Type.Object({ version: Type.Integer({ minimum: 1 }), face: CardFace });
type StoredFace = Type.Static<typeof StoredFace>;

/** Undefined where nobody has set one, or where it cannot be read or shown. */
const storedFace = (value: unknown): StoredFace | undefined =>
  Value.Check(StoredFace, value) && faceFaults(value.face).length === 0 ? value : undefined;

type FaceColumns = {
  readonly value: unknown;
  readonly at: Date | null;
  readonly name_zh: string | null;
  readonly name_en: string | null;
  readonly colour: string | null;
};

/** The face that cards wear, and the one that they wear where nobody has set one. */
export const cardFaceView = async (db: Queryable): Promise<CardFaceView> => {
  const [row] = await db.query<FaceColumns>(
    `select s.value, s.at, p.name_zh, p.name_en,
       (select colour from site order by id limit 1) as colour
     from (select 1) as one
     left join setting s on s.name = $1
     left join person p on p.id = s.by`,
    [settingName],
  );
  const stored = storedFace(row?.value);
  const fallback = defaultFace(row?.colour ?? null);
  const { at, name_zh: zh, name_en: en } = row ?? { at: null, name_zh: null, name_en: null };
  const by = zh === null || en === null ? null : { zh, en };
  return {
    face: stored?.face ?? fallback,
    version: stored?.version ?? 0,
    fallback,
    saved: stored === undefined || at === null ? null : { at: at.toISOString(), by },
  };
};

type LookColumns = {
  readonly value: unknown;
  readonly colour: string | null;
  readonly kind: string;
  readonly photo_at: Date | null;
};

/** How one card looks on its holder's phone. */
export const faceOfCard = async (db: Queryable, card: string): Promise<FaceView> => {
  const [row] = await db.query<LookColumns>(
    `select s.value, h.affiliation as kind, f.at as photo_at,
       (select colour from site order by id limit 1) as colour
     from card_holder h
     left join setting s on s.name = $2
     left join person_photo f on f.person = h.id
     where h.card = $1::uuid`,
    [card, settingName],
  );
  const face = storedFace(row?.value)?.face ?? defaultFace(row?.colour ?? null);
  return { ...lookOf(face, row?.kind ?? ''), photo: row?.photo_at?.toISOString() ?? 'drawn' };
};

/** Addresses as a browser writes them, so that what is stored is what is opened. */
const tidied = (face: CardFace): CardFace => ({
  ...face,
  shortcuts: face.shortcuts.map(({ label, url }) => ({ label, url: safeLink(url)?.url ?? url })),
});

export type FaceChange = {
  readonly face: CardFace;
  /** The one that was looked at. */
  readonly version: number;
  readonly by: string;
  readonly atMs: number;
};

/**
 * Audited with what it was before; no policy is concerned, and phones that listen hear of it.
 * @throws CloudError CL_FACE with the part that is meant, CL_FACE_STALE
 */
export const saveCardFace = async (
  { database, appendAudit }: { readonly database: Database; readonly appendAudit: AppendAudit },
  change: FaceChange,
): Promise<void> => {
  const { by, atMs } = change;
  const face = tidied(change.face);
  const [fault] = faceFaults(face);
  if (fault !== undefined) {
    const { at, offer } = fault;
    const about = offer === undefined ? { at } : { at, offer };
    throw new CloudError('CL_FACE', `${fault.fault} at ${at}`, { about });
  }
  await database.transaction(async (tx) => {
    // Two who save at once do it one after the other, and the second is told.
    await tx.query('lock table setting in share row exclusive mode');
    const before = await cardFaceView(tx);
    if (before.version !== change.version) throw new CloudError('CL_FACE_STALE');
    const version = before.version + 1;
    await tx.query(
      `insert into setting (name, value, at, by) values ($1, $2, $3, $4::uuid)
       on conflict (name) do update set value = excluded.value, at = excluded.at, by = excluded.by`,
      [settingName, JSON.stringify({ version, face }), new Date(atMs), by],
    );
    const detail = { before: before.face, after: face, version };
    await appendAudit(tx, {
      ...{ atMs, actor: by, action: 'settings.face', subject: settingName, detail },
    });
    const data = { version };
    await appendFeed(tx, atMs, {
      ...{ kind: 'domain', name: 'face.changed', subject: settingName, data },
    });
  });
};
