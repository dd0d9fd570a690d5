import type { DoorView } from '@gatehouse/protocols';

/** What a door is, in the one word and glyph that every screen uses for it. */
export const doorStates = [
  'forced',
  'held',
  'granted',
  'open',
  'unlocked',
  'locked',
  'unknown',
] as const;
export type DoorState = (typeof doorStates)[number];

type Seen = Pick<DoorView, 'lock' | 'contact' | 'passage' | 'fresh'>;

/** The first row that fits. An old report is no state: what was locked may stand open by now. */
const rows: readonly { readonly state: DoorState; readonly fits: (door: Seen) => boolean }[] = [
  { state: 'unknown', fits: ({ fresh }) => !fresh },
  { state: 'forced', fits: ({ passage }) => passage === 'forced' },
  { state: 'held', fits: ({ passage }) => passage === 'held' },
  { state: 'granted', fits: ({ passage }) => passage === 'granted' },
  { state: 'unknown', fits: ({ lock }) => lock === 'unknown' },
  { state: 'open', fits: ({ contact }) => contact === 'open' },
  { state: 'unlocked', fits: ({ lock }) => lock === 'unlocked' },
  { state: 'locked', fits: () => true },
];

export const doorStateOf = (door: Seen): DoorState =>
  rows.find(({ fits }) => fits(door))?.state ?? 'unknown';

/** Doors that a calm screen does not name. */
export const isNormal = (state: DoorState): boolean => state === 'locked' || state === 'granted';

export const needsSomebody = (state: DoorState): boolean => state === 'forced' || state === 'held';
