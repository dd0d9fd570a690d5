import type {
  Args,
  ModbusBlock,
  ModbusTable,
  PushedRequest,
  Reading,
} from '@gatehouse/device-profiles';
import type { DeviceHealth, InputEventBytes } from '@gatehouse/protocols';
import type { Cancel } from '../ports.ts';

/**
 * How a command went:
 * - `confirmed`: the device's own word says that it worked
 * - `sent`: the device took it, and its profile knows of no word that it worked
 * - `not_confirmed`: it was sent, and nothing shows that it worked; never send it again
 * - `refused`: the device says no; `code` is its own
 * - `expired`: its deadline passed, or a newer one took its place, before it could be sent
 * - `failed`: it was not sent; `code` says why: `unknown_command`, `bad_args`, `line_closed`
 */
export type CommandResult =
  | { readonly outcome: 'confirmed' | 'sent' | 'not_confirmed' | 'expired' }
  | { readonly outcome: 'refused' | 'failed'; readonly code: string };

/** Silent = nothing is known of the device; unknown until it is first heard or missed. */
export type LinkState = 'online' | 'silent';

/** One frame, or what came that is none. */
export type TappedFrame = {
  readonly monoMs: number;
  readonly direction: 'in' | 'out';
  /** Undefined: it may hold a pass, card or PIN. */
  readonly bytes: Uint8Array | undefined;
  readonly length: number;
  /** Message, command, poll, block, or the fault that it is. */
  readonly meaning: string;
  readonly isFault: boolean;
};

/**
 * What came before anything was made of it, secrets included: for a second decoder inside this box,
 * and for nothing that leaves it.
 */
export type HeardRaw =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly monoMs: number }
  /** Events of a keyboard. */
  | {
      readonly kind: 'keys';
      readonly bytes: Uint8Array;
      readonly eventBytes: InputEventBytes;
      readonly monoMs: number;
    }
  /** Of the device itself: its secret was right. */
  | { readonly kind: 'request'; readonly request: PushedRequest }
  | {
      readonly kind: 'block';
      readonly table: ModbusTable;
      readonly address: number;
      readonly block: ModbusBlock;
    };

export type DriverCondition = 'serial_lost' | 'device_silent' | 'reader_noisy' | 'device_refuses';

export type DriverEvents = {
  /** @param times of its arrival, and of the moment after which the device looked: monotonic */
  readonly onReading: (
    reading: Reading,
    times: { readonly monoMs: number; readonly askedAtMs: number },
  ) => void;
  /** Each change once. */
  readonly onLink: (state: LinkState, detail: string) => void;
  /** @param detail undefined = cleared */
  readonly onCondition: (code: DriverCondition, detail: string | undefined) => void;
};

export type RunOptions = {
  /** Monotonic; not sent later. */
  readonly deadlineMs: number;
  /** Asked at the moment of sending, once for each step; false = that and what follows is not. */
  readonly mayStart?: (() => boolean) | undefined;
};

/** What every wire gives: one device, driven by its profile. */
export type DeviceDriver = {
  readonly start: () => void;
  readonly stop: () => void;
  /** Each step is sent at most once, and never after the deadline. Does not reject. */
  readonly run: (command: string, args: Args, options: RunOptions) => Promise<CommandResult>;
  /** Asks everything as soon as the wire is free. */
  readonly refresh: () => void;
  readonly health: () => DeviceHealth;
  /** Every frame from now on; undefined = nobody looks any more. */
  readonly tap: (run: ((frame: TappedFrame) => void) | undefined) => void;
  /** Absent where the wire gives none. */
  readonly hear?: (run: (heard: HeardRaw) => void) => Cancel;
};

/** Tells a condition when it is raised, cleared, or its detail changes. */
export const changesOnly = (tell: DriverEvents['onCondition']): DriverEvents['onCondition'] => {
  const raised = new Map<DriverCondition, string>();
  return (code, detail) => {
    if (raised.get(code) === detail) return;
    if (detail === undefined) raised.delete(code);
    else raised.set(code, detail);
    tell(code, detail);
  };
};
