import { uuidv7 } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { testRandom } from '../testing/link.ts';
import { useTestDatabases } from '../testing/test-database.ts';

const createTestDatabase = useTestDatabases();
const id = (): string => uuidv7(0, testRandom(10));

type Affiliation = readonly [kind: string, from: string, to: string | null, ended: string | null];

const table: readonly (readonly [string, readonly Affiliation[], string])[] = [
  ['nobody', [], ''],
  [
    'a graduate who works here now',
    [
      ['student', '2018-09-01', '2022-07-15', null],
      ['staff', '2022-09-01', null, null],
    ],
    'staff',
  ],
  [
    'a graduate who is a visitor today',
    [
      ['student', '2018-09-01', '2022-07-15', null],
      ['visitor', '2026-09-01', '2026-09-08', null],
    ],
    'visitor',
  ],
  [
    'one that somebody ended, however long it would have lasted',
    [
      ['teacher', '2018-09-01', null, '2024-01-01'],
      ['guardian', '2024-09-01', '2025-07-15', null],
    ],
    'guardian',
  ],
  [
    'two for ever: the older',
    [
      ['guardian', '2024-09-01', null, null],
      ['teacher', '2018-09-01', null, null],
    ],
    'teacher',
  ],
];

describe('what a person is', () => {
  it.each(table)('%s', async (_, affiliations, kind) => {
    const { database } = await createTestDatabase();
    const person = id();
    await database.query(`insert into person (id, name_zh, name_en) values ($1, 'n', 'n')`, [
      person,
    ]);
    for (const [each, ...times] of affiliations) {
      await database.query(
        `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from, valid_to,
           ended_at)
         values ($1, $2, $3, '', '', $4::timestamptz, $5::timestamptz, $6::timestamptz)`,
        [id(), person, each, ...times],
      );
    }
    const [row] = await database.query<{ affiliation: string }>(
      'select affiliation from person_now where id = $1',
      [person],
    );
    expect(row?.affiliation).toBe(kind);
  });
});
