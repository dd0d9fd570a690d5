import Type from 'typebox';
import { affiliationKinds } from '../card/affiliation.ts';
import { pinDigitsMax, pinDigitsMin } from '../card/pin.ts';
import { Uid, Uuid } from '../ids.ts';
import { cardStates, reasonCharsMax } from './card-views.ts';
import { PersonView, Time } from './views.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const OneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values]);
const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const uidKinds = ['card', 'wristband', 'tag'] as const;
export type UidKind = (typeof uidKinds)[number];

/** A visit is at most a year long, and a leap year's. */
export const visitDaysMax = 366;
export const groupsPerCardMax = 50;
export const peoplePageRows = 50;

/** Any id of the database: some were made by a migration and are no uuidv7. */
export const RowId = Type.String({ pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });

export const HeldUidView = Type.Object({
  id: Type.String(),
  tail: Type.String(),
  kind: Type.String(),
  since: Time,
});

/** A card as the page of its holder shows it. */
export const HeldCardView = Type.Object({
  card: Type.String(),
  number: Type.String(),
  state: OneOf(cardStates),
  validFrom: Time,
  validTo: Time,
  groups: Type.Array(Type.String()),
  phone: OrNull(Type.Object({ enrolledAt: Time })),
  uids: Type.Array(HeldUidView),
  /** The number that is typed before it is no secret. */
  pin: OrNull(Type.Object({ number: Type.String(), since: Time })),
});
export type HeldCardView = Type.Static<typeof HeldCardView>;

export const AffiliationView = Type.Object({
  id: Type.String(),
  kind: OneOf(affiliationKinds),
  unit: Name,
  from: Time,
  /** Null: nobody has said until when. */
  to: OrNull(Time),
  endedAt: OrNull(Time),
  sponsor: OrNull(Type.Object({ id: Type.String(), name: Name })),
  /** The one that has not ended first. */
  cards: Type.Array(HeldCardView),
});
export type AffiliationView = Type.Static<typeof AffiliationView>;

/** `GET /api/console/people/:person`, and the answer to every change of one. */
export const PersonPageView = Type.Object({
  id: Type.String(),
  name: Name,
  photo: OneOf(['own', 'drawn'] as const),
  /** Changes with the photo: a browser that has the former one asks again. */
  photoAt: OrNull(Time),
  /** Those that last first, then the newest. */
  affiliations: Type.Array(AffiliationView),
});
export type PersonPageView = Type.Static<typeof PersonPageView>;

/** `GET /api/console/people` */
export const PeopleHitsView = Type.Array(PersonView);

/** `GET /api/console/groups`: what a card can be put into. */
export const GroupView = Type.Object({
  id: Type.String(),
  /** Doors that its rules name. */
  doors: Type.Integer(),
  cards: Type.Integer(),
});
export type GroupView = Type.Static<typeof GroupView>;

/** `none`: an affiliation, or a person, without a card. */
export const listStates = [...cardStates, 'none'] as const;
export type ListState = (typeof listStates)[number];
export const yesNo = ['yes', 'no'] as const;

/** The filter of `GET /api/console/card-list`. */
export const PeopleFilter = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 60 })),
  kind: Type.Optional(OneOf(affiliationKinds)),
  state: Type.Optional(OneOf(listStates)),
  phone: Type.Optional(OneOf(yesNo)),
  uid: Type.Optional(OneOf(yesNo)),
  pin: Type.Optional(OneOf(yesNo)),
});
export type PeopleFilter = Type.Static<typeof PeopleFilter>;

export const ListedCardView = Type.Object({
  /** Of the row: unique, and what the next page goes on after. */
  key: Type.String(),
  /** With the affiliation of this row; its kind is empty where there is none. */
  person: PersonView,
  photo: OneOf(['own', 'drawn'] as const),
  card: OrNull(
    Type.Object({
      id: Type.String(),
      number: Type.String(),
      state: OneOf(cardStates),
      validTo: Time,
      phone: Type.Boolean(),
      uids: Type.Integer(),
      pin: Type.Boolean(),
    }),
  ),
});
export type ListedCardView = Type.Static<typeof ListedCardView>;

export const CardPagesView = Type.Object({
  rows: Type.Array(ListedCardView),
  after: OrNull(Type.String()),
  /** Of all pages, by the state of the card; under every filter but that of the state. */
  counts: Type.Object({
    active: Type.Integer(),
    frozen: Type.Integer(),
    ended: Type.Integer(),
    none: Type.Integer(),
  }),
});
export type CardPagesView = Type.Static<typeof CardPagesView>;

/** One line that can be read: no control characters, none that turn the direction of a line. */
const Line = (maxLength: number) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]+$',
  });
const BothNames = Type.Object({ zh: Line(40), en: Line(60) });
const BothUnits = Type.Object({ zh: Line(60), en: Line(80) });
/** yyyy-mm-dd in the site's zone. */
const Day = Type.String({ pattern: '^2[0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$' });
const Groups = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
  maxItems: groupsPerCardMax,
  uniqueItems: true,
});
const CardNumber = Type.String({ minLength: 1, maxLength: 20 });

export const IssueBody = Type.Object({
  /** Null: one is drawn, for a visitor only. */
  number: OrNull(CardNumber),
  groups: Groups,
  /** First and last day; left out: as the affiliation has it. */
  from: Type.Optional(Day),
  to: Type.Optional(Day),
});
export type IssueBody = Type.Static<typeof IssueBody>;

export const NewAffiliationBody = Type.Object({
  kind: OneOf(affiliationKinds),
  unit: BothUnits,
  from: Day,
  /** The last day; a visitor's is never null. */
  to: OrNull(Day),
  /** Of a visitor: who answers for the visit. */
  sponsor: OrNull(Uuid),
  /** Issued in the same step; a visitor always gets one. */
  card: OrNull(IssueBody),
});
export type NewAffiliationBody = Type.Static<typeof NewAffiliationBody>;

export const NewPersonBody = Type.Object({
  name: BothNames,
  affiliation: OrNull(NewAffiliationBody),
});
export type NewPersonBody = Type.Static<typeof NewPersonBody>;

export const GroupsBody = Type.Object({ groups: Groups });
/** Why something ends: shown to the holder and in the audit. */
export const EndBody = Type.Object({ reason: Line(reasonCharsMax) });
export const NewUidBody = Type.Object({ uid: Uid, kind: OneOf(uidKinds) });
export type NewUidBody = Type.Static<typeof NewUidBody>;
export const PinBody = Type.Object({
  /** Null: one is drawn. */
  pin: OrNull(Type.String({ minLength: pinDigitsMin, maxLength: pinDigitsMax })),
});

/** What a letter is printed from. The PIN is nowhere else: shown once. */
export const PinLetterView = Type.Object({
  number: Type.String(),
  /** Null where the holder chose it and knows it. */
  pin: OrNull(Type.String()),
  page: PersonPageView,
});
export type PinLetterView = Type.Static<typeof PinLetterView>;
