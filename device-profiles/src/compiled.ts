import type { CodecFault, FrameDecoder, FrameFault, Framing, Value } from '@gatehouse/protocols';
import type { ModbusTable, SerialParameters } from './language/bindings.ts';

/** What programs use of a profile: its bindings, turned into functions. */

/** By path: `state.contact`, `telemetry.voltage`. */
export type Values = Readonly<Record<string, Value>>;
/** By name, without `args.`. */
export type Args = Readonly<Record<string, Value>>;

/** What one message or block says. */
export type Reading = {
  readonly values: Values;
  readonly events: readonly { readonly event: string; readonly fields: Args }[];
};

export type ReadFault =
  | FrameFault
  | CodecFault
  /** No message of the profile looks like this. */
  | 'unknown_message';

/** One thing to send, and the message that answers it. */
export type Outgoing = {
  readonly bytes: Uint8Array;
  readonly reply: string | undefined;
  /** Of this reply alone; the codec's where undefined. */
  readonly replyTimeoutMs?: number | undefined;
  /** Nothing secret stands in it: it may be shown and captured. */
  readonly isShown: boolean;
};

export type Encoded<T> =
  | { readonly ok: true; readonly sends: readonly T[] }
  | { readonly ok: false; readonly fault: 'unknown_command' | CodecFault; readonly at: string };

export type SerialMessage =
  | {
      readonly ok: true;
      readonly message: string;
      readonly reading: Reading;
      /** The device says no, and this is its code. */
      readonly refuses: string | undefined;
      /** Bytes that the device waits for, such as an ACK: sent back at once, as they are. */
      readonly answer: Uint8Array | undefined;
      /** Which awaited reply it is: itself, or the message in whose place it comes. */
      readonly replyAs: string;
      /** False where it may hold a pass, card or PIN. */
      readonly isShown: boolean;
    }
  | {
      readonly ok: false;
      readonly fault: ReadFault;
      /** False where the wire may carry a pass, card or PIN: half a pass is secret too. */
      readonly isShown: boolean;
    };

export type SerialCodec = {
  readonly transport: 'serial';
  readonly line: SerialParameters;
  /** The first one where there are several; `createDecoder` knows them all. */
  readonly framing: Framing;
  readonly createDecoder: () => FrameDecoder;
  /** One whole frame, as the decoder gave it. */
  readonly read: (frame: Uint8Array) => SerialMessage;
  /** Missing arguments take their defaults; those that the model lacks are left out. */
  readonly encode: (command: string, args: Args) => Encoded<Outgoing>;
  readonly polls: readonly (Outgoing & { readonly everyMs: number })[];
  readonly replyTimeoutMs: number;
  readonly missesMax: number;
  /** The other side of the wire, for simulators. */
  readonly peer: {
    readonly createDecoder: () => FrameDecoder;
    /** What the gateway sent: a step of a command, or a poll; `reply` names the answer. */
    readonly read: (frame: Uint8Array) =>
      | {
          readonly command: string | undefined;
          readonly step: number;
          readonly args: Args;
          readonly reply: string | undefined;
        }
      | undefined;
    /** A message of the device, filled from its values and an event's fields. */
    readonly write: (message: string, values: Values, event: Args) => Uint8Array | undefined;
    /** The message that tells an event. */
    readonly messageOf: (event: string) => string | undefined;
    /** What the device tells unasked, again and again. */
    readonly tells: readonly { readonly message: string; readonly everyMs: number }[];
  };
};

/** One request: a block of a table. */
export type ModbusRead = {
  readonly table: ModbusTable;
  readonly address: number;
  /** Registers, or bits. */
  readonly count: number;
  readonly everyMs: number;
};

/** What came: registers as numbers 0 … 65535, coils and inputs as booleans. */
export type ModbusBlock = readonly number[] | readonly boolean[];

export type ModbusWrite = {
  readonly table: 'coil' | 'holding';
  readonly address: number;
  readonly values: ModbusBlock;
  /** Function 15 or 16, also for one. */
  readonly multiple: boolean;
  readonly unanswered: boolean;
  /** Of a coil: what stands in the place of FF00, for devices that take a time there. */
  readonly rawCoil: number | undefined;
};

export type ModbusCodec = {
  readonly transport: 'modbus';
  readonly modes: readonly ('rtu' | 'tcp')[];
  readonly line: SerialParameters | undefined;
  readonly unit: number;
  /** Coalesced; in the order in which they are best asked. */
  readonly reads: readonly ModbusRead[];
  readonly replyTimeoutMs: number;
  readonly missesMax: number;
  /**
   * @param from the first address of the block
   * @returns of every register that lies wholly inside; faults by path where one cannot be read
   */
  readonly read: (
    table: ModbusTable,
    from: number,
    block: ModbusBlock,
  ) => {
    readonly values: Values;
    readonly faults: readonly { readonly path: string; readonly fault: CodecFault }[];
  };
  readonly encode: (command: string, args: Args) => Encoded<ModbusWrite>;
  /** The other side, for simulators. */
  readonly peer: {
    /** The block as the device would answer it; undefined where it has no such addresses. */
    readonly block: (
      table: ModbusTable,
      address: number,
      count: number,
      values: Values,
    ) => ModbusBlock | undefined;
    /**
     * Which command a write belongs to; undefined where nothing may be written there.
     * @param values of a coil written with a raw word: that word
     */
    readonly written: (
      table: 'coil' | 'holding',
      address: number,
      values: ModbusBlock,
    ) => { readonly command: string; readonly step: number; readonly args: Args } | undefined;
  };
};

/** Of wires on which bytes go both ways. */
export type PlainCodec = SerialCodec | ModbusCodec;
