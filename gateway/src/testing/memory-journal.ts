import { eventKinds } from '@gatehouse/protocols';
import type { EventRef, NewEvent, Stream } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { Append, Appended, Journal, Mark, StreamPosition } from '../ports.ts';

export type MemoryJournal = {
  readonly port: Journal;
  /** What is committed, in order. */
  readonly appends: readonly Append[];
  readonly events: () => readonly NewEvent[];
  readonly marks: Map<string, Mark>;
  readonly losses: readonly string[];
  /** `hangs` keeps what comes until `release`, `fails` refuses it. */
  mood: 'well' | 'fails' | 'hangs';
  /** Commits what hangs, in order. */
  readonly release: () => void;
  readonly waiting: () => number;
};

/** A journal for tests whose disk can be slow, full or gone. The real one has its own tests. */
export const createMemoryJournal = (gateway = 'gw-1'): MemoryJournal => {
  const appends: Append[] = [];
  const losses: string[] = [];
  const marks = new Map<string, Mark>();
  const heads = new Map<Stream, number>();
  const hanging: (() => void)[] = [];
  const refOf = (event: NewEvent): EventRef => {
    const { stream } = eventKinds[event.kind];
    const seq = (heads.get(stream) ?? 0) + 1;
    heads.set(stream, seq);
    return { gateway, epoch: '0000cafe', stream, seq };
  };
  const commit = (append: Append): Appended => {
    const { mark } = append;
    const held = mark && marks.get(mark.credential);
    if (mark !== undefined && held !== undefined && held.counter >= mark.counter) {
      return { ok: false, why: 'mark_not_above', held };
    }
    if (mark !== undefined) marks.set(mark.credential, mark);
    appends.push(append);
    return { ok: true, refs: append.events.map(refOf) };
  };
  /** @throws GatewayError GW_JOURNAL_FAILED */
  const whenWell = async <T>(act: () => T): Promise<T> => {
    await Promise.resolve();
    if (memory.mood === 'fails') throw new GatewayError('GW_JOURNAL_FAILED', 'disk full');
    if (memory.mood === 'well') return act();
    return new Promise((resolve) => {
      hanging.push(() => resolve(act()));
    });
  };
  const positions = (): readonly StreamPosition[] =>
    [...heads].map(([stream, head]) => ({
      epoch: '0000cafe',
      stream,
      oldest: 1,
      head,
      acknowledged: 0,
    }));
  const memory: MemoryJournal = {
    port: {
      open: () =>
        Promise.resolve({
          epoch: '0000cafe',
          clean: true,
          fenceMs: 0,
          marks: [...marks.values()],
          commandsOpen: [],
        }),
      append: (append) => whenWell(() => commit(append)),
      positions: () => whenWell(positions),
      read: () => Promise.resolve(undefined),
      acknowledge: () => Promise.resolve(),
      declareLost: (stream, journalClass, count) =>
        whenWell(() => void losses.push(`${stream} ${journalClass} ${count}`)),
      status: () => ({ waiting: 7, fill: 0.25 }),
      onAppended: () => undefined,
      close: () => Promise.resolve(),
    },
    appends,
    events: () => appends.flatMap(({ events }) => events),
    marks,
    losses,
    mood: 'well',
    release: () => {
      memory.mood = 'well';
      for (const run of hanging.splice(0)) run();
    },
    waiting: () => hanging.length,
  };
  return memory;
};
