import {
  doorClasses,
  opensWithoutPhone,
  policyKey,
  PolicyRow,
  policySections,
} from '@gatehouse/protocols';
import type { PolicySection, Primitives } from '@gatehouse/protocols';
import { Compile } from 'typebox/compile';
import type { Log, Queryable, Row } from '../ports.ts';
import { cardSections, rowsOfCards, sectionSources } from './sources.ts';
import type { CardSection, PolicyScope, Source } from './sources.ts';

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
  ) => Promise<ReadonlyMap<CardSection, readonly PolicyRow[]>>;
};

export type CompilerPorts = {
  readonly log: Log;
  readonly primitives: Pick<Primitives, 'sha256'>;
};

/** From the tables of the cloud to the rows that a gateway decides by. */
export const createCompiler = ({ log, primitives }: CompilerPorts): Compiler => {
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
    scope: (tx, gateway) => readScope(tx, gateway, primitives),
    async *section(tx, scope, section) {
      const source = sectionSources[section](scope);
      for await (const rows of readChunks(tx, `policy_${section}`, source)) {
        yield rowsOf(scope, source, rows);
      }
    },
    cards: async (tx, scope, cards) => {
      const sources = rowsOfCards(scope, cards);
      const found = new Map<CardSection, readonly PolicyRow[]>();
      for (const section of cardSections) {
        const source = sources[section];
        found.set(section, rowsOf(scope, source, await tx.query(source.sql, source.values)));
      }
      return found;
    },
  };
};

const classesWithoutPhone = doorClasses.filter((each) => opensWithoutPhone[each]);

const readScope = async (
  tx: Queryable,
  gateway: string,
  primitives: PolicyScope['primitives'],
): Promise<PolicyScope | undefined> => {
  const [row] = await tx.query<Omit<PolicyScope, 'gateway' | 'primitives'>>(
    `select b.site,
       coalesce(s.sections ? 'profile', false) as "knowsProfiles",
       coalesce(s.sections ? 'waits', false) as "knowsWaits",
       coalesce(s.sections ? 'claim', false) as "knowsClaims",
       coalesce(s.sections ? 'uid', false) as "knowsUids",
       coalesce(s.sections ? 'pin', false) as "knowsPins",
       array(select distinct r."group" from rule r join door d on d.id = r.door
         -- The authority of a claim group knows the phone keys of all who may pass in it.
         where d.gateway = g.id or d.gateway in (select m.gateway from claim_member m
           join claim_group c on c.id = m."group" where c.authority = g.id)
         order by 1) as groups,
       array(select distinct r."group" from rule r join door d on d.id = r.door
         where d.gateway = g.id and d.class = any ($2) order by 1) as "groupsWithoutPhone"
     from gateway g join building b on b.id = g.building
     left join gateway_status s on s.gateway = g.id where g.id = $1`,
    [gateway, classesWithoutPhone],
  );
  return row && { gateway, primitives, ...row };
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
