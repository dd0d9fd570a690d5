import { FieldName, ValuePath } from '@gatehouse/protocols';
import Type from 'typebox';
import { namedEntries } from './named-entries.ts';
import { Label } from './model.ts';

/** How the device behaves; the simulator is only an engine. Doors also have people: `passage`. */
const closed = { additionalProperties: false } as const;
const Scalar = Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]);
const AnyValue = Type.Union([Scalar, Type.Array(Scalar, { maxItems: 256 })]);
/** `state.lock: unlocked`; a text `args.x` stands for the argument, `event.x` never. */
const Sets = namedEntries(ValuePath, AnyValue);
const TimeMs = Type.Union([Type.Integer({ minimum: 0, maximum: 3_600_000 }), ValuePath]);

const Effect = Type.Object(
  {
    /** Milliseconds, or an argument that holds them. */
    afterMs: Type.Optional(TimeMs),
    set: Type.Optional(Sets),
    /** One item of a list: `{list: state.boxes, item: args.box, from: 1, to: open}`. */
    setItem: Type.Optional(
      Type.Object(
        { list: ValuePath, item: ValuePath, from: Type.Optional(Type.Integer()), to: Scalar },
        closed,
      ),
    ),
    /** An event with its fields. */
    emit: Type.Optional(FieldName),
    with: Type.Optional(namedEntries(FieldName, AnyValue)),
  },
  closed,
);
export type Effect = Type.Static<typeof Effect>;
const Effects = Type.Array(Effect, { minItems: 1, maxItems: 8 });

export const Simulate = Type.Object(
  {
    /** Every state and telemetry of the model. */
    initial: Sets,
    /** A random walk of at most `step` every `everyMs`, inside min and max of the model. */
    drift: Type.Optional(
      namedEntries(
        ValuePath,
        Type.Object(
          { step: Type.Number(), everyMs: Type.Integer({ minimum: 100, maximum: 3_600_000 }) },
          closed,
        ),
      ),
    ),
    /** Command → what it does; each effect after its time, counted from the command. */
    react: Type.Optional(namedEntries(FieldName, Effects)),
    /** What people and the world do to it. */
    actions: Type.Optional(
      namedEntries(FieldName, Type.Object({ title: Label, effects: Effects }, closed)),
    ),
  },
  closed,
);
export type Simulate = Type.Static<typeof Simulate>;
