import { eventId } from '@gatehouse/protocols';
import type { NewEvent } from '@gatehouse/protocols';
import type { Claimed, Claims } from '../claim/claims.ts';
import type { TimeReading } from '../clock-trust.ts';
import type { Conditions } from '../conditions.ts';
import type { EventBody } from '../events.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { Appended, Ports } from '../ports.ts';
import { createAttempts } from './attempts.ts';
import { createCommit } from './commit.ts';
import { decide, deniedBy } from './decide.ts';
import type { Outcome } from './decide.ts';
import { createDecisionEvents } from './decision-event.ts';
import { createDoorAudiences } from './door-audiences.ts';
import type { Door, Reader, Unlocking } from './doorway.ts';
import { createHeldOpen } from './held-open.ts';
import { journalMark } from './marks.ts';
import type { Marks } from './marks.ts';
import type { Pins } from './pins.ts';
import { attemptOf, credentialOf, readText } from './presented.ts';
import type { Presented, Read, ReadKind } from './presented.ts';

/** An unlock that has not begun by then is not begun any more. */
export const unlockWithinMs = 2_000;
/** Where the policy does not know the door (an exit that must open all the same). */
export const unlockDefaultMs = 5_000;

export type ScansOptions = {
  readonly ports: Pick<Ports, 'clock' | 'journal' | 'primitives'>;
  readonly gateway: string;
  readonly keeper: Pick<Keeper, 'held' | 'roster' | 'revocations' | 'ageMs'>;
  readonly marks: Marks;
  readonly claims: Pick<Claims, 'claim' | 'unasked'>;
  readonly pins: Pins;
  readonly conditions: Conditions;
  readonly time: () => TimeReading;
  readonly fenceMs: () => number | undefined;
  readonly door: (id: string) => Door | undefined;
  readonly event: (body: EventBody) => NewEvent;
  /** Exits that opened before they could be written: written when the journal is back. */
  readonly owed: (event: NewEvent) => void;
};

export type Scans = {
  /** What one reader has read, a code where not said; resolves when the door has answered. */
  readonly onCode: (reader: Reader, text: string, kind?: ReadKind) => Promise<void>;
};

/** From the text that a reader read to the door's own report. Durable first, then the effect. */
export const createScans = (options: ScansOptions): Scans => {
  const { pins } = options;
  const attempts = createAttempts();
  const heldOpen = createHeldOpen();
  const judge = createJudge(options);
  const eventOf = createDecisionEvents(options.keeper, options.event);
  const write = createWrite(options, eventOf);
  const carryOut = createCarryOut(options, eventOf);

  /** Judged, written, answered: true where the door has opened. */
  const answer = async (
    reader: Reader,
    presented: Presented,
    repeats: number,
  ): Promise<boolean> => {
    const judged = judge(reader, presented);
    const credential = heldBy(reader, judged);
    const monoMs = options.ports.clock.monoMs();
    if (credential !== undefined) heldOpen.opening(reader.id, credential, monoMs);
    let written = await write(reader, judged, repeats);
    if (written.appended?.ok === false) {
      // The journal held a higher mark than memory did: it is the truth.
      written = await write(reader, judge(reader, presented), repeats);
    }
    const isOpen = await carryOut(reader, written);
    if (credential === undefined) return isOpen;
    // From now on: disk, group and door took their time before the pulse began.
    const unlockMs = judged.door?.unlockMs ?? unlockDefaultMs;
    const pulse = { monoMs: options.ports.clock.monoMs(), unlockMs };
    if (isOpen) heldOpen.opened(reader.id, credential, pulse);
    else heldOpen.end(reader.id, credential);
    return isOpen;
  };

  /** The renewed code of a phone to which the door is open: nothing is written, nothing marked. */
  const isFolded = (reader: Reader, read: Read, monoMs: number): boolean => {
    if (read.by === 'pin') return false;
    const credential = credentialOf(read);
    if (credential === undefined || !heldOpen.isFor(reader.id, credential, monoMs)) return false;
    // Judged all the same: what is refused, and what asks for help, keeps its row and its alarm.
    const judged = judge(reader, read);
    return heldBy(reader, judged) !== undefined && judged.row.duress !== true;
  };

  return {
    onCode: async (reader, text, kind = 'code') => {
      const read = readText(text, kind);
      const attempt = attemptOf(read);
      const monoMs = options.ports.clock.monoMs();
      if (attempts.isRepeat(reader.id, attempt, monoMs)) return;
      if (read.by === 'pin' && pins.isBusy(reader.id)) return;
      if (isFolded(reader, read, monoMs)) {
        attempts.fold(reader.id);
        return;
      }
      const repeats = attempts.decided(reader.id, attempt, monoMs);
      const presented = read.by === 'pin' ? await pins.check(reader, read.entry) : read;
      const isOpen = await answer(reader, presented, repeats);
      // Who wants out and was not let out may ask again with the same code.
      if (!isOpen && reader.side === 'exit') attempts.forget(reader.id);
    },
  };
};

/** The key to which an entry is open by this outcome; who leaves is always checked and answered. */
const heldBy = ({ side }: Reader, { reason, pass }: Outcome): string | undefined =>
  side === 'entry' && reason === 'granted' ? pass?.credential : undefined;

/** What the checks say of a code at this reader, now. */
const createJudge = (
  options: ScansOptions,
): ((reader: Reader, presented: Presented) => Outcome) => {
  const { ports, keeper, marks } = options;
  const audiences = createDoorAudiences(keeper);
  return (reader, presented) => {
    const { atMs: nowMs, quality: clock, unsureMs } = options.time();
    return decide({
      presented,
      reader,
      doorId: reader.door,
      nowMs,
      clock,
      unsureMs,
      doorReady: options.door(reader.door)?.ready() ?? false,
      fenceMs: options.fenceMs(),
      audiences: audiences(reader.door),
      roster: keeper.roster(),
      mark: marks.of,
      frozen: keeper.revocations.frozen,
      revoked: keeper.revocations.revoked,
      uidRevoked: keeper.revocations.uidRevoked,
      lapsed: keeper.revocations.lapsed,
      primitives: ports.primitives,
    });
  };
};

/** A decision as it stands now, and whether it is on disk. */
type Written = {
  readonly outcome: Outcome;
  readonly claimed: Claimed;
  readonly appended: Appended | undefined;
};

/** Claims and journals a decision, and with it the mark of the pass that it accepted. */
const createWrite = (
  options: ScansOptions,
  eventOf: ReturnType<typeof createDecisionEvents>,
): ((reader: Reader, outcome: Outcome, repeats: number) => Promise<Written>) => {
  const { marks, claims, pins } = options;
  const commit = createCommit(options);
  return async (reader, outcome, repeats) => {
    const { pass, nextMark, row } = outcome;
    if (pass === undefined || nextMark === undefined) {
      const claimed = claims.unasked();
      const events = [eventOf(reader, outcome, { claimed, repeats })];
      const tried = row.by === 'pin' ? { pinTries: pins.tries() } : {};
      return { outcome, claimed, appended: await commit(reader, { events, ...tried }) };
    }
    const { credential } = pass;
    // Taken in memory before anybody else knows of it: a second reader must find it taken.
    const before = marks.of(credential);
    marks.reserve(credential, nextMark);
    const use = { pass, audience: row.audience ?? '', door: reader.door };
    const claimed = await claims.claim(use);
    if (claimed.denial !== undefined) {
      marks.release(credential, nextMark, before);
      const at = { side: reader.side, clock: options.time().quality };
      const denied = deniedBy(claimed.denial, at, outcome);
      const events = [eventOf(reader, denied, { claimed, repeats })];
      return { outcome: denied, claimed, appended: await commit(reader, { events }) };
    }
    const events = [eventOf(reader, outcome, { claimed, repeats })];
    const appended = await commit(reader, { events, mark: journalMark(credential, nextMark) });
    if (appended?.ok !== true) marks.release(credential, nextMark, before);
    if (appended?.ok === false) marks.learn(appended.held);
    return { outcome, claimed, appended };
  };
};

/** Unlocks or says why not, as it is on disk; true where the door has opened. */
const createCarryOut = (
  options: ScansOptions,
  eventOf: ReturnType<typeof createDecisionEvents>,
): ((reader: Reader, written: Written) => Promise<boolean>) => {
  const { conditions } = options;
  const unlock = createUnlock(options);
  /** Nothing is on disk: entries refuse, exits open and owe their row. */
  const withoutJournal = async (
    reader: Reader,
    { outcome, claimed }: Written,
  ): Promise<boolean> => {
    conditions.raise('journal_failed', options.gateway, '');
    if (reader.side === 'entry') {
      reader.show('journal_failed');
      return false;
    }
    const forced: Outcome = { ...outcome, granted: true, reason: 'exit_journal_failed' };
    options.owed(eventOf(reader, forced, { claimed, repeats: 0 }));
    return unlock(reader, forced, forced.reason);
  };

  return async (reader, written) => {
    const { outcome, appended } = written;
    const ref = appended?.ok === true ? appended.refs[0] : undefined;
    if (ref === undefined) return withoutJournal(reader, written);
    conditions.clear('journal_failed', options.gateway);
    if (outcome.granted) return unlock(reader, outcome, eventId(ref));
    reader.show(outcome.reason);
    return false;
  };
};

/** Opens what was granted; true when the door itself has confirmed it, or could not say more. */
const createUnlock = (
  options: ScansOptions,
): ((reader: Reader, outcome: Outcome, cause: string) => Promise<boolean>) => {
  const { conditions, ports } = options;
  return async (reader, outcome, cause) => {
    reader.show(outcome.reason);
    const unlocking: Unlocking = {
      side: reader.side,
      cause,
      person: outcome.row.person,
      ms: outcome.door?.unlockMs ?? unlockDefaultMs,
      deadlineMs: ports.clock.monoMs() + unlockWithinMs,
    };
    const unlocked = (await options.door(reader.door)?.unlock(unlocking)) ?? 'failed';
    if (unlocked === 'confirmed' || unlocked === 'sent') {
      conditions.clear('unlock_failed', reader.door);
      return true;
    }
    reader.show('unlock_failed');
    conditions.raise('unlock_failed', reader.door, unlocked);
    return false;
  };
};
