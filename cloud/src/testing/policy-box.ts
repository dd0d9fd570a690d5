import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { addRow, digestText, emptyDigest, policyKey, rowDigest } from '@gatehouse/protocols';
import type { Delta, Manifest, PolicyRow } from '@gatehouse/protocols';
import type { SnapshotFile } from '../policy/snapshot.ts';
import { payloadOf, sha256 } from './link.ts';

/**
 * A gateway's end of the policy in the fewest words: a map of rows. It checks what a gateway
 * checks, and computes the digest from the beginning each time.
 */
export type PolicyBox = {
  readonly place: () => { readonly policyEpoch: number; readonly policyVersion: number };
  readonly rows: () => ReadonlyMap<string, PolicyRow>;
  /** @throws where it does not follow, or the state is not what was signed */
  readonly takeDelta: (jws: string) => void;
  readonly takeSnapshot: (manifest: string, file: SnapshotFile) => Promise<void>;
};

const nameOf = (row: PolicyRow): string => `${row.section}/${policyKey(row)}`;

const stateOf = (rows: ReadonlyMap<string, PolicyRow>): string =>
  digestText(
    [...rows.values()].reduce((sum, row) => addRow(sum, rowDigest(row, { sha256 })), emptyDigest),
  );

export const bytesOf = async (file: SnapshotFile): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
};

export const createPolicyBox = (): PolicyBox => {
  let rows = new Map<string, PolicyRow>();
  let place = { policyEpoch: 0, policyVersion: 0 };

  const apply = (op: Delta['ops'][number]): void => {
    if ('del' in op) {
      if (!rows.delete(`${op.del.section}/${op.del.key}`)) throw new Error('deletes what is not');
    } else {
      const row = op.put as PolicyRow;
      rows.set(nameOf(row), row);
    }
  };

  return {
    place: () => place,
    rows: () => rows,
    takeDelta: (jws) => {
      const delta = payloadOf(jws) as unknown as Delta;
      const follows = delta.policyEpoch === place.policyEpoch && delta.from === place.policyVersion;
      if (!follows) throw new Error(`delta from ${delta.from} on ${place.policyVersion}`);
      for (const op of delta.ops) apply(op);
      if (stateOf(rows) !== delta.state) throw new Error(`astray at ${delta.to}`);
      place = { policyEpoch: delta.policyEpoch, policyVersion: delta.to };
    },
    takeSnapshot: async (jws, file) => {
      const manifest = payloadOf(jws) as unknown as Manifest;
      const body = await bytesOf(file);
      const hash = createHash('sha256').update(body).digest('hex');
      if (hash !== manifest.sha256 || body.length !== manifest.bytes) {
        throw new Error('other bytes than the manifest names');
      }
      const lines = zstdDecompressSync(body)
        .toString()
        .split('\n')
        .filter((line) => line !== '');
      rows = new Map(
        lines.map((line) => JSON.parse(line) as PolicyRow).map((row) => [nameOf(row), row]),
      );
      if (stateOf(rows) !== manifest.state) throw new Error('other state than the manifest names');
      place = { policyEpoch: manifest.policyEpoch, policyVersion: manifest.version };
    },
  };
};
