import type { PlainField, Scalar } from './field.ts';
import { compileScaling } from './scale.ts';
import { failed } from './step.ts';
import type { Failed } from './step.ts';

export type Raw = number | string;

/** From what stands on the wire to what it says, and back. */
export type Meaning = {
  readonly toValue: (raw: Raw) => Scalar | Failed;
  readonly toRaw: (value: Scalar) => Raw | Failed;
};

/** Bounds of a raw number; `isWhole`: the nearest whole one is written. */
export type RawRange = { readonly min: number; readonly max: number; readonly isWhole: boolean };

const decimalKey = /^(-?[0-9]{1,15}|0[xX][0-9A-Fa-f]{1,12})$/;

/** The raw that a key of `enum` stands for; undefined where it is no number and should be. */
export const enumRaw = (key: string, isNumber: boolean): Raw | undefined => {
  if (!isNumber) return key;
  return decimalKey.test(key) ? Number(key) : undefined;
};

const compileEnum = (
  names: Readonly<Record<string, string | boolean>>,
  isNumber: boolean,
): Meaning => {
  const values = new Map<Raw, string | boolean>();
  const raws = new Map<Scalar, Raw>();
  for (const [key, name] of Object.entries(names)) {
    const raw = enumRaw(key, isNumber);
    if (raw === undefined) continue;
    values.set(raw, name);
    // Of several raws with one name the first is written: any of them says the same.
    if (!raws.has(name)) raws.set(name, raw);
  }
  return {
    toValue: (raw) => values.get(raw) ?? failed.unknownValue,
    toRaw: (value) => raws.get(value) ?? failed.unknownValue,
  };
};

const compileNumber = (field: PlainField, range: RawRange): Meaning => {
  const { toValue, toRaw } = compileScaling(field.scale, field.offset);
  const numberOf = (value: Scalar): number => {
    if (typeof value === 'number') return toRaw(value);
    return typeof value === 'boolean' ? Number(value) : NaN;
  };
  return {
    toValue: (raw) => (typeof raw === 'number' ? toValue(raw) : raw),
    toRaw: (value) => {
      const exact = numberOf(value);
      const raw = range.isWhole ? Math.round(exact) : exact;
      // Also refuses NaN.
      return raw >= range.min && raw <= range.max ? raw + 0 : failed.outOfRange;
    },
  };
};

const plainText: Meaning = {
  toValue: (raw) => raw,
  toRaw: (value) =>
    typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
      ? value
      : failed.badText,
};

const withUnknown = (meaning: Meaning, unknown: readonly number[]): Meaning => {
  const [first] = unknown;
  return {
    toValue: (raw) => (unknown.includes(Number(raw)) ? null : meaning.toValue(raw)),
    toRaw: (value) => (value === null && first !== undefined ? first : meaning.toRaw(value)),
  };
};

/** @param range of numbers; undefined for text */
export const compileMeaning = (field: PlainField, range: RawRange | undefined): Meaning => {
  const base = baseMeaning(field, range);
  return field.unknown === undefined ? base : withUnknown(base, field.unknown);
};

const baseMeaning = (field: PlainField, range: RawRange | undefined): Meaning => {
  if (field.enum !== undefined) return compileEnum(field.enum, range !== undefined);
  return range === undefined ? plainText : compileNumber(field, range);
};
