import Type from 'typebox';
import { severities } from '../conditions.ts';
import { DeviceValues } from '../device-values.ts';
import { contactStates, lockStates, passageStates } from '../link/session.ts';
import { doorClasses } from '../policy/rows.ts';

/** The HTTP API as the dashboard sees it. Times are ISO 8601 with zone. */
export const Time = Type.String({ maxLength: 35 });
const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const OneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values]);

/** Roles of the demo identity; real scopes come with the policy function of operators. */
export const roles = [
  'guard',
  'facility',
  'teacher',
  'student',
  'admin',
  'warden',
  'guardian',
  'clerk',
] as const;
export type Role = (typeof roles)[number];

export const PersonView = Type.Object({
  id: Type.String(),
  name: Name,
  /** `student`, `teacher`, `staff`, `guardian`, `visitor`; empty where it is none. */
  affiliation: Type.String(),
  /** Department or class. */
  unit: Name,
});
export type PersonView = Type.Static<typeof PersonView>;

export const SessionView = Type.Object({
  person: PersonView,
  role: OneOf(roles),
  /** What this role may do: the screen hides what is missing, the API refuses it. */
  may: Type.Array(Type.String()),
});
export type SessionView = Type.Static<typeof SessionView>;

/** One choice of the demo identity. */
export const ChoiceView = Type.Object({ person: PersonView, role: OneOf(roles) });
export type ChoiceView = Type.Static<typeof ChoiceView>;

export const ErrorView = Type.Object({
  error: Type.Object({
    code: Type.String(),
    text: Name,
    next: Name,
    /** From when on it can be asked for again, where that is known. */
    freeAt: Type.Optional(Time),
    /** What would have been taken instead: of a colour the nearest that can be read on. */
    offer: Type.Optional(Type.String()),
    /** Which part of the body is meant: `colour`, `shortcuts.0.url` … */
    at: Type.Optional(Type.String()),
  }),
});
export type ErrorView = Type.Static<typeof ErrorView>;

export const CampusView = Type.Object({
  campus: Type.String(),
  name: Name,
  site: Type.String(),
  /** IANA zone in which schedules and screens count. */
  zone: Type.String(),
  /** The school's colour, `#rrggbb`, or null for our own. */
  colour: Type.Union([Type.String(), Type.Null()]),
  /** True where the demo's stand-in scanners can be used from the screen. */
  demo: Type.Boolean(),
});
export type CampusView = Type.Static<typeof CampusView>;

export const ConditionView = Type.Object({
  /** `gateway/code/subject` */
  id: Type.String(),
  code: Type.String(),
  severity: OneOf(severities),
  gateway: Type.String(),
  subject: Type.String(),
  subjectName: Name,
  door: Type.Union([Type.String(), Type.Null()]),
  since: Time,
  detail: Type.String(),
});
export type ConditionView = Type.Static<typeof ConditionView>;

export const DoorView = Type.Object({
  id: Type.String(),
  name: Name,
  class: OneOf(doorClasses),
  building: Type.String(),
  buildingName: Name,
  gateway: Type.String(),
  lock: OneOf(lockStates),
  contact: OneOf(contactStates),
  passage: OneOf(passageStates),
  /** False while the gateway is silent or the controller does not answer: the state is old. */
  fresh: Type.Boolean(),
  since: Type.Union([Time, Type.Null()]),
  mayUnlock: Type.Boolean(),
});
export type DoorView = Type.Static<typeof DoorView>;

export const GatewayView = Type.Object({
  id: Type.String(),
  name: Name,
  building: Type.String(),
  state: OneOf(['online', 'silent', 'never'] as const),
  version: Type.String(),
  lastBeatAt: Type.Union([Time, Type.Null()]),
  policy: Type.Object({ held: Type.Integer(), newest: Type.Integer() }),
  revocation: Type.Object({ held: Type.Integer(), newest: Type.Integer() }),
  /** Events that wait on the gateway, and how full its journal is, 0 … 1. */
  waiting: Type.Integer(),
  journalFill: Type.Number(),
  clock: OneOf(['trusted', 'holdover', 'untrusted', 'unknown'] as const),
  doors: Type.Integer(),
  /** Its claim group, if it is in one. */
  claim: Type.Optional(
    Type.Object({
      group: Type.String(),
      authority: Type.Object({ id: Type.String(), name: Name }),
      isAuthority: Type.Boolean(),
      /** `alone`: an island, it decides without the authority. `unknown`: silent, or never said. */
      state: OneOf(['together', 'alone', 'unknown'] as const),
      since: Type.Union([Time, Type.Null()]),
      /** Of an island: whom it knows, and so may let in once more. */
      people: Type.Union([Type.Integer(), Type.Null()]),
    }),
  ),
});
export type GatewayView = Type.Static<typeof GatewayView>;

export const EventView = Type.Object({
  /** `gateway.epoch.stream.seq` */
  id: Type.String(),
  kind: Type.String(),
  at: Time,
  receivedAt: Time,
  /** True when it came more than 10 s after it happened. */
  late: Type.Boolean(),
  gateway: Type.String(),
  gatewayName: Name,
  door: Type.Union([Type.Object({ id: Type.String(), name: Name }), Type.Null()]),
  device: Type.Union([Type.String(), Type.Null()]),
  /** Where the device is known. */
  deviceName: Type.Optional(Name),
  person: Type.Union([PersonView, Type.Null()]),
  /** Without evidence; unknown kinds included. */
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type EventView = Type.Static<typeof EventView>;

export const EventPage = Type.Object({
  events: Type.Array(EventView),
  /** Give it as `before` for the next page; null at the end. */
  before: Type.Union([Type.String(), Type.Null()]),
});
export type EventPage = Type.Static<typeof EventPage>;

/** `GET /api/console/devices` */
export const DeviceView = Type.Object({
  id: Type.String(),
  name: Name,
  /** Profile id, and the version that the gateway runs (null while it never said). */
  profile: Type.String(),
  profileVersion: Type.Union([Type.String(), Type.Null()]),
  profileTitle: Name,
  family: Type.String(),
  gateway: Type.String(),
  gatewayName: Name,
  buildingName: Name,
  door: Type.Union([Type.Object({ id: Type.String(), name: Name }), Type.Null()]),
  side: Type.Union([OneOf(['entry', 'exit'] as const), Type.Null()]),
  state: OneOf(['online', 'silent', 'unknown'] as const),
  /** False while the gateway is silent: all of this is old. */
  fresh: Type.Boolean(),
  since: Type.Union([Time, Type.Null()]),
  /** The states that it reported last. */
  values: DeviceValues,
  /** The newest of what it measures: a list shows the most telling of it. */
  readings: Type.Optional(DeviceValues),
});
export type DeviceView = Type.Static<typeof DeviceView>;

/** accepted → at gateway → sent → confirmed | expired | failed */
export const commandStates = [
  'accepted',
  'at_gateway',
  'sent',
  'confirmed',
  'expired',
  'failed',
] as const;
export const CommandView = Type.Object({
  id: Type.String(),
  /** Of `unlock`. */
  door: Type.Union([Type.String(), Type.Null()]),
  /** Of `run`: the device and the command's name in its profile. */
  device: Type.Union([Type.String(), Type.Null()]),
  run: Type.Union([Type.String(), Type.Null()]),
  action: Type.String(),
  state: OneOf(commandStates),
  /** A CommandFailure code, or null. */
  failure: Type.Union([Type.String(), Type.Null()]),
  steps: Type.Array(Type.Object({ state: OneOf(commandStates), at: Time })),
});
export type CommandView = Type.Static<typeof CommandView>;

/** People who went in minus people who went out today, by the passages that were taken. */
export const InsideView = Type.Object({
  building: Type.String(),
  buildingName: Name,
  count: Type.Integer(),
  /** Entries by quarter of an hour, the last 24 quarters, oldest first. */
  trend: Type.Array(Type.Integer()),
});
export type InsideView = Type.Static<typeof InsideView>;

/** `GET /api/console/now`: everything the console draws before the stream takes over. */
export const NowView = Type.Object({
  /** Feed position that this picture contains; the stream goes on from here. */
  pos: Type.Integer(),
  doors: Type.Array(DoorView),
  gateways: Type.Array(GatewayView),
  conditions: Type.Array(ConditionView),
  inside: Type.Array(InsideView),
});
export type NowView = Type.Static<typeof NowView>;

/**
 * `GET /api/console/stream`: server-sent events whose id is the feed position. `event: change`
 * carries this; what a message does not name is unchanged.
 */
export const ChangeView = Type.Object({
  events: Type.Optional(Type.Array(EventView)),
  doors: Type.Optional(Type.Array(DoorView)),
  gateways: Type.Optional(Type.Array(GatewayView)),
  conditions: Type.Optional(Type.Array(ConditionView)),
  /** Ids of conditions that are over. */
  cleared: Type.Optional(Type.Array(Type.String())),
  inside: Type.Optional(Type.Array(InsideView)),
  commands: Type.Optional(Type.Array(CommandView)),
  /** Devices of gateways that reported. */
  devices: Type.Optional(Type.Array(DeviceView)),
});
export type ChangeView = Type.Static<typeof ChangeView>;

export const UnlockBody = Type.Object({
  /** Shown in audit and event; may be empty where the door class asks for none. */
  reason: Type.String({ maxLength: 200 }),
});
