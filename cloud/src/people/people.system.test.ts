import type { NewAffiliationBody } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import {
  audited,
  cardOf,
  codeOf,
  day,
  endOf,
  firstOf,
  gao,
  job,
  openPeopleWorld,
  pageIn,
  said,
  told,
  visit,
  withCard,
} from '../testing/people-world.ts';
import { useTestApi } from '../testing/test-api.ts';

const openApi = useTestApi();
const setUp = () => openPeopleWorld(openApi);

describe('a new person', () => {
  it('may be nothing to the school yet, and becomes something', async () => {
    const { add, post, api, clerk } = await setUp();
    const page = pageIn(await add(null));
    expect(page).toMatchObject({ name: gao, photo: 'drawn', affiliations: [] });
    const card = { number: ' s9001 ', groups: ['staff', 'kitchen'], to: day(282) };
    const next = pageIn(await post(`people/${page.id}/affiliations`, job({ card })));
    expect(cardOf(next)).toMatchObject({
      ...{ number: 'S9001', state: 'active', groups: ['kitchen', 'staff'] },
      ...{ validFrom: endOf(day(-22)), validTo: endOf(day(282)) },
      ...{ phone: null, uids: [], pin: null },
    });
    expect(await audited(api, clerk)).toEqual(['person.add', 'affiliation.add', 'card.issue']);
    expect(await said(api)).toEqual(['person.added', 'card.issued', 'affiliation.added']);
    expect(await told(api, page.id)).toEqual(['card.issued']);
  });

  it('has a name that can be read', async () => {
    const { add } = await setUp();
    const names: readonly (readonly [string, { readonly zh: string; readonly en: string }])[] = [
      ['no name', { zh: '', en: 'x' }],
      ['blanks', { zh: '  ', en: 'x' }],
      ['two lines', { zh: 'a\nb', en: 'x' }],
      ['a NUL', { zh: 'a\0', en: 'x' }],
      ['a turned line', { zh: 'a\u202eb', en: 'x' }],
      ['a page', { zh: 'x'.repeat(41), en: 'x' }],
    ];
    for (const [what, name] of names) {
      expect(codeOf(await add(null, name)), what).toBe('CL_BAD_REQUEST');
    }
  });

  it('keeps a rare character, and a lone half of one does no harm', async () => {
    const { add } = await setUp();
    expect(pageIn(await add(null, { zh: '𠮷', en: 'Ji' })).name.zh).toBe('𠮷');
    const odd = await add(null, { zh: 'x\ud842', en: 'x' });
    expect([200, 400]).toContain(odd.status);
  });
});

describe('a visitor', () => {
  it('has a sponsor, an end, and a card in the same step', async () => {
    const world = await setUp();
    const { page, card, affiliation } = await withCard(world);
    expect(affiliation).toMatchObject({
      kind: 'visitor',
      to: endOf(day(8)),
      sponsor: { id: world.sponsor, name: { en: 'Chen Jing' } },
    });
    expect(card).toMatchObject({ validTo: affiliation.to, groups: ['staff'] });
    expect(card.number).toMatch(/^V\d{9}$/);
    const bare = pageIn(await world.add(visit(world.sponsor, { card: null })));
    expect(cardOf(bare).groups).toEqual([]);
    expect(bare.id).not.toBe(page.id);
  });

  const visits: readonly (readonly [string, object, string])[] = [
    ['nobody answers for it', { sponsor: null }, 'CL_SPONSOR'],
    ['no end', { to: null }, 'CL_AFFILIATION_SPAN'],
    ['over a year', { to: day(366) }, 'CL_AFFILIATION_SPAN'],
    ['a year', { to: day(365) }, 'ok'],
    ['over already', { from: day(-21), to: day(-1) }, 'CL_AFFILIATION_SPAN'],
    ['today alone', { to: day(0) }, 'ok'],
    ['backwards', { from: day(10), to: day(9) }, 'CL_AFFILIATION_SPAN'],
    ['no such day', { to: '2127-02-30' }, 'CL_BAD_REQUEST'],
    ['no such group', { card: { number: null, groups: ['gods'] } }, 'CL_GROUP_UNKNOWN'],
    ['no such number', { card: { number: '-1', groups: [] } }, 'CL_CARD_NUMBER'],
    ['a group twice', { card: { number: null, groups: ['staff', 'staff'] } }, 'CL_BAD_REQUEST'],
    ['another kind', { kind: 'god' }, 'CL_BAD_REQUEST'],
    ['a sponsor for staff', { kind: 'staff' }, 'CL_BAD_REQUEST'],
  ];
  it('is refused where its rules are not kept: all of it or nothing', async () => {
    const { add, sponsor, api } = await setUp();
    const count = async (): Promise<number> =>
      (await api.database.query('select id from person where name_en = $1', [gao.en])).length;
    for (const [what, change, code] of visits) {
      const before = await count();
      expect(codeOf(await add(visit(sponsor, change))), what).toBe(code);
      expect((await count()) - before, what).toBe(code === 'ok' ? 1 : 0);
    }
  });

  it('is answered for by somebody of the school, not by a visitor and not by itself', async () => {
    const world = await setUp();
    const { person } = await withCard(world);
    expect(codeOf(await world.add(visit(person)))).toBe('CL_SPONSOR');
    expect(codeOf(await world.post(`people/${person}/affiliations`, visit(person)))).toBe(
      'CL_SPONSOR',
    );
    await world.api.database.query('update affiliation set ended_at = $2 where person = $1', [
      world.sponsor,
      new Date(0),
    ]);
    expect(codeOf(await world.add(visit(world.sponsor)))).toBe('CL_SPONSOR');
  });
});

describe('issuing a card', () => {
  const open = async (change: Partial<NewAffiliationBody> = {}) => {
    const world = await setUp();
    const affiliation = firstOf(pageIn(await world.add(job({ to: day(250), ...change }))));
    const issue = (card: object, id = affiliation.id) =>
      world.post(`affiliations/${id}/card`, { number: 'S1', groups: [], ...card });
    return { ...world, affiliation, issue };
  };

  const orders: readonly (readonly [string, object, string])[] = [
    ['a hyphen first', { number: '-A' }, 'CL_CARD_NUMBER'],
    ['a blank inside', { number: 'A 1' }, 'CL_CARD_NUMBER'],
    ['none, for staff', { number: null }, 'CL_CARD_NUMBER'],
    ['somebody’s', { number: '2024000007' }, 'CL_NUMBER_TAKEN'],
    ['longer than the affiliation', { to: day(251) }, 'CL_CARD_SPAN'],
    ['earlier than it', { from: day(-22) }, 'CL_CARD_SPAN'],
    ['a group that nobody knows', { groups: ['x'] }, 'CL_GROUP_UNKNOWN'],
    ['a part of its days', { from: day(9), to: day(70) }, 'ok'],
  ];
  it('keeps to the numbers, the days and the groups that there are', async () => {
    const { issue } = await open();
    for (const [what, card, code] of orders) expect(codeOf(await issue(card)), what).toBe(code);
  });

  it('happens once, until that one has ended', async () => {
    const { issue, post } = await open();
    const card = cardOf(pageIn(await issue({})));
    expect(codeOf(await issue({ number: 'S2' }))).toBe('CL_CARD_LIVE');
    await post(`cards/${card.card}/end`, { reason: 'worn out' });
    const page = pageIn(await issue({ number: 'S2' }));
    expect(firstOf(page).cards.map(({ number, state }) => [number, state])).toEqual([
      ['S2', 'active'],
      ['S1', 'ended'],
    ]);
  });

  it('is refused where the affiliation has ended', async () => {
    const { issue, post, affiliation } = await open();
    pageIn(await post(`affiliations/${affiliation.id}/end`, { reason: 'left' }));
    expect(codeOf(await issue({}))).toBe('CL_AFFILIATION_ENDED');
    const again = await post(`affiliations/${affiliation.id}/end`, { reason: 'left' });
    expect(codeOf(again)).toBe('CL_AFFILIATION_ENDED');
  });

  it('of two clerks with one number at once one has it', async () => {
    const { add, issue } = await open();
    const other = firstOf(pageIn(await add(job({ to: day(250) }))));
    const both = await Promise.all([issue({ number: 'S7' }), issue({ number: 's7' }, other.id)]);
    expect(both.map(codeOf).toSorted()).toEqual(['CL_NUMBER_TAKEN', 'ok']);
  });

  it('of two clerks with one affiliation at once one has issued', async () => {
    const { issue } = await open();
    const both = await Promise.all([issue({ number: 'S8' }), issue({ number: 'S9' })]);
    expect(both.map(codeOf).toSorted()).toEqual(['CL_CARD_LIVE', 'ok']);
  });

  it('takes an affiliation whose id is no uuidv7', async () => {
    const { api, issue, affiliation } = await open();
    const old = '7f3c0f6a-1111-2222-3333-444455556666';
    await api.database.query('update affiliation set id = $2 where id = $1', [affiliation.id, old]);
    expect(codeOf(await issue({}, old))).toBe('ok');
  });
});

describe('the groups of a card', () => {
  it('become what was chosen, and the change is told', async () => {
    const world = await setUp();
    const { api, post, clerk } = world;
    const { card } = await withCard(world);
    const put = (groups: readonly string[]) => post(`cards/${card.card}/groups`, { groups });
    expect(cardOf(pageIn(await put(['kitchen', 'teachers']))).groups).toEqual([
      'kitchen',
      'teachers',
    ]);
    expect(codeOf(await put(['gods']))).toBe('CL_GROUP_UNKNOWN');
    pageIn(await put(['teachers', 'kitchen']));
    const rows = (await readAudit(api.database, 1, 50)).filter(
      ({ action }) => action === 'card.groups',
    );
    expect(rows.map(({ detail }) => detail)).toEqual([
      { added: ['kitchen', 'teachers'], removed: ['staff'] },
    ]);
    expect((await said(api)).filter((name) => name === 'member.changed')).toHaveLength(1);
    expect(await audited(api, clerk)).toContain('card.groups');
    await post(`cards/${card.card}/end`, { reason: 'x' });
    expect(codeOf(await put([]))).toBe('CL_CARD_ENDED');
  });
});
