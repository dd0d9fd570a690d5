import type { DeviceValues, Language, ModelValueView } from '@gatehouse/protocols';
import { quantityText } from './unit.ts';
import type { DeviceValue } from './value-text.ts';

/** Why what stands in a field is no argument. */
export type ArgProblem =
  'needed' | 'no_number' | 'not_whole' | 'too_small' | 'too_big' | 'too_long' | 'too_many';

export type ReadArg =
  | { readonly ok: true; readonly value: DeviceValue }
  | { readonly ok: false; readonly problem: ArgProblem };

const bad = (problem: ArgProblem): ReadArg => ({ ok: false, problem });
const good = (value: DeviceValue): ReadArg => ({ ok: true, value });

/** Digits by which what is typed is moved: ¥12.5 is 1250 fen, 0.25 s are 250 ms. */
const shifts: Readonly<Record<string, number>> = { fen: 2, ms: 3 };

const decimal = /^([+-]?)(\d{1,15})(?:[.,](\d{1,15}))?$/;
const asTyped = (text: string): string => text.trim().replace(/[\s\u202f¥￥]/g, '');

/** Moves the point in the text itself: money never passes through a fraction. */
const shifted = (typed: string, by: number): number | undefined => {
  const [, sign = '', whole = '', fraction = ''] = decimal.exec(typed) ?? [];
  if (whole === '') return undefined;
  const moved = fraction.padEnd(by, '0');
  const number = Number(`${sign}${whole}${moved.slice(0, by)}.${moved.slice(by) || '0'}`);
  return Number.isFinite(number) ? number : undefined;
};

const readNumber = (model: ModelValueView, text: string): ReadArg => {
  const value = shifted(asTyped(text), shifts[model.unit ?? ''] ?? 0);
  if (value === undefined) return bad('no_number');
  const isWhole = model.type === 'integer' || model.unit === 'fen';
  if (isWhole && !Number.isSafeInteger(value)) return bad('not_whole');
  if (model.min !== null && value < model.min) return bad('too_small');
  if (model.max !== null && value > model.max) return bad('too_big');
  return good(value);
};

const readList = (model: ModelValueView, text: string): ReadArg => {
  const parts = text.split(/[,，、\s]+/).filter((part) => part !== '');
  if (parts.length > (model.itemsMax ?? Infinity)) return bad('too_many');
  if (model.items !== 'integer' && model.items !== 'number') return good(parts);
  const numbers = parts.map(Number);
  if (!numbers.every(Number.isFinite)) return bad('no_number');
  const isWhole = model.items === 'number' || numbers.every(Number.isSafeInteger);
  return isWhole ? good(numbers) : bad('not_whole');
};

const readText = (model: ModelValueView, text: string): ReadArg =>
  text.length > (model.charsMax ?? Infinity) ? bad('too_long') : good(text);

const readEnum = (model: ModelValueView, text: string): ReadArg =>
  model.values.some(({ value }) => value === text) ? good(text) : bad('needed');

const readBoolean = (_: ModelValueView, text: string): ReadArg =>
  text === 'true' || text === 'false' ? good(text === 'true') : bad('needed');

const readers: Readonly<
  Record<ModelValueView['type'], (model: ModelValueView, text: string) => ReadArg>
> = {
  boolean: readBoolean,
  enum: readEnum,
  integer: readNumber,
  number: readNumber,
  text: readText,
  list: readList,
};

/** What stands in the field, as the argument that the profile wants. */
export const readArg = (model: ModelValueView, text: string): ReadArg =>
  text.trim() === '' ? bad('needed') : readers[model.type](model, text);

const typedNumber = (value: number, unit: string | null): string => {
  const by = shifts[unit ?? ''] ?? 0;
  return by === 0 ? String(value) : String(Number((value / 10 ** by).toFixed(by)));
};

/** What stands in the field at first. */
export const startText = (model: ModelValueView): string => {
  const value = model.default;
  if (typeof value === 'number') {
    return model.unit === 'fen' ? (value / 100).toFixed(2) : typedNumber(value, model.unit);
  }
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  return model.type === 'boolean' ? 'false' : '';
};

/** The bounds of a number as one reads them, or null where it has none. */
export const boundsOf = (
  { min, max, unit, type }: ModelValueView,
  language: Language,
): { readonly key: string; readonly values: Readonly<Record<string, string>> } | null => {
  if (type !== 'integer' && type !== 'number') return null;
  const text = (value: number | null): string =>
    value === null ? '' : quantityText(value, unit, language);
  if (min === null && max === null) return null;
  const key = min === null ? 'atMost' : max === null ? 'atLeast' : 'between';
  return { key, values: { min: text(min), max: text(max) } };
};

export type ArgTexts = Readonly<Record<string, string>>;

/** All arguments, or the first problem of each field that has one. */
export const readArgs = (
  models: readonly ModelValueView[],
  texts: ArgTexts,
): {
  readonly args: DeviceValues;
  readonly problems: Readonly<Record<string, ArgProblem>>;
} => {
  const read = models.map((model) => ({
    name: model.name,
    found: readArg(model, texts[model.name] ?? ''),
  }));
  return {
    args: Object.fromEntries(
      read.flatMap(({ name, found }) => (found.ok ? [[name, found.value]] : [])),
    ),
    problems: Object.fromEntries(
      read.flatMap(({ name, found }) => (found.ok ? [] : [[name, found.problem]])),
    ),
  };
};
