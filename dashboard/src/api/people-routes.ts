import type {
  CardPagesView,
  GroupView,
  IssueBody,
  NewAffiliationBody,
  NewPersonBody,
  NewUidBody,
  PeopleFilter,
  PersonPageView,
  PersonView,
  PinLetterView,
} from '@gatehouse/protocols';
import { request, upload } from '../adapters/http.ts';

const base = '/api/console';
const personPath = (id: string, rest = ''): string =>
  `${base}/people/${encodeURIComponent(id)}${rest}`;
const affiliationPath = (id: string, rest: string): string =>
  `${base}/affiliations/${encodeURIComponent(id)}${rest}`;
const cardPath = (id: string, rest: string): string =>
  `${base}/cards/${encodeURIComponent(id)}${rest}`;

/** `version` alone makes a browser ask again after a change. */
export const personPhotoPath = (id: string, version: string | null = null): string =>
  personPath(id, `/photo${version === null ? '' : `?at=${encodeURIComponent(version)}`}`);

const query = (values: Readonly<Record<string, string | undefined>>): string =>
  new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString();

/** People, what they are to the school, and every credential of their cards. */
export const peopleRoutes = {
  list: (filter: PeopleFilter, after: string) =>
    request<CardPagesView>(
      'GET',
      `${base}/card-list?${query({ ...filter, ...(after === '' ? {} : { after }) })}`,
    ),
  find: (q: string) => request<PersonView[]>('GET', `${base}/people?${query({ q })}`),
  sponsors: (q: string) =>
    request<PersonView[]>('GET', `${base}/people?${query({ q, for: 'sponsor' })}`),
  groups: () => request<GroupView[]>('GET', `${base}/groups`),
  person: (id: string) => request<PersonPageView>('GET', personPath(id)),
  add: (person: NewPersonBody) => request<PersonPageView>('POST', `${base}/people`, person),
  putPhoto: (id: string, photo: Blob) =>
    upload<undefined>(personPath(id, '/photo'), photo.type, photo),
  dropPhoto: (id: string) => request<undefined>('DELETE', personPath(id, '/photo')),
  affiliate: (id: string, affiliation: NewAffiliationBody) =>
    request<PersonPageView>('POST', personPath(id, '/affiliations'), affiliation),
  endAffiliation: (id: string, reason: string) =>
    request<PersonPageView>('POST', affiliationPath(id, '/end'), { reason }),
  issue: (affiliation: string, card: IssueBody) =>
    request<PersonPageView>('POST', affiliationPath(affiliation, '/card'), card),
  putGroups: (card: string, groups: readonly string[]) =>
    request<PersonPageView>('POST', cardPath(card, '/groups'), { groups }),
  endCard: (card: string, reason: string) =>
    request<PersonPageView>('POST', cardPath(card, '/end'), { reason }),
  addUid: (card: string, uid: NewUidBody) =>
    request<PersonPageView>('POST', cardPath(card, '/uids'), uid),
  endUid: (card: string, id: string) =>
    request<PersonPageView>('POST', cardPath(card, `/uids/${encodeURIComponent(id)}/end`), {}),
  setPin: (card: string, pin: string | null) =>
    request<PinLetterView>('POST', cardPath(card, '/pin'), { pin }),
  endPin: (card: string) => request<PersonPageView>('POST', cardPath(card, '/pin/end'), {}),
} as const;
