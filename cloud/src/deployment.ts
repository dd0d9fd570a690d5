import { toHex } from '@gatehouse/protocols';
import type { Ports, Queryable } from './ports.ts';

/**
 * What this database is, written once. The policy epoch is the second of its making, so that a
 * database that is begun anew counts above every policy that gateways hold from an older one.
 */
export const ensureDeployment = async (
  tx: Queryable,
  { clock, random }: Pick<Ports, 'clock' | 'random'>,
): Promise<void> => {
  await tx.query(
    'insert into deployment (lineage, policy_epoch) values ($1, $2) on conflict do nothing',
    [toHex(random(8)), Math.floor(clock.nowMs() / 1000)],
  );
};
