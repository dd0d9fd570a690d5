import { cardGroupings, cardLists, neverDaysDefault } from '@gatehouse/protocols';
import type { CardGrouping, CardListName } from '@gatehouse/protocols';

export const neverChoices = [7, 30, 90, 180, 365] as const;
export const dayChoices = [1, 7, 30, 90] as const;
export const daysDefault = 7;

/** What the address of the numbers holds; what is left out is usual. */
export type NumbersSearch = {
  readonly by?: CardGrouping;
  readonly never?: number;
  readonly days?: number;
  readonly show?: 'denied';
};

export type CardsSearch = {
  readonly list?: CardListName;
  readonly by?: CardGrouping;
  readonly group?: string;
  readonly q?: string;
  readonly never?: number;
};

type Search = Readonly<Record<string, unknown>>;

const textMax = 80;
const groupMax = 120;

const set = <Value>(name: string, value: Value | undefined): Readonly<Record<string, Value>> =>
  value === undefined ? {} : { [name]: value };

const textIn = (value: unknown, charsMax: number): string | undefined => {
  // The router reads digits in an address as a number.
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text.slice(0, charsMax) : undefined;
};

const oneOf = <Value>(values: readonly Value[], value: unknown): Value | undefined =>
  values.find((each) => each === value);

export const readNumbersSearch = (search: Search): NumbersSearch => ({
  ...set('by', oneOf(cardGroupings, search['by'])),
  ...set('never', oneOf<number>(neverChoices, search['never'])),
  ...set('days', oneOf<number>(dayChoices, search['days'])),
  ...set('show', oneOf(['denied'] as const, search['show'])),
});

export const readCardListSearch = (search: Search): CardsSearch => ({
  ...set('list', oneOf(cardLists, search['list'])),
  ...set('by', oneOf(cardGroupings, search['by'])),
  ...set('group', textIn(search['group'], groupMax)),
  ...set('q', textIn(search['q'], textMax)),
  ...set('never', oneOf<number>(neverChoices, search['never'])),
});

/** The request that a list's address stands for. */
export const filterOf = ({ list = 'issued', never = neverDaysDefault, ...rest }: CardsSearch) => ({
  ...rest,
  list,
  neverDays: never,
});
