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
};

/** One stream, one writer at a time; "revo" in ASCII. */
const revocationLock = 0x7265766f;

export const createRevocations = ({
  signer,
  clock,
}: {
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'nowMs'>;
}): Revocations => ({
  revoke: async (tx, what) => {
    // A statement of its own: the next one must look at the stream after the wait.
    await tx.query('select pg_advisory_xact_lock($1)', [revocationLock]);
    const [last] = await tx.query<{ policy_epoch: number; n: number }>(
      `select d.policy_epoch,
         (select coalesce(max(r.n), 0) from revocation r where r.policy_epoch = d.policy_epoch) as n
       from deployment d`,
    );
    if (last === undefined) throw new Error('the database has no row in deployment');
    const place = { policyEpoch: last.policy_epoch, n: last.n + 1 };
    const entry: RevocationEntry = { ...place, at: clock.nowMs(), what };
    const jws = await signer.sign('revocation', signedTypes.revocation, entry);
    await tx.query(
      'insert into revocation (policy_epoch, n, at, what, jws) values ($1, $2, $3, $4, $5)',
      [place.policyEpoch, place.n, new Date(entry.at), JSON.stringify(what), jws],
    );
    // Wakes every process at the commit, whatever else the caller writes.
    await tx.query(`select pg_notify('feed', '')`);
    return place;
  },
});

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
