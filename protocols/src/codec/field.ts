import Type from 'typebox';

/**
 * The field language: how one value lies in bytes. The same list of fields reads and writes, on
 * every wire: serial frames, lines of text, register blocks, radio payloads.
 */
export type Scalar = number | string | boolean | null;
/** `null` = the device says that it does not know. */
export type Value = Scalar | readonly Scalar[];

const closed = { additionalProperties: false } as const;

export const fieldBounds = {
  /** Fields of one list, without those inside a repeat or a tlv. */
  fieldsMax: 64,
  /** A repeat or a tlv inside a repeat or a tlv, at most. */
  depthMax: 2,
  repeatMax: 256,
  tlvItemsMax: 64,
  bytesMax: 4096,
} as const;

/**
 * - `u8` … `f64le`: numbers of the machine, big-endian without suffix
 * - `bcd`: two decimal digits a byte; `digits`: ASCII decimal; `hexdigits`: ASCII hexadecimal
 * - `text`: printable ASCII, `utf8`: text, `hex`: bytes as hexadecimal text
 */
export const fieldTypes = [
  'u8',
  'i8',
  'u16',
  'i16',
  'u24',
  'i24',
  'u32',
  'i32',
  'u48',
  'u64',
  'i64',
  'f32',
  'f64',
  'u16le',
  'i16le',
  'u24le',
  'i24le',
  'u32le',
  'i32le',
  'u48le',
  'u64le',
  'i64le',
  'f32le',
  'f64le',
  'bcd',
  'digits',
  'hexdigits',
  'text',
  'utf8',
  'hex',
] as const;
export type FieldType = (typeof fieldTypes)[number];

/** Where a value belongs: `state.lock`, `telemetry.voltage`, `event.text`, `args.ms`, … */
export const ValuePath = Type.String({
  pattern: '^(state|telemetry|event|args|params)\\.[a-z][a-zA-Z0-9]{0,39}$',
});
export const FieldName = Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' });
const HexText = Type.String({ pattern: '^([0-9A-Fa-f]{2} ?)+$', maxLength: 3 * 256 });

/** How many bytes, or how many rounds: fixed, told by an earlier field, or all that is left. */
const Count = Type.Union([
  Type.Integer({ minimum: 0, maximum: fieldBounds.bytesMax }),
  Type.Literal('rest'),
  Type.Object({ of: FieldName, adds: Type.Optional(Type.Integer()) }, closed),
]);

const place = {
  /** Offset from the first byte of the frame; left out: right behind the field before. */
  at: Type.Optional(Type.Integer({ minimum: 0, maximum: fieldBounds.bytesMax })),
  /** Only where an earlier field reads this. */
  when: Type.Optional(
    Type.Object({ field: FieldName, equals: Type.Union([Type.Number(), Type.String()]) }, closed),
  ),
};

/** One value. Exactly one of `const`, `value` and `as` alone says what it is for. */
export const PlainField = Type.Object(
  {
    ...place,
    type: Type.Enum([...fieldTypes]),
    /** `0` or `4..7`, 0 = least significant: fields with the same `at` share an integer. */
    bits: Type.Optional(Type.String({ pattern: '^[0-9]{1,2}(\\.\\.[0-9]{1,2})?$' })),
    /** Always this: a raw number, text, or (type `hex`) bytes. Another value is another message. */
    const: Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 512 })])),
    value: Type.Optional(ValuePath),
    /** A name for `when` and counts of later fields. */
    as: Type.Optional(FieldName),
    /** value = raw × scale + offset */
    scale: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Number()),
    /** Raw number (decimal or 0x…) or text → value. A raw that is not listed is a fault. */
    enum: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 40 }),
        Type.Union([Type.String({ maxLength: 40 }), Type.Boolean()]),
      ),
    ),
    /** Raw numbers that mean "not known". */
    unknown: Type.Optional(Type.Array(Type.Number(), { minItems: 1, maxItems: 8 })),
    /** Of bcd, digits, hexdigits, text, utf8, hex: bytes on the wire. */
    length: Type.Optional(Count),
    /** Text ends before this; it is read over. */
    until: Type.Optional(Type.String({ minLength: 1, maxLength: 16 })),
    /** Text shorter than its length is filled with this at its end, and freed of it. */
    pad: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
  },
  closed,
);
export type PlainField = Type.Static<typeof PlainField>;

/** The same fields again and again; each value becomes a list. */
export const RepeatField = Type.Object(
  {
    ...place,
    repeat: Type.Object(
      { count: Count, fields: Type.Array(PlainField, { minItems: 1, maxItems: 16 }) },
      closed,
    ),
  },
  closed,
);
export type RepeatField = Type.Static<typeof RepeatField>;

/** Tagged items in any order to the end. An unknown tag is skipped where a length stands, else
 * reading ends there. Only read, never written. */
export const TlvField = Type.Object(
  {
    ...place,
    tlv: Type.Object(
      {
        tag: Type.Enum(['u8', 'u16', 'u16le']),
        length: Type.Optional(Type.Enum(['u8', 'u16', 'u16le'])),
        /** Tag (decimal or 0x…) → its fields; `at` counts from behind tag and length. */
        items: Type.Record(
          Type.String({ pattern: '^(0x[0-9A-Fa-f]{1,4}|[0-9]{1,5})$' }),
          Type.Array(PlainField, { minItems: 1, maxItems: 16 }),
        ),
      },
      closed,
    ),
  },
  closed,
);
export type TlvField = Type.Static<typeof TlvField>;

export type Field = PlainField | RepeatField | TlvField;
export const Fields = Type.Array(Type.Union([PlainField, RepeatField, TlvField]), {
  minItems: 1,
  maxItems: fieldBounds.fieldsMax,
});
export { HexText };

/**
 * - `too_short`: the bytes end inside a field; `too_long`: bytes are left that no field covers
 * - `other_message`: a const (or `params`) differs: these fields describe another message
 * - `out_of_range`: outside the type on writing, beyond 2^53 or not finite on reading
 * - `unknown_value`: not in `enum`; `bad_text`: no text or digits of this type
 * - `missing`: on writing, a value was not given
 */
export const codecFaults = [
  'too_short',
  'too_long',
  'other_message',
  'out_of_range',
  'unknown_value',
  'bad_text',
  'missing',
] as const;
export type CodecFault = (typeof codecFaults)[number];
