import Type from 'typebox';
import { Uuid } from '../ids.ts';

const Name = Type.Object({ zh: Type.String(), en: Type.String() });

/**
 * Demo only: something that the one who is signed in, or a child of theirs, can hold before a
 * reader or type there: `GET /api/demo/things`. The whole UID stays with the server.
 */
export const HeldThingView = Type.Object({
  card: Type.String(),
  holder: Name,
  kind: Type.Union([
    Type.Literal('card'),
    Type.Literal('wristband'),
    Type.Literal('tag'),
    Type.Literal('pin'),
  ]),
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
