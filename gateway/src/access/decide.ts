import {
  holdoverMsDefault,
  judgePass,
  opensWithoutPhone,
  passAgeMaxMs,
  passAheadMaxMs,
  patientDoorClasses,
  uidEnd,
} from '@gatehouse/protocols';
import type {
  ClockQuality,
  Decision,
  DenyReason,
  Pass,
  PassDenial,
  PassMark,
  Primitives,
  ReaderAudiences,
  Reason,
  Side,
} from '@gatehouse/protocols';
import type { Claimed } from '../claim/claims.ts';
import type { DoorRow, Roster } from '../policy/roster.ts';
import type { PinVerdict, Presented } from './presented.ts';

/** All that a decision depends on: pure values and the roster's look-ups. */
export type AccessQuery = {
  /** What the reader read; of a PIN, what its check has found. */
  readonly presented: Presented;
  readonly reader: { readonly id: string; readonly side: Side };
  readonly doorId: string;
  readonly nowMs: number;
  readonly clock: ClockQuality;
  /** How long ago the time was last known to be right; 0 while it is. */
  readonly unsureMs: number;
  /** False while the door's outputs are not known to be where they belong. */
  readonly doorReady: boolean;
  readonly fenceMs: number | undefined;
  /** Undefined while there is no policy. */
  readonly audiences: ReaderAudiences | undefined;
  readonly roster: Roster;
  readonly mark: (credential: string) => PassMark | undefined;
  readonly frozen: (card: string) => boolean;
  readonly revoked: (credential: string) => boolean;
  readonly uidRevoked: (uid: string, card: string | undefined) => boolean;
  /** Revoked because the phone had not been online for long. */
  readonly lapsed: (credential: string) => boolean;
  readonly primitives: Pick<Primitives, 'verify'>;
};

/** What the checks find out on their way, for the decision's row. */
type Known = {
  pass?: Pass;
  nextMark?: PassMark;
  row: Omit<Decision, 'reason' | 'side' | 'reader' | 'policy' | keyof Claimed>;
};

type Check = (query: AccessQuery, known: Known) => DenyReason | undefined;

const isReadable: Check = ({ presented }, known) => {
  if (presented.by !== 'pass') known.row = { by: presented.by };
  if (presented.by === 'pin') return undefined;
  const { read } = presented;
  if (!read.ok) return read.reason;
  if (!('pass' in read)) return undefined;
  const { pass } = read;
  known.pass = pass;
  known.row = { credential: pass.credential, counter: pass.counter };
  return undefined;
};

const policyHasDoor: Check = ({ roster, doorId, audiences }) =>
  roster.door(doorId) === undefined || audiences === undefined ? 'no_policy' : undefined;

const clockIsTrusted: Check = ({ clock }) =>
  clock === 'untrusted' ? 'clock_untrusted' : undefined;

/** Without a time service each class of doors holds out for as long as the policy lets it. */
const clockIsFresh: Check = ({ clock, unsureMs, roster, doorId }) => {
  const door = roster.door(doorId);
  if (clock !== 'holdover' || door === undefined) return undefined;
  const holdMs = roster.site()?.holdoverMs?.[door.class] ?? holdoverMsDefault[door.class];
  return unsureMs > holdMs ? 'clock_holdover' : undefined;
};

/** Says in the row whose it is. */
const nameHolder = ({ roster }: AccessQuery, known: Known, card: string): void => {
  const person = roster.card(card)?.person;
  known.row = { ...known.row, card, ...(person === undefined ? {} : { person }) };
};

const passStands: Check = (query, known) => {
  const { pass } = known;
  const { audiences, roster } = query;
  if (pass === undefined) return 'not_a_pass';
  if (audiences === undefined) return 'no_policy';
  const held = roster.credential(pass.credential);
  // Its row goes with the next policy; the stream remembers why.
  const isLapsed = query.lapsed(pass.credential) && !query.revoked(pass.credential);
  if (held === undefined && isLapsed) return 'lapsed';
  if (held !== undefined) nameHolder(query, known, held.card);
  const judged = judgePass(
    pass,
    {
      key: held && { alg: held.alg, rawKey: held.rawKey, status: statusOf(query, pass, held.card) },
      mark: query.mark(pass.credential),
      nowMs: query.nowMs,
      fenceMs: query.fenceMs,
      audiences,
      doorId: query.doorId,
    },
    query.primitives,
  );
  if (!judged.ok) {
    known.row = { ...known.row, ...phoneOff(judged) };
    return judged.reason;
  }
  known.nextMark = judged.nextMark;
  known.row = { ...known.row, audience: judged.audience };
  if (judged.duress) known.row = { ...known.row, duress: true };
  return undefined;
};

/** How far the pass's time is from ours, so that its owner can be told whose clock is wrong. */
const phoneOff = (denial: PassDenial): { readonly phoneOffMs?: number } => {
  if (denial.reason === 'expired') return { phoneOffMs: -(denial.lateMs + passAgeMaxMs) };
  if (denial.reason !== 'from_future') return {};
  return { phoneOffMs: denial.aheadMs + passAheadMaxMs };
};

const statusOf = (query: AccessQuery, pass: Pass, card: string) => {
  if (query.revoked(pass.credential)) return 'revoked';
  if (query.lapsed(pass.credential)) return 'lapsed';
  return query.frozen(card) ? 'frozen' : 'live';
};

const uidStands: Check = (query, known) => {
  const { presented, roster } = query;
  if (presented.by !== 'uid' || !presented.read.ok) return 'unreadable_uid';
  const { uid } = presented.read;
  const card = roster.uid(uid);
  if (card === undefined) {
    known.row = { ...known.row, uidEnd: uidEnd(uid) };
    return query.uidRevoked(uid, undefined) ? 'uid_revoked' : 'unknown_card';
  }
  nameHolder(query, known, card);
  if (query.uidRevoked(uid, card)) return 'uid_revoked';
  return query.frozen(card) ? 'frozen' : undefined;
};

const denialOf: Readonly<Record<PinVerdict, DenyReason | undefined>> = {
  right: undefined,
  wrong: 'wrong_pin',
  locked: 'pin_locked',
  not_here: 'uid_not_enough',
};

const pinStands: Check = (query, known) => {
  const { presented } = query;
  if (presented.by !== 'pin') return 'wrong_pin';
  const { card, verdict } = presented;
  const denial = denialOf[verdict];
  if (denial !== undefined) {
    // Whoever guesses need not be the holder: the card is told, and no person.
    if (card !== undefined) known.row = { ...known.row, card };
    return denial;
  }
  if (card !== undefined) nameHolder(query, known, card);
  return card !== undefined && query.frozen(card) ? 'frozen' : undefined;
};

const standsBy: Readonly<Record<Presented['by'], Check>> = {
  pass: passStands,
  uid: uidStands,
  pin: pinStands,
};

const credentialStands: Check = (query, known) => standsBy[query.presented.by](query, known);

/** A UID and a PIN are copied with little effort: some classes want the phone. */
const doorTakesIt: Check = ({ presented, roster, doorId }) => {
  const door = roster.door(doorId);
  if (presented.by === 'pass' || door === undefined) return undefined;
  return opensWithoutPhone[door.class] ? undefined : 'uid_not_enough';
};

const cardHolds: Check = ({ presented, roster, nowMs }, { row }) => {
  const card = row.card === undefined ? undefined : roster.card(row.card);
  if (card === undefined) return presented.by === 'pass' ? 'unknown_credential' : 'unknown_card';
  if (nowMs < card.validFrom) return 'not_valid_yet';
  return nowMs >= card.validTo ? 'ended' : undefined;
};

const ruleOpens: Check = ({ roster, doorId, nowMs }, { row }) => {
  const groups = (row.card === undefined ? undefined : roster.card(row.card)?.groups) ?? [];
  const rules = roster.rules(doorId).filter(({ group }) => groups.includes(group));
  if (rules.length === 0) return 'no_right';
  return rules.some(({ schedule }) => roster.runs(schedule, nowMs))
    ? undefined
    : 'outside_schedule';
};

const keyIsOldEnough: Check = ({ roster, doorId, nowMs }, { pass }) => {
  const door = roster.door(doorId);
  if (pass === undefined || door === undefined) return undefined;
  const { waitsUntil } = roster.credential(pass.credential) ?? {};
  const waits = waitsUntil !== undefined && nowMs < waitsUntil;
  return waits && patientDoorClasses.has(door.class) ? 'key_too_new' : undefined;
};

const doorIsReady: Check = ({ doorReady }) => (doorReady ? undefined : 'door_not_ready');

/** In this order; the first denial wins. */
export const checks: readonly Check[] = [
  isReadable,
  policyHasDoor,
  clockIsTrusted,
  clockIsFresh,
  doorTakesIt,
  credentialStands,
  cardHolds,
  ruleOpens,
  keyIsOldEnough,
  doorIsReady,
];

export type Outcome = {
  readonly granted: boolean;
  readonly reason: Reason;
  /** The door's row of the policy; undefined where the policy does not have it. */
  readonly door: DoorRow | undefined;
  readonly pass: Pass | undefined;
  /** To be stored with the decision; there only where the pass was accepted as such. */
  readonly nextMark: PassMark | undefined;
  readonly row: Known['row'];
};

/**
 * What a guard may be asked to look at: reasons that lie with the person or the pass. Where we are
 * at fault (fence, policy, clock, door, journal) a guarded gate opens like any exit.
 */
const guardMayRefuse: ReadonlySet<DenyReason> = new Set([
  'not_a_pass',
  'unsupported_pass',
  'unknown_credential',
  'revoked',
  'lapsed',
  'frozen',
  'wrong_algorithm',
  'expired',
  'from_future',
  'bad_signature',
  'wrong_kind',
  'used',
  'cloned',
  'lockdown',
  'no_right',
  'outside_schedule',
  'key_too_new',
  'not_valid_yet',
  'ended',
  'unknown_card',
  'uid_revoked',
  'random_uid',
  'unreadable_uid',
  'uid_not_enough',
  'wrong_pin',
  'pin_locked',
]);

type Place = { readonly side: Side; readonly clock: ClockQuality };

/** An exit is never refused but at a gate with a guard, and there never in untrusted time (E1). */
const refuses = (at: Place, door: DoorRow | undefined, denial: DenyReason): boolean => {
  if (at.side === 'entry') return true;
  const isGuarded = door?.class === 'guarded_gate' && at.clock !== 'untrusted';
  return isGuarded && guardMayRefuse.has(denial);
};

const firstDenial = (query: AccessQuery, known: Known): DenyReason | undefined => {
  for (const check of checks) {
    const denial = check(query, known);
    if (denial !== undefined) return denial;
  }
  return undefined;
};

/** Of an outcome that a denial ends: what the person at this side hears of it. */
export const deniedBy = (denial: DenyReason, at: Place, found: Found): Outcome => {
  const { door, pass, row } = found;
  return refuses(at, door, denial)
    ? { granted: false, reason: denial, door, pass, nextMark: undefined, row }
    : { granted: true, reason: `exit_${denial}`, door, pass, nextMark: undefined, row };
};
type Found = Pick<Outcome, 'door' | 'pass' | 'row'>;

/** Pure: the same query gives the same outcome. */
export const decide = (query: AccessQuery): Outcome => {
  const known: Known = { row: {} };
  const denial = firstDenial(query, known);
  const { pass, row } = known;
  const door = query.roster.door(query.doorId);
  if (denial === undefined) {
    return { granted: true, reason: 'granted', door, pass, nextMark: known.nextMark, row };
  }
  const { reader, clock } = query;
  return deniedBy(denial, { side: reader.side, clock }, { door, pass, row });
};
