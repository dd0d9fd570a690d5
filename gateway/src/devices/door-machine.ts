import type { Model } from '@gatehouse/device-profiles';
import type { DoorReport, EventData, Side } from '@gatehouse/protocols';
import { opensSide, stateOf } from './norms.ts';

/** A contact bounces: a state counts after it has lasted this long. */
export const contactSettleMs = 100;
export const heldWarnAfterMs = 30_000;
export const heldAfterMs = 60_000;
/** How long a turnstile shows a forced passage; a door shows it until it is closed. */
export const forcedShownMs = 10_000;
/** Passages that are waited for; beyond it the oldest counts as not taken. */
export const grantsMax = 64;

export type DoorModel = {
  /** Sides whose passage is seen and locked; a side without an output may be left freely. */
  readonly guarded: readonly Side[];
  readonly hasContact: boolean;
};
export const doorModel = (model: Model): DoorModel => ({
  guarded: opensSide(model, 'exit') ? ['entry', 'exit'] : ['entry'],
  hasContact: stateOf(model, 'door.contact') !== undefined,
});

export type Grant = {
  /** Event or command id. */
  readonly cause: string;
  readonly side: Side;
  readonly person?: string | undefined;
  /** Last moment at which a passage is this grant's. */
  readonly untilMs: number;
};

export type DoorInput =
  | ({ readonly kind: 'grant' } & Grant)
  /** The door stands free (fire, schedule, override) until `free: false`: no passage is forced. */
  | { readonly kind: 'release'; readonly free: boolean }
  | { readonly kind: 'passage'; readonly side: Side }
  | { readonly kind: 'contact'; readonly state: Contact }
  | { readonly kind: 'output'; readonly state: 'on' | 'off' | 'unknown' }
  | { readonly kind: 'device'; readonly state: 'silent' | 'back' }
  | { readonly kind: 'tick' };

type DoorEventKind =
  | 'access.taken'
  | 'access.not_taken'
  | 'door.opened'
  | 'door.closed'
  | 'door.forced'
  | 'door.held_warned'
  | 'door.held';
export type DoorEvent = {
  [K in DoorEventKind]: {
    readonly kind: K;
    /** When it happened, in the time of `nowMs`: at or before it. */
    readonly atMs: number;
    readonly data: EventData<K>;
  };
}[DoorEventKind];

type Contact = DoorReport['contact'];
type Held = 'no' | 'warned' | 'held';

export type DoorState = {
  readonly model: DoorModel;
  readonly device: 'unknown' | 'back';
  readonly output: 'on' | 'off' | 'unknown';
  readonly grants: readonly Grant[];
  readonly free: boolean;
  readonly contact: Contact;
  /** The last settled state that was known, which a silence does not wipe out. */
  readonly contactKnown: Contact;
  /** A contact state that has not lasted yet. */
  readonly settling: { readonly to: 'open' | 'closed'; readonly sinceMs: number } | undefined;
  readonly openSinceMs: number | undefined;
  readonly held: Held;
  /** When a contact door may be opened again under a grant that was taken already. */
  readonly releasedUntilMs: number;
  /** Shown as forced until then; Infinity = until the door is closed. */
  readonly forcedUntilMs: number | undefined;
};

export type DoorStep = {
  readonly state: DoorState;
  readonly events: readonly DoorEvent[];
  /** When a tick is due, or undefined. */
  readonly wakeAtMs: number | undefined;
};

export const newDoor = (model: DoorModel): DoorState => ({
  model,
  device: 'unknown',
  output: 'unknown',
  grants: [],
  free: false,
  contact: 'unknown',
  contactKnown: 'unknown',
  settling: undefined,
  openSinceMs: undefined,
  held: 'no',
  releasedUntilMs: -Infinity,
  forcedUntilMs: undefined,
});

/** "unknown" is never locked or closed. */
export const doorView = (state: DoorState): Omit<DoorReport, 'door' | 'since'> => {
  const known = state.device === 'back';
  const locks = { on: 'unlocked', off: 'locked', unknown: 'unknown' } as const;
  const passage = (): DoorReport['passage'] => {
    if (!known) return 'unknown';
    if (state.forcedUntilMs !== undefined) return 'forced';
    if (state.held === 'held') return 'held';
    return state.free || state.grants.length > 0 ? 'granted' : 'secure';
  };
  return {
    lock: known ? locks[state.output] : 'unknown',
    contact: known ? state.contact : 'unknown',
    passage: passage(),
    ready: known,
  };
};

type Change = { readonly state: DoorState; readonly events: readonly DoorEvent[] };
type Rule = (state: DoorState, nowMs: number) => Change;

/**
 * One door: what was granted, and what its device then reports.
 * @param nowMs monotonic, never less than before
 */
export const stepDoor = (state: DoorState, input: DoorInput, nowMs: number): DoorStep => {
  const events: DoorEvent[] = [];
  const apply = (before: DoorState, rule: Rule): DoorState => {
    const change = rule(before, nowMs);
    events.push(...change.events);
    return change.state;
  };
  const settled = [settleContact, expireBefore].reduce(apply, state);
  const taken = apply(settled, (before) => onInput(before, input, nowMs));
  const next = [settleContact, expireAt, warnHeld, endForced].reduce(apply, taken);
  return { state: next, events, wakeAtMs: wakeAtMs(next) };
};

const quietly = (state: DoorState): Change => ({ state, events: [] });

const onInput = (state: DoorState, input: DoorInput, nowMs: number): Change => {
  const table: {
    readonly [K in DoorInput['kind']]: (input: Extract<DoorInput, { kind: K }>) => Change;
  } = {
    grant: (it) => onGrant(state, it, nowMs),
    release: ({ free }) => quietly(onRelease(state, free, nowMs)),
    passage: ({ side }) => onPassage(state, side, nowMs),
    contact: (it) => quietly(onContact(state, it.state, nowMs)),
    output: (it) => quietly({ ...state, output: it.state }),
    device: (it) => quietly(onDevice(state, it.state)),
    tick: () => quietly(state),
  };
  // The row of a kind takes the input of that kind.
  return (table[input.kind] as (it: DoorInput) => Change)(input);
};

const about = ({ cause, side, person }: Grant) => ({
  cause,
  side,
  ...(person === undefined ? {} : { person }),
});
const taken = (grant: Grant, atMs: number): DoorEvent => ({
  kind: 'access.taken',
  atMs,
  data: about(grant),
});
const notTaken = (grant: Grant, atMs: number): DoorEvent => ({
  kind: 'access.not_taken',
  atMs,
  data: about(grant),
});

const isOpen = (state: DoorState): boolean => state.contact === 'open' && state.device === 'back';

/** Each person one passage; through a door that stands open the person is taken to walk at once. */
const onGrant = (state: DoorState, input: { kind: 'grant' } & Grant, nowMs: number): Change => {
  const { kind: _, ...grant } = input;
  const releasedUntilMs = state.model.hasContact
    ? Math.max(state.releasedUntilMs, grant.untilMs)
    : state.releasedUntilMs;
  if (isOpen(state) && state.model.hasContact) {
    return { state: { ...state, releasedUntilMs }, events: [taken(grant, nowMs)] };
  }
  const grants = [...state.grants, grant];
  const dropped = grants.slice(0, Math.max(0, grants.length - grantsMax));
  return {
    state: { ...state, releasedUntilMs, grants: grants.slice(dropped.length) },
    events: dropped.map((each) => notTaken(each, nowMs)),
  };
};

/** The time a door was open by right is not the time it is held. */
const onRelease = (state: DoorState, free: boolean, nowMs: number): DoorState => ({
  ...state,
  free,
  ...(state.openSinceMs === undefined ? {} : { openSinceMs: nowMs, held: 'no' }),
  ...(free ? { forcedUntilMs: undefined } : {}),
});

const onPassage = (state: DoorState, side: Side, nowMs: number): Change => {
  const mine = state.grants.find((grant) => grant.side === side);
  if (mine !== undefined) {
    const grants = state.grants.filter((grant) => grant !== mine);
    return { state: { ...state, grants }, events: [taken(mine, nowMs)] };
  }
  const isRight = state.free || !state.model.guarded.includes(side);
  if (isRight || state.device === 'unknown') return quietly(state);
  return {
    state: { ...state, forcedUntilMs: nowMs + forcedShownMs },
    events: [{ kind: 'door.forced', atMs: nowMs, data: { side } }],
  };
};

/** The first state after a silence is taken as it is: how it came about was not seen. */
const onContact = (state: DoorState, to: Contact, nowMs: number): DoorState => {
  if (to === 'unknown') return { ...state, contact: 'unknown', settling: undefined };
  if (to === state.contact) return { ...state, settling: undefined };
  if (state.settling?.to === to) return state;
  return { ...state, settling: { to, sinceMs: nowMs } };
};

const onDevice = (state: DoorState, to: 'silent' | 'back'): DoorState =>
  to === 'back'
    ? { ...state, device: 'back' }
    : { ...state, device: 'unknown', output: 'unknown', contact: 'unknown', settling: undefined };

const settleContact: Rule = (state, nowMs) => {
  const { settling } = state;
  if (settling === undefined || nowMs - settling.sinceMs < contactSettleMs) return quietly(state);
  const before = { ...state, settling: undefined, contact: settling.to, contactKnown: settling.to };
  const { contactKnown } = state;
  const { sinceMs: atMs } = settling;
  return settling.to === 'open'
    ? opened(before, {
        atMs,
        seen: state.contact === 'closed',
        isChange: contactKnown === 'closed',
      })
    : closed(before, { atMs, isChange: contactKnown === 'open' });
};

const opened = (
  state: DoorState,
  at: { readonly atMs: number; readonly seen: boolean; readonly isChange: boolean },
): Change => {
  const { atMs } = at;
  const open: DoorState = { ...state, openSinceMs: atMs, held: 'no', grants: [] };
  const [first] = state.grants;
  const isRight =
    first !== undefined || state.free || state.output === 'on' || atMs <= state.releasedUntilMs;
  const data = first === undefined ? {} : about(first);
  const events: DoorEvent[] = [
    ...(at.isChange ? [{ kind: 'door.opened', atMs, data } as const] : []),
    ...state.grants.map((grant) => taken(grant, atMs)),
  ];
  if (isRight || !at.seen) return { state: open, events };
  events.push({ kind: 'door.forced', atMs, data: {} });
  return { state: { ...open, forcedUntilMs: Infinity }, events };
};

const closed = (
  state: DoorState,
  at: { readonly atMs: number; readonly isChange: boolean },
): Change => ({
  state: { ...state, openSinceMs: undefined, held: 'no', forcedUntilMs: undefined },
  events: at.isChange ? [{ kind: 'door.closed', atMs: at.atMs, data: {} }] : [],
});

/** A grant that may have been taken by an opening that has not settled yet is not over. */
const waitsForContact = ({ settling }: DoorState, grant: Grant): boolean =>
  settling?.to === 'open' && grant.untilMs >= settling.sinceMs;

const expire = (state: DoorState, isOver: (grant: Grant) => boolean): Change => {
  const over = state.grants.filter((grant) => isOver(grant) && !waitsForContact(state, grant));
  return {
    state: { ...state, grants: state.grants.filter((grant) => !over.includes(grant)) },
    events: over.map((grant) => notTaken(grant, grant.untilMs)),
  };
};
/** A passage at the very moment still counts, one after it does not. */
const expireBefore: Rule = (state, nowMs) => expire(state, ({ untilMs }) => untilMs < nowMs);
const expireAt: Rule = (state, nowMs) => expire(state, ({ untilMs }) => untilMs <= nowMs);

const heldNext: Readonly<
  Record<Held, { afterMs: number; to: Held; kind: 'door.held_warned' | 'door.held' } | undefined>
> = {
  no: { afterMs: heldWarnAfterMs, to: 'warned', kind: 'door.held_warned' },
  warned: { afterMs: heldAfterMs, to: 'held', kind: 'door.held' },
  held: undefined,
};

/** A door that was forced, or stands free, is not held: its own alarm or right says more. */
const heldDueMs = (state: DoorState): number | undefined => {
  const next = heldNext[state.held];
  if (next === undefined || state.openSinceMs === undefined || !isOpen(state)) return undefined;
  if (state.free || state.forcedUntilMs !== undefined) return undefined;
  return state.openSinceMs + next.afterMs;
};

const warnHeld: Rule = (state, nowMs) => {
  const events: DoorEvent[] = [];
  let held = state;
  for (let due = heldDueMs(held); due !== undefined && due <= nowMs; due = heldDueMs(held)) {
    const next = heldNext[held.held];
    if (next === undefined) break;
    events.push({ kind: next.kind, atMs: due, data: {} });
    held = { ...held, held: next.to };
  }
  return { state: held, events };
};

const endForced: Rule = (state, nowMs) =>
  quietly(
    state.forcedUntilMs !== undefined && state.forcedUntilMs <= nowMs
      ? { ...state, forcedUntilMs: undefined }
      : state,
  );

const wakeAtMs = (state: DoorState): number | undefined => {
  const times = [
    ...state.grants.filter((grant) => !waitsForContact(state, grant)).map((grant) => grant.untilMs),
    ...(state.settling === undefined ? [] : [state.settling.sinceMs + contactSettleMs]),
    heldDueMs(state) ?? Infinity,
    state.forcedUntilMs ?? Infinity,
  ];
  const next = Math.min(...times);
  return Number.isFinite(next) ? next : undefined;
};
