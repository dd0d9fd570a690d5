import Type from 'typebox';
import { bases } from '../events.ts';
import { doubtVerdicts, notProvenWhys } from '../verdicts.ts';
import { PersonView, Time } from './views.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const OneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values]);
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Named = Type.Object({ id: Type.String(), name: Name });

/** One use of a code, as one gateway decided it. */
export const JudgedUseView = Type.Object({
  /** `gateway.epoch.stream.seq` of the decision. */
  id: Type.String(),
  at: Time,
  receivedAt: Time,
  /** False: the reader refused it. */
  granted: Type.Boolean(),
  door: Nullable(Named),
  gateway: Named,
  /** On whose word it rests; `unknown` = of a newer gateway. */
  basis: OneOf([...bases, 'unknown'] as const),
  /** Decided alone, to be judged later. */
  provisional: Type.Boolean(),
  /** The moment that the code names; null where nothing is proven. */
  madeAt: Nullable(Time),
  /** Whether the code itself is still kept; `none` = the gateway sent none. */
  evidence: OneOf(['kept', 'erased', 'none'] as const),
});
export type JudgedUseView = Type.Static<typeof JudgedUseView>;

/** `GET /api/console/uses`: a use that somebody has to look at, and the one that stands. */
export const DoubtView = Type.Object({
  verdict: OneOf(doubtVerdicts),
  /** Of `not_proven`. */
  why: Nullable(OneOf(notProvenWhys)),
  judgedAt: Time,
  counter: Type.Integer(),
  person: Nullable(PersonView),
  card: Nullable(
    Type.Object({
      id: Type.String(),
      number: Type.String(),
      state: OneOf(['active', 'frozen', 'ended'] as const),
    }),
  ),
  /** When the phone key ended, by whomever; null = it lives. */
  keyRevokedAt: Nullable(Time),
  use: JudgedUseView,
  /** The confirmed use of the same code; null where there is none. */
  first: Nullable(JudgedUseView),
  closed: Nullable(Type.Object({ at: Time, by: PersonView, note: Type.String() })),
});
export type DoubtView = Type.Static<typeof DoubtView>;

export const DoubtsView = Type.Object({
  doubts: Type.Array(DoubtView),
  /** There are more than these, the newest. */
  more: Type.Boolean(),
});
export type DoubtsView = Type.Static<typeof DoubtsView>;

/** `POST /api/console/uses/:use/close` and `…/freeze`: what somebody found, for the audit. */
export const DoubtBody = Type.Object({ note: Type.String({ minLength: 1, maxLength: 500 }) });

/** `GET /api/console/uses/:use/evidence`: the code itself; each look is audited. */
export const EvidenceView = Type.Object({
  /** The pass as an ordinary JWS, which any JOSE program verifies. */
  jws: Type.String(),
  /** The enrolled key as a JWK, or null where nobody enrolled it. */
  key: Nullable(Type.Record(Type.String(), Type.String())),
  receivedAt: Time,
  erasedAt: Time,
});
export type EvidenceView = Type.Static<typeof EvidenceView>;
