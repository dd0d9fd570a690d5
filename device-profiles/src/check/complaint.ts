import { nearestName } from '../nearest-name.ts';
import type { PlainProfile } from '../language/profile.ts';

/** One thing that no schema can say: where it stands, what is wrong and how to mend it. */
export type Complaint = {
  readonly at: readonly (string | number)[];
  readonly message: string;
};

export type Rule = (profile: PlainProfile) => readonly Complaint[];

/** `is unknown: did you mean contact?` or `is unknown: use one of …`. */
export const unknownName = (name: string, known: readonly string[]): string => {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `is unknown: did you mean ${nearest}?`;
  return known.length === 0
    ? 'is unknown: there is none'
    : `is unknown: use one of ${listed(known)}`;
};

const listedMax = 12;
export const listed = (names: readonly string[]): string =>
  names.length <= listedMax
    ? names.join(', ')
    : `${names.slice(0, listedMax).join(', ')} and ${names.length - listedMax} more`;
