import type { Revoked } from '../access/revocations.ts';
import type { AppendAudit } from '../identity/identity.ts';
import type { Clock, Database, Ports, Queryable } from '../ports.ts';

/** What work on a job needs. Locks: job, card, person, uid, audit, revocation, feed. */
export type BulkPorts = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Ports['random'];
  readonly revokeAll: (tx: Queryable, all: readonly Revoked[]) => Promise<void>;
  readonly appendAudit: AppendAudit;
};

/** Rows that one transaction takes on: what a crash loses, and how long others may wait. */
export const chunkRows = 500;

/** `done`: nothing is left of it; `lost`: another worker has it, or somebody stopped it. */
export type Step = 'more' | 'done' | 'lost';

/** In the order of ids, so that two who change the same cards wait and do not lock each other. */
export const lockCards = async (tx: Queryable, numbers: readonly string[]): Promise<void> => {
  await tx.query('select id from card where number = any ($1) order by id for update', [numbers]);
  await tx.query(
    `select p.id from person p
     where p.id in (select c.person from card c where c.number = any ($1))
     order by p.id for update`,
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
