import type { Held } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { readHead } from './snapshot.ts';

export type DeltaChain =
  /** It holds the newest version, or there is none yet. */
  | { readonly kind: 'current' }
  /** In order, without a gap, up to the newest version. */
  | {
      readonly kind: 'deltas';
      readonly deltas: readonly { readonly to: number; readonly jws: string }[];
    }
  /** It has to fetch a snapshot. */
  | { readonly kind: 'snapshot' };

/** Beyond this a snapshot is the shorter way. */
const chainCharactersMax = 4 * 1024 * 1024;

/** What leads from the version that a gateway holds to the newest. */
export const deltaChain = async (
  db: Queryable,
  gateway: string,
  held: Pick<Held, 'policyEpoch' | 'policyVersion'>,
): Promise<DeltaChain> => {
  const head = await readHead(db, gateway);
  if (head === undefined || head.version === 0) return { kind: 'current' };
  const isOtherEpoch = head.policyEpoch !== held.policyEpoch;
  // A box that is above us stands after a restore: that is not mended by sending less.
  if (isOtherEpoch && held.policyEpoch > head.policyEpoch) return { kind: 'current' };
  if (!isOtherEpoch && held.policyVersion >= head.version) return { kind: 'current' };
  if (isOtherEpoch || held.policyVersion === 0) return { kind: 'snapshot' };
  const rows = await db.query<{ from: number; to: number; jws: string }>(
    `select from_version as from, to_version as to, jws from policy_delta
     where gateway = $1 and policy_epoch = $2 and from_version >= $3 order by from_version`,
    [gateway, head.policyEpoch, held.policyVersion],
  );
  let reached = held.policyVersion;
  let characters = 0;
  for (const { from, to, jws } of rows) {
    if (from !== reached) break;
    reached = to;
    characters += jws.length;
  }
  const isWhole = reached >= head.version && characters <= chainCharactersMax;
  return isWhole ? { kind: 'deltas', deltas: rows } : { kind: 'snapshot' };
};
