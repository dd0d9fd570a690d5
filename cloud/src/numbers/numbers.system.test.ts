import type {
  CardNumbersView,
  CardListView,
  PassNumbersView,
  TrafficView,
} from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { ingestBatch } from '../ingest/ingest.ts';
import { campusPlan } from '../places/seed/campus-plan.ts';
import { demoDays, demoSeedEpoch, seedDemoDays } from '../places/seed/demo-days.ts';
import { testBatch, testIngestPorts } from '../testing/batches.ts';
import { countAll, decisionEvent, readSums } from '../testing/numbers-world.ts';
import type { TestDecision } from '../testing/numbers-world.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();
const base = '/api/console/numbers';
const dayMs = 86_400_000;

type Card = { readonly id: string; readonly number: string; readonly person: string };

/** Cards that hold today, by number: students first, whose numbers begin with their year. */
const cardsOf = (api: TestApi, affiliation: string): Promise<readonly Card[]> =>
  api.database.query<Card>(
    `select c.id, c.number, c.person from card c join card_holder p on p.card = c.id
     where p.affiliation = $1 and c.valid_from <= $2 and c.valid_to > $2 order by c.number`,
    [affiliation, new Date(api.clock.nowMs())],
  );

const keyOf = (n: number): string => n.toString(16).padStart(16, '0');

const enrol = async (api: TestApi, cards: readonly Card[]): Promise<void> => {
  for (const [n, { id }] of cards.entries()) {
    await api.database.query(
      `insert into credential (id, card, alg, key, enrolled_at)
       values ($1, $2, 'EdDSA', '\\x00', $3)`,
      [keyOf(n), id, new Date(api.clock.nowMs())],
    );
  }
};

const happen = async (api: TestApi, decisions: readonly Partial<TestDecision>[]): Promise<void> => {
  const events = decisions.map((decision, i) =>
    decisionEvent(i + 1, {
      at: api.clock.nowMs() - 60_000,
      granted: true,
      reason: 'granted',
      door: 'library-gate-1',
      reader: 'library-gate-1-in',
      ...decision,
    }),
  );
  const ports = { ...testIngestPorts(api.database), nowMs: api.clock.nowMs };
  for (let from = 0; from < events.length; from += 400) {
    const part = events.slice(from, from + 400);
    await ingestBatch(ports, 'gw-library', testBatch(part, { gateway: 'gw-library' }));
  }
  await countAll(api.database);
};

const get = async <View>(browser: Browser, path: string): Promise<View> => {
  const { status, body } = await browser.ask('GET', base + path);
  expect(status, JSON.stringify(body)).toBe(200);
  // The server checked it against its schema.
  return body as View;
};

describe('how many cards are used', () => {
  it('goes from issued to never used, and each number is the length of its list', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const students = await cardsOf(api, 'student');
    const [one, two, three] = students;
    await enrol(api, students.slice(0, 4));
    const now = api.clock.nowMs();
    await happen(api, [
      { card: one?.id, at: now - 6 * dayMs },
      { card: two?.id, at: now - 8 * dayMs },
      { card: three?.id, granted: false, reason: 'no_right' },
    ]);
    const view = await get<CardNumbersView>(admin, '?by=affiliation&neverDays=30');
    const group = view.groups.find(({ id }) => id === 'student');
    expect(group).toMatchObject({
      issued: students.length,
      enrolled: 4,
      active7: 1,
      active30: 2,
      never: students.length - 2,
    });
    expect(view.groups.reduce((sum, row) => sum + row.issued, 0)).toBe(view.all.issued);
    expect([view.behind, view.demoSeed]).toEqual([0, false]);
    for (const list of ['issued', 'enrolled', 'active7', 'active30', 'never'] as const) {
      const numbers: string[] = [];
      for (let after: string | null = ''; after !== null;) {
        const query = `list=${list}&by=affiliation&group=student&neverDays=30&after=${after}`;
        const page: CardListView = await get(admin, `/cards?${query}`);
        numbers.push(...page.cards.map(({ number }) => number));
        after = page.after;
      }
      expect(numbers.length, list).toBe(group?.[list]);
      expect(numbers).toEqual(numbers.toSorted());
    }
  });

  it('leaves out who holds no card today, and is by group of rights too', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const before = await get<CardNumbersView>(admin, '?by=group');
    const [card] = await cardsOf(api, 'student');
    await api.database.query(`update card set state = 'frozen' where id = $1`, [card?.id]);
    const after = await get<CardNumbersView>(admin, '?by=group');
    const students = (view: CardNumbersView) => view.groups.find(({ id }) => id === 'students');
    expect(after.all.issued).toBe(before.all.issued - 1);
    expect(students(after)?.issued).toBe((students(before)?.issued ?? 0) - 1);
  });

  it('shows names and finds by them for administrators alone', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const facility = await api.signIn('Zhao Qiang');
    const found = await get<CardListView>(admin, '/cards?list=issued&q=li%20lei');
    expect(found.cards.map(({ person }) => person?.name.zh)).toContain('李雷');
    const [card] = found.cards;
    expect((await get<CardListView>(facility, '/cards?list=issued&q=li%20lei')).cards).toEqual([]);
    const byNumber = await get<CardListView>(facility, `/cards?list=issued&q=${card?.number}`);
    expect(byNumber.cards).toEqual([{ ...card, person: null }]);
  });

  it('is exported with its audit row, without names where there may be none', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const facility = await api.signIn('Zhao Qiang');
    const path = '/cards.csv?list=never&by=affiliation&group=student';
    // The byte order mark is kept: trimming takes it away.
    const lines = (text: unknown) => String(text).split('\r\n').slice(0, -1);
    const full = lines((await admin.ask('GET', base + path)).body);
    const bare = lines((await facility.ask('GET', base + path)).body);
    const { length } = await cardsOf(api, 'student');
    expect([full.length, bare.length]).toEqual([length + 1, length + 1]);
    expect(full[0]).toMatch(/^\ufeffnumber,.*,name_zh,name_en$/);
    expect(bare[0]).not.toContain('name_');
    const rows = await readAudit(api.database, 1, 50);
    expect(
      rows.filter(({ action }) => action === 'numbers.export').map(({ detail }) => detail),
    ).toMatchObject([
      { role: 'admin', list: 'never', group: 'student', withNames: true },
      { role: 'facility', list: 'never', group: 'student', withNames: false },
    ]);
  });
});

describe('what happens at doors', () => {
  it('stands by hour of the site, reader and reason', async () => {
    // Sunday 2026-11-22 in Shanghai; events of 07:59 and of Saturday 23:30.
    const now = Date.UTC(2026, 10, 22, 0, 0);
    const api = await openApi({ startMs: now });
    const facility = await api.signIn('Zhao Qiang');
    await happen(api, [
      { at: now - 60_000 },
      { at: now - 60_000, granted: false, reason: 'expired' },
      { at: now - 8.5 * 3_600_000 },
      { at: now - 40 * dayMs },
    ]);
    const view = await get<TrafficView>(facility, '/traffic?days=7');
    expect([view.granted, view.denied]).toEqual([2, 1]);
    expect(view.hours).toEqual([
      { weekday: 7, hour: 7, granted: 1, denied: 1 },
      { weekday: 6, hour: 23, granted: 1, denied: 0 },
    ]);
    expect(view.readers).toMatchObject([{ reader: 'library-gate-1-in', granted: 2, denied: 1 }]);
    expect(view.reasons).toEqual([
      { reason: 'granted', granted: true, count: 2 },
      { reason: 'expired', granted: false, count: 1 },
    ]);
    expect((await get<TrafficView>(facility, '/traffic?days=1')).granted).toBe(1);
    expect((await get<TrafficView>(facility, '/traffic?days=90')).granted).toBe(3);
  });
});

describe('codes made and used', () => {
  it('finds the filmed phone among others, and the one that wastes nothing', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const students = (await cardsOf(api, 'student')).slice(0, 24);
    await enrol(api, students);
    // Everybody made three codes for each one used; the last two are robots.
    const usual = students
      .slice(0, 22)
      .flatMap(({ id: card }, n) =>
        [3, 6, 9, 12, 15].map((counter) => ({ card, credential: keyOf(n), counter })),
      );
    const filmed = [1, 2, 10_000].map((counter) => ({
      card: students[22]?.id,
      credential: keyOf(22),
      counter,
    }));
    const everywhere = Array.from({ length: 32 }, (_, i) => ({
      card: students[23]?.id,
      credential: keyOf(23),
      counter: i + 1,
      door: `door-${i % 8}`,
    }));
    await happen(api, [...usual, ...filmed, ...everywhere]);
    const view = await get<PassNumbersView>(admin, '/passes');
    expect(view).toMatchObject({ keys: 24, used: 110 + 3 + 32, made: 22 * 15 + 10_000 + 32 });
    expect(view.limits.find(({ affiliation }) => affiliation === 'student')).toMatchObject({
      keys: 23,
      median: 3,
      basis: 'affiliation',
    });
    expect(
      view.odd.map(({ card, made, used, doors, why }) => [card.card, made, used, doors, why]),
    ).toEqual([
      [students[22]?.id, 10_000, 3, 1, 'hoarded'],
      [students[23]?.id, 32, 32, 8, 'everywhere'],
    ]);
    await api.database.query('update credential set revoked_at = $1', [new Date(0)]);
    expect(await get<PassNumbersView>(admin, '/passes')).toMatchObject({ keys: 0, odd: [] });
  });
});

describe('counting again', () => {
  it('is in the audit, says how far it is, and ends with the same numbers', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const [card] = await cardsOf(api, 'student');
    await happen(api, [{ card: card?.id }]);
    const sums = await readSums(api.database);
    expect((await admin.ask('POST', `${base}/recount`)).status).toBe(204);
    expect((await get<CardNumbersView>(admin, '')).behind).toBeGreaterThan(0);
    await countAll(api.database);
    expect((await get<CardNumbersView>(admin, '')).behind).toBe(0);
    expect(await readSums(api.database)).toEqual(sums);
    const rows = await readAudit(api.database, 1, 50);
    expect(rows.map(({ action }) => action)).toContain('numbers.recount');
  });
});

describe('a hostile address', () => {
  it('is refused', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const hostile = [
      '?by=shoe',
      '?neverDays=0',
      '?neverDays=1e9',
      '/traffic?days=91',
      '/traffic?days=-1',
      '/cards',
      '/cards?list=everybody',
      `/cards?list=issued&q=${'x'.repeat(81)}`,
      `/cards?list=issued&group=${'x'.repeat(121)}`,
      '/cards.csv?list=issued%00',
    ];
    for (const path of hostile) {
      expect((await admin.ask('GET', base + path)).status, path).toBe(400);
    }
  });

  it('finds nothing, and does nothing', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    for (const text of ["'; drop table card; --", '%', '_', '\\', '\0', '李'.repeat(40)]) {
      const query = new URLSearchParams({ list: 'issued', group: text, q: text, after: text });
      expect((await get<CardListView>(admin, `/cards?${query.toString()}`)).cards).toEqual([]);
    }
    expect((await get<CardNumbersView>(admin, '')).all.issued).toBeGreaterThan(0);
  });
});

describe('the past of the demo campus', () => {
  it('is made up, says so, and is counted like any other', async () => {
    const api = await openApi();
    const admin = await api.signIn('Liu Yang');
    const now = api.clock.nowMs();
    const visits = demoDays(1, campusPlan({ seed: 1, people: 60 }), now);
    expect(visits).toEqual(demoDays(1, campusPlan({ seed: 1, people: 60 }), now));
    expect(visits.length).toBeGreaterThan(100);
    expect(visits.every(({ data }) => data['demo'] === 'seed')).toBe(true);
    expect(visits.every(({ data }) => data['credential'] === undefined)).toBe(true);
    expect(Math.max(...visits.map(({ at }) => at))).toBeLessThan(now);
    await api.database.transaction((tx) => seedDemoDays(tx, visits, now));
    await countAll(api.database);
    const view = await get<CardNumbersView>(admin, '');
    expect(view.demoSeed).toBe(true);
    expect(view.all.active30).toBeGreaterThan(view.all.active7);
    expect(view.all.active7).toBeGreaterThan(0);
    const [row] = await api.database.query<{ count: number }>(
      'select count(*)::int4 as count from event where epoch = $1',
      [demoSeedEpoch],
    );
    expect(row?.count).toBe(visits.length);
    const traffic = await get<TrafficView>(admin, '/traffic?days=30');
    expect(traffic.granted + traffic.denied).toBe(visits.length);
    expect(await get<PassNumbersView>(admin, '/passes')).toMatchObject({ keys: 0, made: 0 });
  });
});
