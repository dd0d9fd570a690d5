import type { CardHitView, CardPageView, FoundView, FreezeCodeView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { ownOrigin, useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const own = { host: '127.0.0.1:8090', origin: ownOrigin };
const numbers = { lilei: '2024000007', hanmei: '2024000008' } as const;

const cardNamed = async ({ database }: TestApi, name: string): Promise<string> => {
  const [row] = await database.query<{ id: string }>(
    `select c.id from card c join person p on p.id = c.person where p.name_en = $1
     order by c.number limit 1`,
    [name],
  );
  if (row === undefined) throw new Error(`${name} has no card`);
  return row.id;
};

const stateOf = async ({ database }: TestApi, card: string): Promise<string | undefined> =>
  (await database.query<{ state: string }>('select state from card where id = $1', [card]))[0]
    ?.state;

const toldTo = async ({ database }: TestApi, name: string): Promise<readonly string[]> =>
  (
    await database.query<{ kind: string; data: { by?: { en: string }; place?: string } }>(
      `select n.kind, n.data from notice n join person p on p.id = n.person
       where p.name_en = $1 order by n.at, n.kind`,
      [name],
    )
  ).map(({ kind, data }) => [kind, data.by?.en ?? data.place ?? ''].join(' ').trim());

const find = async ({ ask }: Browser, q: string): Promise<readonly CardHitView[]> =>
  (await ask('GET', `/api/console/cards?q=${encodeURIComponent(q)}`)).body as CardHitView[];

const page = async ({ ask }: Browser, card: string): Promise<CardPageView> =>
  (await ask('GET', `/api/console/cards/${card}`)).body as CardPageView;

const freeze = ({ ask }: Browser, card: string, reason = 'says that it is gone') =>
  ask('POST', `/api/console/cards/${card}/freeze`, { reason });

describe('looking somebody up', () => {
  it('goes by number, name, pinyin, initials and UID', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    await api.database.query(
      `insert into uid (id, uid, card, kind, since)
       values ('01990000-0000-7000-8000-0000000000aa', '04A1B2C3D4E5F6', $1, 'card', $2)`,
      [card, new Date(api.clock.nowMs())],
    );
    const guard = await api.signIn('Wang Fang');
    for (const q of [
      numbers.lilei,
      '202400000',
      '李雷',
      'li lei',
      'LILEI',
      'ilei',
      'll',
      ' 李 雷 ',
    ]) {
      expect(
        (await find(guard, q)).map((hit) => hit.card),
        q,
      ).toContain(card);
    }
    expect((await find(guard, '04a1b2c3d4e5f6')).map((hit) => hit.card)).toEqual([card]);
    expect((await find(guard, numbers.lilei)).map((hit) => hit.number)).toEqual([numbers.lilei]);
  });

  it('takes what was typed as text, whatever it is', async () => {
    const api = await openApi();
    const guard = await api.signIn('Wang Fang');
    for (const q of ["' or 1=1 --", '%', '_', '\\', "2024000007'; drop table card", '\0', '💳']) {
      expect(await find(guard, q), q).toEqual([]);
    }
    expect((await find(guard, '')).length).toBeLessThanOrEqual(20);
    expect((await guard.ask('GET', `/api/console/cards?q=${'x'.repeat(61)}`)).status).toBe(400);
  });

  it('shows a warden the own dormitory and a guardian the own children', async () => {
    const api = await openApi();
    const warden = await api.signIn('Zhang Min');
    expect((await find(warden, 'li lei')).length).toBe(1);
    expect(await find(warden, 'han meimei')).toEqual([]);
    const guardian = await api.signIn('Li Na');
    const children = (await find(guardian, '')).map(({ person }) => person.name.en).toSorted();
    expect(children).toEqual(['Li Xiaoming', 'Li Xiaoyu']);
    expect(await find(guardian, 'li lei')).toEqual([]);
    const other = await cardNamed(api, 'Han Meimei');
    for (const browser of [warden, guardian]) {
      for (const path of ['', '/photo', '/stream']) {
        const answer = await browser.ask('GET', `/api/console/cards/${other}${path}`);
        expect(answer.status, path).toBe(404);
      }
      expect((await freeze(browser, other)).status).toBe(404);
    }
    expect(await stateOf(api, other)).toBe('active');
  });
});

describe('freezing somebody else’s card', () => {
  it.each([
    ['a guard', 'Wang Fang', 'Li Lei', 'by a guard'],
    ['a warden', 'Zhang Min', 'Li Lei', 'by the warden'],
    ['a guardian', 'Li Na', 'Li Xiaoming', 'by a guardian'],
    ['a clerk', 'Lin Xiao', 'Li Lei', 'by the card desk'],
  ])('%s does, and the holder is told by whom', async (_, who, whose, by) => {
    const api = await openApi();
    const card = await cardNamed(api, whose);
    const browser = await api.signIn(who);
    const answer = await freeze(browser, card);
    expect(answer).toMatchObject({
      status: 200,
      body: { state: 'frozen', freeze: { reason: 'says that it is gone' } },
    });
    expect((await freeze(browser, card)).status).toBe(200);
    expect(await toldTo(api, whose)).toEqual([`card.frozen ${by}`]);
    const entries = await api.database.query('select what from revocation order by n');
    expect(entries).toEqual([{ what: { kind: 'card.frozen', card } }]);
    const audited = (await readAudit(api.database, 1, 50)).filter(
      ({ subject }) => subject === card,
    );
    expect(audited).toMatchObject([{ action: 'card.freeze', actor: browser.session.person.id }]);
    const { history } = await page(browser, card);
    expect(history).toMatchObject([
      { action: 'card.freeze', actor: browser.session.person.name, text: 'says that it is gone' },
    ]);
  });

  it('tells the guardians of a child too', async () => {
    const api = await openApi();
    await freeze(await api.signIn('Wang Fang'), await cardNamed(api, 'Li Xiaoyu'));
    expect(await toldTo(api, 'Li Na')).toEqual(['card.frozen by a guard']);
  });

  it('is lifted by the holder or the desk, and by nobody else', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    for (const name of ['Wang Fang', 'Zhang Min', 'Li Na', 'Chen Jing', 'Han Meimei']) {
      await freeze(await api.signIn('Wang Fang'), card);
      const browser = await api.signIn(name);
      const answer = await browser.ask('POST', `/api/console/cards/${card}/unfreeze`, {});
      expect([answer.status, await stateOf(api, card)], name).toEqual([403, 'frozen']);
    }
    const clerk = await api.signIn('Lin Xiao');
    expect((await clerk.ask('POST', `/api/console/cards/${card}/unfreeze`, {})).status).toBe(200);
    expect(await stateOf(api, card)).toBe('active');
    await freeze(clerk, card);
    const holder = await api.signIn('Li Lei');
    expect((await holder.ask('POST', '/api/me/unfreeze', {})).status).toBe(200);
    expect(await stateOf(api, card)).toBe('active');
    expect(await toldTo(api, 'Li Lei')).toContain('card.unfrozen by the card desk');
  });

  it('wants a word, and a card that has not ended', async () => {
    const api = await openApi();
    const guard = await api.signIn('Wang Fang');
    const card = await cardNamed(api, 'Li Lei');
    expect((await freeze(guard, card, '')).status).toBe(400);
    expect((await freeze(guard, card, 'x'.repeat(201))).status).toBe(400);
    await api.database.query(`update card set state = 'ended' where id = $1`, [card]);
    expect(await freeze(guard, card)).toMatchObject({
      status: 409,
      body: { error: { code: 'CL_CARD_ENDED' } },
    });
  });
});

describe('the page of a card', () => {
  it('says which gateways have the newest of it, and of the others why not', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    const guard = await api.signIn('Wang Fang');
    await freeze(guard, card);
    const put = (gateway: string, online: boolean, n: number) =>
      api.database.query(
        `insert into gateway_status (gateway, session, online, version, beat, last_beat_at,
           clock_quality, held, waiting, journal_fill, report_n, doors, devices, conditions)
         select $1, '0011223344556677', $2, '1', 1, $3, 'trusted', jsonb_build_object(
           'revocationEpoch', d.policy_epoch, 'revocation', $4::int4, 'policyEpoch', 0,
           'policyVersion', 0), 0, 0, 1, '[]', '[]', '[]' from deployment d`,
        [gateway, online, new Date(api.clock.nowMs()), n],
      );
    await put('gw-library', true, 1);
    await put('gw-lab', false, 0);
    const { spread } = await page(guard, card);
    expect([spread.have, spread.of]).toEqual([1, 3]);
    expect(spread.gateways.map(({ id, state, since }) => [id, state, since !== null])).toEqual([
      ['gw-lab', 'silent', true],
      ['gw-library', 'has', false],
      ['gw-north', 'never', false],
    ]);
    await api.database.query(`update gateway_status set online = true where gateway = 'gw-lab'`);
    expect((await page(guard, card)).spread.gateways[0]).toMatchObject({ state: 'behind' });
  });
});

const openPost = (api: TestApi, url: string, payload: object, ip = '10.0.0.1') =>
  api.send({ method: 'POST', url, headers: own, payload, remoteAddress: ip });

describe('a code on paper', () => {
  const makeCode = async (browser: Browser): Promise<string> =>
    ((await browser.ask('POST', '/api/me/freeze-code', {})).body as FreezeCodeView).code;

  it('freezes once, from any browser, and tells nobody whose card it was', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    const holder = await api.signIn('Li Lei');
    const code = await makeCode(holder);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o')}`;
    const answer = await openPost(api, '/api/freeze', { code: typed });
    expect([answer.status, Object.keys(answer.body as object)]).toEqual([200, ['at']]);
    expect(await stateOf(api, card)).toBe('frozen');
    expect(await toldTo(api, 'Li Lei')).toEqual(['card.frozen with the code on paper']);
    const again = await openPost(api, '/api/freeze', { code });
    expect(again).toMatchObject({ status: 404, body: { error: { code: 'CL_CODE_UNKNOWN' } } });
    expect((await holder.ask('POST', '/api/me/unfreeze', {})).status).toBe(200);
  });

  it('never unfreezes: used on a frozen card it only ends', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    const holder = await api.signIn('Li Lei');
    const code = await makeCode(holder);
    await holder.ask('POST', '/api/me/freeze', {});
    expect((await openPost(api, '/api/freeze', { code })).status).toBe(200);
    expect(await stateOf(api, card)).toBe('frozen');
  });

  it('is one per card, and stands nowhere as it is written', async () => {
    const api = await openApi();
    const holder = await api.signIn('Li Lei');
    const first = await makeCode(holder);
    await makeCode(holder);
    expect((await openPost(api, '/api/freeze', { code: first })).status).toBe(404);
    const kept = JSON.stringify(await api.database.query('select * from freeze_code'));
    expect(kept).not.toContain(first.replace('-', ''));
    const audit = JSON.stringify(await readAudit(api.database, 1, 50));
    expect(audit).not.toContain(first.replace('-', ''));
  });

  it('used by two at once freezes once', async () => {
    const api = await openApi();
    const code = await makeCode(await api.signIn('Li Lei'));
    const both = await Promise.all([
      openPost(api, '/api/freeze', { code }, '10.0.0.2'),
      openPost(api, '/api/freeze', { code }, '10.0.0.3'),
    ]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
  });

  it('is guessed by nobody: six tries a minute from one address', async () => {
    const api = await openApi();
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      const code = `AAAAA-AAAA${i}`;
      // A cookie of one's own choice buys no further tries.
      const headers = { ...own, cookie: `gatehouse_session=${i}` };
      const answer = await api.send({
        ...{ method: 'POST', url: '/api/freeze', headers, payload: { code } },
        remoteAddress: '10.9.9.9',
      });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 429, 429]);
  });
});

describe('a found card', () => {
  const place = '图书馆服务台';

  it('is frozen, its holder told where it lies, and unfrozen when collected', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    const guard = await api.signIn('Wang Fang');
    const taken = await guard.ask('POST', '/api/console/found', { card: numbers.lilei, place });
    expect(taken).toMatchObject({ status: 200, body: { state: 'frozen', found: { place } } });
    expect(await toldTo(api, 'Li Lei')).toEqual([`card.found ${place}`]);
    const list = (await guard.ask('GET', '/api/console/found')).body as FoundView[];
    expect(list).toMatchObject([{ place, source: 'console', hit: { card } }]);
    const url = `/api/console/found/${list[0]?.id}/collect`;
    expect(await guard.ask('POST', url, {})).toMatchObject({ body: { unfrozen: true } });
    expect(await stateOf(api, card)).toBe('active');
    expect((await guard.ask('POST', url, {})).status).toBe(404);
    expect((await guard.ask('GET', '/api/console/found')).body).toEqual([]);
  });

  it('stays frozen where a warden froze it', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    await freeze(await api.signIn('Zhang Min'), card);
    const guard = await api.signIn('Wang Fang');
    const { found } = (
      await guard.ask('POST', '/api/console/found', { card: numbers.lilei, place })
    ).body as CardPageView;
    const collected = await guard.ask('POST', `/api/console/found/${found?.id}/collect`, {});
    expect([collected.body, await stateOf(api, card)]).toEqual([{ unfrozen: false }, 'frozen']);
  });

  it('can be told of without a session: nothing is frozen, nothing is answered', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    const tell = (number: string, ip: string) =>
      openPost(api, '/api/found', { card: number, place }, ip);
    const answers = [
      await tell(numbers.lilei, '10.1.0.1'),
      await tell('2099999999', '10.1.0.2'),
      await tell("' or 1=1 --", '10.1.0.3'),
      await tell(numbers.lilei, '10.1.0.4'),
    ];
    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [204, '']));
    expect(await stateOf(api, card)).toBe('active');
    // Said twice within the hour, told once.
    expect(await toldTo(api, 'Li Lei')).toEqual([`card.reported_found ${place}`]);
    const guard = await api.signIn('Wang Fang');
    expect((await guard.ask('GET', '/api/console/found')).body).toMatchObject([
      { source: 'page', by: null, hit: { state: 'active' } },
    ]);
  });
});

const pngBytes = (length: number): Buffer => {
  const start = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
  ];
  const sides = [0, 0, 1, 0xe0, 0, 0, 2, 0x80];
  return Buffer.concat([Buffer.from([...start, ...sides]), Buffer.alloc(length - 24)]);
};

describe('a photo', () => {
  const send = (
    api: TestApi,
    { cookie }: Browser,
    card: string,
    payload: Buffer,
    type = 'image/png',
  ) =>
    api.send({
      method: 'POST',
      url: `/api/console/cards/${card}/photo`,
      headers: { ...own, cookie, 'content-type': type },
      payload,
    });

  it('is drawn until there is one, and then shown as it was taken', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    const clerk = await api.signIn('Lin Xiao');
    const url = `/api/console/cards/${card}/photo`;
    const drawn = await api.send({ url, headers: { ...own, cookie: clerk.cookie } });
    expect(drawn.headers['content-type']).toBe('image/svg+xml');
    expect(drawn.headers['content-security-policy']).toContain("default-src 'none'");
    expect(String(drawn.body)).not.toMatch(/script|href|foreignObject|on\w+=/);
    expect((await send(api, clerk, card, pngBytes(1_000))).status).toBe(204);
    const stored = await api.send({ url, headers: { ...own, cookie: clerk.cookie } });
    expect(stored.headers['content-type']).toBe('image/png');
    expect((await page(clerk, card)).photo).toBe('own');
  });

  it.each([
    ['10 MB', pngBytes(10 * 1024 * 1024), 'image/png'],
    ['one byte too much', pngBytes(200 * 1024 + 1), 'image/png'],
    ['a page that says it is a picture', Buffer.from('<html><script>1</script>'), 'image/png'],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    ['nothing', Buffer.alloc(0), 'image/png'],
  ])('of %s is refused', async (_, payload, type) => {
    const api = await openApi();
    const clerk = await api.signIn('Lin Xiao');
    const card = await cardNamed(api, 'Li Lei');
    const { status } = await send(api, clerk, card, payload, type);
    expect(status).toBe(400);
    expect(await api.database.query('select person from person_photo')).toEqual([]);
  });

  it('is put by the desk alone', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Li Lei');
    for (const name of ['Li Lei', 'Wang Fang', 'Zhang Min', 'Li Na']) {
      const { status } = await send(api, await api.signIn(name), card, pngBytes(500));
      expect(status, name).toBe(403);
    }
  });
});
