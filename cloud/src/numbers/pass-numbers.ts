import type { PassNumbersView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { cardRowView } from './card-list.ts';
import {
  everywhereRatioMax,
  everywhereUsesMin,
  hoardedMadeMin,
  oddityOf,
  ratioLimit,
  usualUsesMin,
} from './oddity.ts';
import type { RatioLimit, Usual } from './oddity.ts';
import { standing } from './standing.ts';
import type { StandingRow } from './standing.ts';

const oddMax = 200;
const neverDaysUnused = 0;

/** Live phone keys; a counter below the number of uses is a key whose counter began elsewhere. */
const liveKeys = `
  select a.credential, greatest(a.counter_max, a.uses) as made, a.uses as used, k.card,
    p.affiliation
  from credential_activity a
  join credential k on k.id = a.credential and k.revoked_at is null
  join card c on c.id = k.card
  join card_holder p on p.card = c.id
  where a.uses > 0`;

type UsualRow = Usual & { readonly affiliation: string | null };

/** By affiliation, and of all of them (affiliation null). */
const readUsual = (db: Queryable): Promise<readonly UsualRow[]> =>
  db.query<UsualRow>(
    `with key as (
       select affiliation, ln(made::float8 / used) as x from (${liveKeys}) k where used >= $1),
     middle as (
       select affiliation, grouping(affiliation) = 1 as is_all, count(*)::int4 as keys,
         percentile_cont(0.5) within group (order by x) as median
       from key group by grouping sets ((affiliation), ())
       having count(*) > 0)
     select case when m.is_all then null else m.affiliation end as affiliation, m.keys, m.median,
       (select percentile_cont(0.5) within group (order by abs(key.x - m.median))
        from key where m.is_all or key.affiliation = m.affiliation) as mad
     from middle m`,
    [usualUsesMin],
  );

type OddRow = StandingRow & {
  readonly made: number;
  readonly used: number;
  readonly doors: number;
};

/** Keys that one of the rules may find odd; the rules themselves decide. */
const readCandidates = (
  db: Queryable,
  nowMs: number,
  ratioMin: number,
): Promise<readonly OddRow[]> =>
  db.query<OddRow>(
    `with key as materialized (
       (select * from (${liveKeys}) k where made >= $3 and made > used * $4::float8
        order by made::float8 / used desc, credential limit ${oddMax})
       union all
       (select * from (${liveKeys}) k where used >= $5 and made <= used * $6::float8
        order by used desc, credential limit ${oddMax}))
     select s.*, key.made, key.used, (select count(distinct u.door) from credential_use u
         where u.credential = key.credential)::int4 as doors
     from key join lateral (${standing} and c.id = key.card) s on true`,
    [
      new Date(nowMs),
      neverDaysUnused,
      hoardedMadeMin,
      ratioMin,
      everywhereUsesMin,
      everywhereRatioMax,
    ],
  );

type Totals = { readonly keys: number; readonly made: number; readonly used: number };

export const passNumbers = async (
  db: Queryable,
  { nowMs, withNames }: { readonly nowMs: number; readonly withNames: boolean },
): Promise<PassNumbersView> => {
  const [totals] = await db.query<Totals>(
    `select count(*)::int4 as keys, coalesce(sum(made), 0)::int8 as made,
       coalesce(sum(used), 0)::int8 as used from (${liveKeys}) k`,
  );
  const affiliations = await db.query<{ affiliation: string }>(
    'select distinct kind as affiliation from affiliation order by kind',
  );
  const usual = await readUsual(db);
  const all = usual.find((row) => row.affiliation === null);
  const limits = affiliations.map(({ affiliation }) => {
    const own = usual.find((row) => row.affiliation === affiliation);
    return {
      affiliation,
      keys: own?.keys ?? 0,
      median: own === undefined ? null : Math.exp(own.median),
      ...ratioLimit(own, all),
    };
  });
  const limitOf = (affiliation: string): RatioLimit['limit'] =>
    limits.find((row) => row.affiliation === affiliation)?.limit ?? Infinity;
  const ratioMin = Math.min(...limits.map(({ limit }) => limit));
  const candidates = await readCandidates(db, nowMs, Number.isFinite(ratioMin) ? ratioMin : 1);
  const odd = candidates.flatMap((row) => {
    const { made, used, doors } = row;
    const why = oddityOf({ made, used, doors }, limitOf(row.affiliation));
    return why === null ? [] : [{ card: cardRowView(row, withNames), made, used, doors, why }];
  });
  return {
    ...(totals ?? { keys: 0, made: 0, used: 0 }),
    limits,
    odd: odd.slice(0, oddMax),
  };
};
