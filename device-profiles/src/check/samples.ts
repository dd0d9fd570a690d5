import type { Scalar, Value } from '@gatehouse/protocols';
import { enumValues, scalarType } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';

/** Example values: the ends of each range first. `index` walks through them, again and again. */
export const sampleValue = (entry: ValueEntry, index: number): Value => {
  if (entry.type !== 'list') return sampleScalar(entry, index);
  const itemsMax = 'itemsMax' in entry ? (entry.itemsMax ?? 16) : 16;
  const length = index % 3 === 2 ? Math.min(2, itemsMax) : itemsMax;
  return Array.from({ length }, (_, i) => sampleScalar(entry, index + i));
};

const pick = <T>(values: readonly T[], index: number): T | undefined =>
  values[index % Math.max(1, values.length)];

const textLengths = [1, 4, 8, 10, 16, 2, 6, 12, 20, 24, 32, 40, 3, 5, 7, 9];

const sampleScalar = (entry: ValueEntry, index: number): Scalar => {
  const type = scalarType(entry);
  if (type === 'boolean') return index % 2 === 0;
  if (type === 'enum') return pick(enumValues(entry), index) ?? null;
  if (type === 'text') {
    const charsMax = 'charsMax' in entry ? (entry.charsMax ?? 64) : 64;
    const length = Math.min(charsMax, pick(textLengths, index) ?? 1);
    // Digits are text, decimal and hexadecimal at once.
    return '1234567890'.repeat(Math.ceil(length / 10)).slice(0, length);
  }
  const { min = 0, max = Math.max(min, 1) } = entry;
  const middle = min + (max - min) / 2;
  const numbers = [min, max, middle, min + (max - min) / 3, min + (max - min) / 7];
  const number = pick(numbers, index) ?? min;
  return type === 'integer' ? Math.round(number) : Number(number.toFixed(1));
};
