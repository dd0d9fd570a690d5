import { eventKinds } from '@gatehouse/protocols';
import type { JournalClass, NewEvent, Stream } from '@gatehouse/protocols';
import type { Append } from '../ports.ts';

/** An event as the journal stores it: its JSON without `seq`, which the commit assigns. */
export type EventRecord = {
  readonly stream: Stream;
  readonly journalClass: JournalClass;
  readonly body: string;
};

export type AppendRecord = Omit<Append, 'events'> & { readonly events: readonly EventRecord[] };

/** What could not be written in its time; takes `count` numbers of the stream. */
export type LossRecord = {
  readonly stream: Stream;
  readonly journalClass: JournalClass;
  readonly count: number;
};

const recordOf = (event: NewEvent): EventRecord => {
  const { stream, journalClass } = eventKinds[event.kind];
  return { stream, journalClass, body: JSON.stringify(event) };
};

/** Made by the caller's thread: what cannot be JSON fails its own caller, not a whole group. */
export const recordAppend = ({ events, ...rest }: Append): AppendRecord => ({
  ...rest,
  events: events.map(recordOf),
});
