import { canonicalJson, policySections, signedTypes, utf8 } from '@gatehouse/protocols';
import type { Manifest, PolicyRow } from '@gatehouse/protocols';
import type { Clock, Database, Queryable, Signer } from '../ports.ts';
import { readChunks } from './compile.ts';
import type { PolicyHead } from './versions.ts';

/** A compressed snapshot that is kept, whole and with its hash. */
export type SnapshotFile = {
  /** Hex, of the compressed bytes. */
  readonly sha256: string;
  readonly bytes: number;
  readonly read: () => AsyncIterable<Uint8Array>;
};

/** Where built snapshots are kept, a few for each gateway. A lost one is built again. */
export type SnapshotStore = {
  /** Compresses to one zstd frame; nothing can be found before all of it is there. */
  readonly save: (name: SnapshotName, chunks: AsyncIterable<Uint8Array>) => Promise<SnapshotFile>;
  readonly find: (name: SnapshotName) => Promise<SnapshotFile | undefined>;
};

export type SnapshotName = {
  readonly gateway: string;
  readonly policyEpoch: number;
  readonly version: number;
};

export type SnapshotPorts = {
  readonly database: Database;
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly snapshots: SnapshotStore;
};

export type Snapshots = {
  /** The signed manifest of the newest version; undefined while a gateway has none. */
  readonly manifest: (
    gateway: string,
  ) => Promise<{ readonly head: PolicyHead; readonly jws: string } | undefined>;
  /** What a manifest names: kept, or built again while it is the newest. */
  readonly open: (name: SnapshotName) => Promise<SnapshotFile | undefined>;
};

type Built = { readonly head: PolicyHead; readonly file: SnapshotFile };

export const createSnapshots = (ports: SnapshotPorts): Snapshots => {
  const { database, signer, clock, snapshots } = ports;
  const building = new Map<string, Promise<Built | undefined>>();
  const manifests = new Map<string, { readonly head: PolicyHead; readonly jws: string }>();

  /** Many may ask at once, as after a start: one builds. */
  const build = (gateway: string): Promise<Built | undefined> => {
    const running = building.get(gateway);
    if (running !== undefined) return running;
    const started = buildSnapshot(ports, gateway).finally(() => building.delete(gateway));
    building.set(gateway, started);
    return started;
  };

  const sign = async (gateway: string, { head, file }: Built): Promise<string> => {
    const manifest: Manifest = {
      gateway,
      policyEpoch: head.policyEpoch,
      version: head.version,
      sha256: file.sha256,
      bytes: file.bytes,
      format: 'ndjson+zstd',
      state: head.state,
      issuedAt: clock.nowMs(),
    };
    return signer.sign('policy', signedTypes.manifest, manifest);
  };

  return {
    manifest: async (gateway) => {
      const head = await readHead(database, gateway);
      if (head === undefined || head.version === 0) return undefined;
      const kept = manifests.get(gateway);
      if (kept !== undefined && isSame(kept.head, head)) return kept;
      const built = await build(gateway);
      if (built === undefined) return undefined;
      const made = { head: built.head, jws: await sign(gateway, built) };
      manifests.set(gateway, made);
      return made;
    },
    open: async (name) => {
      const kept = await snapshots.find(name);
      if (kept !== undefined) return kept;
      const head = await readHead(database, name.gateway);
      if (head === undefined || !isSame(head, name)) return undefined;
      const built = await build(name.gateway);
      return built !== undefined && isSame(built.head, name) ? built.file : undefined;
    },
  };
};

type Place = Pick<PolicyHead, 'policyEpoch' | 'version'>;

const isSame = (a: Place, b: Place): boolean =>
  a.policyEpoch === b.policyEpoch && a.version === b.version;

export const readHead = async (db: Queryable, gateway: string): Promise<PolicyHead | undefined> => {
  const [head] = await db.query<PolicyHead>(
    `select policy_epoch as "policyEpoch", version, state from policy_head where gateway = $1`,
    [gateway],
  );
  return head;
};

/** Head and rows as they were at one moment; writers are not held up. */
const buildSnapshot = (
  { database, snapshots }: SnapshotPorts,
  gateway: string,
): Promise<Built | undefined> =>
  database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    const head = await readHead(tx, gateway);
    if (head === undefined || head.version === 0) return undefined;
    const name = { gateway, policyEpoch: head.policyEpoch, version: head.version };
    const file = (await snapshots.find(name)) ?? (await snapshots.save(name, lines(tx, gateway)));
    return { head, file };
  });

/** NDJSON by sections and keys: the same state gives the same bytes on every process. */
async function* lines(tx: Queryable, gateway: string): AsyncGenerator<Uint8Array> {
  for (const section of policySections) {
    const chunks = readChunks<{ readonly row: PolicyRow }>(tx, 'policy_snapshot', {
      sql: `select row from policy_row where gateway = $1 and section = $2
            order by key collate "C"`,
      values: [gateway, section],
    });
    for await (const rows of chunks) {
      yield utf8(rows.map(({ row }) => `${canonicalJson(row)}\n`).join(''));
    }
  }
}
