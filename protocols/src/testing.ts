/** Vectors for the tests of other packages; nothing that ships imports this. */
export { passVectors } from './pass/pass.vectors.ts';
export type { PassVector } from './pass/pass.vectors.ts';
