import { FieldName } from '@gatehouse/protocols';
import Type from 'typebox';
import { namedEntries } from './named-entries.ts';
import { units } from './units.ts';

/** What a device is, whatever wire it speaks: state, telemetry, events, commands, safety. */
const closed = { additionalProperties: false } as const;
const entriesMax = 64;

export const Label = Type.Object(
  {
    zh: Type.String({ minLength: 1, maxLength: 120 }),
    en: Type.String({ minLength: 1, maxLength: 120 }),
  },
  closed,
);
export type Label = Type.Static<typeof Label>;

/** A word of the shared vocabulary (vocabulary.table.ts). What has none brings its own title. */
const named = {
  norm: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){1,3}$' })),
  title: Type.Optional(Label),
};
export const JournalClassName = Type.Enum(['door', 'audit', 'money', 'telemetry']);
const ValueName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' });

/** The type of a value; `list` = so many of `items`, shown as a grid. */
const typed = {
  type: Type.Enum(['boolean', 'enum', 'integer', 'number', 'text', 'list']),
  values: Type.Optional(Type.Array(ValueName, { minItems: 1, maxItems: 64 })),
  valueTitles: Type.Optional(namedEntries(ValueName, Label)),
  items: Type.Optional(Type.Enum(['boolean', 'enum', 'integer', 'number'])),
  itemsMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 256 })),
  unit: Type.Optional(Type.Enum([...units])),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  charsMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 2048 })),
};

/** What it is now; told when it changes. */
export const StateEntry = Type.Object({ ...named, ...typed, class: JournalClassName }, closed);
export type StateEntry = Type.Static<typeof StateEntry>;

/** What it measures; kept every `reportEveryMs`, and when it moved by `reportChange`. */
export const TelemetryEntry = Type.Object(
  {
    ...named,
    type: Type.Enum(['integer', 'number']),
    unit: Type.Enum([...units]),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    reportEveryMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 86_400_000 })),
    reportChange: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  closed,
);
export type TelemetryEntry = Type.Static<typeof TelemetryEntry>;

export const FieldEntry = Type.Object({ ...named, ...typed }, closed);
export type FieldEntry = Type.Static<typeof FieldEntry>;

/** What happens. */
export const EventEntry = Type.Object(
  {
    ...named,
    class: JournalClassName,
    fields: Type.Optional(namedEntries(FieldName, FieldEntry)),
    /** Its frames may hold a pass, a card or a PIN: never shown, never captured unredacted. */
    secret: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type EventEntry = Type.Static<typeof EventEntry>;

export const ArgEntry = Type.Object(
  {
    ...named,
    ...typed,
    default: Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Boolean()])),
  },
  closed,
);
export type ArgEntry = Type.Static<typeof ArgEntry>;

export const CommandEntry = Type.Object(
  {
    ...named,
    class: JournalClassName,
    args: Type.Optional(namedEntries(FieldName, ArgEntry)),
    /** Never sent later than this after it was asked for. */
    expiresInMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
    /** The device's own word that it worked. Without it a command is at most "sent". */
    confirmBy: Type.Optional(
      Type.Object(
        {
          state: Type.Optional(FieldName),
          equals: Type.Optional(Type.Union([Type.Boolean(), Type.String(), Type.Number()])),
          /** An event, or the device's reply to the command itself. */
          event: Type.Optional(FieldName),
          reply: Type.Optional(Type.Literal(true)),
          withinMs: Type.Integer({ minimum: 50, maximum: 120_000 }),
        },
        closed,
      ),
    ),
    /** Running it twice does no more than running it once. */
    idempotent: Type.Optional(Type.Boolean()),
    /** What it began the device ends by itself (design E6). */
    endsBy: Type.Optional(Type.Literal('device')),
  },
  closed,
);
export type CommandEntry = Type.Static<typeof CommandEntry>;

export const Model = Type.Object(
  {
    state: Type.Optional(namedEntries(FieldName, StateEntry, { maxProperties: entriesMax })),
    telemetry: Type.Optional(
      namedEntries(FieldName, TelemetryEntry, { maxProperties: entriesMax }),
    ),
    events: Type.Optional(namedEntries(FieldName, EventEntry, { maxProperties: entriesMax })),
    commands: Type.Optional(namedEntries(FieldName, CommandEntry, { maxProperties: entriesMax })),
    /** What an installer sets per device, such as an address on a bus or a channel. */
    params: Type.Optional(namedEntries(FieldName, ArgEntry, { maxProperties: 16 })),
    safety: Type.Optional(
      Type.Object(
        {
          /** Command → why it may latch: it is re-locked by a journalled deadline. */
          latch: Type.Optional(namedEntries(FieldName, Label)),
          /** State → what it falls to without power. */
          failState: Type.Optional(
            namedEntries(FieldName, Type.Union([ValueName, Type.Boolean()])),
          ),
        },
        closed,
      ),
    ),
    /** Of what releases a door, turnstile or gate. */
    passage: Type.Optional(
      Type.Object(
        {
          takenWithinMs: Type.Integer({ minimum: 500, maximum: 60_000 }),
          stuckAfterMs: Type.Integer({ minimum: 1_000, maximum: 600_000 }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type Model = Type.Static<typeof Model>;
