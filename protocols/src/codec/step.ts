import { fieldBounds } from './field.ts';
import type { CodecFault, Scalar, Value } from './field.ts';

/** Why a field could not be read or written; frozen, so that the fast path allocates nothing. */
export type Failed = { readonly fault: CodecFault };

export const failed = {
  tooShort: { fault: 'too_short' },
  tooLong: { fault: 'too_long' },
  otherMessage: { fault: 'other_message' },
  outOfRange: { fault: 'out_of_range' },
  unknownValue: { fault: 'unknown_value' },
  badText: { fault: 'bad_text' },
  missing: { fault: 'missing' },
} as const satisfies Readonly<Record<string, Failed>>;

export const isFailed = (value: unknown): value is Failed =>
  typeof value === 'object' && value !== null && 'fault' in value;

export type Values = Readonly<Record<string, Value>>;

/** One message that is being read. */
export type Reader = {
  readonly bytes: Uint8Array;
  /** What `at` counts from: 0, or the first byte of a round or a tagged item. */
  base: number;
  /** Where the next field begins. */
  at: number;
  /** Behind the last byte that fields may own. */
  end: number;
  /** Behind the last byte that a field has owned. */
  covered: number;
  readonly params: Values;
  readonly values: Record<string, Value>;
  /** Values of fields with `as`, by slot. */
  readonly names: (Scalar | undefined)[];
  /** Inside a repeat values become lists, by path. */
  lists: Record<string, Scalar[]> | undefined;
  failedAt: string;
};

/** One message that is being written. */
export type Writer = {
  bytes: Uint8Array;
  base: number;
  at: number;
  covered: number;
  readonly values: Values;
  readonly names: (Scalar | undefined)[];
  /** Inside a repeat: which element of each list. */
  round: number | undefined;
  failedAt: string;
};

/** One field, turned into functions. Undefined = done. */
export type Step = {
  /** For people: the value's path, the name, or the place in the list. */
  readonly label: string;
  readonly read: (reader: Reader) => Failed | undefined;
  readonly write: (writer: Writer) => Failed | undefined;
  /** What a count of this field has to say: bytes of its content, or rounds. */
  readonly measure: (writer: Writer) => number | Failed;
};

/** Room for bytes before `end`; new bytes are zero. */
export const grow = (writer: Writer, end: number): Failed | undefined => {
  if (end > fieldBounds.bytesMax) return failed.outOfRange;
  if (end > writer.bytes.length) {
    const larger = new Uint8Array(Math.min(fieldBounds.bytesMax, Math.max(end, 64) * 2));
    larger.set(writer.bytes);
    writer.bytes = larger;
  }
  return undefined;
};

export const passed = (state: Reader | Writer, end: number): void => {
  state.at = end;
  if (end > state.covered) state.covered = end;
};

/** @returns undefined where it was not given */
export const valueOf = (writer: Writer, path: string): Scalar | undefined => {
  const value = Object.hasOwn(writer.values, path) ? writer.values[path] : undefined;
  if (value === undefined || !isList(value)) return value;
  return writer.round === undefined ? undefined : value[writer.round];
};

export const isList = (value: Value): value is readonly Scalar[] => Array.isArray(value);
