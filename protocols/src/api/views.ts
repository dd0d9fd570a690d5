import Type from 'typebox';
import { severities } from '../conditions.ts';
import { DeviceValues } from '../device-values.ts';
import { Uuid } from '../ids.ts';
import { contactStates, lockStates, passageStates } from '../link/session.ts';
import { FaceView } from './face-views.ts';
import { noticesMax, NoticeValues } from '../notices.ts';
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

/** One of the cards of a person: one for each affiliation. */
export const OwnCardView = Type.Object({
  id: Type.String(),
  number: Type.String(),
  /** As `affiliationKinds` has them. */
  kind: Type.String(),
  unit: Name,
  state: OneOf(['active', 'frozen', 'ended'] as const),
});
export type OwnCardView = Type.Static<typeof OwnCardView>;

/** What else this card opens with, without a phone. */
export const OtherMeansView = Type.Object({
  kind: OneOf(['card', 'wristband', 'tag', 'pin'] as const),
  /** The last four digits of a UID; of a PIN, the number that is typed before it. */
  digits: Type.String(),
});
export type OtherMeansView = Type.Static<typeof OtherMeansView>;

/** `GET /api/me`, of the card that `?card=` names; without it, of the one that comes first. */
export const MeView = Type.Object({
  /** As whom they hold this card. */
  person: PersonView,
  /** All that have not ended, and this one; the one that comes first stands first. */
  cards: Type.Array(OwnCardView),
  also: Type.Array(OtherMeansView),
  card: Type.Object({
    id: Type.String(),
    number: Type.String(),
    state: OneOf(['active', 'frozen', 'ended'] as const),
    validTo: Time,
  }),
  /** The live phone key of this card, or null: then this phone has to enrol. */
  credential: Type.Union([
    Type.Object({
      id: Type.String(),
      alg: Type.String(),
      enrolledAt: Time,
      /** This very browser enrolled it: it may replace the key without counting as a change. */
      here: Type.Boolean(),
    }),
    Type.Null(),
  ]),
  /**
   * When the live key last showed itself online, and when it lapses unless it does so again; null =
   * nothing is announced.
   */
  keep: Type.Optional(
    Type.Union([
      Type.Object({ seenAt: Time, lapsesAt: Type.Union([Time, Type.Null()]) }),
      Type.Null(),
    ]),
  ),
  /** How often the card may still move to another browser; at 0 the card desk can. */
  changesLeft: Type.Integer(),
  /** At 0 left: from when on one is free again. Null while there are some. */
  nextChangeAt: Type.Union([Time, Type.Null()]),
  /** Until then labs and stores do not open for the live key; null = they do. */
  waitsUntil: Type.Union([Time, Type.Null()]),
  /** "N of M gateways have the last change of this card", and which have not. */
  spread: Type.Object({
    have: Type.Integer(),
    of: Type.Integer(),
    missing: Type.Array(Type.Object({ id: Type.String(), name: Name }), { maxItems: 50 }),
  }),
  doors: Type.Array(
    Type.Object({ id: Type.String(), name: Name, buildingName: Name, open: Type.Boolean() }),
  ),
  /** How the card looks; without it, as cards look where nobody has set a face. */
  face: Type.Optional(FaceView),
});
export type MeView = Type.Static<typeof MeView>;

/** `POST /api/me/enrol/challenge` */
export const EnrolChallengeView = Type.Object({ nonce: Type.String(), expiresAt: Time });
export type EnrolChallengeView = Type.Static<typeof EnrolChallengeView>;

/**
 * `POST /api/me/enrol`: a compact JWS, typ `gate-enrol+jws`, signed by the new key over
 * `{nonce, key}`; key = raw public key in base64url.
 */
export const EnrolBody = Type.Object({ proof: Type.String({ maxLength: 2000 }) });
export const EnrolledView = Type.Object({
  credential: Type.String(),
  campus: Type.String(),
  /** Server time, for the phone's offset. */
  at: Time,
});
export type EnrolledView = Type.Static<typeof EnrolledView>;

/**
 * What somebody is told: `GET /api/me/notices` (newest first, at most 50), and `event: notice` on
 * `GET /api/me/stream`, which repeats one by its id when it was read elsewhere.
 */
export const NoticeView = Type.Object({
  id: Type.String(),
  at: Time,
  kind: Type.String(),
  title: Name,
  text: Name,
  /** What to do if it was not oneself; empty where there is nothing to do. */
  next: Name,
  read: Type.Boolean(),
  /** What the text was filled with, for links. */
  data: NoticeValues,
});
export type NoticeView = Type.Static<typeof NoticeView>;

/** `POST /api/me/notices/read` → `NoticeView[]`, as `GET /api/me/notices` */
export const ReadNoticesBody = Type.Object({ ids: Type.Array(Uuid, { maxItems: noticesMax }) });

/**
 * A scan of one's own card: `event: use` on `GET /api/me/stream`, and `GET /api/me/history` with
 * `limit` (at most 200) and `before`, the id of the last one shown; a short page is the last.
 */
export const UseView = Type.Object({
  id: Type.String(),
  at: Time,
  granted: Type.Boolean(),
  reason: Type.String(),
  door: Type.Object({ id: Type.String(), name: Name }),
  counter: Type.Union([Type.Integer(), Type.Null()]),
  /** Of a code with a wrong time: how far it was ahead of the door's; negative = behind. */
  phoneOffMs: Type.Optional(Type.Integer()),
});
export type UseView = Type.Static<typeof UseView>;

/** Demo only: a scanner of the simulator, before which the screen can hold a code. */
export const ScannerView = Type.Object({
  device: Type.String(),
  door: Type.String(),
  doorName: Name,
  side: OneOf(['entry', 'exit'] as const),
  /** Codes unless it says so; `cards` are UIDs and PINs. */
  reads: Type.Optional(OneOf(['cards'] as const)),
  lamp: OneOf(['off', 'green', 'red', 'amber'] as const),
  display: Type.String(),
});
export type ScannerView = Type.Static<typeof ScannerView>;

/** Demo only: `POST /api/demo/scan`; answers with what the scanner then showed. */
export const DemoScanBody = Type.Object({
  device: Type.String({ maxLength: 40 }),
  text: Type.String({ maxLength: 4096 }),
});
