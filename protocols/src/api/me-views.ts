import Type from 'typebox';
import { Uuid } from '../ids.ts';
import { NoticeValues, noticesMax } from '../notices.ts';
import { FaceView } from './face-views.ts';
import { PersonView, Time } from './views.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const OneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values]);

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
