import type { EnrolChallengeView, EnrolledView, MeView, UseView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createTestPhone, useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const code = (body: unknown): string =>
  (body as { error?: { code?: string } }).error?.code ?? 'none';

const meOf = async ({ ask }: Browser, card = ''): Promise<MeView> =>
  (await ask('GET', `/api/me${card && `?card=${card}`}`)).body as MeView;

/** Zhang Wei teaches, and studies for a doctorate. */
const twoCards = async (api: TestApi) => {
  const browser = await api.signIn('Zhang Wei');
  const first = await meOf(browser);
  const [, other] = first.cards;
  if (other === undefined) throw new Error('one card only');
  return { browser, first, teacher: first.card.id, student: other.id };
};

const enrol = async ({ ask }: Browser, card: string): Promise<EnrolledView> => {
  const query = `?card=${card}`;
  const { nonce } = (await ask('POST', `/api/me/enrol/challenge${query}`, {}))
    .body as EnrolChallengeView;
  const proof = createTestPhone('ES256').proof({ nonce });
  const { status, body } = await ask('POST', `/api/me/enrol${query}`, { proof });
  expect(status).toBe(200);
  return body as EnrolledView;
};

describe('a person with two affiliations', () => {
  it('has a card of each, and is on each of them what it says', async () => {
    const api = await openApi();
    const { browser, first, teacher, student } = await twoCards(api);
    expect(first.cards.map(({ id, kind, number, state }) => [id, kind, number, state])).toEqual([
      [teacher, 'teacher', 'T000006', 'active'],
      [student, 'student', '2025000006', 'active'],
    ]);
    expect(first.person).toMatchObject({
      affiliation: 'teacher',
      unit: { en: 'Computer Science' },
    });
    const second = await meOf(browser, student);
    expect(second.person.affiliation).toBe('student');
    expect(second.person.id).toBe(first.person.id);
    expect(second.card).toMatchObject({ id: student, number: '2025000006' });
    // Each card has the doors of its own groups.
    const doors = (me: MeView) => me.doors.map(({ id }) => id);
    expect(doors(first)).toContain('lab-4-401');
    expect(doors(second)).not.toContain('lab-4-401');
    expect(doors(second)).toContain('north-1-a');
    expect(doors(first)).not.toContain('north-1-a');
    // Left out, it is the one that comes first: as before there were several.
    expect(await meOf(browser, teacher)).toEqual(first);
  });

  it('has a key of each card; the one stays when the other changes or freezes', async () => {
    const api = await openApi();
    const { browser, teacher, student } = await twoCards(api);
    const [a, b] = [await enrol(browser, teacher), await enrol(browser, student)];
    expect(a.credential).not.toBe(b.credential);
    const again = await enrol(browser, student);
    expect((await meOf(browser, teacher)).credential?.id).toBe(a.credential);
    expect((await meOf(browser, student)).credential?.id).toBe(again.credential);
    const { body } = await browser.ask('POST', `/api/me/freeze?card=${student}`, {});
    expect((body as MeView).card).toMatchObject({ id: student, state: 'frozen' });
    const first = await meOf(browser, teacher);
    expect(first.card.state).toBe('active');
    expect(first.cards.map(({ state }) => state)).toEqual(['active', 'frozen']);
    const refused = await browser.ask('POST', `/api/me/enrol/challenge?card=${student}`, {});
    expect(code(refused.body)).toBe('CL_CARD_FROZEN');
    await browser.ask('POST', `/api/me/unfreeze?card=${student}`, {});
    expect((await meOf(browser, student)).card.state).toBe('active');
  });

  it('gives the nonce of one card to no other', async () => {
    const api = await openApi();
    const { browser, teacher, student } = await twoCards(api);
    const asked = await browser.ask('POST', `/api/me/enrol/challenge?card=${teacher}`, {});
    const { nonce } = asked.body as EnrolChallengeView;
    const proof = createTestPhone('ES256').proof({ nonce });
    const { body } = await browser.ask('POST', `/api/me/enrol?card=${student}`, { proof });
    expect(code(body)).toBe('CL_ENROL_PROOF');
    expect((await meOf(browser, student)).credential).toBeNull();
  });

  it('books, freezes by code and looks back card by card', async () => {
    const api = await openApi();
    const { browser, teacher, student } = await twoCards(api);
    const { body: desk } = await browser.ask('GET', `/api/me/desk?card=${student}`);
    const { days } = desk as { days: { slots: { at: string; free: number }[] }[] };
    const at = days.flatMap(({ slots }) => slots).find(({ free }) => free > 0)?.at;
    await browser.ask('POST', `/api/me/desk/booking?card=${student}`, { at, why: 'lost' });
    const booking = async (card: string) =>
      ((await browser.ask('GET', `/api/me/desk?card=${card}`)).body as { booking: unknown })
        .booking;
    expect(await booking(teacher)).toBeNull();
    expect(await booking(student)).toMatchObject({ at, why: 'lost' });
    await browser.ask('DELETE', `/api/me/desk/booking?card=${student}`);
    expect(await booking(student)).toBeNull();

    const made = await browser.ask('POST', `/api/me/freeze-code?card=${student}`, {});
    const { code: paper } = made.body as { code: string };
    const headers = { host: '127.0.0.1:8090', origin: 'http://127.0.0.1:8090' };
    const sent = { method: 'POST', url: '/api/freeze', headers, payload: { code: paper } } as const;
    expect((await api.send(sent)).status).toBe(200);
    expect((await meOf(browser, student)).card.state).toBe('frozen');
    expect((await meOf(browser, teacher)).card.state).toBe('active');
    const doors = { [teacher]: 'lab-4-401', [student]: 'north-1-a' };
    await api.database.query(
      `insert into event (gateway, epoch, stream, seq, at, received_at, kind, door, person, card,
         clock, data)
       select 'gw-lab', '0a1b2c3d', 'main', n, $2, $2, 'access.granted', door, $3::uuid, card,
         '{}', '{"reason":"granted"}'
       from jsonb_to_recordset($1::jsonb) as x(n bigint, card uuid, door text)`,
      [
        JSON.stringify(Object.entries(doors).map(([card, door], n) => ({ n: n + 1, card, door }))),
        new Date(api.clock.nowMs()),
        browser.session.person.id,
      ],
    );
    for (const [card, door] of Object.entries(doors)) {
      const { body } = await browser.ask('GET', `/api/me/history?card=${card}`);
      // The route's own view.
      expect((body as UseView[]).map((use) => use.door.id)).toEqual([door]);
    }
  });
});

describe('a card that is not one’s own', () => {
  it.each([
    ['GET', '/api/me', undefined],
    ['GET', '/api/me/history', undefined],
    ['GET', '/api/me/stream', undefined],
    ['GET', '/api/me/desk', undefined],
    ['DELETE', '/api/me/desk/booking', undefined],
    ['GET', '/api/me/freeze-code', undefined],
    ['POST', '/api/me/freeze-code', {}],
    ['POST', '/api/me/freeze', {}],
    ['POST', '/api/me/unfreeze', {}],
    ['POST', '/api/me/enrol/challenge', {}],
    ['POST', '/api/me/keep/challenge', {}],
    ['GET', '/api/me/photo', undefined],
    ['POST', '/api/me/enrol', { proof: 'x' }],
    ['POST', '/api/me/keep', { proof: 'x' }],
    ['POST', '/api/me/desk/booking', { at: '2026-11-23T02:00:00.000Z', why: 'lost' }],
  ] as const)('is not found at %s %s', async (method, path, body) => {
    const api = await openApi();
    const { student } = await twoCards(api);
    const other = await api.signIn('Li Lei');
    const answer = await other.ask(method, `${path}?card=${student}`, body);
    expect([answer.status, code(answer.body)]).toEqual([404, 'CL_NOT_FOUND']);
    const [row] = await api.database.query<{ state: string }>(
      'select state from card where id = $1',
      [student],
    );
    expect(row?.state).toBe('active');
  });

  it('is no card where the name of it is none', async () => {
    const api = await openApi();
    const { browser } = await twoCards(api);
    expect((await browser.ask('GET', '/api/me?card=mine')).status).toBe(400);
  });
});

describe('who never had a phone', () => {
  it('sees what opens for the card instead', async () => {
    const api = await openApi();
    const visitor = await meOf(await api.signIn('He Ping'));
    expect(visitor.also).toEqual([{ kind: 'tag', digits: '6D80' }]);
    expect(visitor.person.affiliation).toBe('visitor');
    expect(visitor.credential).toBeNull();
    const student = await meOf(await api.signIn('Li Lei'));
    expect(student.also).toEqual([
      { kind: 'card', digits: '19C2' },
      { kind: 'pin', digits: '240007' },
    ]);
  });
});
