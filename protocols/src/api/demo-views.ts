import Type from 'typebox';
import { Uuid } from '../ids.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const OneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values]);

/**
 * Demo only: something that the one who is signed in, or a child of theirs, can hold before a
 * reader or type there: `GET /api/demo/things`. The whole UID stays with the server.
 */
export const HeldThingView = Type.Object({
  card: Type.String(),
  holder: Name,
  kind: OneOf(['card', 'wristband', 'tag', 'pin'] as const),
  /** Id of a UID, which names it in `DemoHoldBody`; null of a PIN. */
  uid: Type.Union([Type.String(), Type.Null()]),
  /** The last four digits of a UID; of a PIN, the number that is typed before it. */
  digits: Type.String(),
  /** Where the PIN is still the demo's own; null of all else. */
  pin: Type.Union([Type.String(), Type.Null()]),
});
export type HeldThingView = Type.Static<typeof HeldThingView>;

/** Demo only: `POST /api/demo/hold`; answers with what the reader then showed. */
export const DemoHoldBody = Type.Object({
  device: Type.String({ maxLength: 40 }),
  what: Type.Union([
    Type.Object({ uid: Uuid }, { additionalProperties: false }),
    /** As typed, `#` at the end. */
    Type.Object(
      { keys: Type.String({ pattern: '^[0-9*#]{1,24}$' }) },
      { additionalProperties: false },
    ),
  ]),
});
export type DemoHoldBody = Type.Static<typeof DemoHoldBody>;

/** Demo only: a scanner of the simulator, before which the screen can hold a code. */
export const ScannerView = Type.Object({
  device: Type.String(),
  door: Type.String(),
  doorName: Name,
  side: OneOf(['entry', 'exit'] as const),
  /** Codes unless it says so; `cards` are UIDs and PINs. */
  reads: Type.Optional(OneOf(['cards'] as const)),
  lamp: OneOf(['off', 'green', 'red', 'amber'] as const),
  display: Type.String(),
});
export type ScannerView = Type.Static<typeof ScannerView>;

/** Demo only: `POST /api/demo/scan`; answers with what the scanner then showed. */
export const DemoScanBody = Type.Object({
  device: Type.String({ maxLength: 40 }),
  text: Type.String({ maxLength: 4096 }),
});
