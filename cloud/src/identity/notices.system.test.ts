import type { NoticeView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readFeed } from '../feed/feed.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';
import { tell } from './notices.ts';

const openApi = useTestApi();

const list = async ({ ask }: Browser): Promise<readonly NoticeView[]> =>
  (await ask('GET', '/api/me/notices')).body as readonly NoticeView[];

const read = async ({ ask }: Browser, ids: readonly string[]): Promise<readonly NoticeView[]> =>
  (await ask('POST', '/api/me/notices/read', { ids })).body as readonly NoticeView[];

const tellOf =
  ({ database }: TestApi, { session }: Browser) =>
  (at: number, browser: string): Promise<void> =>
    database.transaction((tx) =>
      tell(tx, { person: session.person.id, at, kind: 'phone.replaced', data: { browser } }),
    );

const fed = async ({ database }: TestApi): Promise<readonly string[]> =>
  (await readFeed(database, 0, 1000)).flatMap(({ what }) =>
    what.kind === 'domain' && what.name.startsWith('notice.') ? [what.name] : [],
  );

describe('notices', () => {
  it('stand until they are read, newest first, each person their own', async () => {
    const api = await openApi();
    const lilei = await api.signIn('Li Lei');
    const sunli = await api.signIn('Sun Li');
    const tellLilei = tellOf(api, lilei);
    for (const n of [1, 3, 2]) await tellLilei(n * 1000, `browser ${n}`);
    const all = await list(lilei);
    expect(all.map(({ data, read: isRead }) => [data['browser'], isRead])).toEqual([
      ['browser 3', false],
      ['browser 2', false],
      ['browser 1', false],
    ]);
    expect(await list(sunli)).toEqual([]);
    const [newest = '', second = ''] = all.map(({ id }) => id);
    expect(await read(sunli, [newest])).toEqual([]);
    const after = await read(lilei, [newest, second, newest]);
    expect(after.map(({ read: isRead }) => isRead)).toEqual([true, true, false]);
    await read(lilei, [newest]);
    expect(await fed(api)).toEqual([
      ...Array.from({ length: 3 }, () => 'notice.made'),
      'notice.read',
    ]);
  });

  it('are told once, however often the same is told', async () => {
    const api = await openApi();
    const lilei = await api.signIn('Li Lei');
    const tellLilei = tellOf(api, lilei);
    await tellLilei(1000, 'Firefox');
    await tellLilei(1000, 'Firefox');
    await tellLilei(1001, 'Firefox');
    expect(await list(lilei)).toHaveLength(2);
    expect(await fed(api)).toEqual(['notice.made', 'notice.made']);
  });

  it('show the last fifty, and take no more ids than that, nor what is no id', async () => {
    const api = await openApi();
    const lilei = await api.signIn('Li Lei');
    const tellLilei = tellOf(api, lilei);
    for (let n = 1; n <= 51; n += 1) await tellLilei(n, String(n));
    const all = await list(lilei);
    expect(all).toHaveLength(50);
    expect(all.at(-1)?.data['browser']).toBe('2');
    const ids = all.map(({ id }) => id);
    for (const bad of [[...ids, ids[0]], ['x'], [null], 'x']) {
      expect((await lilei.ask('POST', '/api/me/notices/read', { ids: bad })).status).toBe(400);
    }
    expect(await read(lilei, [])).toEqual(all);
  });
});
