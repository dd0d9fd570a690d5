import type { DoubtsView, DoubtView, EvidenceView } from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

const base = '/api/console/uses';
const pathOf = (use: string, rest: string): string => `${base}/${encodeURIComponent(use)}${rest}`;

export const doubtActions = ['close', 'freeze'] as const;
export type DoubtAction = (typeof doubtActions)[number];

/** The routes of use-views.ts. */
export const useRoutes = {
  doubts: (state: 'open' | 'closed') => request<DoubtsView>('GET', `${base}?state=${state}`),
  act: (use: string, action: DoubtAction, note: string) =>
    request<DoubtView>('POST', pathOf(use, `/${action}`), { note }),
  evidence: (use: string) => request<EvidenceView>('GET', pathOf(use, '/evidence')),
} as const;
