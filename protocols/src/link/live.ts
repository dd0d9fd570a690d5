import Type from 'typebox';
import { Cursor, Id } from '../ids.ts';
import { At } from '../time.ts';
import { SessionId } from './session.ts';

/**
 * A look at one device while somebody looks: frames, values, health. Nothing of it is journalled,
 * and no frame that may hold a pass, card or PIN leaves the gateway.
 */
export const watchForMsMax = 60_000;
export const watchesMax = 20;
export const liveEveryMs = 250;
export const framesPerLiveMax = 50;

/** `down/watch`: tell of this device for so long; 0 ends it. Sent again while a screen is open. */
export const Watch = Type.Object({
  session: SessionId,
  device: Id,
  forMs: Type.Integer({ minimum: 0, maximum: watchForMsMax }),
});
export type Watch = Type.Static<typeof Watch>;

export const LiveFrame = Type.Object({
  at: At,
  direction: Type.Enum(['in', 'out']),
  /** Undefined: it may hold a secret, only its length is told. */
  hex: Type.Optional(Type.String({ maxLength: 1024 })),
  bytes: Cursor,
  /** Message, command, block, or the fault that it is. */
  meaning: Type.String({ maxLength: 120 }),
  isFault: Type.Boolean(),
});
export type LiveFrame = Type.Static<typeof LiveFrame>;

export const DeviceHealth = Type.Object({
  /** Since the gateway started. */
  answered: Cursor,
  missed: Cursor,
  badFrames: Cursor,
  /** Median of the last answers; null where the device is never asked. */
  roundTripMs: Type.Union([Type.Number(), Type.Null()]),
  lastHeardAt: Type.Union([At, Type.Null()]),
  /** What the polls wish for and what fits the wire; null where nothing is polled. */
  everyMs: Type.Union([Type.Object({ wish: Cursor, actual: Cursor }), Type.Null()]),
});
export type DeviceHealth = Type.Static<typeof DeviceHealth>;

/** `up/live`: at most four a second per watched device. */
export const Live = Type.Object({
  session: SessionId,
  device: Id,
  at: At,
  /** By path: `state.contact`, `telemetry.voltage`. */
  values: Type.Record(Type.String({ maxLength: 60 }), Type.Unknown()),
  health: DeviceHealth,
  /** New since the last; `dropped` more did not fit. */
  frames: Type.Array(LiveFrame, { maxItems: framesPerLiveMax }),
  dropped: Cursor,
});
export type Live = Type.Static<typeof Live>;
