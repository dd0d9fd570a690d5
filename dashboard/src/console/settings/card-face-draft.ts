import { faceFieldsMax, faceFields } from '@gatehouse/protocols';
import type { CardFace, FaceField } from '@gatehouse/protocols';

/** Takes a field off or puts it last; the last one stays, and so does the bound. */
export const toggleField = (fields: readonly FaceField[], field: FaceField): CardFace['fields'] => {
  if (!fields.includes(field)) {
    return fields.length < faceFieldsMax ? [...fields, field] : [...fields];
  }
  return fields.length > 1 ? fields.filter((each) => each !== field) : [...fields];
};

/** @param by -1 = earlier, 1 = later; nothing moves past an end */
export const moveField = (
  fields: readonly FaceField[],
  field: FaceField,
  by: -1 | 1,
): CardFace['fields'] => {
  const from = fields.indexOf(field);
  const to = from + by;
  const other = fields[to];
  if (from < 0 || other === undefined) return [...fields];
  return fields.map((each, i) => {
    if (i === from) return other;
    return i === to ? field : each;
  });
};

/** Those on the card in their order, then the others in ours. */
export const fieldRows = (fields: readonly FaceField[]): readonly FaceField[] => [
  ...fields,
  ...faceFields.filter((field) => !fields.includes(field)),
];

export const isSame = (a: CardFace, b: CardFace): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
