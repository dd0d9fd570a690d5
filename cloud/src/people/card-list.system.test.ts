import type { CardPagesView, PersonView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const list = async ({ ask }: Browser, query: Readonly<Record<string, string>>) => {
  const answer = await ask(
    'GET',
    `/api/console/card-list?${new URLSearchParams(query).toString()}`,
  );
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as CardPagesView;
};

const numbersIn = ({ rows }: CardPagesView): readonly string[] =>
  rows.map(({ card }) => card?.number ?? '');

const countOf = async ({ database }: TestApi, from: string): Promise<number> =>
  (await database.query<{ n: number }>(`select count(*)::int4 as n from ${from}`))[0]?.n ?? NaN;

describe('the list of cards and people', () => {
  it('goes by number, page by page, and leaves nobody out', async () => {
    const api = await openApi();
    const clerk = await api.signIn('Lin Xiao');
    // Nobody's affiliation: the last row of all.
    await clerk.ask('POST', '/api/console/people', {
      ...{ name: { zh: '无卡', en: 'Wu Ka' }, affiliation: null },
    });
    const seen: string[] = [];
    const keys: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page = await list(clerk, after === '' ? {} : { after });
      expect(page.rows.length).toBeLessThanOrEqual(50);
      seen.push(...numbersIn(page));
      keys.push(...page.rows.map(({ key }) => key));
      ({ after } = page);
    }
    const cards = await countOf(api, 'card');
    expect(seen.filter((number) => number !== '').length).toBe(cards);
    expect(seen.at(-1)).toBe('');
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(keys.toSorted());
    const { counts } = await list(clerk, {});
    expect(counts).toEqual({ active: cards, frozen: 0, ended: 0, none: 1 });
  });

  it('is filtered by kind, state, and what opens doors', async () => {
    const api = await openApi();
    const clerk = await api.signIn('Lin Xiao');
    const [frozen] = numbersIn(await list(clerk, { kind: 'teacher' }));
    await api.database.query(`update card set state = 'frozen' where number = $1`, [frozen]);
    expect(numbersIn(await list(clerk, { state: 'frozen' }))).toEqual([frozen]);
    expect((await list(clerk, { state: 'frozen' })).counts.frozen).toBe(1);
    // The counts of the other states stand beside it, for the chips.
    expect((await list(clerk, { state: 'frozen' })).counts.active).toBeGreaterThan(10);
    const teachers = await list(clerk, { kind: 'teacher' });
    expect(new Set(teachers.rows.map(({ person }) => person.affiliation))).toEqual(
      new Set(['teacher']),
    );
    expect(numbersIn(await list(clerk, { pin: 'yes' }))).toEqual(['2024000007']);
    const uids = await list(clerk, { uid: 'yes' });
    expect(uids.rows.map(({ card }) => card?.uids).every((n) => n !== undefined && n > 0)).toBe(
      true,
    );
    const all = await countOf(api, 'card');
    const total = async (query: Readonly<Record<string, string>>): Promise<number> =>
      Object.values((await list(clerk, query)).counts).reduce((sum, n) => sum + n, 0);
    for (const what of ['phone', 'uid', 'pin']) {
      expect((await total({ [what]: 'yes' })) + (await total({ [what]: 'no' })), what).toBe(all);
    }
  });

  it('finds by number, name, pinyin, initials and UID, and takes all else as text', async () => {
    const api = await openApi();
    const clerk = await api.signIn('Lin Xiao');
    for (const q of ['2024000007', '李雷', 'li lei', 'LILEI', 'll', '5a7f19c2']) {
      expect(numbersIn(await list(clerk, { q })), q).toContain('2024000007');
    }
    for (const q of ["' or 1=1 --", '%', '_', '\\', '\0', '💳', '~']) {
      expect((await list(clerk, { q })).rows, q).toEqual([]);
    }
    for (const after of ["' or 1=1", '\0', '~', '\ud800']) {
      expect((await list(clerk, { after })).rows.length, after).toBeLessThanOrEqual(50);
    }
    const bad = await clerk.ask('GET', '/api/console/card-list?state=melted');
    expect(bad.status).toBe(400);
  });
});

describe('people for a sponsor', () => {
  it('are of the school, now', async () => {
    const api = await openApi();
    const clerk = await api.signIn('Lin Xiao');
    const find = async (query: string): Promise<readonly string[]> =>
      ((await clerk.ask('GET', `/api/console/people?${query}`)).body as PersonView[]).map(
        ({ name }) => name.en,
      );
    expect(await find('q=chenjing&for=sponsor')).toContain('Chen Jing');
    await api.database.query(
      `update affiliation set ended_at = $2
       where person = (select id from person where name_en = $1 and role is not null)`,
      ['Chen Jing', new Date(api.clock.nowMs())],
    );
    const left = await find('q=chenjing');
    expect(left).toContain('Chen Jing');
    expect((await find('q=chenjing&for=sponsor')).length).toBe(left.length - 1);
    expect(await find('q=')).toEqual([]);
  });
});
