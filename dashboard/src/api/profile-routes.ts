import type {
  DecodeBody,
  DecodeView,
  ProfileCheckedView,
  ProfileListItem,
  ProfileMode,
  ProfilePageView,
  PublishedView,
  VectorsView,
} from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

const base = '/api/console/profiles';
const pathOf = (id: string, rest: string): string => `${base}/${encodeURIComponent(id)}${rest}`;
const ofVersion = (version: string | undefined): string =>
  version === undefined ? '' : `?${new URLSearchParams({ version }).toString()}`;

/** The routes of profile-views.ts. */
export const profileRoutes = {
  list: () => request<ProfileListItem[]>('GET', '/api/console/profile-list'),
  page: (id: string, version?: string) =>
    request<ProfilePageView>('GET', pathOf(id, `/page${ofVersion(version)}`)),
  vectors: (id: string, version: string) =>
    request<VectorsView>('GET', pathOf(id, `/vectors${ofVersion(version)}`)),
  decode: (id: string, body: DecodeBody) =>
    request<DecodeView>('POST', pathOf(id, '/decode'), body),
  write: (text: string, save: boolean) => request<ProfileCheckedView>('POST', base, { text, save }),
  publish: (
    id: string,
    version: string,
    body: { readonly note: string; readonly mode: ProfileMode },
  ) =>
    request<PublishedView>(
      'POST',
      pathOf(id, `/versions/${encodeURIComponent(version)}/publish`),
      body,
    ),
  back: (id: string) => request<PublishedView>('POST', pathOf(id, '/back'), {}),
  endShadow: (id: string) => request<undefined>('DELETE', pathOf(id, '/shadow')),
} as const;
