import type { CardGrouping, CardNumbersView } from '@gatehouse/protocols';
import { demoSeedEpoch } from '../places/seed/demo-days.ts';
import type { Queryable } from '../ports.ts';
import { numbersConsumer } from './count-decisions.ts';
import { standing } from './standing.ts';

const groupsMax = 60;

/** What a group is called in a list and in an address, by what cards are grouped by. */
const groupings: Readonly<
  Record<CardGrouping, { readonly id: string; readonly zh: string; readonly en: string }>
> = {
  affiliation: { id: 's.affiliation', zh: 'null', en: 'null' },
  unit: { id: 's.unit_en', zh: 'min(s.unit_zh)', en: 's.unit_en' },
  group: { id: 'm."group"', zh: 'null', en: 'null' },
};

const counts = `count(*)::int4 as issued, count(*) filter (where s.enrolled)::int4 as enrolled,
  count(*) filter (where s.active7)::int4 as active7,
  count(*) filter (where s.active30)::int4 as active30,
  count(*) filter (where s.never)::int4 as never`;

type CountRow = CardNumbersView['all'];
type GroupRow = CountRow & {
  readonly id: string;
  readonly zh: string | null;
  readonly en: string | null;
};

export type CardNumbersOptions = {
  readonly nowMs: number;
  readonly by: CardGrouping;
  readonly neverDays: number;
};

const groupRows = (
  db: Queryable,
  { nowMs, by, neverDays }: CardNumbersOptions,
): Promise<readonly GroupRow[]> => {
  const { id, zh, en } = groupings[by];
  const members = by === 'group' ? 'join member m on m.card = s.card' : '';
  return db.query<GroupRow>(
    `select ${id} as id, ${zh} as zh, ${en} as en, ${counts}
     from (${standing}) s ${members} group by ${id}
     order by issued desc, id limit ${groupsMax}`,
    [new Date(nowMs), neverDays],
  );
};

/** How far the consumer is behind the feed, and whether history was made up for the demo. */
const readProgress = async (
  db: Queryable,
): Promise<{ readonly behind: number; readonly demoSeed: boolean }> => {
  const [row] = await db.query<{ behind: number; seeded: boolean }>(
    `select greatest(0, coalesce((select max(pos) from feed), 0)
         - coalesce((select pos from consumer where name = $1), 0))::int8 as behind,
       exists (select from gateway g where exists
         (select from event e where e.gateway = g.id and e.epoch = $2)) as seeded`,
    [numbersConsumer, demoSeedEpoch],
  );
  return { behind: row?.behind ?? 0, demoSeed: row?.seeded ?? false };
};

const none: CountRow = { issued: 0, enrolled: 0, active7: 0, active30: 0, never: 0 };

export const cardNumbers = async (
  db: Queryable,
  options: CardNumbersOptions,
): Promise<CardNumbersView> => {
  const { nowMs, by, neverDays } = options;
  const [all = none] = await db.query<CountRow>(`select ${counts} from (${standing}) s`, [
    new Date(nowMs),
    neverDays,
  ]);
  const groups = await groupRows(db, options);
  return {
    at: new Date(nowMs).toISOString(),
    ...(await readProgress(db)),
    neverDays,
    by,
    all: { ...all },
    groups: groups.map(({ zh, en, ...row }) => ({
      ...row,
      name: zh === null || en === null ? null : { zh, en },
    })),
  };
};
