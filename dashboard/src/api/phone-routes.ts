import type {
  CampusView,
  EnrolChallengeView,
  EnrolledView,
  KeepChallengeView,
  MeView,
  NoticeView,
  UseView,
} from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

/** A shorter answer than this holds the last of them. */
export const historyPage = 100;

const named = (values: Readonly<Record<string, string | undefined>>): string =>
  new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  ).toString();

/** Of the card with this id; undefined = of the one that comes first. */
const ofCard = (path: string, card: string | undefined): string =>
  card === undefined ? path : `${path}?${named({ card })}`;

/** What travels with the pass: every route of one's own card, with its view. */
export const phoneRoutes = {
  campus: () => request<CampusView>('GET', '/api/campus'),
  time: () => request<{ readonly at: string }>('GET', '/api/time'),
  me: (card?: string) => request<MeView>('GET', ofCard('/api/me', card)),
  challenge: (card?: string) =>
    request<EnrolChallengeView>('POST', ofCard('/api/me/enrol/challenge', card), {}),
  enrol: (proof: string, card?: string) =>
    request<EnrolledView>('POST', ofCard('/api/me/enrol', card), { proof }),
  keepChallenge: (card?: string) =>
    request<KeepChallengeView>('POST', ofCard('/api/me/keep/challenge', card), {}),
  keep: (proof: string, card?: string) =>
    request<MeView>('POST', ofCard('/api/me/keep', card), { proof }),
  freeze: (card?: string) => request<MeView>('POST', ofCard('/api/me/freeze', card), {}),
  unfreeze: (card?: string) => request<MeView>('POST', ofCard('/api/me/unfreeze', card), {}),
  /** The newest, or those before the one of this id. */
  history: (before = '', card?: string) =>
    request<UseView[]>(
      'GET',
      `/api/me/history?${named({ limit: String(historyPage), before, card })}`,
    ),
  notices: () => request<NoticeView[]>('GET', '/api/me/notices'),
  readNotices: (ids: readonly string[]) =>
    request<NoticeView[]>('POST', '/api/me/notices/read', { ids }),
} as const;

export const phoneStreamPath = (card: string): string => ofCard('/api/me/stream', card);
