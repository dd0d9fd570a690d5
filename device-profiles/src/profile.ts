import { Id } from '@gatehouse/protocols';
import Type from 'typebox';

/**
 * What a hardware model is, as data: the same file drives the gateway's driver and the simulator on
 * the real wire. Two kinds so far; the general language grows from here.
 */
const closed = { additionalProperties: false } as const;
const Text = Type.Object({ zh: Type.String(), en: Type.String() }, closed);
const Address = Type.Integer({ minimum: 0, maximum: 65_535 });
const head = {
  id: Id,
  title: Text,
  /** The manual with its page, or `invented`. */
  source: Type.String({ minLength: 1 }),
};

/** A scanner head that sends each code as a line and takes a line of feedback. */
export const LineScannerProfile = Type.Object(
  {
    ...head,
    kind: Type.Literal('line-scanner'),
    serial: Type.Object(
      {
        baud: Type.Integer({ minimum: 300, maximum: 4_000_000 }),
        lineBytesMax: Type.Integer({ minimum: 16, maximum: 65_536 }),
        halfLineMaxMs: Type.Integer({ minimum: 10, maximum: 10_000 }),
      },
      closed,
    ),
    /**
     * `{lamp}` `{tone}` `{text}` are filled, UTF-8; CR LF ends the line. Absent: the head shows
     * nothing.
     */
    feedback: Type.Optional(Type.String({ maxLength: 120 })),
  },
  closed,
);
export type LineScannerProfile = Type.Static<typeof LineScannerProfile>;

/** One direction that can be released. */
const Output = Type.Object(
  {
    /** Holding register: writing n releases for n × unitMs, then the device locks by itself. */
    timed: Type.Object(
      { address: Address, unitMs: Type.Integer({ minimum: 1, maximum: 1000 }) },
      closed,
    ),
    /** Discrete input that reads 1 while the output is on. */
    state: Type.Object({ address: Address }, closed),
    /** Plain coil of the same relay: stays on until it is written off. Only ever written off. */
    coil: Type.Optional(Type.Object({ address: Address }, closed)),
  },
  closed,
);

/** A turnstile or strike controller on Modbus. */
export const ModbusDoorProfile = Type.Object(
  {
    ...head,
    kind: Type.Literal('modbus-door'),
    modbus: Type.Object(
      {
        pollEveryMs: Type.Integer({ minimum: 10, maximum: 10_000 }),
        replyTimeoutMs: Type.Integer({ minimum: 10, maximum: 5_000 }),
        /** This many misses in a row and the controller counts as silent. */
        missesMax: Type.Integer({ minimum: 1, maximum: 100 }),
      },
      closed,
    ),
    outputs: Type.Object({ entry: Output, exit: Type.Optional(Output) }, closed),
    /** Discrete inputs, 1 = active. */
    inputs: Type.Object(
      {
        passageEntry: Type.Optional(Address),
        passageExit: Type.Optional(Address),
        /** 1 = open. */
        contact: Type.Optional(Address),
        fire: Type.Optional(Address),
        tamper: Type.Optional(Address),
      },
      closed,
    ),
    passage: Type.Object(
      {
        takenWithinMs: Type.Integer({ minimum: 500, maximum: 60_000 }),
        stuckAfterMs: Type.Integer({ minimum: 1_000, maximum: 600_000 }),
      },
      closed,
    ),
  },
  closed,
);
export type ModbusDoorProfile = Type.Static<typeof ModbusDoorProfile>;

export const DeviceProfile = Type.Union([LineScannerProfile, ModbusDoorProfile]);
export type DeviceProfile = Type.Static<typeof DeviceProfile>;
