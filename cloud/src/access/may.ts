import { roles } from '@gatehouse/protocols';
import type { Role } from '@gatehouse/protocols';
import type { Session } from '../identity/identity.ts';

/**
 * What a session can be allowed. `console`: see a door, its events and its gateway. `unlock`: open
 * it from afar. `device.read`: devices, their profiles and what they measure. `device.run`: a
 * command of a device. `device.watch`: its raw frames and health while one looks. `profile.read`:
 * what devices are driven by, and trying it out. `profile.write`: change it. `settings`: what the
 * school sets for all doors. `use.read`: uses in doubt. `use.act`: freeze the card behind one,
 * close it. `evidence.read`: the code itself, which proves it. `card.find`: look up people and
 * the state of their cards. `card.freeze`, `card.unfreeze`: the cards of others. `card.found`:
 * take in a card that was found, and give it back. `desk`: give out cards. `card`: one's own card
 * on the phone. `demo`: hold a code before a simulated scanner. `numbers.read`: how many cards and
 * passes are used, and lists of cards; `numbers.names`: with the people they belong to;
 * `numbers.recount`: forget the sums and count again. `card.issue`: people, what they are to the
 * school, and every credential of their cards: made, changed and ended. `card.bulk`: issue cards to
 * many people by a file, and take that back.
 */
export const actions = [
  'console',
  'unlock',
  'device.read',
  'device.run',
  'device.watch',
  'profile.read',
  'profile.write',
  'settings',
  'use.read',
  'use.act',
  'evidence.read',
  'card.find',
  'card.freeze',
  'card.unfreeze',
  'card.found',
  'desk',
  'card',
  'demo',
  'numbers.read',
  'numbers.names',
  'numbers.recount',
  'card.issue',
  'card.bulk',
] as const;
export type Action = (typeof actions)[number];

const everybody: readonly Role[] = roles;
/** Who sees the console; a warden the own dormitory's doors, a clerk none. */
const watchers: readonly Role[] = ['guard', 'facility', 'teacher', 'admin', 'warden', 'clerk'];
const staff: readonly Role[] = ['guard', 'facility', 'teacher', 'admin'];

const allowedRoles: Readonly<Record<Action, readonly Role[]>> = {
  console: watchers,
  unlock: staff,
  'device.read': ['guard', 'facility', 'admin'],
  'device.run': ['facility', 'admin'],
  'device.watch': ['facility', 'admin'],
  'profile.read': ['facility', 'admin'],
  'profile.write': ['admin'],
  settings: ['admin'],
  'use.read': ['guard', 'facility', 'admin'],
  'use.act': ['facility', 'admin'],
  'evidence.read': ['admin'],
  'card.find': ['guard', 'clerk', 'admin', 'warden', 'guardian'],
  'card.freeze': ['guard', 'clerk', 'admin', 'warden', 'guardian'],
  'card.unfreeze': ['clerk', 'admin'],
  'card.found': ['guard', 'clerk', 'admin'],
  desk: ['clerk', 'admin'],
  card: everybody,
  demo: everybody,
  'numbers.read': ['facility', 'admin'],
  'numbers.names': ['admin'],
  'numbers.recount': ['admin'],
  'card.issue': ['clerk', 'admin'],
  'card.bulk': ['admin'],
};

/** Roles that reach every door; others reach the doors of their session, see `reachOf`. */
export const rolesOfAllDoors: ReadonlySet<Role> = new Set(['guard', 'facility', 'admin']);

/** Roles that reach everybody's card; others reach those of people in their charge. */
export const rolesOfAllPeople: ReadonlySet<Role> = new Set(['guard', 'clerk', 'admin']);
/** Roles whose reach is the labs and classrooms that a rule opens for their groups. */
export const rolesOfOwnRooms: ReadonlySet<Role> = new Set(['teacher']);

/** Roles whose reach is the dormitory doors of the groups that they answer for. */
export const rolesOfOwnDormitory: ReadonlySet<Role> = new Set(['warden']);

/** What is not at a door (a gateway that started) is for those who reach all of them. */
const reaches = (session: Session, door: string | null): boolean =>
  session.doors === 'all' || (door !== null && session.doors.has(door));

/** Somebody whom the session answers for, or somebody else. */
export type Whose = 'charge' | 'other';

/**
 * The one answer to "may this session do that". Every route and stream asks here, and the screen
 * gets the same answers in `SessionView.may`.
 * @param on the door it is about; null = something without a door; left out = anything at all.
 *   `whose`: in whose hand the card is that it is about, see access/charges.ts
 */
export const may = (
  session: Session,
  action: Action,
  on: { readonly door?: string | null; readonly whose?: Whose } = {},
): boolean =>
  allowedRoles[action].includes(session.role) &&
  (on.door === undefined || reaches(session, on.door)) &&
  (on.whose !== 'other' || rolesOfAllPeople.has(session.role));
