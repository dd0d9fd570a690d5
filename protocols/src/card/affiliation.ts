/** What a person is to the school. A visitor has a sponsor and an end. */
export const affiliationKinds = ['student', 'teacher', 'staff', 'guardian', 'visitor'] as const;
export type AffiliationKind = (typeof affiliationKinds)[number];

export const isAffiliationKind = (text: string): text is AffiliationKind =>
  affiliationKinds.some((kind) => kind === text);

/** The number printed on a card, upper case: one per card, and no secret. */
export const cardNumber = /^[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?$/;
