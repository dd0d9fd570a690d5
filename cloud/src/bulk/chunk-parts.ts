import type { Revoked } from '../access/revocations.ts';
import type { AppendAudit } from '../identity/identity.ts';
import type { Clock, Database, Ports, Queryable } from '../ports.ts';

/** What work on a job needs. Locks: job, then as `CardChangePorts` has them. */
export type BulkPorts = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Ports['random'];
  readonly revokeAll: (tx: Queryable, all: readonly Revoked[]) => Promise<void>;
  readonly appendAudit: AppendAudit;
};

/** Rows that one transaction takes on at most: what a crash loses, and how long others may wait. */
export const chunkRows = 500;

/** `done`: nothing is left of it; `lost`: another worker has it, or somebody stopped it. */
export type Step = 'more' | 'done' | 'lost';

/**
 * What a row of these cards may change: affiliations, cards, people, in the order in which all lock
 * them, and each by its id, so that two who change the same wait and do not lock each other out.
 * Whoever names a person in a row of their own does not wait.
 */
export const lockCards = async (tx: Queryable, numbers: readonly string[]): Promise<void> => {
  await tx.query(
    `select a.id from affiliation a
     where a.id in (select c.affiliation from card c where c.number = any ($1))
     order by a.id for update`,
    [numbers],
  );
  await tx.query('select id from card where number = any ($1) order by id for update', [numbers]);
  await tx.query(
    `select p.id from person p
     where p.id in (select c.person from card c where c.number = any ($1))
     order by p.id for no key update`,
    [numbers],
  );
};

/** Rows up to the first whose person has a row before it: each change sees the one before. */
export const untilSamePerson = <Row>(
  rows: readonly Row[],
  personOf: (row: Row, i: number) => string | undefined,
): readonly Row[] => {
  const seen = new Set<string>();
  for (const [i, row] of rows.entries()) {
    const person = personOf(row, i);
    if (person === undefined) continue;
    if (seen.has(person)) return rows.slice(0, i);
    seen.add(person);
  }
  return rows;
};
