import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import { lockCard } from './card-rows.ts';
import type { CardChangePorts } from './card-rows.ts';
import { photoTypeOf } from './photo-check.ts';
import type { PhotoType } from './photo-check.ts';
import { portraitSvg } from './portrait.ts';

export type Picture = {
  readonly type: PhotoType | 'image/svg+xml';
  readonly bytes: Uint8Array;
};

/** The photo of a person, or the face that is drawn where there is none. */
export const pictureOf = async (db: Queryable, person: string): Promise<Picture> => {
  const [photo] = await db.query<{ type: PhotoType; bytes: Uint8Array }>(
    'select type, bytes from person_photo where person = $1::uuid',
    [person],
  );
  return photo ?? { type: 'image/svg+xml', bytes: Buffer.from(portraitSvg(person)) };
};

type NewPhoto = {
  readonly person: string;
  readonly type: PhotoType;
  readonly bytes: Uint8Array;
  readonly at: Date;
  readonly actor: string;
};

/** In the place of the former one. */
const savePhoto = (tx: Queryable, { person, type, bytes, at, actor }: NewPhoto): Promise<unknown> =>
  tx.query(
    `insert into person_photo (person, type, bytes, at, by)
     values ($1::uuid, $2, $3, $4, $5::uuid)
     on conflict (person) do update set type = excluded.type, bytes = excluded.bytes,
       at = excluded.at, by = excluded.by`,
    [person, type, bytes, at, actor],
  );

const typeOf = (bytes: Uint8Array): PhotoType => {
  const type = photoTypeOf(bytes);
  if (type === undefined) throw new CloudError('CL_PHOTO');
  return type;
};

/**
 * Puts the photo of a card's holder in the place of the former.
 * @throws CloudError CL_PHOTO, CL_NOT_FOUND
 */
export const putPhoto = async (
  { database, clock, appendAudit }: CardChangePorts,
  photo: { readonly card: string; readonly bytes: Uint8Array; readonly actor: string },
): Promise<void> => {
  const type = typeOf(photo.bytes);
  const atMs = clock.nowMs();
  await database.transaction(async (tx) => {
    const { id, person } = await lockCard(tx, photo.card);
    await savePhoto(tx, { ...photo, person, type, at: new Date(atMs) });
    const detail = { bytes: photo.bytes.length };
    const about = { action: 'card.photo', subject: id, detail };
    await appendAudit(tx, { atMs, actor: photo.actor, ...about });
  });
};

/**
 * Puts the photo of a person, who may have no card, in the place of the former; without bytes it is
 * taken away, and where there is none nothing happens.
 * @throws CloudError CL_PHOTO, CL_NOT_FOUND
 */
export const putPersonPhoto = async (
  { database, clock, appendAudit }: CardChangePorts,
  photo: { readonly person: string; readonly bytes: Uint8Array | null; readonly actor: string },
): Promise<void> => {
  const { person, bytes, actor } = photo;
  const type = bytes === null ? null : typeOf(bytes);
  const atMs = clock.nowMs();
  await database.transaction(async (tx) => {
    const [known] = await tx.query('select id from person where id = $1::uuid for no key update', [
      person,
    ]);
    if (known === undefined) throw new CloudError('CL_NOT_FOUND', 'person');
    if (bytes === null || type === null) {
      const gone = await tx.query(
        'delete from person_photo where person = $1::uuid returning person',
        [person],
      );
      if (gone.length === 0) return;
    } else {
      await savePhoto(tx, { person, type, bytes, at: new Date(atMs), actor });
    }
    const action = bytes === null ? 'person.photo_remove' : 'person.photo';
    const detail = { bytes: bytes?.length ?? 0 };
    await appendAudit(tx, { atMs, actor, action, subject: person, detail });
  });
};
