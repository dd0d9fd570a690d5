import { policyKey, PolicyRow, policySections } from '@gatehouse/protocols';
import type { PolicySection } from '@gatehouse/protocols';
import { Compile } from 'typebox/compile';
import type { Log, Queryable, Row } from '../ports.ts';
import { rowsOfCards, sectionSources } from './sources.ts';
import type { CardSections, PolicyScope, Source } from './sources.ts';

/** Rows that stand in memory at a time. */
export const chunkRows = 1_000;

const policyRow = Compile(PolicyRow);

export type Compiler = {
  /** What the policy of a gateway depends on; undefined where there is no such gateway. */
  readonly scope: (tx: Queryable, gateway: string) => Promise<PolicyScope | undefined>;
  /** The rows of one section by key, in chunks; inside a transaction, one section at a time. */
  readonly section: (
    tx: Queryable,
    scope: PolicyScope,
    section: PolicySection,
  ) => AsyncGenerator<readonly PolicyRow[]>;
  /** The rows of a few cards alone. */
  readonly cards: (
    tx: Queryable,
    scope: PolicyScope,
    cards: readonly string[],
  ) => Promise<Readonly<Record<CardSections, readonly PolicyRow[]>>>;
};

/** From the tables of the cloud to the rows that a gateway decides by. */
export const createCompiler = (log: Log): Compiler => {
  /**
   * A gateway refuses a policy in which one row is wrong. What a table holds and a gateway cannot
   * read is left out, which takes rights away and never gives them.
   */
  const checked = (gateway: string, rows: readonly PolicyRow[]): readonly PolicyRow[] =>
    rows.filter((row) => {
      const fits: boolean = policyRow.Check(row);
      if (!fits) {
        log.error('policy.row_left_out', { gateway, section: row.section, id: policyKey(row) });
      }
      return fits;
    });
  const rowsOf = (scope: PolicyScope, source: Source, rows: readonly Row[]): readonly PolicyRow[] =>
    checked(scope.gateway, rows.map(source.row));

  return {
    scope: readScope,
    async *section(tx, scope, section) {
      const source = sectionSources[section](scope);
      for await (const rows of readChunks(tx, `policy_${section}`, source)) {
        yield rowsOf(scope, source, rows);
      }
    },
    cards: async (tx, scope, cards) => {
      const sources = rowsOfCards(scope, cards);
      const read = async (source: Source): Promise<readonly PolicyRow[]> =>
        rowsOf(scope, source, await tx.query(source.sql, source.values));
      return { card: await read(sources.card), credential: await read(sources.credential) };
    },
  };
};

const readScope: Compiler['scope'] = async (tx, gateway) => {
  const [row] = await tx.query<Omit<PolicyScope, 'gateway'>>(
    `select b.site, coalesce(s.sections ? 'profile', false) as "knowsProfiles",
       coalesce(s.sections ? 'waits', false) as "knowsWaits",
       coalesce(s.sections ? 'claim', false) as "knowsClaims", array(
       select distinct r."group" from rule r join door d on d.id = r.door
        -- The authority of a claim group knows the phone keys of all who may pass in it.
        where d.gateway = g.id or d.gateway in (select m.gateway from claim_member m
          join claim_group c on c.id = m."group" where c.authority = g.id)
        order by 1) as groups
     from gateway g join building b on b.id = g.building
     left join gateway_status s on s.gateway = g.id where g.id = $1`,
    [gateway],
  );
  return row && { gateway, ...row };
};

/**
 * The rows of a query in chunks, by a cursor: memory holds one chunk, and all of them show the
 * tables as they were when it began.
 */
export async function* readChunks<R extends Row>(
  tx: Queryable,
  cursor: string,
  { sql, values }: Pick<Source, 'sql' | 'values'>,
): AsyncGenerator<readonly R[]> {
  await tx.query(`declare ${cursor} no scroll cursor for ${sql}`, values);
  let rows: readonly R[];
  do {
    rows = await tx.query<R>(`fetch forward ${chunkRows} from ${cursor}`);
    if (rows.length > 0) yield rows;
  } while (rows.length === chunkRows);
  await tx.query(`close ${cursor}`);
}

/** Everything at once, in the order of a snapshot. For small policies and for tests. */
export const compile = async (
  compiler: Compiler,
  tx: Queryable,
  gateway: string,
): Promise<readonly PolicyRow[]> => {
  const scope = await compiler.scope(tx, gateway);
  if (scope === undefined) return [];
  const rows: PolicyRow[] = [];
  for (const section of policySections) {
    for await (const chunk of compiler.section(tx, scope, section)) rows.push(...chunk);
  }
  return rows;
};
