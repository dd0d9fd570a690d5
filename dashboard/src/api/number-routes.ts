import type {
  CardGrouping,
  CardListName,
  CardNumbersView,
  CardListView,
  PassNumbersView,
  TrafficView,
} from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

const base = '/api/console/numbers';

export type CardListFilter = {
  readonly list: CardListName;
  readonly by?: CardGrouping;
  readonly group?: string;
  readonly q?: string;
  readonly neverDays?: number;
};

const query = (filter: Readonly<Record<string, string | number | undefined>>): string => {
  const set = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return new URLSearchParams(set).toString();
};

/** The routes of number-views.ts. */
export const numberRoutes = {
  cards: (by: CardGrouping, neverDays: number) =>
    request<CardNumbersView>('GET', `${base}?${query({ by, neverDays })}`),
  list: (filter: CardListFilter, after: string) =>
    request<CardListView>('GET', `${base}/cards?${query({ ...filter, after })}`),
  traffic: (days: number) => request<TrafficView>('GET', `${base}/traffic?${query({ days })}`),
  passes: () => request<PassNumbersView>('GET', `${base}/passes`),
  recount: () => request<undefined>('POST', `${base}/recount`, {}),
} as const;

/** The same list as a file: an address, for the browser to load. */
export const exportPath = (filter: CardListFilter): string => `${base}/cards.csv?${query(filter)}`;
