import type {
  AffiliationView,
  HeldCardView,
  NewAffiliationBody,
  PersonPageView,
} from '@gatehouse/protocols';
import { expect } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import type { Browser, TestApi, TestApiOptions } from './test-api.ts';

export const dayMs = 24 * 60 * 60 * 1000;
const shanghai = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' });
/** To the next noon at the school: a test that starts there sees no midnight. */
export const toNoonMs = (() => {
  const sinceNoonMs = (Date.now() - 4 * 3_600_000) % dayMs;
  return dayMs - sinceNoonMs;
})();
/** Days from today, on the wall of the school. */
export const day = (days: number): string => shanghai.format(Date.now() + days * dayMs + toNoonMs);
/** What a day ends with, as the API says it. */
export const endOf = (date: string): string =>
  new Date(Date.parse(date) + 16 * 3_600_000).toISOString();

export const visit = (sponsor: string | null, change: Partial<NewAffiliationBody> = {}) => ({
  ...{ kind: 'visitor', unit: { zh: '电梯公司', en: 'Lift company' }, from: day(0) },
  ...{ to: day(8), sponsor, card: { number: null, groups: ['staff'] } },
  ...change,
});
export const job = (change: Partial<NewAffiliationBody> = {}) => ({
  ...{ kind: 'staff', unit: { zh: '后勤处', en: 'Facilities' }, from: day(-21), to: null },
  ...{ sponsor: null, card: null },
  ...change,
});
export const gao = { zh: '高师傅', en: 'Gao Jun' };

export type Answer = { readonly status: number; readonly body: unknown };
export const codeOf = ({ status, body }: Answer): string =>
  status === 200 ? 'ok' : (body as { error: { code: string } }).error.code;
export const pageIn = ({ status, body }: Answer): PersonPageView => {
  expect(status, JSON.stringify(body)).toBe(200);
  return body as PersonPageView;
};
export const firstOf = (page: PersonPageView): AffiliationView => {
  const [first] = page.affiliations;
  if (first === undefined) throw new Error('no affiliation');
  return first;
};
export const cardOf = (page: PersonPageView): HeldCardView => {
  const [card] = firstOf(page).cards;
  if (card === undefined) throw new Error('no card');
  return card;
};

/** A clerk at noon on the seeded campus, and short words for what a clerk does. */
export const openPeopleWorld = async (openApi: (options?: TestApiOptions) => Promise<TestApi>) => {
  const api = await openApi();
  api.clock.skip(toNoonMs);
  const clerk = await api.signIn('Lin Xiao');
  const sponsor = await api.personNamed('Chen Jing');
  const post = (path: string, body: object = {}) => clerk.ask('POST', `/api/console/${path}`, body);
  const add = (affiliation: object | null, name = gao) => post('people', { name, affiliation });
  return { api, clerk, sponsor, post, add };
};
export type PeopleWorld = Awaited<ReturnType<typeof openPeopleWorld>>;

export const revocations = async ({ database }: TestApi): Promise<readonly unknown[]> =>
  (await database.query<{ what: unknown }>('select what from revocation order by n')).map(
    ({ what }) => what,
  );
export const told = async ({ database }: TestApi, person: string): Promise<readonly string[]> =>
  (
    await database.query<{ kind: string }>(
      'select kind from notice where person = $1 order by at, kind',
      [person],
    )
  ).map(({ kind }) => kind);
export const said = async ({ database }: TestApi): Promise<readonly string[]> =>
  (
    await database.query<{ name: string }>(
      `select what ->> 'name' as name from feed where what ->> 'kind' = 'domain' order by pos`,
    )
  )
    .map(({ name }) => name)
    .filter((name) => !['campus.seeded', 'notice.made'].includes(name));
export const audited = async ({ database }: TestApi, clerk: Browser): Promise<readonly string[]> =>
  (await readAudit(database, 1, 100))
    .filter(({ actor, action }) => actor === clerk.session.person.id && action !== 'session.open')
    .map(({ action }) => action);

export const withCard = async ({ add, sponsor }: PeopleWorld) => {
  const page = pageIn(await add(visit(sponsor)));
  return { page, person: page.id, card: cardOf(page), affiliation: firstOf(page) };
};
