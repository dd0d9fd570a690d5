import { affiliationKinds, listStates, yesNo } from '@gatehouse/protocols';
import type { PeopleFilter } from '@gatehouse/protocols';
import { doorStates } from '../door/door-state.ts';
import { deviceStatuses } from '../device/device-status.ts';
import type { DeviceStatus } from '../device/device-status.ts';
import type { DoorState } from '../door/door-state.ts';

/** What the URL of a list holds: it is shared, so anything may stand in it. */
export type DoorsSearch = {
  readonly q?: string;
  readonly building?: string;
  readonly state?: DoorState;
};

export const deviceGroupings = ['family', 'building'] as const;
export type DeviceGrouping = (typeof deviceGroupings)[number];

export type DevicesSearch = {
  readonly q?: string;
  readonly building?: string;
  readonly gateway?: string;
  readonly status?: DeviceStatus;
  readonly by?: DeviceGrouping;
};

export type EventsSearch = {
  readonly door?: string;
  readonly person?: string;
  readonly kind?: string;
  readonly result?: 'granted' | 'denied';
};

/** Cases that wait, or those that somebody has closed. */
export type UsesSearch = { readonly state?: 'open' | 'closed' };

export type ProfilesSearch = { readonly q?: string };
export type CardsSearch = Readonly<PeopleFilter>;
/** What a new person is to be at first. */
export type NewPersonSearch = { readonly kind?: 'visitor' };
/** Which version is shown; left out: the one that devices are to run. */
export type ProfileSearch = { readonly version?: string };
/** What a new text starts from. */
export type EditorSearch = { readonly of?: string; readonly version?: string };

const textMax = 80;

const textIn = (search: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = search[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, textMax) : undefined;
};

const set = <Value>(name: string, value: Value | undefined): Readonly<Record<string, Value>> =>
  value === undefined ? {} : { [name]: value };

export const readDoorsSearch = (search: Readonly<Record<string, unknown>>): DoorsSearch => ({
  ...set('q', textIn(search, 'q')),
  ...set('building', textIn(search, 'building')),
  ...set(
    'state',
    doorStates.find((state) => state === search.state),
  ),
});

export const readDevicesSearch = (search: Readonly<Record<string, unknown>>): DevicesSearch => ({
  ...set('q', textIn(search, 'q')),
  ...set('building', textIn(search, 'building')),
  ...set('gateway', textIn(search, 'gateway')),
  ...set(
    'status',
    deviceStatuses.find((status) => status === search.status),
  ),
  ...set(
    'by',
    deviceGroupings.find((by) => by === search.by),
  ),
});

export const readEventsSearch = (search: Readonly<Record<string, unknown>>): EventsSearch => ({
  ...set('door', textIn(search, 'door')),
  ...set('person', textIn(search, 'person')),
  ...set('kind', textIn(search, 'kind')),
  ...set(
    'result',
    (['granted', 'denied'] as const).find((result) => result === search.result),
  ),
});

export const readUsesSearch = (search: Readonly<Record<string, unknown>>): UsesSearch =>
  set(
    'state',
    (['open', 'closed'] as const).find((state) => state === search['state']),
  );

const versionIn = (search: Readonly<Record<string, unknown>>): string | undefined => {
  const version = textIn(search, 'version');
  return /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(version ?? '') ? version : undefined;
};

export const readProfilesSearch = (search: Readonly<Record<string, unknown>>): ProfilesSearch =>
  set('q', textIn(search, 'q'));

const oneOf = <Value extends string>(
  search: Readonly<Record<string, unknown>>,
  name: string,
  values: readonly Value[],
): Readonly<Record<string, Value>> =>
  set(
    name,
    values.find((value) => value === search[name]),
  );

export const readCardsSearch = (search: Readonly<Record<string, unknown>>): CardsSearch => ({
  ...set('q', textIn(search, 'q')?.slice(0, 60)),
  ...oneOf(search, 'kind', affiliationKinds),
  ...oneOf(search, 'state', listStates),
  ...oneOf(search, 'phone', yesNo),
  ...oneOf(search, 'uid', yesNo),
  ...oneOf(search, 'pin', yesNo),
});

export const readNewPersonSearch = (search: Readonly<Record<string, unknown>>): NewPersonSearch =>
  search['kind'] === 'visitor' ? { kind: 'visitor' } : {};

export const readProfileSearch = (search: Readonly<Record<string, unknown>>): ProfileSearch =>
  set('version', versionIn(search));

export const readEditorSearch = (search: Readonly<Record<string, unknown>>): EditorSearch => ({
  ...set('of', textIn(search, 'of')),
  ...set('version', versionIn(search)),
});
