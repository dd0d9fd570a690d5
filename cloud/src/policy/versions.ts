import { addRow, digestText, removeRow, rowDigest, signedTypes } from '@gatehouse/protocols';
import type { Delta, PolicyDigest, Primitives } from '@gatehouse/protocols';
import type { Queryable, Signer } from '../ports.ts';
import type { PolicyChange } from './changes.ts';

/** What was last published for a gateway. */
export type PolicyHead = {
  readonly policyEpoch: number;
  /** 0 = nothing yet. */
  readonly version: number;
  /** 64 hex digits, see `digestText`. */
  readonly state: string;
};

export const deltasKept = 200;
/** As the schema of a delta has it. */
const opsMax = 2_000;
/** Of the ops as JSON; the signed text is a third longer. */
const deltaCharactersMax = 1024 * 1024;

/**
 * Locks the head of a gateway until the transaction ends: a version is taken by one writer at a
 * time, and what is compiled after this line is at least as new as what any other has compiled.
 */
export const lockHead = async (tx: Queryable, gateway: string): Promise<PolicyHead> => {
  await tx.query(
    `insert into policy_head (gateway, policy_epoch, version, state) values ($1, 0, 0, $2)
     on conflict do nothing`,
    [gateway, digestText(0n)],
  );
  const [head] = await tx.query<PolicyHead>(
    `select policy_epoch as "policyEpoch", version, state from policy_head
     where gateway = $1 for update`,
    [gateway],
  );
  if (head === undefined) throw new Error(`no policy head of ${gateway}`);
  return head;
};

export const readPolicyEpoch = async (db: Queryable): Promise<number> => {
  const [row] = await db.query<{ policy_epoch: number }>('select policy_epoch from deployment');
  if (row === undefined) throw new Error('the database has no row in deployment');
  return row.policy_epoch;
};

export type NewVersion = {
  readonly gateway: string;
  readonly head: PolicyHead;
  readonly policyEpoch: number;
  readonly changes: AsyncIterable<readonly PolicyChange[]>;
  readonly atMs: number;
  readonly signer: Signer;
  readonly sha256: Primitives['sha256'];
};

type Draft = {
  digest: PolicyDigest;
  count: number;
  characters: number;
  /** Undefined once they are too many for a delta. */
  ops: Delta['ops'] | undefined;
};

/**
 * Writes the changes as the next version, with a signed delta where it is small enough.
 * @param version.head locked by this transaction
 * @returns the new head, or undefined where nothing changed: then no version is used up
 */
export const writeVersion = async (
  tx: Queryable,
  version: NewVersion,
): Promise<PolicyHead | undefined> => {
  const { gateway, head, policyEpoch } = version;
  const draft: Draft = { digest: BigInt(`0x${head.state}`), count: 0, characters: 0, ops: [] };
  for await (const changes of version.changes) {
    for (const change of changes) note(draft, change, version);
    await storeRows(tx, gateway, changes);
  }
  if (draft.count === 0 && head.policyEpoch === policyEpoch) return undefined;
  const next = { policyEpoch, version: head.version + 1, state: digestText(draft.digest) };
  await tx.query(
    'update policy_head set policy_epoch = $2, version = $3, state = $4 where gateway = $1',
    [gateway, policyEpoch, next.version, next.state],
  );
  await storeDelta(tx, version, next, draft.ops);
  return next;
};

const note = (draft: Draft, change: PolicyChange, { sha256 }: NewVersion): void => {
  const { section, key, held, wanted } = change;
  if (held !== undefined) draft.digest = removeRow(draft.digest, rowDigest(held, { sha256 }));
  if (wanted !== undefined) draft.digest = addRow(draft.digest, rowDigest(wanted, { sha256 }));
  draft.count += 1;
  if (draft.ops === undefined) return;
  const op = wanted === undefined ? { del: { section, key } } : { put: wanted };
  draft.characters += JSON.stringify(op).length;
  if (draft.ops.length < opsMax && draft.characters <= deltaCharactersMax) draft.ops.push(op);
  else draft.ops = undefined;
};

const storeRows = async (
  tx: Queryable,
  gateway: string,
  changes: readonly PolicyChange[],
): Promise<void> => {
  const gone = changes.filter(({ wanted }) => wanted === undefined);
  const put = changes.filter(({ wanted }) => wanted !== undefined);
  const sections = (list: readonly PolicyChange[]): readonly string[] =>
    list.map(({ section }) => section);
  const keys = (list: readonly PolicyChange[]): readonly string[] => list.map(({ key }) => key);
  if (gone.length > 0) {
    await tx.query(
      `delete from policy_row p using unnest($2::text[], $3::text[]) as d (section, key)
       where p.gateway = $1 and p.section = d.section and p.key = d.key`,
      [gateway, sections(gone), keys(gone)],
    );
  }
  if (put.length > 0) {
    await tx.query(
      `insert into policy_row (gateway, section, key, row)
       select $1, d.section, d.key, d.row::jsonb
       from unnest($2::text[], $3::text[], $4::text[]) as d (section, key, row)
       on conflict (gateway, section, key) do update set row = excluded.row`,
      [gateway, sections(put), keys(put), put.map(({ wanted }) => JSON.stringify(wanted))],
    );
  }
};

const storeDelta = async (
  tx: Queryable,
  { gateway, head, policyEpoch, atMs, signer }: NewVersion,
  next: PolicyHead,
  ops: Delta['ops'] | undefined,
): Promise<void> => {
  await tx.query(
    'delete from policy_delta where gateway = $1 and (policy_epoch <> $2 or to_version <= $3)',
    [gateway, policyEpoch, next.version - deltasKept],
  );
  // A box that holds nothing, or a state of before a restore, starts from a snapshot.
  if (ops === undefined || head.version === 0 || head.policyEpoch !== policyEpoch) return;
  const delta: Delta = {
    gateway,
    policyEpoch,
    from: head.version,
    to: next.version,
    ops,
    state: next.state,
    issuedAt: atMs,
  };
  const jws = await signer.sign('policy', signedTypes.delta, delta);
  await tx.query(
    `insert into policy_delta (gateway, policy_epoch, from_version, to_version, jws)
     values ($1, $2, $3, $4, $5)`,
    [gateway, policyEpoch, delta.from, delta.to, jws],
  );
};
