import type { MeView, UseView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { ingestBatch } from '../ingest/ingest.ts';
import { testBatch, testEvent, testIngestPorts, testNowMs } from '../testing/batches.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const historyOf = async ({ ask }: Browser, query: string): Promise<readonly UseView[]> =>
  (await ask('GET', `/api/me/history${query}`)).body as readonly UseView[];

/** Uses 1 … count of somebody's card, several of them at the same moment. */
const use = async (api: TestApi, browser: Browser, gateway: string, count: number) => {
  const { card, person } = (await browser.ask('GET', '/api/me')).body as MeView;
  const events = Array.from({ length: count }, (_, i) =>
    testEvent(i + 1, {
      at: testNowMs + Math.floor(i / 3),
      kind: i % 2 === 0 ? 'access.granted' : 'access.denied',
      door: 'lab-3-201',
      data: {
        reason: i % 2 === 0 ? 'granted' : 'key_too_new',
        card: card.id,
        person: person.id,
        counter: i + 1,
      },
    }),
  );
  await ingestBatch(testIngestPorts(api.database), gateway, testBatch(events, { gateway }));
};

describe('the history of a card', () => {
  it('says when, at which door and why, granted or not', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    await use(api, student, 'gw-lab', 2);
    expect(await historyOf(student, '')).toEqual([
      {
        id: 'gw-lab.0a1b2c3d.main.1',
        at: new Date(testNowMs).toISOString(),
        granted: true,
        reason: 'granted',
        door: {
          id: 'lab-3-201',
          name: { zh: '实验楼 3-201', en: 'Lab 3-201' },
        },
        counter: 1,
      },
      expect.objectContaining({ granted: false, reason: 'key_too_new', counter: 2 }),
    ]);
  });

  it.each([
    [-240_000, -240_000],
    [31_000, 31_000],
    ['4 min', undefined],
    [undefined, undefined],
  ])('says by how much a phone was off: %s', async (phoneOffMs, expected) => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const { card, person } = (await student.ask('GET', '/api/me')).body as MeView;
    const data = { reason: 'expired', card: card.id, person: person.id, phoneOffMs };
    const event = testEvent(1, { kind: 'access.denied', door: 'lab-3-201', data });
    const batch = testBatch([event], { gateway: 'gw-lab' });
    await ingestBatch(testIngestPorts(api.database), 'gw-lab', batch);
    expect((await historyOf(student, ''))[0]?.phoneOffMs).toBe(expected);
  });

  it('comes in pages that miss nothing and repeat nothing, whatever their size', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    await use(api, student, 'gw-lab', 11);
    await use(api, student, 'gw-north', 9);
    const whole = (await historyOf(student, '?limit=200')).map(({ id }) => id);
    expect(new Set(whole).size).toBe(20);
    for (const size of [1, 3, 7, 20]) {
      const paged: string[] = [];
      for (let before = ''; ; before = `&before=${paged.at(-1) ?? ''}`) {
        const page = await historyOf(student, `?limit=${size}${before}`);
        paged.push(...page.map(({ id }) => id));
        if (page.length < size) break;
      }
      expect(paged, `pages of ${size}`).toEqual(whole);
    }
  });

  it('tells nobody where the uses of others stand', async () => {
    const api = await openApi();
    const lilei = await api.signIn('Li Lei');
    const sunli = await api.signIn('Sun Li');
    await use(api, lilei, 'gw-lab', 3);
    await use(api, sunli, 'gw-north', 3);
    expect(await historyOf(lilei, '?before=gw-north.0a1b2c3d.main.1')).toEqual([]);
    expect(await historyOf(lilei, '?before=gw-lab.0a1b2c3d.main.999')).toEqual([]);
    for (const query of ['?before=x', '?limit=0', '?limit=201']) {
      expect((await lilei.ask('GET', `/api/me/history${query}`)).status, query).toBe(400);
    }
  });
});
