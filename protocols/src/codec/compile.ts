import type { FrameGeometry } from '../framing/framing.ts';
import { fieldBounds } from './field.ts';
import type {
  CodecFault,
  Field,
  PlainField,
  RepeatField,
  Scalar,
  TlvField,
  Value,
} from './field.ts';
import { numberTypes } from './numbers.ts';
import { compilePlain, compileWhen, startOf } from './plain.ts';
import type { Plan, Scope } from './plain.ts';
import { failed, isFailed, isList, valueOf } from './step.ts';
import type { Failed, Reader, Step, Values, Writer } from './step.ts';

export type Decoded =
  | {
      readonly ok: true;
      /** By path; a field inside a repeat is a list. `params.…` stand here too. */
      readonly values: Readonly<Record<string, Value>>;
    }
  | {
      readonly ok: false;
      readonly fault: CodecFault;
      /** The path, the name or the place (`#3`) of the field. */
      readonly at: string;
    };

export type EncodedFields =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly fault: CodecFault; readonly at: string };

export type FieldCodec = {
  /**
   * @param bytes a whole frame, with what belongs to its framing
   * @param options.params by name, without `params.`; a field that reads another value makes it
   *   another message; one that is not given is only read
   */
  readonly decode: (bytes: Uint8Array, options?: { readonly params?: Values }) => Decoded;
  /**
   * @param values by path: `args.x`, `params.x`, `state.x`, `telemetry.x`, `event.x`
   * @returns a whole frame whose head and tail are zero: `sealFrame` fills them
   */
  readonly encode: (values: Values) => EncodedFields;
};

/** What `at` says of bytes that no field covers. */
const end = 'end';
const noValues: Values = {};

/**
 * The fields must be sound (`fieldsFault`). Compile once and keep it: what it returns allocates
 * little and bounds its work by the bytes it is given.
 * @throws RangeError where a type does not exist
 */
export const compileFields = (
  fields: readonly Field[],
  options: { readonly geometry?: FrameGeometry } = {},
): FieldCodec => {
  const { head, tail } = options.geometry ?? { head: 0, tail: 0 };
  const scope: Scope = new Map();
  const list = compileList(fields, scope);
  return {
    decode: (bytes, { params = noValues } = {}) => {
      const reader: Reader = {
        bytes,
        base: 0,
        at: head,
        end: bytes.length - tail,
        covered: head,
        params,
        values: {},
        names: new Array<Scalar | undefined>(scope.size).fill(undefined),
        lists: undefined,
        failedAt: end,
      };
      if (bytes.length > fieldBounds.bytesMax) return { ok: false, fault: 'too_long', at: end };
      const fault = list.read(reader);
      if (fault !== undefined) return { ok: false, fault: fault.fault, at: reader.failedAt };
      if (reader.covered < reader.end) return { ok: false, fault: 'too_long', at: end };
      if (reader.covered > reader.end) return { ok: false, fault: 'too_short', at: end };
      return { ok: true, values: reader.values };
    },
    encode: (values) => {
      const writer: Writer = {
        bytes: new Uint8Array(64),
        base: 0,
        at: head,
        covered: head,
        values,
        names: new Array<Scalar | undefined>(scope.size).fill(undefined),
        round: undefined,
        failedAt: end,
      };
      const fault = list.write(writer);
      if (fault !== undefined) return { ok: false, fault: fault.fault, at: writer.failedAt };
      const size = writer.covered + tail;
      if (size > fieldBounds.bytesMax) return { ok: false, fault: 'out_of_range', at: end };
      const bytes = new Uint8Array(size);
      bytes.set(writer.bytes.subarray(0, writer.covered));
      return { ok: true, bytes };
    },
  };
};

type List = Pick<Step, 'read' | 'write'>;

const compileList = (fields: readonly Field[], scope: Scope): List => {
  const steps: Step[] = [];
  for (const [index, field] of fields.entries()) {
    const label = labelOf(field, index);
    if ('repeat' in field) steps.push(compileRepeat(field, label, scope));
    else if ('tlv' in field) steps.push(compileTlv(field, label, scope));
    else steps.push(compilePlain(field, { scope, label, plan: planOf(field, fields, steps) }));
  }
  return {
    read: (reader) => {
      for (const step of steps) {
        const fault = step.read(reader);
        if (fault === undefined) continue;
        // The innermost field is named.
        if (reader.failedAt === end) reader.failedAt = step.label;
        return fault;
      }
      return undefined;
    },
    write: (writer) => {
      for (const step of steps) {
        const fault = step.write(writer);
        if (fault === undefined) continue;
        if (writer.failedAt === end) writer.failedAt = step.label;
        return fault;
      }
      return undefined;
    },
  };
};

const labelOf = (field: Field, index: number): string => {
  if ('repeat' in field || 'tlv' in field) return `#${index}`;
  return field.value ?? field.as ?? `#${index}`;
};

/** What a name stands for in later fields: how many, how long, or which of them are there. */
const planOf = (field: PlainField, fields: readonly Field[], steps: readonly Step[]): Plan => {
  const { as: name } = field;
  if (name === undefined || field.value !== undefined || field.const !== undefined) {
    return undefined;
  }
  const counted = fields.findIndex((other) => countOf(other)?.of === name);
  if (counted >= 0) {
    const adds = fields.map(countOf)[counted]?.adds ?? 0;
    return (writer) => {
      const count = steps[counted]?.measure(writer) ?? 0;
      return isFailed(count) ? count : count - adds;
    };
  }
  const chosen = fields.filter((other) => other.when?.field === name);
  return chosen.length === 0 ? undefined : (writer) => choose(chosen, writer);
};

export const countOf = (
  field: Field,
): { readonly of: string; readonly adds?: number } | undefined => {
  if ('tlv' in field) return undefined;
  const count = 'repeat' in field ? field.repeat.count : field.length;
  return typeof count === 'object' ? count : undefined;
};

/** The first case all of whose values were given. */
const choose = (chosen: readonly Field[], writer: Writer): Scalar | Failed => {
  for (const { when } of chosen) {
    if (when === undefined) continue;
    const those = chosen.filter((other) => other.when?.equals === when.equals);
    if (those.every((field) => isGiven(field, writer))) return when.equals;
  }
  return failed.missing;
};

const isGiven = (field: Field, writer: Writer): boolean => {
  if ('tlv' in field) return false;
  if ('repeat' in field) return isList(writer.values[firstPath(field) ?? ''] ?? null);
  return field.value === undefined || valueOf(writer, field.value) !== undefined;
};

const pathsOf = (field: RepeatField): readonly string[] =>
  field.repeat.fields.flatMap(({ value }) => (value === undefined ? [] : [value]));

/** Params are the same in every round. */
const firstPath = (field: RepeatField): string | undefined =>
  pathsOf(field).find((path) => !path.startsWith('params.'));

/** Rounds by a fixed or told count; undefined: as many as there is room for; -1: none fits. */
const compileRounds = (
  { repeat: { count } }: RepeatField,
  scope: Scope,
): ((state: Reader | Writer) => number | undefined) => {
  if (typeof count === 'number') return () => count;
  if (count === 'rest') return () => undefined;
  const slot = scope.get(count.of) ?? -1;
  return (state) => {
    const told = state.names[slot];
    if (typeof told !== 'number' || !Number.isInteger(told)) return -1;
    return told + (count.adds ?? 0);
  };
};

const listLength = (path: string | undefined, writer: Writer): number | Failed => {
  if (path === undefined) return 0;
  const value = Object.hasOwn(writer.values, path) ? writer.values[path] : undefined;
  return value === undefined || !isList(value) ? failed.missing : value.length;
};

const compileRepeat = (field: RepeatField, label: string, scope: Scope): Step => {
  const roundsIn = compileRounds(field, scope);
  const list = compileList(field.repeat.fields, scope);
  const isSkipped = compileWhen(field, scope);
  const paths = pathsOf(field);
  const first = firstPath(field);
  const read = (reader: Reader): Failed | undefined => {
    if (isSkipped(reader)) return undefined;
    const rounds = roundsIn(reader);
    if (rounds !== undefined && (rounds < 0 || rounds > fieldBounds.repeatMax)) {
      return failed.outOfRange;
    }
    return readRounds({ reader, list, paths, rounds, from: startOf(field, reader) });
  };
  const write = (writer: Writer): Failed | undefined => {
    if (isSkipped(writer)) return undefined;
    const given = listLength(first, writer);
    if (isFailed(given)) return given;
    const rounds = roundsIn(writer) ?? given;
    if (first !== undefined && given !== rounds) return failed.outOfRange;
    if (rounds < 0 || rounds > fieldBounds.repeatMax) return failed.outOfRange;
    return writeRounds(writer, list, rounds, startOf(field, writer));
  };
  const measure = (writer: Writer): number | Failed =>
    isSkipped(writer) ? 0 : listLength(first, writer);
  return { label, read, write, measure };
};

type Rounds = {
  readonly reader: Reader;
  readonly list: List;
  readonly paths: readonly string[];
  readonly rounds: number | undefined;
  readonly from: number;
};

const readRounds = ({ reader, list, paths, rounds, from }: Rounds): Failed | undefined => {
  const { base } = reader;
  const lists: Record<string, Scalar[]> = {};
  for (const path of paths) lists[path] = [];
  reader.at = from;
  reader.lists = lists;
  let fault: Failed | undefined;
  for (let round = 0; fault === undefined; round += 1) {
    const isOver = rounds === undefined ? reader.at >= reader.end : round >= rounds;
    if (isOver) break;
    if (round >= fieldBounds.repeatMax) fault = failed.tooLong;
    else {
      const began = reader.at;
      reader.base = began;
      fault = list.read(reader);
      // A round of no bytes would go on for ever.
      if (fault === undefined && reader.at === began && rounds === undefined) {
        fault = failed.tooLong;
      }
    }
  }
  reader.base = base;
  reader.lists = undefined;
  Object.assign(reader.values, lists);
  return fault;
};

const writeRounds = (
  writer: Writer,
  list: List,
  rounds: number,
  from: number,
): Failed | undefined => {
  const { base } = writer;
  writer.at = from;
  let fault: Failed | undefined;
  for (let round = 0; round < rounds && fault === undefined; round += 1) {
    writer.base = writer.at;
    writer.round = round;
    fault = list.write(writer);
  }
  writer.base = base;
  writer.round = undefined;
  return fault;
};

type ReadNumber = (reader: Reader) => number | undefined;

const compileNumber = (type: 'u8' | 'u16' | 'u16le'): ReadNumber => {
  const number = numberTypes[type];
  return (reader) => {
    if (number === undefined || reader.at + number.size > reader.end) return undefined;
    const value = number.read(reader.bytes, reader.at);
    reader.at += number.size;
    return value;
  };
};

/** Only read: which items a device sends, and in which order, is its own affair. */
const compileTlv = (field: TlvField, label: string, scope: Scope): Step => {
  const { tlv } = field;
  const readTag = compileNumber(tlv.tag);
  const readLength = tlv.length === undefined ? undefined : compileNumber(tlv.length);
  const items = new Map(
    Object.entries(tlv.items).map(([tag, fields]) => [Number(tag), compileList(fields, scope)]),
  );
  const isSkipped = compileWhen(field, scope);
  const readItem = (reader: Reader, frameEnd: number): Failed | undefined => {
    const tag = readTag(reader);
    const length = readLength?.(reader);
    if (tag === undefined || (readLength !== undefined && length === undefined)) {
      return failed.tooShort;
    }
    const item = items.get(tag);
    const itemEnd = length === undefined ? frameEnd : reader.at + length;
    if (itemEnd > frameEnd) return failed.tooShort;
    reader.base = reader.at;
    reader.end = itemEnd;
    const fault = item?.read(reader);
    if (fault !== undefined) return fault;
    if (length !== undefined) {
      if (item !== undefined && reader.at < itemEnd) return failed.tooLong;
      reader.at = itemEnd;
    } else if (item === undefined) {
      reader.at = frameEnd;
    }
    return undefined;
  };
  const read = (reader: Reader): Failed | undefined => {
    if (isSkipped(reader)) return undefined;
    const { base, end: frameEnd } = reader;
    reader.at = startOf(field, reader);
    let fault: Failed | undefined;
    for (let item = 0; fault === undefined && reader.at < frameEnd; item += 1) {
      fault = item < fieldBounds.tlvItemsMax ? readItem(reader, frameEnd) : failed.tooLong;
    }
    reader.base = base;
    reader.end = frameEnd;
    reader.covered = Math.max(reader.covered, reader.at);
    return fault;
  };
  const write = (): Failed => failed.missing;
  return { label, read, write, measure: write };
};
