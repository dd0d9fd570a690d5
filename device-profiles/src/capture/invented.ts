import type { Scalar, Value } from '@gatehouse/protocols';
import type { Args } from '../compiled.ts';
import { enumValues, isList, scalarType, valueFault } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';

/**
 * Something that is nobody's, in the place of a pass, card or PIN: of the same length and shape.
 * Equal shapes give equal values, so that what was read from a thousand cards folds into one.
 */
export const inventedValues = (
  entries: Readonly<Record<string, ValueEntry>> | undefined,
  values: Args,
): Args =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const entry =
        entries !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
      return [name, entry === undefined ? value : inventedLike(entry, value)];
    }),
  );

export const inventedLike = (entry: ValueEntry, value: Value): Value => {
  const first = inventedAt(entry, value, 0);
  // By chance it may be the real one.
  return JSON.stringify(first) === JSON.stringify(value) ? inventedAt(entry, value, 1) : first;
};

/** In an order that nobody types. */
const someDigits = '7305918264';

const inventedAt = (entry: ValueEntry, value: Value, turn: number): Value =>
  isList(value)
    ? value.map((item, i) => inventedItem(entry, item, turn + i))
    : inventedScalar(entry, value, turn);

/** A list of choices may be a PIN, key by key. */
const inventedItem = (entry: ValueEntry, item: Scalar, turn: number): Scalar => {
  if (typeof item === 'boolean') return turn % 2 === 0;
  if (scalarType(entry) === 'enum') {
    return enumValues(entry)[turn % Math.max(1, enumValues(entry).length)] ?? item;
  }
  return inventedScalar(entry, item, turn);
};

/** One choice alone, such as a side, is no secret. */
const inventedScalar = (entry: ValueEntry, value: Scalar, turn: number): Scalar => {
  if (typeof value === 'number') return inventedNumber(entry, value, turn);
  if (typeof value !== 'string' || scalarType(entry) === 'enum') return value;
  return inventedText(value, turn);
};

const inventedNumber = (entry: ValueEntry, value: number, turn: number): number => {
  const digits = String(Math.trunc(Math.abs(value))).length;
  const like = Number(take(someDigits, digits, turn));
  const { min = 0, max = 2 ** 53 - 1 } = entry;
  const kept = [like, min + turn, max - turn].find(
    (number) => valueFault({ ...entry, type: scalarType(entry) }, number) === undefined,
  );
  return kept ?? value;
};

const take = (alphabet: string, count: number, turn: number): string =>
  Array.from({ length: count }, (_, i) => alphabet[(i + turn) % alphabet.length]).join('');

/** The narrowest first; each letter stays one of its alphabet. */
const alphabets: readonly (readonly [whole: RegExp, letter: RegExp, alphabet: string])[] = [
  [/^[0-9a-f]*$/, /[a-f]/g, 'abcdef'],
  [/^[0-9A-F]*$/, /[A-F]/g, 'ABCDEF'],
];

const inventedText = (text: string, turn: number): string => {
  const isPlain = /[0-9A-Za-z]/.test(text);
  if (!isPlain) return take(someDigits, text.length, turn);
  let at = turn;
  const next = (alphabet: string): string => {
    at += 1;
    return alphabet[(at - 1) % alphabet.length] ?? '0';
  };
  const hex = alphabets.find(([whole]) => whole.test(text));
  const digits = (from: string): string => from.replaceAll(/[0-9]/g, () => next(someDigits));
  if (hex !== undefined) {
    const [, letter, alphabet] = hex;
    return digits(text).replaceAll(letter, () => next(alphabet));
  }
  return digits(text)
    .replaceAll(/[A-Z]/g, () => next('ABCDEFGHIJKLMNOPQRSTUVWXYZ'))
    .replaceAll(/[a-z]/g, () => next('abcdefghijklmnopqrstuvwxyz'))
    .replaceAll(/[^\x00-\x7f]/gu, (char) => (char.length > 1 ? '\u{1F511}' : '\u00b7'));
};
