import { bulkColumns, bulkFaults } from '@gatehouse/protocols';
import type { BulkCells } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDays, parseDay } from './days.ts';
import { judgeRow } from './judge-row.ts';
import type { Known, KnownCard } from './judge-row.ts';
import { twinsIn } from './read-cells.ts';

const none = Object.fromEntries(bulkColumns.map((name) => [name, ''])) as BulkCells;
const cellsOf = (some: Partial<BulkCells>): BulkCells => ({ ...none, ...some });

const nobody: Known = {
  card: undefined,
  uidOwner: undefined,
  sponsor: undefined,
  isGroup: (name) => ['students', 'dorm-1'].includes(name),
  twinLines: { number: [], uid: [] },
  today: '2026-09-01',
};

const chip = { id: 'u1', uid: '04A1B2C3D4E5F6', kind: 'card' } as const;
const card: KnownCard = {
  ...{ card: 'c1', person: 'p1', affiliation: 'a1', state: 'active' },
  ...{ nameZh: '李雷', nameEn: 'Li Lei', kind: 'student', unitZh: '数学', unitEn: 'Maths' },
  ...{ from: '2024-09-01', to: '2028-07-15', groups: ['dorm-1', 'students'] },
  ...{ uids: [chip], sponsor: null, startsDay: '2024-09-01', endsDay: '' },
};
const visitor: KnownCard = {
  ...card,
  kind: 'visitor',
  sponsor: { person: 'p9', number: 'T1' },
  ...{ to: '2026-09-05', endsDay: '2026-09-05' },
};
const withCard: Known = { ...nobody, card };
const teacher = { person: 'p9', maySponsor: true };

const fresh = { number: 'A1', name_zh: '韩梅梅', kind: '学生' };
const visit = { ...fresh, kind: 'visitor', to: '2026-09-03', sponsor: 'T1' };

/** Cells, what is known, then the verdict with fields or codes. */
const table: readonly (readonly [string, Partial<BulkCells>, Partial<Known>, string])[] = [
  ['a new person', fresh, {}, 'new'],
  [
    'all of it',
    {
      ...fresh,
      ...{ name_en: 'Han', groups: 'students | dorm-1' },
      from: '2026/9/1',
      to: '2030年7月15日',
      uid: '04:a1:b2:c3:d4:e5:f6',
      uid_kind: '手环',
    },
    {},
    'new',
  ],
  ['full-width digits', { ...fresh, number: '２０２６' }, {}, 'new'],
  ['no number', { name_zh: 'x', kind: 'staff' }, {}, 'refused number_missing'],
  ['a number out of a spreadsheet', { ...fresh, number: '2.02E+09' }, {}, 'refused number_form'],
  ['a formula', { ...fresh, number: '=1+1' }, {}, 'refused number_form'],
  ['a formula as a name is text', { ...fresh, name_zh: '=HYPERLINK("x")' }, {}, 'new'],
  ['the number twice', fresh, { twinLines: { number: [7], uid: [] } }, 'refused number_twice'],
  [
    'the chip twice',
    { ...fresh, uid: chip.uid },
    { twinLines: { number: [], uid: [7] } },
    'refused uid_twice',
  ],
  ['no name', { number: 'A1', kind: 'staff' }, {}, 'refused name_missing'],
  ['no kind', { number: 'A1', name_en: 'x' }, {}, 'refused kind_missing'],
  ['another kind', { ...fresh, kind: 'alumnus' }, {}, 'refused kind'],
  ['a word of every object', { ...fresh, kind: 'constructor' }, {}, 'refused kind'],
  ['a date the other way round', { ...fresh, from: '01/09/2026' }, {}, 'refused date'],
  ['no such day', { ...fresh, from: '2026-02-29' }, {}, 'refused date'],
  [
    'ends before it begins',
    { ...fresh, from: '2026-10-02', to: '2026-10-01' },
    {},
    'refused date_order',
  ],
  ['is over', { ...fresh, from: '2026-08-01', to: '2026-08-31' }, {}, 'refused date_past'],
  ['today is its last day', { ...fresh, to: '2026-09-01' }, {}, 'new'],
  ['no such group', { ...fresh, groups: 'students chess' }, {}, 'refused group_unknown'],
  ['no UID', { ...fresh, uid: '2024000007x' }, {}, 'refused uid_form'],
  ['a random UID', { ...fresh, uid: '08A1B2C3' }, {}, 'refused uid_random'],
  ['a chip of somebody', { ...fresh, uid: chip.uid }, { uidOwner: 'B2' }, 'refused uid_taken'],
  ['another chip', { ...fresh, uid_kind: 'ring' }, {}, 'refused uid_kind'],
  ['a visitor', visit, { sponsor: teacher }, 'new'],
  ['a visitor for ever', { ...visit, to: '' }, { sponsor: teacher }, 'refused visitor_end'],
  [
    'a visitor for years',
    { ...visit, from: '2027-09-01', to: '2027-09-03' },
    { sponsor: teacher },
    'refused visitor_long',
  ],
  ['a visitor for a year', { ...visit, to: '2027-09-01' }, { sponsor: teacher }, 'new'],
  ['a visitor of nobody', { ...visit, sponsor: '' }, {}, 'refused visitor_sponsor'],
  ['a visitor of a stranger', visit, {}, 'refused sponsor_unknown'],
  [
    'a visitor of a visitor',
    visit,
    { sponsor: { ...teacher, maySponsor: false } },
    'refused sponsor_visitor',
  ],
  [
    'a student with a sponsor',
    { ...fresh, sponsor: 'T1' },
    { sponsor: teacher },
    'refused sponsor_needless',
  ],
  [
    'many things at once',
    { number: '', kind: 'x', from: 'y' },
    {},
    'refused number_missing kind date name_missing',
  ],
  ['known, and nothing said', { number: 'A1' }, withCard, 'unchanged'],
  [
    'known, and the same said',
    { number: 'A1', name_zh: '李雷', to: '2028.7.15', groups: 'students|dorm-1', uid: chip.uid },
    withCard,
    'unchanged',
  ],
  [
    'another unit',
    { number: 'A1', unit_zh: '物理', unit_en: 'Physics' },
    withCard,
    'changed unit_zh unit_en',
  ],
  ['other groups', { number: 'A1', groups: 'students' }, withCard, 'changed groups'],
  ['another chip in its place', { number: 'A1', uid: '5A11C0DE' }, withCard, 'changed uid'],
  [
    'a wristband beside the card',
    { number: 'A1', uid: '5A11C0DE', uid_kind: 'wristband' },
    withCard,
    'changed uid',
  ],
  ['its own chip', { number: 'A1', uid: chip.uid }, { ...withCard, uidOwner: 'A1' }, 'unchanged'],
  [
    'a card that is over stays over',
    { number: 'A1', to: '2026-08-31' },
    { card: { ...card, to: '2026-08-31' } },
    'unchanged',
  ],
  ['to an end that is over', { number: 'A1', to: '2026-08-30' }, { card }, 'refused date_past'],
  [
    'an ended card',
    { number: 'A1', unit_zh: '物理' },
    { card: { ...card, state: 'ended' } },
    'refused card_ended',
  ],
  [
    'a frozen card',
    { number: 'A1', unit_zh: '物理' },
    { card: { ...card, state: 'frozen' } },
    'changed unit_zh',
  ],
  ['a visit that goes on', { number: 'A1', to: '2026-09-03' }, { card: visitor }, 'changed to'],
  [
    'a visit that goes on for longer',
    { number: 'A1', to: '2026-09-09' },
    { card: visitor },
    'changed to affiliation_to',
  ],
  [
    'an end within what the holder is to the school',
    { number: 'A1', from: '2025-09-01', to: '2029-07-15' },
    { card: { ...card, endsDay: '2030-07-15' } },
    'changed from to',
  ],
  [
    'days beyond that on both sides',
    { number: 'A1', from: '2023-09-01', to: '2031-07-15' },
    { card: { ...card, endsDay: '2030-07-15' } },
    'changed from to affiliation_from affiliation_to',
  ],
  [
    'a student who becomes a visitor to the end that the card has',
    { number: 'A1', kind: 'visitor', to: '2026-12-31', sponsor: 'T1' },
    { card: { ...card, to: '2026-12-31' }, sponsor: teacher },
    'changed kind sponsor affiliation_to',
  ],
  [
    'and one whose card lasts for years',
    { number: 'A1', kind: 'visitor', to: '2028-07-15', sponsor: 'T1' },
    { card, sponsor: teacher },
    'refused visitor_long',
  ],
  [
    'and one that says its former beginning too',
    { number: 'A1', kind: 'visitor', from: '2024-09-01', to: '2026-12-31', sponsor: 'T1' },
    { card, sponsor: teacher },
    'changed kind to sponsor affiliation_to',
  ],
  [
    'another sponsor',
    { number: 'A1', sponsor: 'T2' },
    { card: visitor, sponsor: { ...teacher, person: 'p8' } },
    'changed sponsor',
  ],
  [
    'the same by another card',
    { number: 'A1', sponsor: 'T2' },
    { card: visitor, sponsor: teacher },
    'unchanged',
  ],
  [
    'a visitor who is a student now',
    { number: 'A1', kind: 'student' },
    { card: visitor },
    'changed kind sponsor',
  ],
  [
    'the sponsor of oneself',
    { number: 'A1', sponsor: 'A1' },
    { card: visitor, sponsor: { person: 'p1', maySponsor: true } },
    'refused sponsor_visitor',
  ],
];

describe('a row of a file', () => {
  it.each(table)('%s', (_, cells, known, result) => {
    const { verdict, changes, faults } = judgeRow(cellsOf(cells), { ...nobody, ...known });
    const words = [...changes.map(({ field }) => field), ...faults.map(({ code }) => code)];
    expect([verdict, ...words].join(' ')).toBe(result);
  });

  it('has a case here for every reason why one is refused', () => {
    const elsewhere = ['quote', 'cell_count', 'too_long', 'control', 'groups_many', 'not_written'];
    const named = table.flatMap(([, , , result]) => result.split(' '));
    for (const code of Object.keys(bulkFaults)) expect([...elsewhere, ...named]).toContain(code);
    const many = Array.from({ length: 51 }, (_, i) => `g${i}`).join(' ');
    const { faults } = judgeRow(cellsOf({ ...fresh, groups: many }), {
      ...nobody,
      isGroup: () => true,
    });
    expect(faults).toMatchObject([{ code: 'groups_many' }]);
  });

  it('is refused with a reason, or wanted, whatever its cells hold', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('A1', 'student', '2026-10-01'),
    );
    const cells = fc.record(Object.fromEntries(bulkColumns.map((name) => [name, text])));
    fc.assert(
      fc.property(cells, fc.constantFrom(nobody, withCard), (some, known) => {
        const { verdict, faults, wanted } = judgeRow(some as BulkCells, known);
        expect(faults.length > 0).toBe(verdict === 'refused');
        expect(wanted !== undefined).toBe(verdict === 'new' || verdict === 'changed');
      }),
    );
  });
});

describe('what a fault says', () => {
  it('is the end of a chip and no more', () => {
    const { faults } = judgeRow(cellsOf({ ...fresh, uid: '04A1B2C3D4E5G6' }), nobody);
    expect(faults).toEqual([{ code: 'uid_form', column: 'uid', what: '···E5G6' }]);
  });

  it('has whole characters, however long and rare', () => {
    const rare = fc.string({ unit: fc.constantFrom('a', '𠮷', '\u{1f393}'), maxLength: 120 });
    fc.assert(
      fc.property(rare, (text) => {
        const cells = cellsOf({ number: text, kind: text, from: text, uid: text, uid_kind: text });
        for (const { what } of judgeRow(cells, nobody).faults) {
          expect(what.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});

describe('twins', () => {
  it('are found whatever they are written like', () => {
    const rows = ['a1', 'Ａ1', 'b', '', ''].map((number, i) => ({
      line: i + 2,
      cells: cellsOf({ number, uid: i === 0 ? '5a:11:c0:de' : '5A11C0DE' }),
    }));
    const { ofNumber, ofUid } = twinsIn(rows);
    expect([...ofNumber]).toEqual([['A1', [2, 3]]]);
    expect([...ofUid]).toEqual([['5A11C0DE', [2, 3, 4, 5, 6]]]);
  });
});

describe('days of a zone', () => {
  it.each([
    ['Asia/Shanghai', '2026-09-01', '2026-08-31T16:00:00.000Z'],
    ['UTC', '2026-09-01', '2026-09-01T00:00:00.000Z'],
    // IANA tzdata: clocks go forward on 2026-03-29 and back on 2026-10-25 in Berlin.
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
  ])('%s %s begins at %s', (zone, day, at) => {
    const days = createDays(zone);
    expect(new Date(days.startMs(day)).toISOString()).toBe(at);
    expect(days.of(Date.parse(at))).toBe(day);
  });

  it('are read year first, and only where they are', () => {
    expect(['2026-9-1', '2026/09/01', '2026.9.1', '2026年9月1日'].map(parseDay)).toEqual(
      Array.from({ length: 4 }, () => '2026-09-01'),
    );
    for (const text of [
      '',
      '1/9/2026',
      '2026-13-01',
      '2026-02-30',
      '1999-01-01',
      '20260901',
      'x',
    ]) {
      expect(parseDay(text), text).toBeUndefined();
    }
  });
});
