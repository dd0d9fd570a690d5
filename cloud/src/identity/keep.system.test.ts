import { defaultSettings, wallClock } from '@gatehouse/protocols';
import type {
  EnrolChallengeView,
  EnrolledView,
  KeepChallengeView,
  MeView,
  NoticeView,
  SettingsView,
} from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { readSettings } from '../settings/settings.ts';
import { createTestPhone, useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi, TestPhone } from '../testing/test-api.ts';
import { keepChallengeForMs } from './keep.ts';
import { createLapseJob } from './lapse-job.ts';
import { lapseKeys } from './lapse.ts';

const openApi = useTestApi();

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

const enrol = async ({ ask }: Browser, phone: TestPhone): Promise<string> => {
  const challenge = (await ask('POST', '/api/me/enrol/challenge', {})).body as EnrolChallengeView;
  const proof = phone.proof({ nonce: challenge.nonce });
  return ((await ask('POST', '/api/me/enrol', { proof })).body as EnrolledView).credential;
};

/** Somebody whose card is on a phone. */
const withPhone = async (api: TestApi) => {
  const phone = createTestPhone();
  const browser = await api.signIn('Li Lei');
  return { phone, browser, credential: await enrol(browser, phone) };
};

const nonceOf = async ({ ask }: Browser): Promise<string> =>
  ((await ask('POST', '/api/me/keep/challenge', {})).body as KeepChallengeView).nonce;

const me = async ({ ask }: Browser): Promise<MeView> =>
  (await ask('GET', '/api/me')).body as MeView;

const kindsTold = async ({ ask }: Browser): Promise<readonly string[]> =>
  ((await ask('GET', '/api/me/notices')).body as readonly NoticeView[]).map(({ kind }) => kind);

const revocations = ({ database }: TestApi) =>
  database.query<{ what: unknown }>('select what from revocation order by n');

describe('a phone that shows its key online', () => {
  it('is seen, by a proof over the nonce of the cloud', async () => {
    const api = await openApi();
    const { phone, browser, credential } = await withPhone(api);
    const before = (await me(browser)).keep;
    api.clock.skip(hourMs);
    const proof = phone.keep({ nonce: await nonceOf(browser), credential });
    const kept = await browser.ask('POST', '/api/me/keep', { proof });
    expect(kept.status).toBe(200);
    const { keep } = kept.body as MeView;
    expect(
      Date.parse(keep?.seenAt ?? '') - Date.parse(before?.seenAt ?? ''),
    ).toBeGreaterThanOrEqual(hourMs);
    const again = await browser.ask('POST', '/api/me/keep', { proof });
    expect(again).toMatchObject({ status: 400, body: { error: { code: 'CL_ENROL_PROOF' } } });
  });

  it.each<readonly [string, (phone: TestPhone, over: KeepOver) => string]>([
    ['another key', (_phone, over) => createTestPhone().keep(over)],
    ['another credential', (phone, over) => phone.keep({ ...over, credential: '0'.repeat(16) })],
    ['another nonce', (phone, over) => phone.keep({ ...over, nonce: '0'.repeat(32) })],
    ['a proof of another kind', (phone, over) => phone.proof(over)],
    [
      'the header of enrolling',
      (phone, over) => phone.keep({ ...over, header: { alg: phone.alg, typ: 'gate-enrol+jws' } }),
    ],
    ['another algorithm', (_phone, over) => createTestPhone('EdDSA').keep(over)],
    ['nonsense', () => 'a.b.c'],
  ])('is not by %s', async (_what, proofOf) => {
    const api = await openApi();
    const { phone, browser, credential } = await withPhone(api);
    const { keep } = await me(browser);
    api.clock.skip(1_000);
    const proof = proofOf(phone, { nonce: await nonceOf(browser), credential });
    const answer = await browser.ask('POST', '/api/me/keep', { proof });
    expect(answer.status).toBe(400);
    expect((await me(browser)).keep).toEqual(keep);
  });

  it('is not seen by a nonce that is too old', async () => {
    const api = await openApi();
    const { phone, browser, credential } = await withPhone(api);
    const proof = phone.keep({ nonce: await nonceOf(browser), credential });
    api.clock.skip(keepChallengeForMs);
    expect((await browser.ask('POST', '/api/me/keep', { proof })).status).toBe(400);
  });
});

type KeepOver = { readonly nonce: string; readonly credential: string };

describe('a phone that is not seen', () => {
  it('is told twice, lapses everywhere, and comes back by enrolling from its browser', async () => {
    const api = await openApi();
    const { browser, credential } = await withPhone(api);
    expect(await lapseKeys(api.parts)).toEqual({ announced: 0, lapsed: 0 });
    api.clock.skip(5 * dayMs);
    expect(await lapseKeys(api.parts)).toEqual({ announced: 1, lapsed: 0 });
    expect(await lapseKeys(api.parts)).toEqual({ announced: 0, lapsed: 0 });
    let at = await browser.again();
    expect(Date.parse((await me(at)).keep?.lapsesAt ?? '')).toBeGreaterThan(api.clock.nowMs());
    api.clock.skip(dayMs + hourMs);
    expect(await lapseKeys(api.parts)).toEqual({ announced: 1, lapsed: 0 });
    expect(await revocations(api)).toEqual([]);
    api.clock.skip(dayMs);
    expect(await lapseKeys(api.parts)).toEqual({ announced: 0, lapsed: 1 });
    expect(await lapseKeys(api.parts)).toEqual({ announced: 0, lapsed: 0 });
    expect(await revocations(api)).toEqual([
      { what: { kind: 'credential.revoked', credential, why: 'lapsed' } },
    ]);
    at = await browser.again();
    expect(await me(at)).toMatchObject({ credential: null, keep: null, changesLeft: 3 });
    expect(await kindsTold(at)).toEqual(['key.lapsed', 'key.lapses', 'key.lapses']);
    const audited = (await readAudit(api.database, 1, 100)).filter(
      ({ action }) => action === 'credential.lapse',
    );
    expect(audited).toMatchObject([{ actor: 'lapse', subject: credential }]);
    await enrol(at, createTestPhone());
    expect(await me(at)).toMatchObject({ credential: { here: true }, changesLeft: 3 });
  });

  it('lives on when it shows itself after it was told', async () => {
    const api = await openApi();
    const { phone, browser, credential } = await withPhone(api);
    api.clock.skip(6 * dayMs);
    await lapseKeys(api.parts);
    const at = await browser.again();
    const proof = phone.keep({ nonce: await nonceOf(at), credential });
    await at.ask('POST', '/api/me/keep', { proof });
    expect((await me(at)).keep?.lapsesAt).toBeNull();
    api.clock.skip(3 * dayMs);
    expect(await lapseKeys(api.parts)).toEqual({ announced: 0, lapsed: 0 });
  });

  it('lives on when the school gives more days, or lets none lapse', async () => {
    const api = await openApi();
    await withPhone(api);
    for (const revalidateDays of [30, 0]) {
      api.clock.skip(8 * dayMs);
      const admin = await api.signIn('Liu Yang');
      await lapseKeys(api.parts);
      const settings = { ...defaultSettings, revalidateDays };
      await admin.ask('POST', '/api/console/settings', settings);
      const rows = await api.database.query('select lapses_at from credential');
      expect(rows).toEqual([{ lapses_at: null }]);
      expect(await lapseKeys(api.parts)).toEqual({ announced: 0, lapsed: 0 });
      await admin.ask('POST', '/api/console/settings', defaultSettings);
    }
  });
});

describe('the settings of the school', () => {
  it('are audited, stand in every policy, and show what will lapse', async () => {
    const api = await openApi();
    const { browser } = await withPhone(api);
    const seenAtMs = Date.parse((await me(browser)).keep?.seenAt ?? '');
    const admin = await api.signIn('Liu Yang');
    const view = async (): Promise<SettingsView> =>
      (await admin.ask('GET', '/api/console/settings')).body as SettingsView;
    const first = await view();
    expect(first).toMatchObject({ settings: defaultSettings, keys: 1 });
    expect(first.lapsing).toHaveLength(7);
    expect(first.lapsing.every(({ count }) => count === 0)).toBe(true);
    const settings = { ...defaultSettings, revalidateDays: 4 };
    const saved = (await admin.ask('POST', '/api/console/settings', settings)).body;
    const { lapsing } = saved as SettingsView;
    const day = wallClock('Asia/Shanghai')(seenAtMs + 4 * dayMs).date;
    expect(lapsing.filter(({ count }) => count > 0)).toEqual([{ day, count: 1 }]);
    const [entry] = (await readAudit(api.database, 1, 100)).filter(
      ({ action }) => action === 'settings.change',
    );
    expect(entry?.detail).toEqual({ before: defaultSettings, after: settings });
  });

  it.each([1, 2])('of %d days are from before, and are read as three', async (revalidateDays) => {
    const { database } = await openApi();
    const value = JSON.stringify({ ...defaultSettings, revalidateDays });
    await database.query(
      `insert into setting (name, value, at, by)
       select 'school', $1::jsonb, to_timestamp(0), id from person limit 1`,
      [value],
    );
    expect(await readSettings(database)).toEqual({ ...defaultSettings, revalidateDays: 3 });
  });

  it.each([{ revalidateDays: -1 }, { revalidateDays: 2 }, { holdoverHours: { lab: 1 } }])(
    'are refused as %j',
    async (wrong) => {
      const admin = await (await openApi()).signIn('Liu Yang');
      const body = { ...defaultSettings, ...wrong };
      expect((await admin.ask('POST', '/api/console/settings', body)).status).toBe(400);
    },
  );
});

it('two processes look once an hour between them', async () => {
  const api = await openApi();
  await withPhone(api);
  api.clock.skip(5 * dayMs);
  const ran: unknown[] = [];
  const log = { ...api.parts.log, info: (_: string, fields = {}) => void ran.push(fields) };
  const once = async (): Promise<void> => {
    const jobs = [1, 2].map(() => createLapseJob({ ...api.parts, log }));
    for (const job of jobs) job.start();
    await Promise.all(jobs.map((job) => job.stop()));
  };
  await once();
  await once();
  expect(ran).toEqual([{ announced: 1, lapsed: 0 }]);
  api.clock.skip(dayMs + hourMs);
  await once();
  expect(ran).toEqual([
    { announced: 1, lapsed: 0 },
    { announced: 1, lapsed: 0 },
  ]);
});
