import { eventKinds } from '@gatehouse/protocols';
import type { JournalClass, NewEvent, Stream } from '@gatehouse/protocols';
import type { Cancel, Ports } from '../ports.ts';

/** Events that wait for a journal that refuses; what comes beyond is declared as lost. */
export const owedMax = 500;
const eventsPerAppend = 50;
export const retryEveryMs = 1_000;

export type Recorder = {
  /** Writes an event for which nobody waits; keeps it while the journal refuses. */
  readonly record: (event: NewEvent) => void;
  readonly onTrouble: (run: (failing: boolean) => void) => void;
  /** Resolves when what was recorded is written, or the journal refuses it. */
  readonly flush: () => Promise<void>;
  /** What is refused from now on is not tried again. */
  readonly stop: () => void;
};

/** Events of things that have already happened: a door that opened cannot wait for a disk. */
export const createRecorder = ({
  clock,
  journal,
  log,
}: Pick<Ports, 'clock' | 'journal' | 'log'>): Recorder => {
  const owed: NewEvent[] = [];
  const dropped = createDropped({ journal, log });
  let trouble: (failing: boolean) => void = () => undefined;
  let cancel: Cancel | undefined;
  let writing: Promise<void> = Promise.resolve();
  let waiting = false;
  let stopped = false;

  const write = async (): Promise<void> => {
    while (owed.length > 0) {
      const events = owed.slice(0, eventsPerAppend);
      await journal.append({ events });
      owed.splice(0, events.length);
    }
    await dropped.declare();
  };

  const next = (): Promise<void> => {
    waiting = false;
    return write();
  };

  const pump = (): void => {
    // One turn behind the one that runs is enough, however long a disk hangs.
    if (waiting) return;
    waiting = true;
    writing = writing.then(next).then(
      () => {
        if (cancel !== undefined) trouble(false);
        cancel?.();
        cancel = undefined;
      },
      () => {
        if (cancel === undefined) trouble(true);
        cancel?.();
        cancel = stopped ? undefined : clock.after(retryEveryMs, pump);
      },
    );
  };

  return {
    record: (event) => {
      if (owed.length >= owedMax) dropped.add(event);
      else owed.push(event);
      pump();
    },
    onTrouble: (run) => {
      trouble = run;
    },
    flush: () => writing,
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
};

type Dropped = {
  readonly add: (event: NewEvent) => void;
  /** Declares what was dropped; rejects while the journal refuses. */
  readonly declare: () => Promise<void>;
};

const createDropped = ({ journal, log }: Pick<Ports, 'journal' | 'log'>): Dropped => {
  const lost = new Map<string, { stream: Stream; journalClass: JournalClass; count: number }>();
  return {
    add: (event) => {
      const { stream, journalClass } = eventKinds[event.kind];
      const key = `${stream}/${journalClass}`;
      const count = (lost.get(key)?.count ?? 0) + 1;
      lost.set(key, { stream, journalClass, count });
      log.error('journal.overflow', { kind: event.kind, count });
    },
    declare: async () => {
      for (const [key, { stream, journalClass, count }] of lost) {
        await journal.declareLost(stream, journalClass, count);
        // More of them may have been dropped meanwhile.
        const left = (lost.get(key)?.count ?? count) - count;
        if (left === 0) lost.delete(key);
        else lost.set(key, { stream, journalClass, count: left });
      }
    },
  };
};
