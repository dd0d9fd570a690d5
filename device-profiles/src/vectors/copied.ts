import { isSession } from '../check/vector-rules.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { Session, Vector } from '../language/vectors.ts';

const isOwnWork = /^invented\b|\bframe built\b|\b(?:CRC|LRC) computed\b/;

/** Its bytes stand in a document or were taken from a line: nobody of us made a part of them. */
export const isCopied = (vector: Vector | Session): boolean =>
  !isSession(vector) && !isOwnWork.test(vector.source);

/** Where the examples of a profile come from. */
export type SourceTally = {
  readonly documented: number;
  readonly captured: number;
  readonly invented: number;
};

export const sourceTally = ({ vectors }: Pick<DeviceProfile, 'vectors'>): SourceTally => {
  const cases = vectors.flatMap((vector) => (isSession(vector) ? [] : [vector]));
  const copied = cases.filter(isCopied);
  const captured = copied.filter(({ source }) => source.startsWith('capture ')).length;
  return {
    documented: copied.length - captured,
    captured,
    invented: cases.length - copied.length,
  };
};
