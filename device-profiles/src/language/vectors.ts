import { FieldName } from '@gatehouse/protocols';
import Type from 'typebox';
import { namedEntries } from './named-entries.ts';

/** Bytes and what they mean, copied from a manual or capture: the proof of a profile. */
const closed = { additionalProperties: false } as const;
const Hex = Type.String({
  pattern: '^([0-9A-Fa-f]{2}[ ]?)*$',
  maxLength: 8192,
  description: 'bytes as pairs of hexadecimal digits, such as 02 1A',
});
const Scalar = Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]);
const AnyValue = Type.Union([Scalar, Type.Array(Scalar, { maxItems: 256 })]);
const Values = namedEntries(FieldName, AnyValue);

/** Only what is told; nothing else may come. */
export const Outcome = Type.Object(
  {
    state: Type.Optional(Values),
    telemetry: Type.Optional(Values),
    event: Type.Optional(namedEntries(FieldName, Values)),
  },
  closed,
);
export type Outcome = Type.Static<typeof Outcome>;

/**
 * One case. Received: `in` or `inText` and `out` or `error`. Sent: `command` (or `poll`: its place
 * in the list) and `tx` or `txText`; of several sendings each in its order. Modbus: `tx` the
 * request and `in` the reply, as RTU frames with CRC (also for devices on TCP).
 */
export const Vector = Type.Object(
  {
    binding: FieldName,
    /** Document and page; `invented` where nothing vouches for it, `capture …` for a live line. */
    source: Type.String({ minLength: 1, maxLength: 300 }),
    params: Type.Optional(Values),
    in: Type.Optional(Hex),
    inText: Type.Optional(Type.String({ maxLength: 4096 })),
    out: Type.Optional(Outcome),
    /** A code of `frameFaults`, `codecFaults`, `unknown_message`, `refused_…`, `exception_…`. */
    error: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,59}$' })),
    command: Type.Optional(FieldName),
    poll: Type.Optional(Type.Integer({ minimum: 0, maximum: 15 })),
    args: Type.Optional(Values),
    tx: Type.Optional(Type.Union([Hex, Type.Array(Hex, { minItems: 1, maxItems: 16 })])),
    txText: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 16 })]),
    ),
  },
  closed,
);
export type Vector = Type.Static<typeof Vector>;

/** A case with memory: commands, what people do, and what must be true after which time. */
export const Session = Type.Object(
  {
    session: Type.String({ minLength: 1, maxLength: 120 }),
    binding: FieldName,
    params: Type.Optional(Values),
    steps: Type.Array(
      Type.Object(
        {
          command: Type.Optional(FieldName),
          args: Type.Optional(Values),
          /** An action of `simulate.actions`. */
          act: Type.Optional(FieldName),
          waitMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
          expect: Type.Optional(Outcome),
        },
        closed,
      ),
      { minItems: 1, maxItems: 40 },
    ),
  },
  closed,
);
export type Session = Type.Static<typeof Session>;
