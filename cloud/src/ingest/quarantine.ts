import { batchBytesMax, batchHeaderBytesMax } from '@gatehouse/protocols';
import type { BatchFault } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

/** Why a batch was set aside. */
export type IngestFault =
  | BatchFault
  /** The header names another gateway than the topic. */
  | 'foreign_gateway'
  /** Not zstd, damaged, or larger than it may be. */
  | 'bad_compression'
  /** Readable, and still nothing that the database can hold. */
  | 'not_storable';

export type SetAside = {
  readonly id: string;
  readonly gateway: string;
  readonly receivedAt: Date;
  readonly fault: IngestFault;
  readonly bytes: Uint8Array;
};

/** For each gateway: the newest. */
export const quarantinedBatchesMax = 100;
/** A batch that is longer is wrong by its length; its beginning tells enough. */
const keptBytesMax = batchHeaderBytesMax + batchBytesMax;

/** Keeps the bytes for support. The same bytes again only renew their row. */
export const quarantineBatch = async (tx: Queryable, batch: SetAside): Promise<void> => {
  const { id, gateway, receivedAt, fault } = batch;
  const bytes = batch.bytes.subarray(0, keptBytesMax);
  await tx.query(
    `insert into quarantined_batch (id, gateway, received_at, fault, sha256, bytes)
     values ($1, $2, $3, $4, encode(sha256($5::bytea), 'hex'), $5::bytea)
     on conflict (gateway, sha256) do update set received_at = excluded.received_at`,
    [id, gateway, receivedAt, fault, bytes],
  );
  await tx.query(
    `delete from quarantined_batch where id in (
       select id from quarantined_batch where gateway = $1
        order by received_at desc, id desc offset $2)`,
    [gateway, quarantinedBatchesMax],
  );
};
