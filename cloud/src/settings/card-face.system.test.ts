import { defaultFace } from '@gatehouse/protocols';
import type { CardFace, CardFaceView, ErrorView, MeView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { demoFace } from '../places/seed/face.table.ts';
import { policyReach } from '../policy/reach.ts';
import { readFeed } from '../feed/feed.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { Browser } from '../testing/test-api.ts';

const openApi = useTestApi();
const path = '/api/console/card-face';

const faceOf = async (browser: Browser): Promise<MeView['face']> =>
  ((await browser.ask('GET', '/api/me')).body as MeView).face;

const plain = defaultFace(null);
const link = { label: { zh: '图书馆', en: 'Library' }, url: 'https://图书馆.example.org/a' };

describe('the card face', () => {
  it('of the demo campus is on every card from the start, by its kind', async () => {
    const { signIn } = await openApi();
    const student = await faceOf(await signIn('Li Lei'));
    expect(student).toMatchObject({ colour: demoFace.colour, cover: 'hills', photo: 'drawn' });
    expect(student?.shortcuts.map(({ host }) => host)).toEqual([
      'library.example.org',
      'canteen.example.org',
    ]);
    const teacher = await faceOf(await signIn('Chen Jing'));
    expect(teacher?.colour).toBe(demoFace.kinds.teacher?.colour);
  });

  it('is set by an administrator: phones have it, the audit says what it was before', async () => {
    const { database, signIn } = await openApi();
    const [admin, student] = [await signIn('Liu Yang'), await signIn('Li Lei')];
    const before = (await admin.ask('GET', path)).body as CardFaceView;
    expect(before).toMatchObject({ version: 1, face: demoFace, fallback: plain });
    const face: CardFace = { ...plain, colour: '#5b2a86', shortcuts: [link] };
    const saved = await admin.ask('POST', path, { face, version: 1 });
    expect(saved.status).toBe(200);
    const url = 'https://xn--1jq52s681d.example.org/a';
    expect(saved.body).toMatchObject({
      ...{ version: 2, face: { ...face, shortcuts: [{ ...link, url }] } },
      saved: { by: { en: 'Liu Yang' } },
    });
    expect(await faceOf(student)).toMatchObject({
      colour: '#5b2a86',
      shortcuts: [{ url, host: 'xn--1jq52s681d.example.org' }],
    });
    const audit = await readAudit(database, 0, 1_000);
    const row = audit.find(({ action }) => action === 'settings.face');
    expect(row).toMatchObject({
      actor: admin.session.person.id,
      detail: { version: 2, before: { colour: demoFace.colour }, after: { colour: '#5b2a86' } },
    });
    const items = await readFeed(database, 0, 1_000);
    const told = items.find(({ what }) => what.kind === 'domain' && what.name === 'face.changed');
    if (told === undefined) throw new Error('the feed does not say so');
    expect(policyReach(told)).toEqual({ kind: 'nothing' });
  });

  it('is not overwritten by somebody who looked at an older one', async () => {
    const { signIn } = await openApi();
    const admin = await signIn('Liu Yang');
    const both = await Promise.all(
      ['#5b2a86', '#7a1f2b'].map((colour) =>
        admin.ask('POST', path, { face: { ...plain, colour }, version: 1 }),
      ),
    );
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const late = both.find(({ status }) => status === 409)?.body as ErrorView;
    expect(late.error.code).toBe('CL_FACE_STALE');
    expect(((await admin.ask('GET', path)).body as CardFaceView).version).toBe(2);
  });

  for (const [why, over, at, offer] of [
    ['white text cannot be read on it', { colour: '#777777' }, 'colour', '#767676'],
    [
      'one kind cannot be read',
      { kinds: { visitor: { colour: '#ffffff' } } },
      'kinds.visitor.colour',
      '#767676',
    ],
    [
      'a link runs a script',
      { shortcuts: [{ ...link, url: 'javascript:alert(1)' }] },
      'shortcuts.0.url',
      undefined,
    ],
    [
      'a link has a password in it',
      { shortcuts: [{ ...link, url: 'https://a:b@example.org/' }] },
      'shortcuts.0.url',
      undefined,
    ],
    ['a title is a zero', { title: { zh: '\u0000', en: 'x' } }, 'title.zh', undefined],
  ] as const) {
    it(`is refused where ${why}, and stays as it was`, async () => {
      const { signIn } = await openApi();
      const admin = await signIn('Liu Yang');
      const refused = await admin.ask('POST', path, { face: { ...plain, ...over }, version: 1 });
      expect(refused.status).toBe(400);
      const { error } = refused.body as ErrorView;
      expect([error.code, error.at, error.offer]).toEqual(['CL_FACE', at, offer]);
      expect(((await admin.ask('GET', path)).body as CardFaceView).version).toBe(1);
    });
  }

  it('that cannot be read any more is that of nobody, in the school’s colour', async () => {
    const { database, signIn } = await openApi();
    await database.query(`update site set colour = '#7A1F2B'`, []);
    const student = await signIn('Li Lei');
    for (const value of ['{}', 'null', JSON.stringify({ version: 3, face: { colour: 'x' } })]) {
      await database.query(`update setting set value = $1 where name = 'card_face'`, [value]);
      expect(await faceOf(student)).toMatchObject({ colour: '#7a1f2b', cover: 'plain' });
    }
  });

  it('names another picture once there is a photo, which its owner alone gets', async () => {
    const { database, send, signIn } = await openApi();
    const student = await signIn('Li Lei');
    const photo = (cookie: string) =>
      send({ method: 'GET', url: '/api/me/photo', headers: { host: '127.0.0.1:8090', cookie } });
    const drawn = await photo(student.cookie);
    expect(drawn.headers['content-type']).toBe('image/svg+xml');
    expect(drawn.headers['content-security-policy']).toContain('sandbox');
    const at = new Date('2026-11-20T01:00:00Z');
    await database.query(
      `insert into person_photo (person, type, bytes, at, by)
       values ($1::uuid, 'image/png', $2, $3, $1::uuid)`,
      [student.session.person.id, Buffer.from('89504e47', 'hex'), at],
    );
    expect((await faceOf(student))?.photo).toBe(at.toISOString());
    expect((await photo(student.cookie)).headers['content-type']).toBe('image/png');
    const other = await signIn('Chen Jing');
    expect((await photo(other.cookie)).headers['content-type']).toBe('image/svg+xml');
    expect((await photo('')).status).toBe(401);
  });
});
