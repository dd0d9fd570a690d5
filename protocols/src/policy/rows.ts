import Type from 'typebox';
import { CredentialId, Id, Uid, Uuid } from '../ids.ts';
import { At } from '../time.ts';

/**
 * What a gateway needs to decide alone, as rows of small sections. A snapshot is all rows, a delta
 * puts and deletes some. Names are only of people with rights in that building.
 */
const Name = Type.String({ maxLength: 80 });
const Minutes = Type.Integer({ minimum: 0, maximum: 1440 });

export const doorClasses = [
  'gate',
  'guarded_gate',
  'classroom',
  'lab',
  'dormitory',
  'library',
  'canteen',
  'exit',
  'store',
] as const;
export type DoorClass = (typeof doorClasses)[number];

/**
 * Where a card's UID or a PIN opens alone. Both can be copied, and a stolen gateway exposes those
 * of its building: never where dangerous or dear things are.
 */
export const opensWithoutPhone: Readonly<Record<DoorClass, boolean>> = {
  gate: true,
  guarded_gate: true,
  classroom: true,
  lab: false,
  dormitory: true,
  library: true,
  canteen: true,
  exit: true,
  store: false,
};
const dayMs = 24 * 60 * 60 * 1000;

/**
 * How long doors of a class go on taking passes after the gateway last knew the time to be right.
 * Clocks of boxes lose up to 9 s a day and passes live 90 s: a week is what a pass can bear. Where
 * dangerous or dear things are, it ends within the day.
 */
export const holdoverMsDefault: Readonly<Record<DoorClass, number>> = {
  gate: 7 * dayMs,
  guarded_gate: 7 * dayMs,
  classroom: 3 * dayMs,
  lab: dayMs / 2,
  dormitory: 7 * dayMs,
  library: 7 * dayMs,
  canteen: 7 * dayMs,
  exit: 7 * dayMs,
  store: dayMs / 6,
};
export const holdoverMsMax = 30 * dayMs;

/** By door class; a class that is left out has its default. */
const HoldoverMs = Type.Record(
  Type.Enum([...doorClasses]),
  Type.Integer({ minimum: 0, maximum: holdoverMsMax }),
);

export const SiteRow = Type.Object({
  section: Type.Literal('site'),
  /** Audience root of every pass. */
  campus: Id,
  site: Id,
  /** IANA zone of the schedules. */
  zone: Type.String({ maxLength: 60 }),
  /** Of this gateway alone: what the hashes of its PINs are made with. 32 bytes, base64url. */
  pinPepper: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })),
  /** How long doors hold out without a source of time. */
  holdoverMs: Type.Optional(Type.Partial(HoldoverMs)),
});

export const DoorRow = Type.Object({
  section: Type.Literal('door'),
  id: Id,
  class: Type.Enum([...doorClasses]),
  zone: Type.Optional(Id),
  nameZh: Name,
  nameEn: Name,
  /** How long the device holds the door open. */
  unlockMs: Type.Integer({ minimum: 500, maximum: 30_000 }),
});

/**
 * Days 1 = Monday … 7 = Sunday; minutes of wall time in the site's zone, from ≤ t < to. Where `to`
 * is not above `from` the window begins on its day and ends on the next.
 */
export const ScheduleRow = Type.Object({
  section: Type.Literal('schedule'),
  id: Id,
  windows: Type.Array(
    Type.Object({
      days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { maxItems: 7 }),
      from: Minutes,
      to: Minutes,
    }),
    { maxItems: 50 },
  ),
});

/** A group may open a door while the schedule runs. */
export const RuleRow = Type.Object({
  section: Type.Literal('rule'),
  id: Id,
  group: Id,
  door: Id,
  schedule: Id,
});

/** Doors that wait a day for a key which came to a card from another browser. */
export const patientDoorClasses: ReadonlySet<DoorClass> = new Set(['lab', 'store']);

/** One card: the holder's groups and the days on which it holds. */
export const CardRow = Type.Object({
  section: Type.Literal('card'),
  id: Uuid,
  person: Uuid,
  groups: Type.Array(Id, { maxItems: 50 }),
  validFrom: At,
  validTo: At,
});

/** A phone key: raw public key, base64url (ES256 65 bytes, EdDSA 32 bytes). */
export const CredentialRow = Type.Object({
  section: Type.Literal('credential'),
  id: CredentialId,
  card: Uuid,
  alg: Type.Union([Type.Literal('ES256'), Type.Literal('EdDSA')]),
  key: Type.String({ pattern: '^[A-Za-z0-9_-]{43,87}$' }),
  /**
   * Labs and stores do not open for this key before. Only to gateways that say `waits` in their
   * birth: an older one would leave it out of the state that it holds, which then differs.
   */
  waitsUntil: Type.Optional(At),
});

/**
 * A custom profile as it was written, checked again by whoever reads it. Only to gateways that have
 * a device of it and say in their birth that they know this section.
 */
export const ProfileRow = Type.Object({
  section: Type.Literal('profile'),
  id: Id,
  /** `live`: drives the devices. `shadow`: decodes beside the running one and is only compared. */
  mode: Type.Enum(['live', 'shadow']),
  version: Type.String({ pattern: '^[0-9]{1,6}\\.[0-9]{1,6}\\.[0-9]{1,6}$' }),
  /** YAML. */
  text: Type.String({ maxLength: 256 * 1024 }),
});

/**
 * The claim group of a gateway, which may be its authority itself. Only to gateways that say in
 * their birth that they know this section.
 */
export const ClaimRow = Type.Object({
  section: Type.Literal('claim'),
  /** Of the group. */
  id: Id,
  /** The one gateway that is asked; no other takes its place. */
  authority: Id,
  /** Where the authority is reached by its members; it listens on this port. */
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  /** All gateways of the group, in the order of their ids. */
  members: Type.Array(Id, { maxItems: 500 }),
});

/** What readers read of a card, wristband or tag. One UID is of one card at a time. */
export const UidRow = Type.Object({ section: Type.Literal('uid'), id: Uid, card: Uuid });

/** By the number that is typed first. */
export const PinRow = Type.Object({
  section: Type.Literal('pin'),
  id: Type.String({ pattern: '^[0-9]{6}$' }),
  card: Uuid,
  /** 16 bytes, base64url. */
  salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
  /** HMAC-SHA-256 with the site row's `pinPepper` of scrypt(PIN, salt), see `pinScrypt`. */
  hash: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
});

export const PolicyRow = Type.Union([
  SiteRow,
  DoorRow,
  ScheduleRow,
  RuleRow,
  CardRow,
  CredentialRow,
  ProfileRow,
  ClaimRow,
  UidRow,
  PinRow,
]);
export type PolicyRow = Type.Static<typeof PolicyRow>;
export type PolicySection = PolicyRow['section'];
export type PolicyRowOf<S extends PolicySection> = Extract<PolicyRow, { section: S }>;

export const policySections = [
  'site',
  'door',
  'schedule',
  'rule',
  'card',
  'credential',
  'profile',
  'claim',
  'uid',
  'pin',
] as const satisfies readonly PolicySection[];

/** The key of a row inside its section. */
export const policyKey = (row: PolicyRow): string => {
  if (row.section === 'site') return row.site;
  return row.section === 'profile' ? `${row.id}.${row.mode}` : row.id;
};
