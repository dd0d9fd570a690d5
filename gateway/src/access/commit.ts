import { eventId } from '@gatehouse/protocols';
import type { NewEvent } from '@gatehouse/protocols';
import type { EventBody } from '../events.ts';
import type { Append, Appended, Ports } from '../ports.ts';
import { within } from '../within.ts';
import type { Reader } from './doorway.ts';

/** A decision that is not on disk by then counts as not written. */
export const journalWaitMaxMs = 500;

/** The commit, or undefined where it failed or took too long. */
export type Commit = (reader: Reader, append: Append) => Promise<Appended | undefined>;

export type CommitOptions = {
  readonly ports: Pick<Ports, 'clock' | 'journal'>;
  readonly event: (body: EventBody) => NewEvent;
};

/** Writes a decision and waits for the disk, though never so long that a person stands there. */
export const createCommit = ({ ports, event }: CommitOptions): Commit => {
  const { clock, journal } = ports;

  /** It was answered at the door as not written, and then it was written: nobody went by it. */
  const reportLate = async (reader: Reader, appended: Appended | undefined): Promise<void> => {
    const ref = appended?.ok === true ? appended.refs[0] : undefined;
    if (ref === undefined) return;
    const data = { side: reader.side, cause: eventId(ref) };
    const undone = event({ kind: 'access.not_taken', door: reader.door, data });
    await journal.append({ events: [undone] }).catch(() => undefined);
  };

  return async (reader, append) => {
    const appending = journal.append(append).catch(() => undefined);
    const { done, late } = await within(appending, journalWaitMaxMs, clock);
    const grants = append.events.some(({ kind }) => kind === 'access.granted');
    if (late && grants) void appending.then((appended) => reportLate(reader, appended));
    return done;
  };
};
