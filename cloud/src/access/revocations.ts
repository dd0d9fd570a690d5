import { signedTypes } from '@gatehouse/protocols';
import type { RevocationEntry } from '@gatehouse/protocols';
import type { Clock, Queryable, Signer } from '../ports.ts';

export type Revoked = RevocationEntry['what'];

/** A place in the stream: ordered by epoch, then by n. */
export type RevocationPlace = { readonly policyEpoch: number; readonly n: number };

export type Revocations = {
  /**
   * Adds the next entry of the campus-wide stream in the caller's transaction; when that commits,
   * it goes to all gateways that are connected, and to the others when they come. Call it before
   * `appendFeed`: the lock of the feed is taken last.
   */
  readonly revoke: (tx: Queryable, what: Revoked) => Promise<RevocationPlace>;
  /** Many at once, in this order, by one statement. */
  readonly revokeAll: (tx: Queryable, all: readonly Revoked[]) => Promise<void>;
};

/** One stream, one writer at a time; "revo" in ASCII. */
const revocationLock = 0x7265766f;

/** The newest place, locked until the transaction ends. */
const lockStream = async (tx: Queryable): Promise<RevocationPlace> => {
  // A statement of its own: the next one must look at the stream after the wait.
  await tx.query('select pg_advisory_xact_lock($1)', [revocationLock]);
  const [last] = await tx.query<{ policy_epoch: number; n: number }>(
    `select d.policy_epoch,
       (select coalesce(max(r.n), 0) from revocation r where r.policy_epoch = d.policy_epoch) as n
     from deployment d`,
  );
  if (last === undefined) throw new Error('the database has no row in deployment');
  return { policyEpoch: last.policy_epoch, n: last.n };
};

export const createRevocations = ({
  signer,
  clock,
}: {
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'nowMs'>;
}): Revocations => {
  const append = async (tx: Queryable, all: readonly Revoked[]): Promise<RevocationPlace> => {
    const { policyEpoch, n } = await lockStream(tx);
    const rows: unknown[] = [];
    for (const [i, what] of all.entries()) {
      const entry: RevocationEntry = { policyEpoch, n: n + 1 + i, at: clock.nowMs(), what };
      const jws = await signer.sign('revocation', signedTypes.revocation, entry);
      rows.push({ ...entry, at: new Date(entry.at), jws });
    }
    await tx.query(
      `insert into revocation (policy_epoch, n, at, what, jws)
       select x."policyEpoch", x.n, x.at, x.what, x.jws from jsonb_to_recordset($1::jsonb)
         x("policyEpoch" bigint, n bigint, at timestamptz, what jsonb, jws text)`,
      [JSON.stringify(rows)],
    );
    // Wakes every process at the commit, whatever else the caller writes.
    await tx.query(`select pg_notify('feed', '')`);
    return { policyEpoch, n: n + all.length };
  };
  return {
    revoke: (tx, what) => append(tx, [what]),
    revokeAll: async (tx, all) => {
      if (all.length > 0) await append(tx, all);
    },
  };
};

export const revocationStart: RevocationPlace = { policyEpoch: 0, n: 0 };

/** The newest entry; `revocationStart` where there is none. */
export const revocationHead = async (db: Queryable): Promise<RevocationPlace> => {
  const [row] = await db.query<RevocationPlace>(
    `select policy_epoch as "policyEpoch", n from revocation
     order by policy_epoch desc, n desc limit 1`,
  );
  return row ?? revocationStart;
};

export type SignedRevocation = RevocationPlace & { readonly what: Revoked; readonly jws: string };

/** The next entries above a place, in order. */
export const revocationsAfter = (
  db: Queryable,
  { policyEpoch, n }: RevocationPlace,
  limit: number,
): Promise<readonly SignedRevocation[]> =>
  db.query<SignedRevocation>(
    `select policy_epoch as "policyEpoch", n, what, jws from revocation
     where (policy_epoch, n) > ($1, $2) order by policy_epoch, n limit $3`,
    [policyEpoch, n, limit],
  );
