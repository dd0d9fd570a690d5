import Type from 'typebox';

/** What the cloud says about the demo campus that it seeds: `main.ts plan --seed N --people N`. */
export const Plan = Type.Object({
  campus: Type.String(),
  zone: Type.String(),
  gateways: Type.Array(Type.Object({ id: Type.String(), building: Type.String() })),
  doors: Type.Array(
    Type.Object({ id: Type.String(), building: Type.String(), class: Type.String() }),
  ),
  devices: Type.Array(
    Type.Object({
      id: Type.String(),
      gateway: Type.String(),
      /** Null of a device that stands at no door. */
      door: Type.Union([Type.String(), Type.Null()]),
      profile: Type.String(),
      side: Type.Union([Type.Literal('entry'), Type.Literal('exit'), Type.Null()]),
      /**
       * `rtu+tcp`: it speaks Modbus RTU alone, behind a converter to Ethernet; `push`: it asks its
       * gateway by HTTP.
       */
      wire: Type.Optional(Type.Union([Type.Literal('rtu+tcp'), Type.Literal('push')])),
      /** What an installer sets, by the profile. */
      params: Type.Optional(
        Type.Record(Type.String(), Type.Union([Type.Number(), Type.String(), Type.Boolean()])),
      ),
    }),
  ),
  /** The profile of the heads that read cards and have keys. */
  cardReader: Type.String(),
  /** Who comes without a phone: what is held there or typed, and where. */
  holders: Type.Array(
    Type.Object({
      present: Type.Union([
        Type.Object({ uid: Type.String() }),
        Type.Object({ text: Type.String() }),
      ]),
      doors: Type.Array(Type.String()),
    }),
  ),
  /** People who come and go by themselves, with the key of their simulated phone. */
  walkers: Type.Array(
    Type.Object({
      person: Type.String(),
      credential: Type.String(),
      /** 32 bytes, hex: the Ed25519 seed. */
      secret: Type.String(),
      /** Doors that a rule opens for them at some time of the week. */
      doors: Type.Array(Type.String()),
    }),
  ),
});
export type Plan = Type.Static<typeof Plan>;
