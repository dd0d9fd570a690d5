import Type from 'typebox';
import { faceCovers, faceFields, faceNumbers, urlCharsMax } from './face-choices.ts';

/** Bounds of a card's face, in characters and rows. */
export const titleCharsMax = 20;
export const labelCharsMax = 12;
export const shortcutsMax = 6;
export const faceFieldsMax = 6;
const strict = { additionalProperties: false } as const;

const Bounded = (charsMax: number) => {
  const part = Type.String({ minLength: 1, maxLength: charsMax });
  return Type.Object({ zh: part, en: part }, strict);
};
const Colour = Type.String({ pattern: '^#[0-9a-fA-F]{6}$' });
const Title = Bounded(titleCharsMax);

export const Shortcut = Type.Object(
  { label: Bounded(labelCharsMax), url: Type.String({ minLength: 1, maxLength: urlCharsMax }) },
  strict,
);
export type Shortcut = Type.Static<typeof Shortcut>;

/** What is different for one kind of affiliation. */
export const FaceOverride = Type.Object(
  { colour: Type.Optional(Colour), title: Type.Optional(Title) },
  strict,
);
export type FaceOverride = Type.Static<typeof FaceOverride>;

const OfKind = Type.Optional(FaceOverride);

/**
 * How the card looks on the phone: tokens and lists, no drawing. What a schema cannot say, of
 * contrast, addresses and invisible characters, says `faceFaults`.
 */
export const CardFace = Type.Object(
  {
    /** White text stands on it. */
    colour: Colour,
    title: Title,
    cover: Type.Enum([...faceCovers]),
    /** In the order in which they stand; the photo stands beside the others. */
    fields: Type.Array(Type.Enum([...faceFields]), {
      ...{ minItems: 1, maxItems: faceFieldsMax, uniqueItems: true },
    }),
    number: Type.Enum([...faceNumbers]),
    shortcuts: Type.Array(Shortcut, { maxItems: shortcutsMax }),
    kinds: Type.Object(
      {
        student: OfKind,
        teacher: OfKind,
        staff: OfKind,
        guardian: OfKind,
        visitor: OfKind,
      },
      strict,
    ),
  },
  strict,
);
export type CardFace = Type.Static<typeof CardFace>;
