import type { DeviceValues, EventView, ProfileView } from '@gatehouse/protocols';
import { deviceValuesIn, namesOf } from './value-text.ts';
import type { ValueWords } from './value-text.ts';

/** An event's data is open: what is no list of values says nothing here. */
const valuesIn = (data: EventView['data'], name: string): DeviceValues => {
  const found = data[name];
  return typeof found === 'object' && found !== null ? deviceValuesIn(Object.entries(found)) : {};
};

/** What a device's event says in the words of its profile; empty for events of other kinds. */
export const eventDetail = (
  { kind, data }: Pick<EventView, 'kind' | 'data'>,
  profile: ProfileView,
  words: ValueWords,
): string => {
  if (kind === 'device.changed') return namesOf(profile.state, valuesIn(data, 'values'), words);
  const name = data['event'];
  if (kind !== 'device.reported' || typeof name !== 'string') return '';
  const event = profile.events.find((each) => each.name === name);
  const fields = namesOf(event?.fields ?? [], valuesIn(data, 'fields'), words);
  const title = event?.title[words.language] ?? name;
  return fields === '' ? title : `${title} · ${fields}`;
};
