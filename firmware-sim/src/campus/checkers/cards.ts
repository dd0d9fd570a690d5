import { pads } from '../places.ts';
import type { Campus } from '../record.ts';
import type { Checker } from './journal.ts';

type Decided = {
  readonly id: string;
  readonly door: string | undefined;
  readonly isGrant: boolean;
  readonly reason: string;
  readonly card: string | undefined;
};

/** Decisions about UIDs and PINs, in the order in which they were written. */
const withoutPhones = ({ written }: Campus): readonly Decided[] =>
  [...written.values()].flatMap(({ id, event }) => {
    if (event.kind !== 'access.granted' && event.kind !== 'access.denied') return [];
    const { by, reason, card } = event.data;
    if (by !== 'uid' && by !== 'pin') return [];
    return [{ id, door: event.door, isGrant: event.kind === 'access.granted', reason, card }];
  });

/** Where a gateway has once refused a UID as revoked, that card’s UID opens nothing any more. */
export const revokedStaysDead: Checker = ({ campus }) => {
  const dead = new Set<string>();
  return withoutPhones(campus).flatMap(({ id, isGrant, reason, card }) => {
    if (card === undefined) return [];
    if (reason === 'uid_revoked') dead.add(card);
    return isGrant && dead.has(card) ? [`${id} opened for card ${card} after it was revoked`] : [];
  });
};

/** A stolen gateway shows the UIDs that it knows: a lab asks for more than that. */
export const noUidOpensLab: Checker = ({ campus }) =>
  withoutPhones(campus)
    .filter(({ isGrant, door }) => isGrant && door === pads.lab.door)
    .map(({ id }) => `${id} opened a lab by a UID or a PIN alone`);
