import { FieldName, endKeys, layoutNames } from '@gatehouse/protocols';
import Type from 'typebox';
import { namedEntries } from './named-entries.ts';

const closed = { additionalProperties: false } as const;

/** One line that was typed: always text, with `event.…` of the event that it tells. */
const TypedMessage = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 512 }), emit: Type.Optional(FieldName) },
  closed,
);

/** A scanner that is a USB keyboard: it types what it reads, and nothing can be sent to it. */
export const UsbHidBinding = Type.Object(
  {
    transport: Type.Literal('usb-hid'),
    /** The keyboard that the scanner is set to; it must be the same here. */
    layout: Type.Enum([...layoutNames]),
    endKey: Type.Enum([...endKeys]),
    charsMax: Type.Integer({ minimum: 1, maximum: 2048 }),
    /** A line that stands still for so long is given up. */
    silenceMs: Type.Integer({ minimum: 20, maximum: 10_000 }),
    /** Vendor and product: `port: usb` finds it by these. */
    usb: Type.Optional(Type.String({ pattern: '^[0-9a-f]{4}:[0-9a-f]{4}$' })),
    /** The first that fits: `]Q3{event.text}` (an AIM prefix) before `{event.text}`. */
    messages: namedEntries(FieldName, TypedMessage, { minProperties: 1, maxProperties: 64 }),
  },
  closed,
);
export type UsbHidBinding = Type.Static<typeof UsbHidBinding>;
