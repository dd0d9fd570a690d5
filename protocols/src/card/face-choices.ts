/** Quiet drawings behind the text, by name: nobody uploads one. */
export const faceCovers = ['plain', 'wave', 'grid', 'hills', 'arches'] as const;
export type FaceCover = (typeof faceCovers)[number];

export const faceFields = [
  'photo',
  'name',
  'name_en',
  'number',
  'kind',
  'unit',
  'valid_to',
] as const;
export type FaceField = (typeof faceFields)[number];

/** `masked`: its last four characters. */
export const faceNumbers = ['masked', 'whole'] as const;

export const urlCharsMax = 300;
