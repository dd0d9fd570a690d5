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

/**
 * Puts the photo of a card's holder in the place of the former.
 * @throws CloudError CL_PHOTO, CL_NOT_FOUND
 */
export const putPhoto = async (
  { database, clock, appendAudit }: CardChangePorts,
  photo: { readonly card: string; readonly bytes: Uint8Array; readonly actor: string },
): Promise<void> => {
  const type = photoTypeOf(photo.bytes);
  if (type === undefined) throw new CloudError('CL_PHOTO');
  const atMs = clock.nowMs();
  await database.transaction(async (tx) => {
    const { id, person } = await lockCard(tx, photo.card);
    await tx.query(
      `insert into person_photo (person, type, bytes, at, by)
       values ($1::uuid, $2, $3, $4, $5::uuid)
       on conflict (person) do update set type = excluded.type, bytes = excluded.bytes,
         at = excluded.at, by = excluded.by`,
      [person, type, photo.bytes, new Date(atMs), photo.actor],
    );
    const detail = { bytes: photo.bytes.length };
    const about = { action: 'card.photo', subject: id, detail };
    await appendAudit(tx, { atMs, actor: photo.actor, ...about });
  });
};
