import { eventId } from '@gatehouse/protocols';
import type { EventRef, NewEvent, Side } from '@gatehouse/protocols';
import type { Append, Appended, StreamPosition } from '@gatehouse/gateway';

/** An event that the journal of the gateway has written. */
export type Written = {
  readonly id: string;
  readonly ref: EventRef;
  readonly event: NewEvent;
  /** The gateway was told, and when (virtual milliseconds). */
  ackedAtMs: number | undefined;
  /** A power cut took it from the disk. */
  gone: 'no' | 'honest' | 'lying';
};

/** One release that was sent on the wire of the door controller. */
export type Unlock = {
  readonly atMs: number;
  readonly side: Side;
  readonly ms: number;
  /** What was on the journal for it; `exit` = the journal had just failed at an exit. */
  readonly cause: Written | 'exit' | undefined;
};

export type ExitScan = { readonly atMs: number; readonly fault: string };

/** What really happened, seen from outside of gateway and cloud: the truth that checkers hold. */
export type Campus = {
  readonly written: ReadonlyMap<string, Written>;
  readonly unlocks: readonly Unlock[];
  readonly counts: ReadonlyMap<string, number>;
  readonly faults: readonly Fault[];
  /** Exits that opened before they could be written, and still are not. */
  readonly owed: () => number;
};

export type Fault = { readonly checker: CheckerName; readonly detail: string };

export const checkerNames = [
  'no event lost or doubled',
  'no unlock without a cause',
  'exit never refused',
  'door returns to locked',
  'one pass opens once',
  'one pass opens once in the group',
  'feed whole and read',
  'nothing left running',
  'what is revoked stays dead',
  'a UID opens no lab',
  'works again',
] as const;
export type CheckerName = (typeof checkerNames)[number];

export type Recorder = Campus & {
  readonly count: (what: string) => void;
  /** Seen at once, while the campus runs. */
  readonly fault: (checker: CheckerName, detail: string) => void;
  readonly wrote: (append: Append, appended: Appended) => readonly Written[];
  readonly acked: (written: readonly Written[], tookMs: number) => void;
  /** An append was refused, or took so long that the gateway goes on without it. */
  readonly failed: (append: Append) => void;
  /** What is not on the card any more is gone. */
  readonly reopened: (positions: readonly StreamPosition[], card: 'honest' | 'lying') => void;
  readonly unlock: (side: Side, ms: number) => Unlock;
};

/** As the gateway has them: a decision at a door not on disk by then counts as not written. */
const journalWaitMs = 500;
/** From its commit, a grant is sent within two seconds or never; a command within its life. */
const grantWithinMs = 2_100;
const commandWithinMs = 13_000;
const excuseWithinMs = 2_700;

const sideOf = ({ data }: NewEvent): Side =>
  'side' in data && data.side === 'exit' ? 'exit' : 'entry';

const isOwed = ({ event }: Written): boolean =>
  event.kind === 'access.granted' && event.data.reason === 'exit_journal_failed';

/** @param nowMs virtual milliseconds */
export const createRecorder = (nowMs: () => number): Recorder => {
  const written = new Map<string, Written>();
  const unlocks: Unlock[] = [];
  const counts = new Map<string, number>();
  const faults: Fault[] = [];
  const causes = createCauses(nowMs);
  let owed = 0;

  return {
    written,
    unlocks,
    counts,
    faults,
    owed: () => owed,
    count: (what) => {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    },
    fault: (checker, detail) => void faults.push({ checker, detail: `${nowMs()} ms: ${detail}` }),
    wrote: (append, appended) => {
      if (!appended.ok) return [];
      return appended.refs.flatMap((ref, i) => {
        const event = append.events[i];
        if (event === undefined) return [];
        const row: Written = { id: eventId(ref), ref, event, ackedAtMs: undefined, gone: 'no' };
        written.set(row.id, row);
        if (isOwed(row)) owed -= 1;
        return [row];
      });
    },
    acked: (rows, tookMs) => {
      for (const row of rows) {
        row.ackedAtMs = nowMs();
        causes.add(row, tookMs);
      }
    },
    failed: causes.excuse,
    reopened: (positions, card) => {
      // What a program had in its memory alone is gone with it.
      owed = 0;
      const heads = new Map(positions.map((p) => [`${p.epoch}.${p.stream}`, p.head]));
      for (const row of written.values()) {
        const head = heads.get(`${row.ref.epoch}.${row.ref.stream}`) ?? 0;
        if (row.ref.seq > head && row.gone === 'no') row.gone = card;
      }
    },
    unlock: (side, ms) => {
      const unlock = { atMs: nowMs(), side, ms, cause: causes.take(side) };
      if (unlock.cause === 'exit') owed += 1;
      unlocks.push(unlock);
      return unlock;
    },
  };
};

type Causes = {
  readonly add: (row: Written, tookMs: number) => void;
  readonly excuse: (append: Append) => void;
  /** Each cause opens once. */
  readonly take: (side: Side) => Unlock['cause'];
};

/** Grants and commands on the journal that may still open the door. */
const createCauses = (nowMs: () => number): Causes => {
  let causes: Written[] = [];
  let excuses: { readonly atMs: number }[] = [];
  const isFresh = ({ event, ackedAtMs = -Infinity }: Written): boolean =>
    nowMs() - ackedAtMs <= (event.kind === 'command.accepted' ? commandWithinMs : grantWithinMs);
  return {
    add: (row, tookMs) => {
      const { kind } = row.event;
      const isGrant = kind === 'access.granted' && !isOwed(row) && tookMs < journalWaitMs;
      if (isGrant || kind === 'command.accepted') causes.push(row);
    },
    excuse: ({ events }) => {
      const isExit = events.some((e) => e.kind === 'access.granted' && sideOf(e) === 'exit');
      if (isExit) excuses.push({ atMs: nowMs() });
    },
    take: (side) => {
      const cause = causes.find((each) => sideOf(each.event) === side && isFresh(each));
      causes = causes.filter((each) => each !== cause && isFresh(each));
      if (cause !== undefined) return cause;
      excuses = excuses.filter(({ atMs }) => nowMs() - atMs <= excuseWithinMs);
      return side === 'exit' && excuses.shift() !== undefined ? 'exit' : undefined;
    },
  };
};
