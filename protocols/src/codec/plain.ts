import { utf8 } from '../bytes.ts';
import { contents } from './content.ts';
import type { Content } from './content.ts';
import type { PlainField, Scalar } from './field.ts';
import { compileMeaning } from './meaning.ts';
import type { Raw, RawRange } from './meaning.ts';
import { numberTypes } from './numbers.ts';
import type { NumberType } from './numbers.ts';
import { failed, grow, isFailed, passed, valueOf } from './step.ts';
import type { Failed, Reader, Step, Writer } from './step.ts';

/** Names of `as` fields, each with its slot, in the order in which they are read. */
export type Scope = Map<string, number>;
/** What a field with `as` alone is to say when it is written; undefined: nothing, it stays zero. */
export type Plan = ((writer: Writer) => Scalar | Failed) | undefined;

/** A raw in its bytes. */
type Wire = {
  readonly range: RawRange | undefined;
  readonly neutral: Raw;
  readonly read: (reader: Reader, from: number) => Raw | Failed;
  readonly write: (writer: Writer, from: number, raw: Raw) => Failed | undefined;
  readonly measure: (raw: Raw) => number | Failed;
};

/** Lowest bit and how many. */
export const bitsOf = (text: string): { readonly low: number; readonly width: number } => {
  const [low = 0, high = low] = text.split('..').map(Number);
  return { low, width: high - low + 1 };
};

const wholeWire = (type: NumberType): Wire => ({
  range: { min: type.min, max: type.max, isWhole: !type.isFloat },
  neutral: 0,
  read: (reader, from) => {
    const end = from + type.size;
    if (end > reader.end) return failed.tooShort;
    const raw = type.read(reader.bytes, from);
    passed(reader, end);
    // One comparison that is also false for NaN.
    return Math.abs(raw) <= Number.MAX_SAFE_INTEGER ? raw + 0 : failed.outOfRange;
  },
  write: (writer, from, raw) => {
    const full = grow(writer, from + type.size);
    if (full !== undefined) return full;
    type.write(writer.bytes, from, Number(raw));
    passed(writer, from + type.size);
    return undefined;
  },
  measure: () => type.size,
});

/** Bits of an integer of at most 48 bits; what other fields wrote into it stays. */
const bitsWire = (type: NumberType, bits: string): Wire => {
  const { low, width } = bitsOf(bits);
  const whole = wholeWire(type);
  const weight = 2 ** low;
  const span = 2 ** width;
  return {
    ...whole,
    range: { min: 0, max: span - 1, isWhole: true },
    read: (reader, from) => {
      const raw = whole.read(reader, from);
      return typeof raw === 'number' ? Math.floor(raw / weight) % span : raw;
    },
    write: (writer, from, raw) => {
      const full = grow(writer, from + type.size);
      if (full !== undefined) return full;
      const held = type.read(writer.bytes, from);
      const own = Math.floor(held / weight) % span;
      return whole.write(writer, from, held + (Number(raw) - own) * weight);
    },
  };
};

/** Where content ends, and where what follows begins; -1 = the bytes end before. */
type Extent = { readonly to: number; readonly next: number };

const indexOf = (bytes: Uint8Array, pattern: Uint8Array, from: number, end: number): number => {
  const [first = 0] = pattern;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + pattern.length > end) return -1;
    if (pattern.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
};

const countIn = (state: Reader | Writer, slot: number | undefined, adds: number): number => {
  const told = slot === undefined ? undefined : state.names[slot];
  return typeof told === 'number' && Number.isInteger(told) ? told + adds : -1;
};

type Length = {
  readonly extent: (reader: Reader, from: number) => Extent | Failed;
  /** Bytes that it must have on the wire; undefined: as many as it needs; -1: none fits. */
  readonly width: (writer: Writer) => number | undefined;
  readonly fixed: number | undefined;
};

export const compileLength = (field: PlainField, scope: Scope): Length => {
  const { length, until } = field;
  if (until !== undefined) {
    const mark = utf8(until);
    const extent = (reader: Reader, from: number): Extent | Failed => {
      const to = indexOf(reader.bytes, mark, from, reader.end);
      return to < 0 ? failed.tooShort : { to, next: to + mark.length };
    };
    return { extent, width: () => undefined, fixed: undefined };
  }
  const upTo = (reader: Reader, from: number, count: number): Extent | Failed => {
    const to = from + count;
    return count < 0 || to > reader.end ? failed.tooShort : { to, next: to };
  };
  if (typeof length === 'number') {
    return {
      extent: (reader, from) => upTo(reader, from, length),
      width: () => length,
      fixed: length,
    };
  }
  if (typeof length === 'object') {
    const slot = scope.get(length.of);
    const adds = length.adds ?? 0;
    return {
      extent: (reader, from) => upTo(reader, from, countIn(reader, slot, adds)),
      width: (writer) => countIn(writer, slot, adds),
      fixed: undefined,
    };
  }
  return {
    extent: (reader, from) => upTo(reader, from, reader.end - from),
    width: () => undefined,
    fixed: undefined,
  };
};

const padOf = (field: PlainField): number | undefined => field.pad?.charCodeAt(0);

/** What fills a field that has nothing to say. */
const neutralOf = (content: Content, field: PlainField, width: number | undefined): Raw => {
  if (content.isNumber) return 0;
  return field.type === 'hex' ? '00'.repeat(width ?? 0) : ' '.repeat(width ?? 0);
};

const filled = (
  bytes: Uint8Array,
  width: number | undefined,
  pad: number | undefined,
): Uint8Array | Failed => {
  if (width === undefined || bytes.length === width) return bytes;
  if (bytes.length > width || pad === undefined) return failed.outOfRange;
  const wide = new Uint8Array(width).fill(pad);
  wide.set(bytes);
  return wide;
};

/** Digits at a scale below 1 have their decimals implied: they stand without a point. */
const contentRange = ({ type, scale = 1 }: PlainField): RawRange => {
  const max = Number.MAX_SAFE_INTEGER;
  const isWhole = type !== 'digits' || Math.abs(scale) < 1;
  return { min: type === 'digits' ? -max : 0, max, isWhole };
};

const contentWire = (content: Content, field: PlainField, scope: Scope): Wire => {
  const length = compileLength(field, scope);
  const pad = padOf(field);
  const mark = field.until === undefined ? undefined : utf8(field.until);
  const range = content.isNumber ? contentRange(field) : undefined;
  const zerosTo = (width: number | undefined) => (pad === undefined ? width : undefined);
  const ended = (bytes: Uint8Array): Uint8Array | Failed => {
    if (mark === undefined) return bytes;
    const whole = new Uint8Array([...bytes, ...mark]);
    // Text that holds its own end would be cut there by whoever reads it.
    return indexOf(whole, mark, 0, whole.length) === bytes.length ? whole : failed.badText;
  };
  return {
    range,
    neutral: neutralOf(content, field, length.fixed),
    read: (reader, from) => {
      const extent = length.extent(reader, from);
      if (isFailed(extent)) return extent;
      passed(reader, extent.next);
      let { to } = extent;
      if (pad !== undefined) while (to > from && reader.bytes[to - 1] === pad) to -= 1;
      const raw = content.parse(reader.bytes, from, to);
      const hasPoint = range?.isWhole === true && typeof raw === 'number' && raw % 1 !== 0;
      return hasPoint ? failed.badText : raw;
    },
    write: (writer, from, raw) => {
      const width = length.width(writer);
      const bytes = content.format(raw, zerosTo(width));
      const whole = isFailed(bytes) ? bytes : ended(bytes);
      const wide = isFailed(whole) ? whole : filled(whole, width, pad);
      if (isFailed(wide)) return wide;
      const full = grow(writer, from + wide.length);
      if (full !== undefined) return full;
      writer.bytes.set(wide, from);
      passed(writer, from + wide.length);
      return undefined;
    },
    measure: (raw) => {
      const bytes = content.format(raw, undefined);
      return isFailed(bytes) ? bytes : bytes.length;
    },
  };
};

/** The bytes of a `const` of text, digits or hex; undefined where it cannot be written so. */
export const constBytes = (field: PlainField): Uint8Array | undefined => {
  const { type, length, const: constant } = field;
  const content = contents[type];
  if (content === undefined || constant === undefined) return undefined;
  const fixed = typeof length === 'number' ? length : undefined;
  // Digits in quotes are meant as they stand, with their zeros.
  const isLiteral = typeof constant === 'string' && type !== 'hex' && type !== 'bcd';
  const bytes = isLiteral ? utf8(constant) : content.format(constant, fixed);
  const wide = isFailed(bytes) ? bytes : filled(bytes, fixed, padOf(field));
  return isFailed(wide) ? undefined : wide;
};

const constWire = (bytes: Uint8Array): Wire => ({
  range: undefined,
  neutral: 0,
  read: (reader, from) => {
    for (let i = 0; i < bytes.length; i += 1) {
      if (from + i >= reader.end) return failed.tooShort;
      if (reader.bytes[from + i] !== bytes[i]) return failed.otherMessage;
    }
    passed(reader, from + bytes.length);
    return 0;
  },
  write: (writer, from) => {
    const full = grow(writer, from + bytes.length);
    if (full !== undefined) return full;
    writer.bytes.set(bytes, from);
    passed(writer, from + bytes.length);
    return undefined;
  },
  measure: () => bytes.length,
});

const wireOf = (field: PlainField, scope: Scope): Wire => {
  const number = numberTypes[field.type];
  if (number !== undefined) {
    return field.bits === undefined ? wholeWire(number) : bitsWire(number, field.bits);
  }
  const content = contents[field.type];
  if (content === undefined) throw new RangeError(`field type ${field.type}`);
  return contentWire(content, field, scope);
};

type Slots = { readonly slot: number | undefined; readonly isSkipped: IsSkipped };
type IsSkipped = (state: Reader | Writer) => boolean;

export const compileWhen = (field: Pick<PlainField, 'when'>, scope: Scope): IsSkipped => {
  const { when } = field;
  if (when === undefined) return () => false;
  const slot = scope.get(when.field) ?? -1;
  return (state) => state.names[slot] !== when.equals;
};

export const nameSlot = (field: PlainField, scope: Scope): number | undefined => {
  if (field.as === undefined) return undefined;
  const slot = scope.get(field.as) ?? scope.size;
  scope.set(field.as, slot);
  return slot;
};

export const startOf = (field: { readonly at?: number }, state: Reader | Writer): number =>
  field.at === undefined ? state.at : state.base + field.at;

const compileConst = (
  field: PlainField,
  constant: number | string,
  { slot, isSkipped }: Slots,
  scope: Scope,
): Omit<Step, 'label'> => {
  const bytes = constBytes(field);
  const wire = bytes === undefined ? wireOf(field, scope) : constWire(bytes);
  // Bytes have been compared already.
  const expected = bytes === undefined ? constant : 0;
  return {
    read: (reader) => {
      if (isSkipped(reader)) return undefined;
      const raw = wire.read(reader, startOf(field, reader));
      if (isFailed(raw)) return raw;
      if (raw !== expected) return failed.otherMessage;
      if (slot !== undefined) reader.names[slot] = constant;
      return undefined;
    },
    write: (writer) => {
      if (isSkipped(writer)) return undefined;
      if (slot !== undefined) writer.names[slot] = constant;
      return wire.write(writer, startOf(field, writer), constant);
    },
    measure: () => wire.measure(constant),
  };
};

const paramPrefix = 'params.';

type Keep = (reader: Reader, value: Scalar) => Failed | undefined;

/** A param must be the one that is set; any other value is kept under its path. */
const compileKeep = (path: string): Keep => {
  const keep: Keep = (reader, value) => {
    if (reader.lists === undefined) reader.values[path] = value;
    else reader.lists[path]?.push(value);
    return undefined;
  };
  if (!path.startsWith(paramPrefix)) return keep;
  const name = path.slice(paramPrefix.length);
  return (reader, value) => {
    const set = reader.params[name];
    return set === undefined || set === value ? keep(reader, value) : failed.otherMessage;
  };
};

const compileValue = (
  field: PlainField,
  { slot, isSkipped }: Slots,
  scope: Scope,
  plan: Plan,
): Omit<Step, 'label'> => {
  const wire = wireOf(field, scope);
  const { toValue, toRaw } = compileMeaning(field, wire.range);
  const path = field.value;
  const keep = path === undefined ? undefined : compileKeep(path);
  const given = (writer: Writer): Raw | Failed => {
    const value = path === undefined ? plan?.(writer) : valueOf(writer, path);
    if (isFailed(value)) return value;
    if (value === undefined) return path === undefined ? wire.neutral : failed.missing;
    return value === null && field.unknown === undefined ? failed.missing : toRaw(value);
  };
  return {
    read: (reader) => {
      if (isSkipped(reader)) {
        if (path !== undefined) reader.lists?.[path]?.push(null);
        return undefined;
      }
      const raw = wire.read(reader, startOf(field, reader));
      if (isFailed(raw)) return raw;
      const value = toValue(raw);
      if (isFailed(value)) return value;
      if (slot !== undefined) reader.names[slot] = value;
      return keep?.(reader, value);
    },
    write: (writer) => {
      if (isSkipped(writer)) return undefined;
      const raw = given(writer);
      if (isFailed(raw)) return raw;
      if (slot !== undefined) {
        const value = toValue(raw);
        if (!isFailed(value)) writer.names[slot] = value;
      }
      return wire.write(writer, startOf(field, writer), raw);
    },
    measure: (writer) => {
      if (isSkipped(writer)) return 0;
      const raw = given(writer);
      return isFailed(raw) ? raw : wire.measure(raw);
    },
  };
};

export const compilePlain = (
  field: PlainField,
  context: { readonly scope: Scope; readonly plan: Plan; readonly label: string },
): Step => {
  const { scope, plan, label } = context;
  const isSkipped = compileWhen(field, scope);
  const slots = { slot: nameSlot(field, scope), isSkipped };
  const functions =
    field.const === undefined
      ? compileValue(field, slots, scope, plan)
      : compileConst(field, field.const, slots, scope);
  return { label, ...functions };
};
