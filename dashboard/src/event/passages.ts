import type { EventView } from '@gatehouse/protocols';

/** One line of the live feed: an event, and whether the person it let in has gone through. */
export type FeedLine = { readonly event: EventView; readonly wentThrough: boolean };

/**
 * What nobody watches for: a passage is said in the line of its grant, a door that opened when it
 * should not is an event of its own, and what a device says stands on its page. The list of all
 * events has them.
 */
const background: ReadonlySet<string> = new Set([
  'access.taken',
  'door.opened',
  'door.closed',
  'policy.applied',
  'command.sent',
  'device.changed',
  'device.reported',
  'device.measured',
]);

const causeOf = ({ kind, data }: EventView): string =>
  kind === 'access.taken' && typeof data['cause'] === 'string' ? data['cause'] : '';

/**
 * One line for each passage, where the events of a busy gate would be three or four.
 * @param events newest first
 */
export const highlightsOf = (events: readonly EventView[]): readonly FeedLine[] => {
  const taken = new Set(events.map(causeOf));
  return events
    .filter(({ kind }) => !background.has(kind))
    .map((event) => ({ event, wentThrough: taken.has(event.id) }));
};

export const everyLine = (events: readonly EventView[]): readonly FeedLine[] =>
  events.map((event) => ({ event, wentThrough: false }));
