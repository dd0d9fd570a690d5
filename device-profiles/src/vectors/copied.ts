import { isSession } from '../check/vector-rules.ts';
import type { Session, Vector } from '../language/vectors.ts';

const isOwnWork = /^invented\b|\bframe built\b|\b(?:CRC|LRC) computed\b/;

/** Its bytes stand in a document or were taken from a line: nobody of us made a part of them. */
export const isCopied = (vector: Vector | Session): boolean =>
  !isSession(vector) && !isOwnWork.test(vector.source);
