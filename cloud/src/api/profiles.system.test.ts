import { profileBytesMax } from '@gatehouse/protocols';
import type {
  DecodeView,
  ProfileCheckedView,
  ProfileListItem,
  ProfilePageView,
  PublishedView,
  VectorsView,
} from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { changedProfile, releasedProfiles } from '../testing/custom-profiles.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { Browser } from '../testing/test-api.ts';

const openApi = useTestApi();
const base = '/api/console/profiles';
const turnstile = 'gatehouse-turnstile-t1';

const open = async () => {
  const api = await openApi({ builtIns: releasedProfiles });
  const admin = await api.signIn('Liu Yang');
  return { api, admin };
};

const write = async ({ ask }: Browser, text: string, save = true): Promise<ProfileCheckedView> => {
  const { status, body } = await ask('POST', base, { text, save });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as ProfileCheckedView;
};

const publish = async (
  { ask }: Browser,
  id: string,
  version: string,
  mode = 'live',
): Promise<PublishedView> => {
  const url = `${base}/${id}/versions/${version}/publish`;
  return (await ask('POST', url, { note: 'tried on gate 2', mode })).body as PublishedView;
};

const itemOf = async ({ ask }: Browser, id: string): Promise<ProfileListItem | undefined> => {
  const { body } = await ask('GET', '/api/console/profile-list');
  return (body as ProfileListItem[]).find((item) => item.id === id);
};

describe('a custom profile', () => {
  it('is written, published above the built-in one, and taken back by one click', async () => {
    const { api, admin } = await open();
    const { ask } = admin;
    const text = changedProfile(turnstile, { version: '1.4.0' });
    const draft = await write(admin, text);
    expect(draft).toMatchObject({
      ...{ saved: true, faults: [], refusals: [], id: turnstile, version: '1.4.0' },
      vectors: { coverage: { missing: [] } },
    });
    expect(await itemOf(admin, turnstile)).toMatchObject({
      ...{ origin: 'builtIn', state: 'live', draft: '1.4.0' },
      vectors: { failed: 0 },
    });
    const vectors = (await ask('GET', `${base}/${turnstile}/vectors?version=1.4.0`))
      .body as VectorsView;
    expect(vectors.results.every(({ ok }) => ok)).toBe(true);
    expect(await publish(admin, turnstile, '1.4.0')).toEqual({
      ...{ published: true, live: '1.4.0', refusals: [] },
    });
    expect(await itemOf(admin, turnstile)).toMatchObject({
      ...{ origin: 'override', state: 'live', version: '1.4.0', draft: null },
    });
    // What devices are described by follows at once.
    const described = (await ask('GET', `${base}/${turnstile}`)).body;
    expect(described).toMatchObject({ version: '1.4.0' });
    const page = (await ask('GET', `${base}/${turnstile}/page`)).body as ProfilePageView;
    expect(page.text).toBe(text);
    expect(page).toMatchObject({ mayWrite: true, back: '1.0.0', bindings: [{ isText: false }] });
    expect(page.versions.map(({ version, state, note }) => [version, state, note])).toEqual([
      ['1.4.0', 'live', 'tried on gate 2'],
      ['1.0.0', 'retired', ''],
    ]);
    expect(page.devices.length).toBe(page.item.devices);
    const back = (await ask('POST', `${base}/${turnstile}/back`, {})).body;
    expect(back).toEqual({ published: true, live: null, refusals: [] });
    expect(await itemOf(admin, turnstile)).toMatchObject({ origin: 'builtIn', version: '1.0.0' });
    const audited = (await readAudit(api.database, 1, 50)).filter(({ action }) =>
      action.startsWith('profile.'),
    );
    expect(audited.map(({ action, subject, actor }) => [action, subject, actor])).toEqual(
      [
        ['profile.write', `${turnstile}@1.4.0`],
        ['profile.publish', `${turnstile}@1.4.0`],
        ['profile.back', turnstile],
      ].map((row) => [...row, admin.session.person.id]),
    );
  });

  it('of its own id is a draft, then live, and has nothing before it', async () => {
    const { admin } = await open();
    await write(admin, changedProfile('gatehouse-scanner-s1', { id: 'my-head', version: '0.1.0' }));
    expect(await itemOf(admin, 'my-head')).toMatchObject({ origin: 'custom', state: 'draft' });
    await publish(admin, 'my-head', '0.1.0');
    expect(await itemOf(admin, 'my-head')).toMatchObject({ origin: 'custom', state: 'live' });
    const { body } = await admin.ask('POST', `${base}/my-head/back`, {});
    expect(body).toMatchObject({ published: false, live: '0.1.0' });
    expect((body as PublishedView).refusals[0]?.code).toBe('nothing_before');
  });

  it('never changes once it was published; a draft may be written again', async () => {
    const { api, admin } = await open();
    const text = changedProfile(turnstile, { version: '1.4.0' });
    await write(admin, text);
    await write(admin, text.replace('vendor: Gatehouse', 'vendor: Somebody'));
    await publish(admin, turnstile, '1.4.0');
    const again = await write(admin, text);
    expect(again).toMatchObject({ saved: false, faults: [{ path: 'profile', line: 5 }] });
    const page = (await admin.ask('GET', `${base}/${turnstile}/page`)).body as ProfilePageView;
    expect(page.profile.vendor).toBe('Somebody');
    const change = api.database.query(`update profile_version set text = 'x'`);
    await expect(change).rejects.toThrow();
    await expect(api.database.query('delete from profile_version')).rejects.toThrow();
  });

  it('has a version as high as what it changes demands', async () => {
    const { admin } = await open();
    const more = changedProfile(turnstile, { version: '1.0.1' }, (text) =>
      text
        .replace('everyMs: 50, replyTimeoutMs: 200', 'everyMs: 80, replyTimeoutMs: 200')
        .replace('family: turnstile', 'family: barrier'),
    );
    const draft = await write(admin, more);
    expect(draft.diff).toMatchObject({ from: '1.0.0', atLeast: '1.1.0' });
    expect(draft.diff?.changes).toContainEqual({
      ...{ level: 'minor', path: 'family', what: 'differs' },
    });
    expect(draft.refusals.map(({ code }) => code)).toEqual(['version_too_small']);
    expect(await publish(admin, turnstile, '1.0.1')).toMatchObject({ published: false });
    expect(await publish(admin, turnstile, '1.0.1', 'shadow')).toMatchObject({ published: true });
  });

  it('is compared beside the live one until it is published or taken out', async () => {
    const { admin } = await open();
    await write(admin, changedProfile(turnstile, { version: '1.4.0' }));
    expect(await publish(admin, turnstile, '1.4.0', 'shadow')).toMatchObject({ live: null });
    expect(await itemOf(admin, turnstile)).toMatchObject({ version: '1.0.0', shadow: '1.4.0' });
    const url = `${base}/${turnstile}/shadow`;
    expect((await admin.ask('DELETE', url)).status).toBe(204);
    expect((await admin.ask('DELETE', url)).status).toBe(404);
    await publish(admin, turnstile, '1.4.0', 'shadow');
    await publish(admin, turnstile, '1.4.0');
    expect(await itemOf(admin, turnstile)).toMatchObject({ version: '1.4.0', shadow: null });
  });
});

/** What is wrong with a text; the path of the fault, and a word of it. */
const badTexts: readonly (readonly [string, string, string, RegExp])[] = [
  ['nothing', '', '', /empty/],
  ['no YAML', '{a: [', '', /./],
  ['another document', 'hello: world', '', /lacks|option/],
  ['aliases', 'a: &x 1\nb: *x', '', /aliases/],
  ['a nest of ten thousand', '['.repeat(10_000), '', /./],
  ['the built-in version', changedProfile(turnstile, { version: '1.0.0' }), 'profile', /above/],
  ['an older version', changedProfile(turnstile, { version: '0.9.0' }), 'profile', /above/],
  ['an id of a path', changedProfile(turnstile, { id: '../x', version: '9.0.0' }), 'id', /./],
  [
    'a secret',
    changedProfile(turnstile, { version: '9.0.0' }, (text) =>
      text.replace('vendor: Gatehouse', 'vendor: "password: hunter2"'),
    ),
    'vendor',
    /password/,
  ],
  [
    'a door command that latches',
    changedProfile(turnstile, { version: '9.0.0' }, (text) =>
      text.replace(
        '      endsBy: device\n      confirmBy: { state: releaseEntry',
        '      confirmBy: { state: releaseEntry',
      ),
    ),
    'model.commands.openEntry',
    /endsBy/,
  ],
  ['half a megabyte', `# ${'门'.repeat(profileBytesMax / 2)}`, '', /longer/],
];

describe('a text that is no profile', () => {
  it('is refused with its place, and nothing is saved', async () => {
    const { api, admin } = await open();
    for (const [what, text, path, words] of badTexts) {
      const { saved, faults } = await write(admin, text);
      expect(saved, what).toBe(false);
      const fault = faults[0];
      expect(fault?.path, `${what}: ${JSON.stringify(fault)}`).toBe(path);
      expect(`${fault?.message}: ${fault?.hint}`, what).toMatch(words);
      expect(fault?.line, what).toBeGreaterThan(0);
    }
    const { status } = await admin.ask('POST', base, {
      ...{ text: 'x'.repeat(profileBytesMax + 1), save: true },
    });
    expect(status).toBe(400);
    expect(await api.database.query('select from profile_version')).toEqual([]);
  });

  it('may be drafted and not published while vectors fail or something is unproven', async () => {
    const { api, admin } = await open();
    const wrong = changedProfile(turnstile, { version: '1.4.0' }, (text) =>
      text.replace(
        'in: 01 02 01 00 A1 88\n    out:\n      state:\n        releaseEntry: false',
        'in: 01 02 01 00 A1 88\n    out:\n      state:\n        releaseEntry: true',
      ),
    );
    const draft = await write(admin, wrong);
    expect(draft.saved).toBe(true);
    expect(draft.refusals.map(({ code }) => code)).toContain('vectors_fail');
    const got = await publish(admin, turnstile, '1.4.0');
    expect(got).toMatchObject({ published: false, live: null });
    expect(got.refusals[0]).toMatchObject({ code: 'vectors_fail', text: { zh: /./ as never } });
    expect(await publish(admin, turnstile, '1.4.0', 'shadow')).toMatchObject({ published: false });
    const last = (await readAudit(api.database, 1, 50)).at(-1);
    expect(last).toMatchObject({ action: 'profile.publish', detail: { mode: 'shadow' } });
    expect(last?.detail['refused']).toContain('vectors_fail');
    expect(
      (
        await admin.ask('POST', `${base}/${turnstile}/versions/8.8.8/publish`, {
          ...{ note: 'x', mode: 'live' },
        })
      ).status,
    ).toBe(404);
  });
});

describe('trying out', () => {
  it('tells what bytes mean, of any version', async () => {
    const { api } = await open();
    const facility = await api.signIn('Zhao Qiang');
    const body = {
      ...{ binding: 'modbus', params: {}, hex: '01 02 01 6F E1 A4' },
      asked: '01 02 00 00 00 07 39 C8',
    };
    const url = `${base}/${turnstile}/decode`;
    const { body: got } = await facility.ask('POST', url, body);
    expect((got as DecodeView).frames[0]?.values['state.fire']).toBe(true);
    expect((await facility.ask('POST', url, { ...body, version: '7.7.7' })).status).toBe(404);
  });
});
