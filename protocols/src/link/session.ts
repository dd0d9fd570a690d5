import Type from 'typebox';
import { claimAuthorityStates } from '../claim/claim.ts';
import { Condition } from '../conditions.ts';
import { DeviceValues } from '../device-values.ts';
import { Cursor, Epoch, Id, Stream } from '../ids.ts';
import { At, ClockStamp } from '../time.ts';

/** Random per connection: a death that names another session is ignored. */
export const SessionId = Type.String({ pattern: '^[0-9a-f]{16}$' });

/** What a gateway holds; the cloud sends what is newer. */
export const Held = Type.Object({
  keysSerial: Cursor,
  policyEpoch: Cursor,
  policyVersion: Cursor,
  revocationEpoch: Cursor,
  revocation: Cursor,
});
export type Held = Type.Static<typeof Held>;

/** `up/birth`, first message of each connection. */
export const Birth = Type.Object({
  v: Type.Literal(1),
  session: SessionId,
  version: Type.String({ maxLength: 40 }),
  clock: ClockStamp,
  held: Held,
  /**
   * Policy sections that it knows beside those of the first release; it is sent no others. `waits`
   * is no section: it knows `waitsUntil` of a credential.
   */
  sections: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 32 })),
  /** Oldest sequence still on the gateway, by epoch and stream. */
  journals: Type.Array(
    Type.Object({ epoch: Epoch, stream: Stream, oldest: Cursor, head: Cursor }),
    { maxItems: 100 },
  ),
});
export type Birth = Type.Static<typeof Birth>;

/** `up/death`: by the broker (last will) or on a clean stop. */
export const Death = Type.Object({ session: SessionId });
export type Death = Type.Static<typeof Death>;

export const beatEveryMs = 5_000;
/** This long without a beat and the cloud calls a gateway silent. */
export const silentAfterMs = 12_000;

/** `up/beat`: its n and the moment it was sent let a command be judged without a wall clock. */
export const Beat = Type.Object({
  session: SessionId,
  n: Cursor,
  clock: ClockStamp,
  held: Held,
  /** Events not yet acknowledged, and how full the journal is, 0 … 1. */
  waiting: Cursor,
  journalFill: Type.Number({ minimum: 0, maximum: 1 }),
});
export type Beat = Type.Static<typeof Beat>;

/** Lock × contact as the device tells it; `unknown` is a value of its own. */
export const lockStates = ['locked', 'unlocked', 'unknown'] as const;
export const contactStates = ['closed', 'open', 'unknown'] as const;
/** What the door does now; `granted` = an unlock runs. */
export const passageStates = ['secure', 'granted', 'forced', 'held', 'unknown'] as const;
const OneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values]);

export const DoorReport = Type.Object({
  door: Id,
  lock: OneOf(lockStates),
  contact: OneOf(contactStates),
  passage: OneOf(passageStates),
  ready: Type.Boolean(),
  since: At,
});
export type DoorReport = Type.Static<typeof DoorReport>;

export const DeviceReport = Type.Object({
  device: Id,
  state: OneOf(['online', 'silent', 'unknown'] as const),
  since: At,
  /** `id@version` of the profile that drives it. */
  profile: Type.Optional(Type.String({ maxLength: 60 })),
  /** The states of its profile; what it measures comes as `device.measured`. */
  values: Type.Optional(DeviceValues),
});
export type DeviceReport = Type.Static<typeof DeviceReport>;

export const ClaimReport = Type.Object({
  group: Id,
  /** `silent`: this gateway decides alone, and so is an island of its own. */
  authority: OneOf(claimAuthorityStates),
  since: At,
});
export type ClaimReport = Type.Static<typeof ClaimReport>;

/** `up/report`: the whole reported twin, on birth and on change (at most four a second). */
export const Report = Type.Object({
  session: SessionId,
  n: Cursor,
  doors: Type.Array(DoorReport, { maxItems: 500 }),
  devices: Type.Array(DeviceReport, { maxItems: 2000 }),
  conditions: Type.Array(Condition, { maxItems: 2000 }),
  /** Absent where the gateway is in no claim group. */
  claim: Type.Optional(ClaimReport),
});
export type Report = Type.Static<typeof Report>;

/** `down/hello`: the answer to a birth. */
export const Hello = Type.Object({
  session: SessionId,
  lineage: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  at: At,
  cursors: Type.Array(Type.Object({ epoch: Epoch, stream: Stream, cursor: Cursor }), {
    maxItems: 100,
  }),
});
export type Hello = Type.Static<typeof Hello>;
