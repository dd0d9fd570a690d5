import type { DeskView, MyDeskView, ReplacementView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { replaceCard } from '../cards/replace-card.ts';
import { withFault } from '../testing/faults.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';

const open = useTestApi();
/** Ten in the morning of the campus: the desk has slots left, whenever a test runs. */
const morningMs =
  Math.floor((Date.now() + 8 * 3_600_000) / 86_400_000) * 86_400_000 + 2 * 3_600_000;
const openApi = () => open({ startMs: morningMs });

const blank = '04A1B2C3D4E5F6';
const otherBlank = '04FFEEDDCCBBAA';

const cardNamed = async ({ database }: TestApi, name: string): Promise<string> => {
  const [row] = await database.query<{ id: string }>(
    `select c.id from card c join person p on p.id = c.person where p.name_en = $1
     order by c.number limit 1`,
    [name],
  );
  if (row === undefined) throw new Error(`${name} has no card`);
  return row.id;
};

const liveUids = async ({ database }: TestApi, card: string): Promise<readonly string[]> =>
  (
    await database.query<{ uid: string }>(
      'select uid from uid where card = $1 and ended_at is null order by uid collate "C"',
      [card],
    )
  ).map(({ uid }) => uid);

const giveUid = async (api: TestApi, card: string, uid: string, kind = 'card'): Promise<void> => {
  const id = `01990000-0000-7000-8000-${uid.slice(0, 12).padEnd(12, '0').toLowerCase()}`;
  await api.database.query(
    'insert into uid (id, uid, card, kind, since) values ($1, $2, $3, $4, $5)',
    [id, uid, card, kind, new Date(api.clock.nowMs())],
  );
};

/** As if the campus were new: no chips but those of the test. */
const withoutChips = async (api: TestApi): Promise<void> => {
  await api.database.query('delete from uid');
};

const replace = ({ ask }: Browser, card: string, uid = blank) =>
  ask('POST', '/api/console/desk/replace', { card, uid, tookMs: 9_000 });

const given = (answer: { readonly body: unknown }): ReplacementView =>
  answer.body as ReplacementView;

const myDesk = async ({ ask }: Browser): Promise<MyDeskView> =>
  (await ask('GET', '/api/me/desk')).body as MyDeskView;

const freeSlot = async (browser: Browser, places = 2): Promise<string> => {
  const { days } = await myDesk(browser);
  const slot = days.flatMap(({ slots }) => slots).find(({ free }) => free === places);
  if (slot === undefined) throw new Error('the desk is full');
  return slot.at;
};

const book = ({ ask }: Browser, at: string, why = 'lost') =>
  ask('POST', '/api/me/desk/booking', { at, why });

const queueOf = async ({ ask }: Browser): Promise<DeskView> =>
  (await ask('GET', '/api/console/desk')).body as DeskView;

describe('booking a time', () => {
  it('makes one, moves it, and gives it back', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const first = await freeSlot(student);
    expect((await book(student, first)).body).toMatchObject({
      booking: { at: first, why: 'lost' },
    });
    const second = await freeSlot(student);
    expect(second).not.toBe(first);
    const moved = (await book(student, second, 'broken')).body as MyDeskView;
    expect(moved.booking).toMatchObject({ at: second, why: 'broken' });
    const places = new Map(
      moved.days.flatMap(({ slots }) => slots.map(({ at, free }) => [at, free] as const)),
    );
    expect([places.get(first), places.get(second)]).toEqual([2, 1]);
    // The same time once more is no second place.
    expect((await book(student, second)).status).toBe(200);
    const gone = await student.ask('DELETE', '/api/me/desk/booking');
    expect(gone).toMatchObject({ status: 200, body: { booking: null } });
    expect((await student.ask('DELETE', '/api/me/desk/booking')).status).toBe(200);
  });

  it('gives three who race two places', async () => {
    const api = await openApi();
    const names = ['Li Lei', 'Chen Jing', 'Zhang Wei'];
    const browsers = await Promise.all(names.map((name) => api.signIn(name)));
    const [one] = browsers;
    if (one === undefined) throw new Error('nobody');
    const at = await freeSlot(one);
    const statuses = (await Promise.all(browsers.map((browser) => book(browser, at)))).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 409]);
  });

  it.each([
    ['in the past', '2020-01-01T10:00:00Z', 409],
    ['between two slots', new Date(morningMs + 63 * 60_000).toISOString(), 409],
    ['no time', 'soon', 400],
    ['a number', '0', 400],
  ])('%s is refused', async (_, at, status) => {
    const api = await openApi();
    expect((await book(await api.signIn('Li Lei'), at)).status).toBe(status);
  });
});

describe('a replacement', () => {
  it('ends the old chip, starts the new one, lifts the freeze and leaves the phone', async () => {
    const api = await openApi();
    await withoutChips(api);
    const card = await cardNamed(api, 'Han Meimei');
    await giveUid(api, card, '0411223344');
    await giveUid(api, card, '0455667788', 'wristband');
    await api.database.query(
      `insert into credential (id, card, alg, key, enrolled_at)
       values ('00000000000000aa', $1, 'ES256', '\\x04', $2)`,
      [card, new Date(api.clock.nowMs())],
    );
    const holder = await api.signIn('Han Meimei');
    await holder.ask('POST', '/api/me/freeze', {});
    const clerk = await api.signIn('Lin Xiao');
    const before = await queueOf(clerk);
    expect(before.queue.find(({ hit }) => hit.card === card)?.state).toBe('waiting');
    const answer = await replace(clerk, card);
    expect(answer).toMatchObject({
      status: 200,
      body: { oldTails: ['3344'], newTail: 'E5F6', unfrozen: true, undone: false },
    });
    expect(given(answer).receipt).toMatch(/^\d{8}-001$/);
    expect(await liveUids(api, card)).toEqual(['0455667788', blank]);
    const [row] = await api.database.query(
      `select c.state, k.revoked_at from card c join credential k on k.card = c.id
       where c.id = $1`,
      [card],
    );
    expect(row).toEqual({ state: 'active', revoked_at: null });
    const entries = await api.database.query<{ what: object }>(
      'select what from revocation order by n',
    );
    expect(entries.map(({ what }) => what)).toEqual([
      { kind: 'card.frozen', card },
      { kind: 'card.unfrozen', card },
      { kind: 'uid.revoked', uid: '0411223344', card },
    ]);
    const after = await queueOf(clerk);
    expect(after.queue.find(({ hit }) => hit.card === card)?.state).toBe('done');
    expect(after.numbers).toMatchObject({ done: 1, walkIns: 0, medianMs: 9_000 });
  });

  it('serves whoever walks in without a booking', async () => {
    const api = await openApi();
    const clerk = await api.signIn('Lin Xiao');
    expect((await replace(clerk, await cardNamed(api, 'Li Xiaoming'))).status).toBe(200);
    expect((await queueOf(clerk)).numbers).toMatchObject({ done: 1, walkIns: 1 });
  });

  it('is undone within a minute, and everything is as it was', async () => {
    const api = await openApi();
    await withoutChips(api);
    const card = await cardNamed(api, 'Han Meimei');
    await giveUid(api, card, '0411223344');
    await (await api.signIn('Han Meimei')).ask('POST', '/api/me/freeze', {});
    const clerk = await api.signIn('Lin Xiao');
    const { id } = given(await replace(clerk, card));
    const undo = () => clerk.ask('POST', `/api/console/desk/replacements/${id}/undo`, {});
    expect(await undo()).toMatchObject({ status: 200, body: { undone: true } });
    expect(await liveUids(api, card)).toEqual(['0411223344']);
    const [row] = await api.database.query('select state from card where id = $1', [card]);
    expect(row).toEqual({ state: 'frozen' });
    const { queue, numbers } = await queueOf(clerk);
    expect(queue.find(({ hit }) => hit.card === card)?.state).toBe('waiting');
    expect(numbers).toMatchObject({ done: 0, undone: 1 });
    const last = await api.database.query<{ what: object }>(
      'select what from revocation order by n desc limit 3',
    );
    expect(last.map(({ what }) => what)).toEqual([
      { kind: 'uid.restored', uid: '0411223344', card },
      { kind: 'uid.revoked', uid: blank, card },
      { kind: 'card.frozen', card },
    ]);
    expect((await undo()).status).toBe(409);
    // The blank card is blank again, for anybody.
    expect((await replace(clerk, await cardNamed(api, 'Sun Li'))).status).toBe(200);
  });

  it('is not undone after a minute, nor after the next one', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Han Meimei');
    const clerk = await api.signIn('Lin Xiao');
    const first = given(await replace(clerk, card));
    const second = given(await replace(clerk, card, otherBlank));
    const undo = async (id: string) =>
      (await clerk.ask('POST', `/api/console/desk/replacements/${id}/undo`, {})).status;
    expect(await undo(first.id)).toBe(409);
    api.clock.skip(60_001);
    expect(await undo(second.id)).toBe(409);
    expect(await liveUids(api, card)).toEqual([otherBlank]);
  });

  it('of a card that is somebody’s is refused, and says whose it is', async () => {
    const api = await openApi();
    const clerk = await api.signIn('Lin Xiao');
    const [mine, other] = [await cardNamed(api, 'Han Meimei'), await cardNamed(api, 'Sun Li')];
    await replace(clerk, other);
    const before = await liveUids(api, mine);
    expect(await replace(clerk, mine)).toMatchObject({
      status: 409,
      body: { error: { code: 'CL_UID_TAKEN' } },
    });
    expect(await liveUids(api, mine)).toEqual(before);
    const asked = await clerk.ask('GET', `/api/console/desk/uid/${blank}`);
    expect(asked.body).toMatchObject({ holder: { card: other } });
    expect((await clerk.ask('GET', `/api/console/desk/uid/${otherBlank}`)).body).toEqual({
      holder: null,
    });
    // The own card laid there again is no new one.
    expect((await replace(clerk, other)).status).toBe(409);
    expect(await liveUids(api, other)).toEqual([blank]);
  });

  it('of one blank card by two clerks for two people: exactly one wins', async () => {
    const api = await openApi();
    await withoutChips(api);
    const cards = [
      await cardNamed(api, 'Han Meimei'),
      await cardNamed(api, 'Sun Li'),
      await cardNamed(api, 'Zhou Jie'),
    ];
    const clerks = [
      await api.signIn('Lin Xiao'),
      await api.signIn('Liu Yang'),
      await api.signIn('Lin Xiao'),
    ];
    const statuses = await Promise.all(
      clerks.map(async (clerk, i) => (await replace(clerk, cards[i] ?? '')).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    const held = await Promise.all(cards.map((card) => liveUids(api, card)));
    expect(held.flat()).toEqual([blank]);
  });

  it.each([
    ['words', 'not hex at all'],
    ['lower case', blank.toLowerCase()],
    ['half a byte', blank.slice(1)],
    ['zeros', '00000000'],
    ['a random UID', '08A1B2C3'],
    ['a part of a longer one', '88A1B2C3'],
    ['SQL', "04A1' or '1'='1"],
    ['nothing', ''],
  ])('by a reader that gives %s is refused', async (_, uid) => {
    const api = await openApi();
    const card = await cardNamed(api, 'Han Meimei');
    expect((await replace(await api.signIn('Lin Xiao'), card, uid)).status).toBe(400);
    expect(await api.database.query('select id from card_replacement')).toEqual([]);
  });

  it('with the database gone at any moment has happened whole or not at all', async () => {
    const api = await openApi();
    await withoutChips(api);
    const card = await cardNamed(api, 'Han Meimei');
    await giveUid(api, card, '0411223344');
    await (await api.signIn('Han Meimei')).ask('POST', '/api/me/freeze', {});
    const { session } = await api.signIn('Lin Xiao');
    const clerk = { ...session, doors: new Set<string>(), tokenSha256: '' };
    const order = { card, uid: blank, tookMs: 1 };
    const picture = async () => ({
      uids: await liveUids(api, card),
      rest: await api.database.query(
        `select c.state, (select count(*)::int4 from card_replacement) as given,
           (select count(*)::int4 from revocation) as revocations,
           (select count(*)::int4 from audit) as audited,
           (select count(*)::int4 from notice) as told, (select max(pos) from feed) as feed,
           (select state from desk_booking b where b.card = c.id) as booking
         from card c where c.id = $1`,
        [card],
      ),
    });
    const before = await picture();
    const gone = () => Promise.reject(new Error('the connection was cut'));
    let at = 1;
    for (; at < 100; at += 1) {
      const faulty = withFault(api.database, { at, fault: gone });
      const tried = replaceCard({ ...api.parts, database: faulty.database }, clerk, order);
      if (await tried.then(Boolean, () => false)) break;
      expect(await picture(), `before statement ${at}`).toEqual(before);
    }
    expect(at).toBeGreaterThan(15);
    expect(await liveUids(api, card)).toEqual([blank]);
  });

  it('is made by the desk alone', async () => {
    const api = await openApi();
    const card = await cardNamed(api, 'Han Meimei');
    for (const name of ['Han Meimei', 'Wang Fang', 'Zhang Min', 'Li Na', 'Zhao Qiang']) {
      expect((await replace(await api.signIn(name), card)).status, name).toBe(403);
    }
  });
});
