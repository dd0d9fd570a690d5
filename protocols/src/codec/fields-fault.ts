import type { FrameGeometry } from '../framing/framing.ts';
import { countOf } from './compile.ts';
import { contents } from './content.ts';
import { fieldBounds } from './field.ts';
import type { Field, PlainField, RepeatField, TlvField } from './field.ts';
import { enumRaw } from './meaning.ts';
import { numberTypes } from './numbers.ts';
import { bitsOf, constBytes } from './plain.ts';

export type FieldsFault = {
  /** Where in the list: `[2]`, `[2, 'repeat', 'fields', 0]`, `[1, 'tlv', 'items', '0x02', 0]`. */
  readonly at: readonly (number | string)[];
  /** For whoever wrote it. */
  readonly message: string;
};

/** What is known of a list up to a field. */
type Walk = {
  /** Names of fields before, and whether each reads as a number. */
  readonly names: Map<string, boolean>;
  readonly taken: Taken[];
  /** Where the next field lies; undefined behind one whose size only the bytes tell. */
  offset: number | undefined;
  /** A field that takes all that is left has been met. */
  isOver: boolean;
  /** Inside a repeat or a tlv. */
  readonly depth: number;
};

type Taken = {
  readonly from: number;
  readonly to: number;
  readonly field: Field;
};

type PlainCheck = (field: PlainField, walk: Walk) => string | undefined;

const isNumeric = ({ type }: PlainField): boolean =>
  numberTypes[type] !== undefined || contents[type]?.isNumber === true;

const purposeCheck: PlainCheck = ({ const: constant, value, as }) => {
  if (constant !== undefined && value !== undefined) return 'both const and value';
  return constant === undefined && value === undefined && as === undefined
    ? 'none of const, value and as: what is it for?'
    : undefined;
};

const lengthCheck: PlainCheck = (field) => {
  const { type, length, until, pad, const: constant } = field;
  const isContent = contents[type] !== undefined;
  if (!isContent) {
    return length !== undefined || until !== undefined || pad !== undefined
      ? `${type} has a size of its own: no length, until or pad`
      : undefined;
  }
  if (length !== undefined && until !== undefined) return 'both length and until';
  if (until !== undefined && (constant !== undefined || type === 'hex' || type === 'bcd')) {
    return 'until is for values of text and digits';
  }
  if (pad !== undefined && (type === 'hex' || type === 'bcd')) return `${type} has no pad`;
  if (pad !== undefined && pad.charCodeAt(0) > 0x7f) return 'pad is one ASCII character';
  if (pad === '0' && isNumeric(field)) return 'digits have zeros in front anyway: no pad 0';
  if (length === 0) return 'a length of 0';
  const ends = length !== undefined || until !== undefined || typeof constant === 'string';
  return ends ? undefined : `${type} needs a length, until or a const in quotes`;
};

const bitsCheck: PlainCheck = ({ type, bits }) => {
  if (bits === undefined) return undefined;
  const number = numberTypes[type];
  if (number === undefined || number.isFloat || number.min < 0 || number.size > 6) {
    return `bits are of unsigned integers up to 48 bits, not of ${type}`;
  }
  const { low, width } = bitsOf(bits);
  if (width < 1) return `bits ${bits}: the lower one comes first`;
  return low + width > 8 * number.size ? `bits ${bits} lie outside ${type}` : undefined;
};

const rawFits = (field: PlainField, raw: number): boolean => {
  const number = numberTypes[field.type];
  if (number === undefined) return field.type === 'digits' || raw >= 0;
  if (number.isFloat) return true;
  const { width } = bitsOf(field.bits ?? '0');
  const max = field.bits === undefined ? number.max : 2 ** width - 1;
  return Number.isInteger(raw) && raw >= (field.bits === undefined ? number.min : 0) && raw <= max;
};

const constCheck: PlainCheck = (field) => {
  const { const: constant, scale, offset, unknown } = field;
  if (constant === undefined) return undefined;
  if (scale !== undefined || offset !== undefined || unknown !== undefined) {
    return 'const is a raw value: no scale, offset or unknown';
  }
  if (field.enum !== undefined) return 'const is a raw value: no enum';
  if (contents[field.type] !== undefined) {
    return constBytes(field) === undefined ? 'const does not fit its type and length' : undefined;
  }
  if (typeof constant !== 'number') return `const of ${field.type} is a number`;
  return rawFits(field, constant) ? undefined : `const ${constant} does not fit ${field.type}`;
};

const scaleCheck: PlainCheck = (field) => {
  const { scale, offset, unknown } = field;
  const hasScale = scale !== undefined || offset !== undefined;
  if (hasScale && !isNumeric(field)) return `${field.type} has no scale or offset`;
  if (hasScale && field.enum !== undefined) return 'both enum and scale';
  if (scale === 0) return 'a scale of 0';
  if (unknown !== undefined && !isNumeric(field)) return `${field.type} has no unknown numbers`;
  return unknown?.every((raw) => rawFits(field, raw)) === false
    ? `unknown does not fit ${field.type}`
    : undefined;
};

const enumCheck: PlainCheck = (field) => {
  if (field.enum === undefined) return undefined;
  const keys = Object.keys(field.enum);
  if (keys.length === 0) return 'enum is empty';
  if (!isNumeric(field)) return undefined;
  const raws = keys.map((key) => enumRaw(key, true));
  const bad = keys.find((_, i) => {
    const raw = raws[i];
    return typeof raw !== 'number' || !rawFits(field, raw);
  });
  if (bad !== undefined) return `enum ${bad} does not fit ${field.type}`;
  return new Set(raws).size < raws.length ? 'enum names one raw number twice' : undefined;
};

const countCheck = (field: Field, { names }: Walk): string | undefined => {
  const count = countOf(field);
  if (count === undefined) return undefined;
  const isNumber = names.get(count.of);
  if (isNumber === undefined) return `no earlier field has as: ${count.of}`;
  return isNumber ? undefined : `${count.of} is no number`;
};

const whenCheck = ({ when }: Field, { names }: Walk): string | undefined => {
  if (when === undefined) return undefined;
  const isNumber = names.get(when.field);
  if (isNumber === undefined) return `when: no earlier field has as: ${when.field}`;
  return isNumber && typeof when.equals !== 'number'
    ? `when: ${when.field} is a number`
    : undefined;
};

const plainChecks: readonly PlainCheck[] = [
  purposeCheck,
  lengthCheck,
  bitsCheck,
  constCheck,
  scaleCheck,
  enumCheck,
  countCheck,
  whenCheck,
];

/** Bytes on the wire; undefined where only the bytes tell. */
const sizeOf = (field: Field): number | undefined => {
  if ('tlv' in field) return undefined;
  if ('repeat' in field) {
    const { count, fields } = field.repeat;
    const round = roundSize(fields);
    return typeof count === 'number' && round !== undefined ? count * round : undefined;
  }
  const number = numberTypes[field.type];
  if (number !== undefined) return number.size;
  if (field.const !== undefined) return constBytes(field)?.length;
  return typeof field.length === 'number' ? field.length : undefined;
};

const roundSize = (fields: readonly PlainField[]): number | undefined => {
  let size = 0;
  let end = 0;
  for (const field of fields) {
    const own = sizeOf(field);
    if (own === undefined || field.when !== undefined) return undefined;
    end = (field.at ?? end) + own;
    size = Math.max(size, end);
  }
  return size;
};

const sharesInteger = (a: Field, b: Field): boolean => {
  if ('repeat' in a || 'tlv' in a || 'repeat' in b || 'tlv' in b) return false;
  if (a.bits === undefined || b.bits === undefined || a.type !== b.type) return false;
  const [first, second] = [bitsOf(a.bits), bitsOf(b.bits)];
  return first.low + first.width <= second.low || second.low + second.width <= first.low;
};

const neverBoth = (a: Field, b: Field): boolean =>
  a.when !== undefined &&
  b.when !== undefined &&
  a.when.field === b.when.field &&
  a.when.equals !== b.when.equals;

/** Moves the walk over a field. */
const placeCheck = (field: Field, walk: Walk, head: number): string | undefined => {
  if (walk.isOver && field.at === undefined) return 'nothing is left behind a field that takes all';
  const from = field.at ?? walk.offset;
  const size = sizeOf(field);
  if (field.at !== undefined && field.at < head) return `at ${field.at} belongs to the frame`;
  if (from === undefined || size === undefined) {
    walk.offset = undefined;
    walk.isOver ||= takesAll(field);
    return undefined;
  }
  const own: Taken = { from, to: from + size, field };
  if (own.to > fieldBounds.bytesMax) return `it ends behind ${fieldBounds.bytesMax} bytes`;
  const other = walk.taken.find((before) => {
    const apart = before.to <= own.from || own.to <= before.from;
    const isOne = before.from === own.from && sharesInteger(before.field, field);
    return !apart && !isOne && !neverBoth(before.field, field);
  });
  if (other !== undefined) return `it overlaps the field at ${other.from}`;
  walk.taken.push(own);
  // What follows a field that may be absent lies in one place or another.
  walk.offset = field.when === undefined ? own.to : undefined;
  return undefined;
};

const takesAll = (field: Field): boolean => {
  if ('tlv' in field) return true;
  return 'repeat' in field ? field.repeat.count === 'rest' : field.length === 'rest';
};

const readsNumber = (field: PlainField): boolean => isNumeric(field) && field.enum === undefined;

const plainFault = (field: PlainField, walk: Walk, head: number): string | undefined => {
  for (const check of plainChecks) {
    const fault = check(field, walk);
    if (fault !== undefined) return fault;
  }
  const fault = placeCheck(field, walk, head);
  if (fault === undefined && field.as !== undefined) {
    if (walk.names.has(field.as)) return `as: ${field.as} stands twice`;
    walk.names.set(field.as, readsNumber(field));
  }
  return fault;
};

const insideOf = (walk: Walk): Walk => ({
  names: new Map(walk.names),
  taken: [],
  offset: 0,
  isOver: false,
  depth: walk.depth + 1,
});

const repeatFault = (field: RepeatField, walk: Walk): FieldsFault | undefined => {
  const { count, fields } = field.repeat;
  const own = countCheck(field, walk) ?? whenCheck(field, walk);
  if (own !== undefined) return { at: [], message: own };
  if (typeof count === 'number' && count > fieldBounds.repeatMax) {
    return { at: ['repeat', 'count'], message: `at most ${fieldBounds.repeatMax} rounds` };
  }
  if (fields.every(({ when }) => when !== undefined)) {
    return { at: ['repeat', 'fields'], message: 'a round may have no bytes' };
  }
  if (fields.some(takesAll)) {
    return { at: ['repeat', 'fields'], message: 'a round cannot take all that is left' };
  }
  return below(listFault(fields, insideOf(walk), 0), 'repeat', 'fields');
};

const tlvFault = (field: TlvField, walk: Walk): FieldsFault | undefined => {
  const own = whenCheck(field, walk);
  if (own !== undefined) return { at: [], message: own };
  const tags = Object.keys(field.tlv.items);
  const max = field.tlv.tag === 'u8' ? 0xff : 0xffff;
  const seen = new Set<number>();
  for (const tag of tags) {
    const at = ['tlv', 'items', tag];
    if (Number(tag) > max) return { at, message: `the tag does not fit ${field.tlv.tag}` };
    if (seen.has(Number(tag))) return { at, message: 'the tag stands twice' };
    seen.add(Number(tag));
    const fault = listFault(field.tlv.items[tag] ?? [], insideOf(walk), 0);
    if (fault !== undefined) return below(fault, ...at);
  }
  return tags.length > fieldBounds.tlvItemsMax
    ? { at: ['tlv', 'items'], message: `at most ${fieldBounds.tlvItemsMax} items` }
    : undefined;
};

const below = (
  fault: FieldsFault | undefined,
  ...path: readonly (number | string)[]
): FieldsFault | undefined =>
  fault === undefined ? undefined : { ...fault, at: [...path, ...fault.at] };

const fieldFault = (field: Field, walk: Walk, head: number): FieldsFault | undefined => {
  const isNested = 'repeat' in field || 'tlv' in field;
  if (!isNested) {
    const message = plainFault(field, walk, head);
    return message === undefined ? undefined : { at: [], message };
  }
  if (walk.depth >= fieldBounds.depthMax) {
    return { at: [], message: `at most ${fieldBounds.depthMax} deep` };
  }
  const inside = 'repeat' in field ? repeatFault(field, walk) : tlvFault(field, walk);
  if (inside !== undefined) return inside;
  const message = placeCheck(field, walk, head);
  return message === undefined ? undefined : { at: [], message };
};

const listFault = (fields: readonly Field[], walk: Walk, head: number): FieldsFault | undefined => {
  if (fields.length === 0) return { at: [], message: 'no field at all' };
  if (fields.length > fieldBounds.fieldsMax) {
    return { at: [], message: `more than ${fieldBounds.fieldsMax} fields` };
  }
  for (const [index, field] of fields.entries()) {
    const fault = fieldFault(field, walk, head);
    if (fault !== undefined) return below(fault, index);
  }
  return undefined;
};

/**
 * What is wrong with fields that fit their schema; undefined where `compileFields` takes them.
 * @param options.geometry of the framing that they stand in
 */
export const fieldsFault = (
  fields: readonly Field[],
  options: { readonly geometry?: FrameGeometry } = {},
): FieldsFault | undefined => {
  const head = options.geometry?.head ?? 0;
  const walk = { names: new Map<string, boolean>(), taken: [], isOver: false, depth: 0 };
  return listFault(fields, { ...walk, offset: head }, head);
};

const plainDecodeOnly = (field: PlainField): string | undefined => {
  if (field.enum === undefined) return undefined;
  const names = Object.values(field.enum);
  const double = names.find((name, i) => names.indexOf(name) !== i);
  return double === undefined ? undefined : `decode only: two raws read ${double}`;
};

/**
 * Why these fields cannot be written so that they say again what they said: a tlv is never
 * written, and of raws that share a name only the first is. Undefined where they can.
 */
export const decodeOnlyReason = (fields: readonly Field[]): FieldsFault | undefined => {
  for (const [index, field] of fields.entries()) {
    if ('tlv' in field) return { at: [index], message: 'decode only: a tlv is never written' };
    if ('repeat' in field) {
      const inside = below(decodeOnlyReason(field.repeat.fields), index, 'repeat', 'fields');
      if (inside !== undefined) return inside;
    } else {
      const message = plainDecodeOnly(field);
      if (message !== undefined) return { at: [index], message };
    }
  }
  return undefined;
};
