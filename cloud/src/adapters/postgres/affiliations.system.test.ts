import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Queryable } from '../../ports.ts';
import { useTestDatabases } from '../../testing/test-database.ts';

// A school that had people and cards before there were affiliations: what 009 makes of them.

const createTestDatabase = useTestDatabases();
const folder = join(import.meta.dirname, '..', '..', 'migrations');
const files = readdirSync(folder).toSorted();

const upOf = (name: string): string => {
  const text = readFileSync(join(folder, name), 'utf8');
  const [, up = ''] = /-- Up Migration\n([\s\S]*?)(?:-- Down Migration|$)/.exec(text) ?? [];
  return up;
};

/** The tables as they were after this file, in a schema of their own. */
const schemaUpTo = async (tx: Queryable, last: string): Promise<void> => {
  await tx.query('create schema before');
  await tx.query('set local search_path to before');
  for (const name of files.filter((each) => each <= last)) await tx.query(upOf(name));
};

const id = (n: number): string => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;

type OldPerson = readonly [n: number, kind: string];
type OldCard = readonly [n: number, person: number, state: string, to: string];

const people: readonly OldPerson[] = [
  [1, 'student'],
  [2, 'teacher'],
  [3, 'staff'],
  [4, 'guardian'],
  [5, 'external'],
  [6, 'robot'],
  [7, 'student'],
  [8, 'external'],
  [9, 'student'],
];
const cards: readonly OldCard[] = [
  [11, 1, 'active', '2028-07-01Z'],
  [12, 2, 'frozen', '2030-07-01Z'],
  [13, 3, 'ended', '2020-07-01Z'],
  [15, 5, 'active', '2027-01-01Z'],
  [16, 6, 'active', '2027-02-01Z'],
  // Two of one person: the former ended.
  [17, 7, 'ended', '2024-07-01Z'],
  [18, 7, 'active', '2028-07-01Z'],
];

const fillBefore = async (tx: Queryable): Promise<void> => {
  for (const [n, kind] of people) {
    await tx.query(
      `insert into person (id, name_zh, name_en, affiliation, unit_zh, unit_en)
       values ($1, 'n', 'n', $2, $3, $3)`,
      [id(n), kind, `unit ${n}`],
    );
  }
  for (const [n, person, state, to] of cards) {
    await tx.query(
      `insert into card (id, person, number, state, valid_from, valid_to)
       values ($1, $2, $3, $4, '2018-09-01Z', $5::timestamptz)`,
      [id(n), id(person), String(n), state, to],
    );
  }
};

/** `person kind unit from to ended`, and the number of its card. */
const selectAll = `
  select (right(a.person::text, 2))::int4 as person, a.kind, a.unit_en as unit,
    a.valid_from as "from", a.valid_to as "to", a.ended_at as ended, c.number
  from affiliation a left join card c on c.affiliation = a.id
  order by a.person, c.number`;

const start = new Date(0);
const first = new Date('2018-09-01Z');
const at = (text: string): Date => new Date(text);
const row = (person: number, kind: string, from: Date, to: Date | null, number: string | null) => ({
  ...{ person, kind, unit: `unit ${person}`, from, to, ended: null, number },
});

const bring = async (tx: Queryable): Promise<void> => {
  await schemaUpTo(tx, '008_numbers.sql');
  await fillBefore(tx);
  await tx.query(upOf('009_affiliations.sql'));
};

describe('the migration that brings affiliations', () => {
  it('makes one for each card, and one for each person without a card', async () => {
    const { database } = await createTestDatabase();
    await database.transaction(async (tx) => {
      await bring(tx);
      expect(await tx.query(selectAll)).toEqual([
        row(1, 'student', first, at('2028-07-01Z'), '11'),
        row(2, 'teacher', first, at('2030-07-01Z'), '12'),
        { ...row(3, 'staff', first, at('2020-07-01Z'), '13'), ended: at('2020-07-01Z') },
        row(4, 'guardian', start, null, null),
        // What the table did not know is a visitor, who has an end.
        row(5, 'visitor', first, at('2027-01-01Z'), '15'),
        row(6, 'visitor', first, at('2027-02-01Z'), '16'),
        { ...row(7, 'student', first, at('2024-07-01Z'), '17'), ended: at('2024-07-01Z') },
        row(7, 'student', first, at('2028-07-01Z'), '18'),
        row(8, 'visitor', start, start, null),
        row(9, 'student', start, null, null),
      ]);
    });
  });

  it('leaves the views that say who somebody is, and as whom a card is held', async () => {
    const { database } = await createTestDatabase();
    await database.transaction(async (tx) => {
      await bring(tx);
      const now = await tx.query<{ id: string; affiliation: string }>(
        'select id, affiliation from person_now order by id',
      );
      expect(now.map(({ affiliation }) => affiliation)).toEqual([
        ...['student', 'teacher', 'staff', 'guardian', 'visitor', 'visitor'],
        ...['student', 'visitor', 'student'],
      ]);
      const held = await tx.query<{ number: string; unit: string }>(
        `select c.number, h.unit_en as unit from card c join card_holder h on h.card = c.id
         order by c.number`,
      );
      expect(held).toEqual(
        cards.map(([n, person]) => ({ number: String(n), unit: `unit ${person}` })),
      );
    });
  });

  it('binds a card to a person through the affiliation', async () => {
    const { database } = await createTestDatabase();
    const change = database.transaction(async (tx) => {
      await bring(tx);
      await tx.query('update card set person = $1 where number = $2', [id(1), '12']);
    });
    await expect(change).rejects.toThrow(/card_affiliation/);
  });
});
