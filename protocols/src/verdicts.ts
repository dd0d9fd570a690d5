import type { ConditionCode } from './conditions.ts';

/** What the cloud says of a use of a pass, once it has the evidence of all gateways. */
export const useVerdicts = [
  'confirmed',
  'double_spent',
  'cloned',
  'late_revoked',
  'not_proven',
] as const;
export type UseVerdict = (typeof useVerdicts)[number];

/** The verdicts that somebody has to look at. */
export const doubtVerdicts = ['double_spent', 'cloned', 'late_revoked', 'not_proven'] as const;
export type DoubtVerdict = (typeof doubtVerdicts)[number];

/** What is wrong with the evidence of a use that is `not_proven`. */
export const notProvenWhys = [
  'no_evidence',
  'unknown_credential',
  'not_a_pass',
  'other_pass',
  'wrong_algorithm',
  'bad_signature',
  'other_time',
] as const;
export type NotProvenWhy = (typeof notProvenWhys)[number];

/** Under which condition the open cases of a verdict stand in the list of what is wrong. */
export const doubtConditions = {
  double_spent: 'use_double_spent',
  cloned: 'use_cloned',
  late_revoked: 'use_late_revoked',
  not_proven: 'use_not_proven',
} as const satisfies Readonly<Record<DoubtVerdict, ConditionCode>>;

/** Evidence is kept for so long after it arrived. */
export const evidenceKeptMs = 30 * 24 * 60 * 60 * 1000;
