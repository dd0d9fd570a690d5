import { FieldName, Id } from '@gatehouse/protocols';
import Type from 'typebox';
import { namedEntries } from './named-entries.ts';
import { ModbusBinding, SerialBinding } from './bindings.ts';
import type { PlainBinding } from './bindings.ts';
import { HttpPushBinding } from './http-push.ts';
import { UsbHidBinding } from './usb-hid.ts';
import { Label, Model } from './model.ts';
import { Simulate } from './simulate.ts';
import { Session, Vector } from './vectors.ts';

/**
 * What a hardware model is, as data: the same file drives the gateway's driver, the simulator on
 * the real wire, the device page and the documentation.
 */
const closed = { additionalProperties: false } as const;
export const profileApi = 'profile/v1';
export const Semver = Type.String({
  pattern: '^(0|[1-9][0-9]{0,5})\\.(0|[1-9][0-9]{0,5})\\.(0|[1-9][0-9]{0,5})$',
  description: 'three numbers such as 1.0.0',
});
const ShortText = Type.String({ minLength: 1, maxLength: 200 });

/** The families that a list of devices is sorted by. */
export const families = [
  'scanner',
  'door',
  'turnstile',
  'lock',
  'locker',
  'barrier',
  'relay',
  'pos',
  'printer',
  'reader',
  'presence',
  'environment',
  'meter',
] as const;

/** What the profile rests on: `invented`, or a document that one can look up. */
export const Source = Type.Union([
  Type.Literal('invented'),
  Type.Object(
    {
      manual: ShortText,
      version: Type.Optional(ShortText),
      /** Pages or sections. */
      page: ShortText,
      /** Where it was read. */
      seen: ShortText,
    },
    closed,
  ),
]);

export const ProfileFile = Type.Object(
  {
    apiVersion: Type.Literal(profileApi),
    kind: Type.Literal('DeviceProfile'),
    id: Id,
    /** A change that alters the value of an old vector is a new major version. */
    profile: Semver,
    family: Type.Enum([...families]),
    title: Label,
    vendor: ShortText,
    product: ShortText,
    source: Source,
    compat: Type.Optional(
      Type.Object(
        {
          hardware: Type.Optional(Type.Array(ShortText, { minItems: 1, maxItems: 20 })),
          firmware: Type.Optional(ShortText),
        },
        closed,
      ),
    ),
    /** Fingerprints by which a unit is recognised; no two profiles share one. */
    identify: Type.Optional(
      Type.Array(
        Type.Object(
          {
            binding: FieldName,
            /** USB ids, four hex digits each: `1a86:7523`. */
            usb: Type.Optional(
              Type.String({
                pattern: '^[0-9a-f]{4}:[0-9a-f]{4}$',
                description: 'two USB ids of four small hexadecimal digits, such as 1a86:7523',
              }),
            ),
            /** A vector's place in the list: the unit answers as it does there. */
            answersVector: Type.Optional(Type.Integer({ minimum: 0 })),
          },
          closed,
        ),
        { maxItems: 8 },
      ),
    ),
    model: Model,
    bindings: namedEntries(
      FieldName,
      Type.Union([SerialBinding, ModbusBinding, UsbHidBinding, HttpPushBinding]),
      {
        minProperties: 1,
        maxProperties: 8,
      },
    ),
    vectors: Type.Array(Type.Union([Vector, Session]), { maxItems: 500 }),
    simulate: Simulate,
  },
  closed,
);
export type DeviceProfile = Type.Static<typeof ProfileFile>;
/** With lines in the place of keys and requests (check/plain-wires.ts). */
export type PlainProfile = Omit<DeviceProfile, 'bindings'> & {
  readonly bindings: Readonly<Record<string, PlainBinding>>;
};
