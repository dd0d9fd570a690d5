import type { MeView, UseView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createSimulator } from '../adapters/simulator.ts';
import type { Simulator } from '../adapters/simulator.ts';
import { testNowMs } from '../testing/batches.ts';
import { countAll, decisionEvent, ingestDecisions } from '../testing/numbers-world.ts';
import { ownOrigin, useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';

// Holders who never had a phone, at a browser that they borrow and through those who help them.

const openApi = useTestApi();
const own = { host: '127.0.0.1:8090', origin: ownOrigin };

const cardOf = async ({ database }: TestApi, name: string): Promise<string> => {
  const [row] = await database.query<{ id: string }>(
    'select c.id from card c join person p on p.id = c.person where p.name_en = $1',
    [name],
  );
  if (row === undefined) throw new Error(`${name} has no card`);
  return row.id;
};

const meOf = async ({ ask }: Browser): Promise<MeView> =>
  (await ask('GET', '/api/me')).body as MeView;

const phonesOf = async ({ database }: TestApi, card: string): Promise<number> =>
  (await database.query('select id from credential where card = $1', [card])).length;

const code = (body: unknown): string =>
  (body as { error?: { code?: string } }).error?.code ?? 'none';

describe('a visitor with a tag, at a borrowed browser', () => {
  it('looks back, freezes, unfreezes and books, and no phone key comes of it', async () => {
    const api = await openApi();
    const card = await cardOf(api, 'He Ping');
    const at = api.clock.nowMs();
    const decision = { at, granted: true, reason: 'granted', door: 'east-gate-1', card };
    const [person] = await api.database.query<{ person: string }>(
      'select person from card where id = $1',
      [card],
    );
    const event = decisionEvent(1, { ...decision, reader: 'east-gate-1-pad' });
    const data = { ...(event.data as object), by: 'uid', person: person?.person };
    await ingestDecisions(api.database, [[{ ...event, data }]], 'gw-library');

    const browser = await api.signIn('He Ping');
    const uses = (await browser.ask('GET', '/api/me/history')).body as UseView[];
    expect(uses).toMatchObject([{ granted: true, door: { id: 'east-gate-1' }, counter: null }]);
    expect((await browser.ask('POST', '/api/me/freeze', {})).body).toMatchObject({
      card: { id: card, state: 'frozen' },
      credential: null,
    });
    const entries = await api.database.query('select what from revocation order by n');
    expect(entries).toEqual([{ what: { kind: 'card.frozen', card } }]);
    await browser.ask('POST', '/api/me/unfreeze', {});
    const { body: desk } = await browser.ask('GET', '/api/me/desk');
    const { days } = desk as { days: { slots: { at: string; free: number }[] }[] };
    const slot = days.flatMap(({ slots }) => slots).find(({ free }) => free > 0)?.at;
    const booked = await browser.ask('POST', '/api/me/desk/booking', { at: slot, why: 'broken' });
    expect(booked.body).toMatchObject({ booking: { at: slot, why: 'broken' } });
    expect((await meOf(browser)).card.state).toBe('active');
    expect(await phonesOf(api, card)).toBe(0);
  });

  it('is counted as somebody who uses the card', async () => {
    const api = await openApi({ startMs: testNowMs });
    const card = await cardOf(api, 'He Ping');
    const at = api.clock.nowMs();
    const decision = { at, granted: true, reason: 'granted', door: 'east-gate-1', card };
    const event = decisionEvent(1, { ...decision, reader: 'east-gate-1-pad' });
    await ingestDecisions(api.database, [[event]], 'gw-library');
    await countAll(api.database);
    const admin = await api.signIn('Liu Yang');
    const { body } = await admin.ask('GET', '/api/console/numbers');
    const { all } = body as { all: { active7: number; enrolled: number } };
    expect([all.active7, all.enrolled]).toEqual([1, 0]);
  });
});

describe('a pupil with a wristband', () => {
  it.each([
    ['the guardian', 'Li Na'],
    ['a guard', 'Wang Fang'],
    ['the desk', 'Lin Xiao'],
  ])('is frozen by %s; the guardian hears of it, and the desk lifts it', async (_, who) => {
    const api = await openApi();
    const card = await cardOf(api, 'Li Xiaoming');
    const helper = await api.signIn(who);
    const reason = 'the wristband is gone';
    expect((await helper.ask('POST', `/api/console/cards/${card}/freeze`, { reason })).status).toBe(
      200,
    );
    const told = await api.database.query<{ name_en: string }>(
      `select p.name_en from notice n join person p on p.id = n.person
       where n.kind = 'card.frozen' order by p.name_en`,
    );
    expect(told.map(({ name_en: name }) => name)).toContain('Li Na');
    const desk = await api.signIn('Lin Xiao');
    const lifted = await desk.ask('POST', `/api/console/cards/${card}/unfreeze`, {});
    expect(lifted.body).toMatchObject({ state: 'active' });
    expect(await phonesOf(api, card)).toBe(0);
  });

  it('comes to the desk: the new chip lives, the wristband stays', async () => {
    const api = await openApi();
    const card = await cardOf(api, 'Li Xiaoming');
    const clerk = await api.signIn('Lin Xiao');
    const uid = '04A1B2C3D4E580';
    const order = { card, uid, tookMs: 9_000 };
    expect((await clerk.ask('POST', '/api/console/desk/replace', order)).status).toBe(200);
    const live = await api.database.query(
      'select uid, kind from uid where card = $1 and ended_at is null order by kind',
      [card],
    );
    expect(live).toEqual([
      { uid, kind: 'card' },
      { uid: '042F5A8A4C5E80', kind: 'wristband' },
    ]);
    expect(await phonesOf(api, card)).toBe(0);
  });

  it('has the card found: frozen, and the guardian knows where it lies', async () => {
    const api = await openApi();
    const card = await cardOf(api, 'Li Xiaoming');
    const [row] = await api.database.query<{ number: string }>(
      'select number from card where id = $1',
      [card],
    );
    const guard = await api.signIn('Wang Fang');
    const place = 'canteen';
    await guard.ask('POST', '/api/console/found', { card: row?.number, place });
    const told = await api.database.query(
      `select n.data ->> 'place' as place from notice n join person p on p.id = n.person
       where p.name_en = 'Li Na' and n.kind = 'card.found'`,
    );
    expect(told).toEqual([{ place }]);
  });
});

describe('a code on paper', () => {
  it('freezes for who has neither phone nor login', async () => {
    const api = await openApi();
    const card = await cardOf(api, 'Li Xiaoming');
    const desk = await api.signIn('Lin Xiao');
    const made = await desk.ask('POST', `/api/console/cards/${card}/freeze-code`, {});
    const payload = { code: (made.body as { code: string }).code };
    const sent = await api.send({ method: 'POST', url: '/api/freeze', headers: own, payload });
    expect(sent.status).toBe(200);
    const rows = await api.database.query('select state from card where id = $1', [card]);
    expect(rows).toEqual([{ state: 'frozen' }]);
  });
});

describe('the demo’s hands', () => {
  const recording = (): Simulator & { readonly held: unknown[] } => {
    const held: unknown[] = [];
    return {
      ...createSimulator('127.0.0.1:1'),
      held,
      present: (device, what) => {
        held.push([device, what]);
        return Promise.resolve({ lamp: 'green', text: '请通行' });
      },
    };
  };
  type Thing = { readonly uid: string | null; readonly kind: string; readonly digits: string };
  const thingsOf = async ({ ask }: Browser): Promise<readonly Thing[]> =>
    (await ask('GET', '/api/demo/things')).body as Thing[];

  it('hold what one carries, and one’s children; the browser hears no whole UID', async () => {
    const simulator = recording();
    const api = await openApi({ simulator });
    const guardian = await api.signIn('Li Na');
    const things = await thingsOf(guardian);
    expect(things).toMatchObject([
      { kind: 'wristband', digits: '5E80', holder: { en: 'Li Xiaoming' } },
      { kind: 'wristband', digits: '7F81', holder: { en: 'Li Xiaoyu' } },
    ]);
    expect(JSON.stringify(things)).not.toContain('042F5A8A4C5E80');
    const what = { uid: things[0]?.uid };
    const shown = await guardian.ask('POST', '/api/demo/hold', { device: 'east-gate-1-pad', what });
    expect(shown.body).toMatchObject({ lamp: 'green', reads: 'cards', door: 'east-gate-1' });
    const keys = { keys: '240007246813#' };
    await guardian.ask('POST', '/api/demo/hold', { device: 'east-gate-1-pad', what: keys });
    expect(simulator.held).toEqual([
      ['east-gate-1-pad', { uid: '042F5A8A4C5E80' }],
      ['east-gate-1-pad', { text: '240007246813#' }],
    ]);
  });

  it('hold nothing of anybody else', async () => {
    const simulator = recording();
    const api = await openApi({ simulator });
    const [thing] = await thingsOf(await api.signIn('Li Na'));
    const other = await api.signIn('Li Lei');
    const body = { device: 'east-gate-1-pad', what: { uid: thing?.uid } };
    const refused = await other.ask('POST', '/api/demo/hold', body);
    expect([refused.status, code(refused.body)]).toEqual([404, 'CL_NOT_FOUND']);
    expect(simulator.held).toEqual([]);
    expect((await thingsOf(other)).map(({ digits }) => digits)).toEqual(['19C2', '240007']);
  });

  it('are not there without a simulator', async () => {
    const api = await openApi();
    const { ask } = await api.signIn('Li Na');
    expect(code((await ask('GET', '/api/demo/things')).body)).toBe('CL_DEMO_OFF');
  });
});
