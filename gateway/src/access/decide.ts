import {
  holdoverMsDefault,
  judgePass,
  passAgeMaxMs,
  passAheadMaxMs,
  patientDoorClasses,
} from '@gatehouse/protocols';
import type {
  ClockQuality,
  Decision,
  DenyReason,
  ParsedPass,
  Pass,
  PassDenial,
  PassMark,
  Primitives,
  ReaderAudiences,
  Reason,
  Side,
} from '@gatehouse/protocols';
import type { DoorRow, Roster } from '../policy/roster.ts';

/** All that a decision depends on: pure values and the roster's look-ups. */
export type AccessQuery = {
  /** What the reader read. */
  readonly scanned: ParsedPass;
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
  /** Revoked because the phone had not been online for long. */
  readonly lapsed: (credential: string) => boolean;
  readonly primitives: Pick<Primitives, 'verify'>;
};

/** What the checks find out on their way, for the decision's row. */
type Known = {
  pass?: Pass;
  nextMark?: PassMark;
  row: Omit<Decision, 'reason' | 'side' | 'reader' | 'basis' | 'policy'>;
};

type Check = (query: AccessQuery, known: Known) => DenyReason | undefined;

const codeIsPass: Check = ({ scanned }, known) => {
  if (!scanned.ok) return scanned.reason;
  const { pass } = scanned;
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

const passStands: Check = (query, known) => {
  const { pass } = known;
  const { audiences, roster } = query;
  if (pass === undefined) return 'not_a_pass';
  if (audiences === undefined) return 'no_policy';
  const held = roster.credential(pass.credential);
  // Its row goes with the next policy; the stream remembers why.
  if (held === undefined && query.lapsed(pass.credential)) return 'lapsed';
  if (held !== undefined) {
    known.row = { ...known.row, card: held.card };
    const person = roster.card(held.card)?.person;
    if (person !== undefined) known.row = { ...known.row, person };
  }
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

const cardHolds: Check = ({ roster, nowMs }, { row }) => {
  const card = row.card === undefined ? undefined : roster.card(row.card);
  if (card === undefined) return 'unknown_credential';
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
  codeIsPass,
  policyHasDoor,
  clockIsTrusted,
  clockIsFresh,
  passStands,
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
]);

/** An exit is never refused but at a gate with a guard, and there never in untrusted time (E1). */
const refuses = (query: AccessQuery, door: DoorRow | undefined, denial: DenyReason): boolean => {
  if (query.reader.side === 'entry') return true;
  const isGuarded = door?.class === 'guarded_gate' && query.clock !== 'untrusted';
  return isGuarded && guardMayRefuse.has(denial);
};

const firstDenial = (query: AccessQuery, known: Known): DenyReason | undefined => {
  for (const check of checks) {
    const denial = check(query, known);
    if (denial !== undefined) return denial;
  }
  return undefined;
};

/** Pure: the same query gives the same outcome. */
export const decide = (query: AccessQuery): Outcome => {
  const known: Known = { row: {} };
  const denial = firstDenial(query, known);
  const { pass, row } = known;
  const door = query.roster.door(query.doorId);
  if (denial === undefined) {
    return { granted: true, reason: 'granted', door, pass, nextMark: known.nextMark, row };
  }
  return refuses(query, door, denial)
    ? { granted: false, reason: denial, door, pass, nextMark: undefined, row }
    : { granted: true, reason: `exit_${denial}`, door, pass, nextMark: undefined, row };
};
