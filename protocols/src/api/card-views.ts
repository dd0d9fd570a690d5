import Type from 'typebox';
import { Uid, Uuid } from '../ids.ts';
import { PersonView, Time } from './views.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const OneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values]);
const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const cardStates = ['active', 'frozen', 'ended'] as const;

/** A card and its holder, as a list shows them. */
export const CardHitView = Type.Object({
  card: Type.String(),
  number: Type.String(),
  state: OneOf(cardStates),
  person: PersonView,
  /** `drawn`: there is no photo of this person, and nobody may be told by the picture. */
  photo: OneOf(['own', 'drawn'] as const),
});
export type CardHitView = Type.Static<typeof CardHitView>;

/** On whose word a card was frozen, or unfrozen. */
export const freezeWays = [
  'self',
  'code',
  'guard',
  'warden',
  'guardian',
  'desk',
  'found',
  'doubt',
] as const;
export type FreezeWay = (typeof freezeWays)[number];

export const FreezeView = Type.Object({
  at: Time,
  by: OneOf(freezeWays),
  /** Null where nobody was signed in: a code froze it. */
  actor: OrNull(Name),
  reason: Type.String(),
});
export type FreezeView = Type.Static<typeof FreezeView>;

/** `has`: the gateway holds the newest of this card. Else why not. */
export const spreadStates = ['has', 'behind', 'silent', 'never'] as const;
export type SpreadState = (typeof spreadStates)[number];

export const CardSpreadView = Type.Object({
  have: Type.Integer(),
  of: Type.Integer(),
  gateways: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Name,
      state: OneOf(spreadStates),
      /** Of a silent one: when it was last heard. */
      since: OrNull(Time),
    }),
  ),
});
export type CardSpreadView = Type.Static<typeof CardSpreadView>;

export const FoundView = Type.Object({
  id: Type.String(),
  at: Time,
  place: Type.String(),
  /** `console`: it lies with somebody of ours. `page`: somebody wrote so, and nobody checked. */
  source: OneOf(['console', 'page'] as const),
  by: OrNull(Name),
  hit: CardHitView,
});
export type FoundView = Type.Static<typeof FoundView>;

export const CardHistoryItem = Type.Object({
  n: Type.Integer(),
  at: Time,
  /** `noun.verb` of the audit. */
  action: Type.String(),
  actor: OrNull(Name),
  /** The way, a reason, a place: what of them there is. */
  way: Type.String(),
  text: Type.String(),
});
export type CardHistoryItem = Type.Static<typeof CardHistoryItem>;

/** `GET /api/console/cards/:card`, and `event: card` on its stream. */
export const CardPageView = Type.Object({
  ...CardHitView.properties,
  validFrom: Time,
  validTo: Time,
  freeze: OrNull(FreezeView),
  phone: OrNull(Type.Object({ id: Type.String(), enrolledAt: Time })),
  /** Chips that readers know it by; the last four digits of each. */
  uids: Type.Array(Type.Object({ tail: Type.String(), kind: Type.String(), since: Time })),
  /** Since when it has a PIN. */
  pin: OrNull(Time),
  spread: CardSpreadView,
  found: OrNull(FoundView),
  /** Newest first, the last 50. */
  history: Type.Array(CardHistoryItem),
  may: Type.Object({
    freeze: Type.Boolean(),
    unfreeze: Type.Boolean(),
    found: Type.Boolean(),
    desk: Type.Boolean(),
  }),
});
export type CardPageView = Type.Static<typeof CardPageView>;

/** Shown to the owner and in the audit; nobody freezes somebody else's card without a word. */
export const reasonCharsMax = 200;
export const FreezeBody = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: reasonCharsMax }),
});

/** A number or a UID, scanned or typed. */
const CardName = Type.String({ minLength: 1, maxLength: 40 });
const Place = Type.String({ minLength: 1, maxLength: 120 });
/** `POST /api/console/found` and, without a session, `POST /api/found` */
export const FoundBody = Type.Object({ card: CardName, place: Place });
export const CollectedView = Type.Object({
  /** False where it was frozen for another reason and stays so. */
  unfrozen: Type.Boolean(),
});

/** `POST /api/me/freeze-code`: shown once. `POST /api/freeze` takes it, from any browser. */
export const FreezeCodeView = Type.Object({ code: Type.String(), madeAt: Time });
export type FreezeCodeView = Type.Static<typeof FreezeCodeView>;
export const FreezeCodeBody = Type.Object({ code: Type.String({ minLength: 10, maxLength: 24 }) });
export const FrozenByCodeView = Type.Object({ at: Time });
/** `GET /api/me/freeze-code` */
export const FreezeCodeStateView = Type.Object({ madeAt: OrNull(Time) });

export const bookingReasons = ['lost', 'broken', 'name', 'other'] as const;
export type BookingReason = (typeof bookingReasons)[number];

export const BookingView = Type.Object({
  id: Type.String(),
  at: Time,
  why: OneOf(bookingReasons),
});
export type BookingView = Type.Static<typeof BookingView>;

/** `GET /api/me/desk`: where the desk is, what is free, and what one has booked. */
export const MyDeskView = Type.Object({
  name: Name,
  place: Name,
  hours: Name,
  fee: Name,
  booking: OrNull(BookingView),
  days: Type.Array(
    Type.Object({
      /** yyyy-mm-dd in the site's zone. */
      date: Type.String(),
      slots: Type.Array(Type.Object({ at: Time, time: Type.String(), free: Type.Integer() })),
    }),
  ),
});
export type MyDeskView = Type.Static<typeof MyDeskView>;

/** `POST /api/me/desk/booking`; with one open it moves that. */
export const BookBody = Type.Object({ at: Time, why: OneOf(bookingReasons) });

export const queueStates = ['waiting', 'done', 'missed'] as const;
export const QueueItemView = Type.Object({
  booking: BookingView,
  state: OneOf(queueStates),
  hit: CardHitView,
});
export type QueueItemView = Type.Static<typeof QueueItemView>;

/** A card that was given out, and its receipt. */
export const ReplacementView = Type.Object({
  id: Type.String(),
  /** `yyyymmdd-nnn` */
  receipt: Type.String(),
  at: Time,
  hit: CardHitView,
  clerk: Name,
  oldTails: Type.Array(Type.String()),
  newTail: Type.String(),
  /** The freeze that it lifted. */
  unfrozen: Type.Boolean(),
  fee: Name,
  desk: Name,
  undoUntil: Time,
  undone: Type.Boolean(),
  spread: CardSpreadView,
});
export type ReplacementView = Type.Static<typeof ReplacementView>;

/** `GET /api/console/desk`, and `event: desk` on its stream. */
export const DeskView = Type.Object({
  desk: Name,
  queue: Type.Array(QueueItemView),
  numbers: Type.Object({
    booked: Type.Integer(),
    waiting: Type.Integer(),
    done: Type.Integer(),
    walkIns: Type.Integer(),
    missed: Type.Integer(),
    undone: Type.Integer(),
    /** Half of the replacements took less; null while there is none. */
    medianMs: OrNull(Type.Integer()),
  }),
});
export type DeskView = Type.Static<typeof DeskView>;

export const UidParams = Type.Object({ uid: Uid });
/** `GET /api/console/desk/uid/:uid` */
export const UidView = Type.Object({ holder: OrNull(CardHitView) });
export type UidView = Type.Static<typeof UidView>;

/** `POST /api/console/desk/replace` */
export const ReplaceBody = Type.Object({
  card: Uuid,
  uid: Uid,
  /** From taking the person to the confirmation. */
  tookMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
});
export const undoForMs = 60_000;
