import Type from 'typebox';
import { CardFace } from '../card/face.ts';
import { faceCovers, faceFields, faceNumbers } from '../card/face-choices.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** `MeView.face`: how this card looks, its kind's own colour and title already in it. */
export const FaceView = Type.Object({
  colour: Type.String(),
  title: Name,
  cover: Type.Enum([...faceCovers]),
  fields: Type.Array(Type.Enum([...faceFields])),
  number: Type.Enum([...faceNumbers]),
  /** `host`: where it leads, in punycode. */
  shortcuts: Type.Array(Type.Object({ label: Name, url: Type.String(), host: Type.String() })),
  /** Another text for another picture behind `GET /api/me/photo`. */
  photo: Type.String(),
});
export type FaceView = Type.Static<typeof FaceView>;

/** `GET /api/console/card-face` */
export const CardFaceView = Type.Object({
  face: CardFace,
  /** Counts the changes; 0 = nobody has set a face. */
  version: Type.Integer(),
  /** What cards wear where nobody has set a face. */
  fallback: CardFace,
  saved: OrNull(Type.Object({ at: Type.String({ maxLength: 35 }), by: OrNull(Name) })),
});
export type CardFaceView = Type.Static<typeof CardFaceView>;

/** `POST /api/console/card-face`: `version` is the one that was looked at. */
export const CardFaceBody = Type.Object({
  face: CardFace,
  version: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});
export type CardFaceBody = Type.Static<typeof CardFaceBody>;
