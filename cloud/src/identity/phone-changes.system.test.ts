import type {
  EnrolChallengeView,
  EnrolledView,
  ErrorView,
  MeView,
  NoticeView,
} from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { browserCookie } from '../api/browser-cookie.ts';
import { createTestPhone, ownOrigin, useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';
import { changesWithinMs, waitAfterChangeMs } from './phone-changes.ts';

const openApi = useTestApi();

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const android = 'Mozilla/5.0 (Linux; Android 14) Chrome/131.0.0.0 Mobile Safari/537.36';
const wechat = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.60';

/** @returns what the API says: the new key, or an error */
const enrol = async ({ ask }: Browser): Promise<Partial<EnrolledView & ErrorView>> => {
  const challenge = (await ask('POST', '/api/me/enrol/challenge', {})).body;
  const { nonce } = challenge as Partial<EnrolChallengeView>;
  if (nonce === undefined) return challenge as ErrorView;
  const proof = createTestPhone().proof({ nonce });
  return (await ask('POST', '/api/me/enrol', { proof })).body as Partial<EnrolledView>;
};

const me = async ({ ask }: Browser): Promise<MeView> =>
  (await ask('GET', '/api/me')).body as MeView;

const rightsOf = async (browser: Browser) => {
  const { credential, changesLeft, nextChangeAt, waitsUntil } = await me(browser);
  return { here: credential?.here, changesLeft, nextChangeAt, waitsUntil };
};

const noticesOf = async ({ ask }: Browser): Promise<readonly NoticeView[]> =>
  (await ask('GET', '/api/me/notices')).body as readonly NoticeView[];

const movesOf = async ({ database }: TestApi): Promise<readonly unknown[]> =>
  (await readAudit(database, 1, 100))
    .filter(({ action }) => action === 'card.enrol')
    .map(({ detail }) => detail['move']);

const quiet = { changesLeft: 3, nextChangeAt: null, waitsUntil: null };

describe('the phone key of a card', () => {
  it('is replaced in silence by its own browser, as often as that loses it', async () => {
    const api = await openApi();
    const phone = await api.signIn('Li Lei', android);
    for (let times = 0; times < 6; times += 1) {
      expect(await enrol(phone)).toHaveProperty('credential');
      expect(await rightsOf(phone)).toEqual({ ...quiet, here: true });
    }
    expect(await noticesOf(phone)).toEqual([]);
    const silent = Array.from({ length: 5 }, () => 'same_browser');
    expect(await movesOf(api)).toEqual(['first', ...silent]);
  });

  it('moves to another browser: its owner is told by which, labs and stores wait', async () => {
    const api = await openApi();
    const first = await api.signIn('Li Lei', android);
    await enrol(first);
    const second = await api.signIn('Li Lei', wechat);
    expect(await rightsOf(second)).toEqual({ ...quiet, here: false });
    const atMs = api.clock.nowMs();
    const { credential = '', at = '' } = await enrol(second);
    const waitsUntil = new Date(Date.parse(at) + waitAfterChangeMs).toISOString();
    const moved = { changesLeft: 2, nextChangeAt: null, waitsUntil };
    expect(await rightsOf(second)).toEqual({ ...moved, here: true });
    expect(await rightsOf(first)).toEqual({ ...moved, here: false });
    const [notice, ...more] = await noticesOf(first);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ kind: 'phone.replaced', at, read: false });
    expect(notice?.text.zh).toContain('微信（iPhone）');
    expect(notice?.text.en).toContain('WeChat (iPhone)');
    expect(Date.parse(at)).toBeGreaterThanOrEqual(atMs);
    const [audited] = (await readAudit(api.database, 1, 100)).filter(
      ({ subject }) => subject === credential,
    );
    expect(audited?.detail).toMatchObject({ move: 'other_browser', browser: 'WeChat (iPhone)' });
  });

  it('hands its wait on where its own browser replaces it, and no longer wait', async () => {
    const api = await openApi();
    await enrol(await api.signIn('Li Lei', android));
    const second = await api.signIn('Li Lei', wechat);
    await enrol(second);
    const { waitsUntil } = await me(second);
    api.clock.skip(hourMs);
    await enrol(second);
    expect(await rightsOf(second)).toMatchObject({ waitsUntil, changesLeft: 2 });
    api.clock.skip(waitAfterChangeMs - hourMs);
    expect(await rightsOf(await second.again())).toMatchObject({ waitsUntil: null, here: true });
  });

  it('opens no lab and no store on the page either while it waits', async () => {
    const api = await openApi();
    const shutOf = async (browser: Browser): Promise<readonly unknown[]> => {
      const shut = (await me(browser)).doors.filter(({ open }) => !open).map(({ id }) => id);
      const rows = await api.database.query<{ class: string }>(
        'select distinct class from door where id = any ($1) order by class',
        [shut],
      );
      return rows.map((row) => row.class);
    };
    const first = await api.signIn('Wang Fang', android);
    await enrol(first);
    expect(await shutOf(first)).toEqual([]);
    await enrol(await api.signIn('Wang Fang', wechat));
    expect(await shutOf(first)).toEqual(['lab', 'store']);
    api.clock.skip(waitAfterChangeMs);
    expect(await shutOf(await first.again())).toEqual([]);
  });

  it('moves three times in thirty days; then the desk helps, and time does', async () => {
    const api = await openApi();
    const browsers: Browser[] = [await api.signIn('Li Lei')];
    await enrol(browsers[0] as Browser);
    const movedAt: number[] = [];
    for (let times = 0; times < 3; times += 1) {
      api.clock.skip(dayMs);
      const next = await api.signIn('Li Lei');
      movedAt.push(Date.parse((await enrol(next)).at ?? ''));
      browsers.push(next);
    }
    const last = browsers.at(-1) as Browser;
    const freeAtMs = (movedAt[0] ?? 0) + changesWithinMs;
    const freeAt = new Date(freeAtMs).toISOString();
    expect(await rightsOf(last)).toMatchObject({ changesLeft: 0, nextChangeAt: freeAt });
    const fourth = await api.signIn('Li Lei');
    const refused = await fourth.ask('POST', '/api/me/enrol/challenge', {});
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ error: { code: 'CL_ENROL_LIMIT', freeAt } });
    // The browser that has the card may lose its key all the same.
    expect(await enrol(last)).toHaveProperty('credential');
    expect((await me(last)).credential?.here).toBe(true);
    api.clock.skip(freeAtMs - api.clock.nowMs() - 60_000);
    const early = await enrol(await fourth.again());
    expect(early.error?.code).toBe('CL_ENROL_LIMIT');
    api.clock.skip(60_000);
    const back = await fourth.again();
    expect(await enrol(back)).toHaveProperty('credential');
    expect(await rightsOf(back)).toMatchObject({ here: true, changesLeft: 0 });
    expect(await noticesOf(back)).toHaveLength(4);
  });

  it('counts once where two browsers take the last move at the same moment', async () => {
    const api = await openApi();
    await enrol(await api.signIn('Li Lei'));
    await enrol(await api.signIn('Li Lei'));
    await enrol(await api.signIn('Li Lei'));
    const rivals = [await api.signIn('Li Lei'), await api.signIn('Li Lei')];
    const answers = await Promise.all(rivals.map(enrol));
    const enrolled = answers.filter(({ credential }) => credential !== undefined);
    expect(enrolled).toHaveLength(1);
    expect(await rightsOf(rivals[0] as Browser)).toMatchObject({ changesLeft: 0 });
    expect((await movesOf(api)).filter((move) => move === 'other_browser')).toHaveLength(3);
  });

  it('comes back in silence after it was revoked, but not by another browser', async () => {
    const api = await openApi();
    const revoke = () =>
      api.database.query('update credential set revoked_at = $1 where revoked_at is null', [
        new Date(api.clock.nowMs()),
      ]);
    const phone = await api.signIn('Li Lei');
    await enrol(phone);
    await revoke();
    expect((await me(phone)).credential).toBeNull();
    await enrol(phone);
    await revoke();
    expect(await enrol(await api.signIn('Li Lei'))).toHaveProperty('credential');
    expect(await movesOf(api)).toEqual(['first', 'same_browser', 'other_browser']);
    expect(await noticesOf(phone)).toHaveLength(1);
  });
});

describe('the name of a browser', () => {
  it('is a cookie that no script reads, for this part of the API, kept by each visit', async () => {
    const api = await openApi();
    const { cookie } = await api.signIn('Li Lei');
    const set = async (method: 'GET' | 'POST', url: string, sent: string): Promise<string> => {
      const headers = { host: '127.0.0.1:8090', origin: ownOrigin, cookie: sent };
      const answer = await api.send({ method, url, headers });
      const { 'set-cookie': line } = answer.headers;
      return typeof line === 'string' ? line : '';
    };
    const form =
      /^gatehouse_browser=([\w-]{43}); Max-Age=34560000; Path=\/api\/me; HttpOnly; SameSite=\w+$/;
    const first = await set('POST', '/api/me/enrol/challenge', cookie);
    expect(first).toMatch(form);
    expect(first).toMatch(/SameSite=Strict$/);
    const [, name = ''] = form.exec(first) ?? [];
    const both = `${cookie}; ${browserCookie}=${name}`;
    for (const [method, url] of [
      ['POST', '/api/me/enrol/challenge'],
      ['GET', '/api/me'],
    ] as const) {
      expect(form.exec(await set(method, url, both))?.[1], url).toBe(name);
    }
    expect(await set('GET', '/api/me', cookie)).toBe('');
    const strange = await set('POST', '/api/me/enrol/challenge', `${cookie}; ${browserCookie}=x`);
    expect(form.exec(strange)?.[1]).toHaveLength(43);
    expect(
      await api.send({ url: '/api/me', headers: { cookie: both.replace(cookie, '') } }),
    ).toMatchObject({
      status: 401,
    });
  });

  it('stands nowhere in the tables, and is another one for each card', async () => {
    const api = await openApi();
    const shared = await api.signIn('Li Lei');
    await enrol(shared);
    const [kept] = await api.database.query<{ browser: string }>('select browser from credential');
    expect(kept?.browser).toMatch(/^[0-9a-f]{64}$/);
    const other = await api.signIn('Sun Li', undefined);
    await enrol(other);
    const rows = await api.database.query<{ n: number }>(
      'select count(distinct browser)::int4 as n from credential',
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('is gone with the cookie: then it is another browser', async () => {
    const api = await openApi();
    const phone = await api.signIn('Li Lei');
    await enrol(phone);
    phone.forget(browserCookie);
    expect((await me(phone)).credential?.here).toBe(false);
    await enrol(phone);
    expect(await rightsOf(phone)).toMatchObject({ here: true, changesLeft: 2 });
  });
});
