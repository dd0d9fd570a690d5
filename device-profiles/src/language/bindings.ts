import {
  FieldName,
  Fields,
  FrameFraming,
  LineFraming,
  HexText,
  SilenceFraming,
  ValuePath,
} from '@gatehouse/protocols';
import Type from 'typebox';
import { HttpPushBinding } from './http-push.ts';
import { namedEntries } from './named-entries.ts';
import { UsbHidBinding } from './usb-hid.ts';

/** How a wire carries the model: one object per wire, told apart by `transport`. */
const closed = { additionalProperties: false } as const;
const messagesMax = 64;

const SerialParameters = Type.Object(
  {
    baud: Type.Integer({ minimum: 300, maximum: 4_000_000 }),
    /** 8, none and 1 where left out. */
    dataBits: Type.Optional(Type.Union([Type.Literal(7), Type.Literal(8)])),
    parity: Type.Optional(Type.Enum(['none', 'even', 'odd'])),
    stopBits: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])),
  },
  closed,
);
export type SerialParameters = Type.Static<typeof SerialParameters>;

/** What stands in a message: fields, or for lines a text such as `T={telemetry.temperature};`. */
const content = {
  fields: Type.Optional(Fields),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
};

const pollEveryMs = Type.Integer({ minimum: 10, maximum: 3_600_000 });
const replyTimeoutMs = Type.Integer({ minimum: 10, maximum: 60_000 });

/**
 * What a device sends. It is this message where every `const` fits and every field can be read;
 * the first in the order of the file wins.
 */
export const Message = Type.Object(
  {
    ...content,
    /** The event that it tells; its fields are `event.…`. */
    emit: Type.Optional(FieldName),
    /** Its framing's place in the binding's list; 0 where left out. */
    frame: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 })),
    /** Bytes sent back at once, such as an ACK; as they are, without framing. */
    answer: Type.Optional(HexText),
    /** Where that message is waited for, this one ends the wait too: a card in place of none. */
    countsAs: Type.Optional(FieldName),
    /** The device tells it so often by itself, unasked: that is what a simulator does. */
    everyMs: Type.Optional(pollEveryMs),
    /** The device refuses: the command or poll that waits fails with this. */
    refuses: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })),
  },
  closed,
);
export type Message = Type.Static<typeof Message>;

/** One thing sent, and the name of the message that answers it. */
export const Sending = Type.Object(
  {
    ...content,
    reply: Type.Optional(FieldName),
    /** The binding's where left out. */
    replyTimeoutMs: Type.Optional(replyTimeoutMs),
    /** Its framing's place in `sends` (or `framing`); 0 where left out. */
    frame: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 })),
  },
  closed,
);
export type Sending = Type.Static<typeof Sending>;

/** So many misses in a row and the device counts as silent. */
const missesMax = Type.Integer({ minimum: 1, maximum: 100 });

const OneFraming = Type.Union([LineFraming, FrameFraming, SilenceFraming]);
const Framings = Type.Union([OneFraming, Type.Array(OneFraming, { minItems: 1, maxItems: 8 })]);

/** Frames or lines on a serial line (RS-232, RS-485, TTL, USB serial) or on TCP. */
export const SerialBinding = Type.Object(
  {
    transport: Type.Literal('serial'),
    line: SerialParameters,
    /**
     * One, or several on one line: frames told apart by their `start`, and lines of text last.
     */
    framing: Framings,
    /** What the gateway sends, where it is framed in another way. */
    sends: Type.Optional(Framings),
    messages: Type.Optional(namedEntries(FieldName, Message, { maxProperties: messagesMax })),
    /** Command of the model → what is sent, in this order, each after the reply to the former. */
    commands: Type.Optional(
      namedEntries(FieldName, Type.Array(Sending, { minItems: 1, maxItems: 8 }), {
        maxProperties: messagesMax,
      }),
    ),
    /** Asked again and again; a wish: the scheduler fits it to the wire. */
    polls: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...content,
            reply: FieldName,
            replyTimeoutMs: Type.Optional(replyTimeoutMs),
            everyMs: pollEveryMs,
          },
          closed,
        ),
        {
          maxItems: 16,
        },
      ),
    ),
    replyTimeoutMs: Type.Optional(replyTimeoutMs),
    missesMax: Type.Optional(missesMax),
  },
  closed,
);
export type SerialBinding = Type.Static<typeof SerialBinding>;

/** The four tables of Modbus ("MODBUS Application Protocol" V1.1b3 §4.3). */
export const modbusTables = ['coil', 'discrete', 'holding', 'input'] as const;
export type ModbusTable = (typeof modbusTables)[number];
const Address = Type.Integer({ minimum: 0, maximum: 65_535 });

/** Keys of a plain field; bits of coils and discrete inputs read as 0 and 1 (type `bit`). */
const registerField = {
  type: Type.Enum(['bit', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64', 'text', 'bcd']),
  bits: Type.Optional(Type.String({ pattern: '^[0-9]{1,2}(\\.\\.[0-9]{1,2})?$' })),
  scale: Type.Optional(Type.Number()),
  offset: Type.Optional(Type.Number()),
  enum: Type.Optional(
    Type.Record(
      Type.String({ maxLength: 40 }),
      Type.Union([Type.String({ maxLength: 40 }), Type.Boolean()]),
    ),
  ),
  unknown: Type.Optional(Type.Array(Type.Number(), { minItems: 1, maxItems: 8 })),
  /** Bytes of text and bcd. */
  length: Type.Optional(Type.Integer({ minimum: 1, maximum: 250 })),
};

/** An address: a number, or a number plus a parameter such as the channel (0-based). */
const AddressOf = Type.Union([
  Address,
  Type.Object({ base: Address, plus: FieldName, step: Type.Optional(Address) }, closed),
]);

export const Register = Type.Object(
  {
    table: Type.Enum([...modbusTables]),
    address: AddressOf,
    ...registerField,
    /** So many in a row read as a list. */
    count: Type.Optional(Type.Integer({ minimum: 2, maximum: 256 })),
    value: ValuePath,
    /** The binding's `poll.everyMs` where left out. */
    everyMs: Type.Optional(pollEveryMs),
  },
  closed,
);
export type Register = Type.Static<typeof Register>;

/** One write: a value of the command (`value: args.ms`) or always the same (`const`). */
export const RegisterWrite = Type.Object(
  {
    table: Type.Enum(['coil', 'holding']),
    address: Type.Union([
      Address,
      Type.Object({ base: Address, plus: ValuePath, step: Type.Optional(Address) }, closed),
    ]),
    /** On a coil, `u16` is the raw value of function 5, where a maker gives it a meaning. */
    ...registerField,
    const: Type.Optional(Type.Union([Type.Number(), Type.Boolean(), Type.String()])),
    value: Type.Optional(ValuePath),
    /** Function 16 or 15 even for one register or coil: some devices know no other. */
    multiple: Type.Optional(Type.Boolean()),
    /** Device answers nothing to this write (a broadcast, a reboot). */
    unanswered: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type RegisterWrite = Type.Static<typeof RegisterWrite>;

/** Modbus RTU on a serial line or Modbus TCP. */
export const ModbusBinding = Type.Object(
  {
    transport: Type.Literal('modbus'),
    modes: Type.Array(Type.Enum(['rtu', 'tcp']), { minItems: 1, maxItems: 2 }),
    /** Of RTU. */
    line: Type.Optional(SerialParameters),
    /** Of a device as it leaves the factory. */
    unit: Type.Optional(Type.Integer({ minimum: 1, maximum: 247 })),
    /** Of values of more than one register: `little` = low word first. Big where left out. */
    wordOrder: Type.Optional(Type.Enum(['big', 'little'])),
    /** Inside a register. */
    byteOrder: Type.Optional(Type.Enum(['big', 'little'])),
    poll: Type.Object(
      {
        everyMs: pollEveryMs,
        replyTimeoutMs,
        missesMax,
        /** Addresses that nobody needs, read along so that two blocks become one. */
        gapMax: Type.Optional(Type.Integer({ minimum: 0, maximum: 120 })),
        /** Registers (or bits) that one reply holds; the standard's where left out. */
        blockMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000 })),
      },
      closed,
    ),
    registers: Type.Array(Register, { maxItems: 256 }),
    commands: Type.Optional(
      namedEntries(FieldName, Type.Array(RegisterWrite, { minItems: 1, maxItems: 16 }), {
        maxProperties: messagesMax,
      }),
    ),
  },
  closed,
);
export type ModbusBinding = Type.Static<typeof ModbusBinding>;

/** By `transport`: the one table of the wires there are. */
export const bindingSchemas = {
  serial: SerialBinding,
  modbus: ModbusBinding,
  'usb-hid': UsbHidBinding,
  'http-push': HttpPushBinding,
} as const;
export type Transport = keyof typeof bindingSchemas;
export type Binding = PlainBinding | UsbHidBinding | HttpPushBinding;
/** Wires on which bytes go both ways; what holds of the others is checked on lines like theirs. */
export type PlainBinding = SerialBinding | ModbusBinding;
