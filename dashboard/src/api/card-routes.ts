import type {
  BookingReason,
  CardHitView,
  CardPageView,
  DeskView,
  FoundView,
  FreezeCodeView,
  MyDeskView,
  ReplacementView,
  UidView,
} from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

const cardPath = (card: string, rest = ''): string =>
  `/api/console/cards/${encodeURIComponent(card)}${rest}`;

export const photoPath = (card: string): string => cardPath(card, '/photo');
export const cardStreamPath = (card: string): string => cardPath(card, '/stream');
export const deskStreamPath = '/api/console/desk/stream';

export type FoundWord = { readonly card: string; readonly place: string };

/** Cards of others, and the desk that gives them out. */
export const cardRoutes = {
  find: (q: string) =>
    request<CardHitView[]>('GET', `/api/console/cards?q=${encodeURIComponent(q)}`),
  freeze: (card: string, reason: string) =>
    request<CardPageView>('POST', cardPath(card, '/freeze'), { reason }),
  unfreeze: (card: string) => request<CardPageView>('POST', cardPath(card, '/unfreeze'), {}),
  makeCode: (card: string) => request<FreezeCodeView>('POST', cardPath(card, '/freeze-code'), {}),
  found: () => request<FoundView[]>('GET', '/api/console/found'),
  takeFound: (word: FoundWord) => request<CardPageView>('POST', '/api/console/found', word),
  collect: (id: string) =>
    request<{ readonly unfrozen: boolean }>(
      'POST',
      `/api/console/found/${encodeURIComponent(id)}/collect`,
      {},
    ),
  uid: (uid: string) => request<UidView>('GET', `/api/console/desk/uid/${encodeURIComponent(uid)}`),
  replace: (order: { readonly card: string; readonly uid: string; readonly tookMs: number }) =>
    request<ReplacementView>('POST', '/api/console/desk/replace', order),
  undo: (id: string) =>
    request<ReplacementView>(
      'POST',
      `/api/console/desk/replacements/${encodeURIComponent(id)}/undo`,
      {},
    ),
  desk: () => request<DeskView>('GET', '/api/console/desk'),
} as const;

const mine = (path: string, card: string): string =>
  `/api/me/${path}?${new URLSearchParams({ card }).toString()}`;

/** One's own time at the desk and code on paper; and what needs no session. */
export const ownCardRoutes = {
  desk: (card: string) => request<MyDeskView>('GET', mine('desk', card)),
  book: (card: string, at: string, why: BookingReason) =>
    request<MyDeskView>('POST', mine('desk/booking', card), { at, why }),
  cancel: (card: string) => request<MyDeskView>('DELETE', mine('desk/booking', card)),
  codeMadeAt: (card: string) =>
    request<{ readonly madeAt: string | null }>('GET', mine('freeze-code', card)),
  makeCode: (card: string) => request<FreezeCodeView>('POST', mine('freeze-code', card), {}),
  freezeByCode: (code: string) => request<{ readonly at: string }>('POST', '/api/freeze', { code }),
  reportFound: (word: FoundWord) => request<undefined>('POST', '/api/found', word),
} as const;
