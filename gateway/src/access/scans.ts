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
import { createHeldOpen, heldOpenUntil } from './held-open.ts';
import { journalMark } from './marks.ts';
import type { Marks } from './marks.ts';
import type { Pins } from './pins.ts';
import { attemptOf, credentialOf, readText } from './presented.ts';
import type { Presented, ReadKind } from './presented.ts';

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
  const { conditions, pins } = options;
  const attempts = createAttempts();
  const heldOpen = createHeldOpen();
  const judge = createJudge(options);
  const eventOf = createDecisionEvents(options.keeper, options.event);
  const write = createWrite(options, eventOf);
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

  const carryOut = async (reader: Reader, written: Written): Promise<boolean> => {
    const { outcome, appended } = written;
    const ref = appended?.ok === true ? appended.refs[0] : undefined;
    if (ref === undefined) return withoutJournal(reader, written);
    conditions.clear('journal_failed', options.gateway);
    if (outcome.granted) return unlock(reader, outcome, eventId(ref));
    reader.show(outcome.reason);
    return false;
  };

  return {
    onCode: async (reader, text, kind = 'code') => {
      const read = readText(text, kind);
      const attempt = attemptOf(read);
      const monoMs = options.ports.clock.monoMs();
      if (attempts.isRepeat(reader.id, attempt, monoMs)) return;
      if (read.by === 'pin' && pins.isBusy(reader.id)) return;
      const credential = credentialOf(read);
      if (credential !== undefined && heldOpen.isFor(reader.id, credential, monoMs)) {
        attempts.fold(reader.id);
        return;
      }
      const repeats = attempts.decided(reader.id, attempt, monoMs);
      const presented = read.by === 'pin' ? await pins.check(reader, read.entry) : read;
      let written = await write(reader, judge(reader, presented), repeats);
      if (written.appended?.ok === false) {
        // The journal held a higher mark than memory did: it is the truth.
        written = await write(reader, judge(reader, presented), repeats);
      }
      const { outcome } = written;
      if (outcome.reason === 'granted' && credential !== undefined) {
        const unlockMs = outcome.door?.unlockMs ?? unlockDefaultMs;
        heldOpen.begin(reader.id, credential, heldOpenUntil(monoMs, unlockMs));
      }
      const opened = await carryOut(reader, written);
      if (!opened) heldOpen.end(reader.id);
      // Who wants out and was not let out may ask again with the same code.
      if (!opened && reader.side === 'exit') attempts.forget(reader.id);
    },
  };
};

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
