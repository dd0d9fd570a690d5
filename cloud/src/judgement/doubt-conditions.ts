import { doubtConditions } from '@gatehouse/protocols';
import type { Condition, DoubtVerdict } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

type OpenRow = {
  readonly gateway: string;
  readonly door: string | null;
  readonly verdict: DoubtVerdict;
  readonly since: Date;
  readonly count: number;
};

/**
 * Open uses in doubt as conditions, one for each door and verdict; evidence that does not verify is
 * its gateway's. They are there until somebody closes the last of them.
 * @param gateways these alone; undefined = all
 */
export const conditionsOfDoubts = async (
  db: Queryable,
  gateways: readonly string[] | undefined,
): Promise<readonly (Condition & { readonly gateway: string })[]> => {
  const rows = await db.query<OpenRow>(
    `select gateway, case when verdict = 'not_proven' then null else door end as door, verdict,
       min(judged_at) as since, count(*)::int4 as count
     from use
     where verdict <> 'confirmed' and closed_at is null
       and ($1::text[] is null or gateway = any ($1))
     group by 1, 2, 3 order by 1, 2, 3`,
    [gateways ?? null],
  );
  return rows.map(({ gateway, door, verdict, since, count }) => ({
    gateway,
    code: doubtConditions[verdict],
    subject: door ?? gateway,
    since: since.getTime(),
    detail: String(count),
  }));
};
