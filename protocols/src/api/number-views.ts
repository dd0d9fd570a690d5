import Type from 'typebox';
import { Time } from './views.ts';

/**
 * Numbers about cards and doors. What each word means stands here, once; docs/numbers.md says the
 * same for people.
 *
 * - issued: cards that hold today: active (not frozen, not ended), and today is within their term.
 * - enrolled: issued, and the card has a live phone key.
 * - active in 7 (30) days: issued, and a door accepted it in the last 7 (30) × 24 hours. A door
 *   that let somebody out in spite of a refusal (`exit_…`) accepted nothing.
 * - never used: issued, its term began more than `neverDays` days ago, no door ever accepted it.
 * - made: the highest counter in a pass of this phone key that a door accepted. A phone counts each
 *   code that it makes, so this is how many it made up to that one.
 * - used: passes of this phone key that a door accepted, each (key, counter) once.
 */
const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Count = Type.Integer({ minimum: 0 });

export const cardLists = [
  'issued',
  'enrolled',
  'not_enrolled',
  'active7',
  'active30',
  'never',
] as const;
export type CardListName = (typeof cardLists)[number];

/** What cards are grouped by. A card is in many groups of rights, and in one of the others. */
export const cardGroupings = ['affiliation', 'unit', 'group'] as const;
export type CardGrouping = (typeof cardGroupings)[number];

export const neverDaysDefault = 30;
export const neverDaysMax = 730;

const counts = {
  issued: Count,
  enrolled: Count,
  active7: Count,
  active30: Count,
  never: Count,
};
export const CardCounts = Type.Object(counts);
export type CardCounts = Type.Static<typeof CardCounts>;

/** `GET /api/console/numbers?by=&neverDays=` */
export const CardNumbersView = Type.Object({
  at: Time,
  /** Positions of the feed that are not counted yet; 0 = all of this is up to date. */
  behind: Count,
  /** Part of the history was made up when the demo campus was seeded. */
  demoSeed: Type.Boolean(),
  neverDays: Type.Integer(),
  by: Type.Enum([...cardGroupings]),
  all: CardCounts,
  /** The largest first, at most 60. `name` is null where the id is all there is. */
  groups: Type.Array(Type.Object({ id: Type.String(), name: Nullable(Name), ...counts })),
});
export type CardNumbersView = Type.Static<typeof CardNumbersView>;

export const CardRowView = Type.Object({
  card: Type.String(),
  number: Type.String(),
  /** Null for those who may see numbers and no names. */
  person: Nullable(Type.Object({ id: Type.String(), name: Name })),
  affiliation: Type.String(),
  unit: Name,
  /** When its term began. */
  issuedAt: Time,
  enrolledAt: Nullable(Time),
  /** When a door accepted it last, and how often one did. */
  lastAt: Nullable(Time),
  grants: Count,
});
export type CardRowView = Type.Static<typeof CardRowView>;

/** `GET /api/console/numbers/cards?list=&by=&group=&q=&neverDays=&after=`: by number, 50 a page. */
export const CardListView = Type.Object({
  cards: Type.Array(CardRowView),
  /** Give it as `after` for the next page; null at the end. */
  after: Nullable(Type.String()),
});
export type CardListView = Type.Static<typeof CardListView>;

/** `GET /api/console/numbers/traffic?days=`: decisions at doors, in the wall time of their site. */
export const TrafficView = Type.Object({
  days: Type.Integer(),
  granted: Count,
  denied: Count,
  /** Weekday 1 = Monday … 7 = Sunday, hour 0 … 23; only those in which something happened. */
  hours: Type.Array(
    Type.Object({
      weekday: Type.Integer({ minimum: 1, maximum: 7 }),
      hour: Type.Integer({ minimum: 0, maximum: 23 }),
      granted: Count,
      denied: Count,
    }),
  ),
  /** The busiest first, at most 200. */
  readers: Type.Array(
    Type.Object({
      reader: Type.String(),
      name: Nullable(Name),
      door: Nullable(Type.Object({ id: Type.String(), name: Name })),
      granted: Count,
      denied: Count,
    }),
  ),
  reasons: Type.Array(
    Type.Object({ reason: Type.String(), granted: Type.Boolean(), count: Count }),
  ),
});
export type TrafficView = Type.Static<typeof TrafficView>;

/** `hoarded`: made far more than it used. `everywhere`: it wastes none, at many doors. */
export const oddities = ['hoarded', 'everywhere'] as const;
export type Oddity = (typeof oddities)[number];

/** What a made : used ratio is held against: its own affiliation, all cards, or a fixed bound. */
export const ratioBases = ['affiliation', 'all', 'fixed'] as const;
export type RatioBasis = (typeof ratioBases)[number];

/** `GET /api/console/numbers/passes` */
export const PassNumbersView = Type.Object({
  /** Of all live phone keys: how many codes they made and used. */
  keys: Count,
  made: Count,
  used: Count,
  limits: Type.Array(
    Type.Object({
      affiliation: Type.String(),
      /** Keys with enough uses to say what is usual. */
      keys: Count,
      /** Made for each one used; null while there are no such keys. */
      median: Nullable(Type.Number()),
      /** Above this a key is odd. */
      limit: Type.Number(),
      basis: Type.Enum([...ratioBases]),
    }),
  ),
  /** The most remarkable first, at most 200. */
  odd: Type.Array(
    Type.Object({
      card: CardRowView,
      made: Count,
      used: Count,
      doors: Count,
      why: Type.Enum([...oddities]),
    }),
  ),
});
export type PassNumbersView = Type.Static<typeof PassNumbersView>;
