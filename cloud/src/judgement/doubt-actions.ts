import { evidenceKeptMs, parsePassBytes, toBase64Url, toCompactJws } from '@gatehouse/protocols';
import type { EvidenceView } from '@gatehouse/protocols';
import { lockCard } from '../cards/card-rows.ts';
import type { CardChangePorts } from '../cards/card-rows.ts';
import { freezeCard } from '../cards/freeze-card.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { useKey } from './use-rows.ts';

export type DoubtPorts = CardChangePorts;

export type DoubtAction = {
  /** Event id of the use. */
  readonly use: string;
  readonly note: string;
};

type Doubt = {
  readonly gateway: string;
  readonly card: string | null;
  readonly closed_at: Date | null;
};

/** Locked until the transaction ends. @throws CloudError CL_NOT_FOUND */
const lockDoubt = async (tx: Queryable, use: string): Promise<Doubt> => {
  const key = useKey(use);
  const [row] = await tx.query<Doubt>(
    `select gateway, card, closed_at from use
     where gateway = $1 and epoch = $2 and stream = $3 and seq = $4 and verdict <> 'confirmed'
     for update`,
    key ?? ['', '', '', 0],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', use);
  return row;
};

/**
 * Somebody looked, and says what was found. What is closed stays as it was closed.
 * @throws CloudError CL_NOT_FOUND
 */
export const closeDoubt = async (
  { database, clock, appendAudit }: DoubtPorts,
  { person }: Session,
  { use, note: written }: DoubtAction,
): Promise<void> => {
  const note = storableText(written);
  await database.transaction(async (tx) => {
    const { gateway, closed_at: closedAt } = await lockDoubt(tx, use);
    if (closedAt !== null) return;
    const atMs = clock.nowMs();
    await tx.query(
      `update use set closed_at = $5, closed_by = $6::uuid, note = $7
       where gateway = $1 and epoch = $2 and stream = $3 and seq = $4`,
      [...(useKey(use) ?? []), new Date(atMs), person.id, note],
    );
    const detail = { note };
    await appendAudit(tx, { atMs, actor: person.id, action: 'use.close', subject: use, detail });
    const data = { gateway, by: person.id };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'use.closed', subject: use, data });
  });
};

/**
 * Freezes the card behind a use in doubt: a person's decision, with a name and a reason, of which
 * its holder hears.
 * @throws CloudError CL_NOT_FOUND where there is no such use, or nobody's card; CL_CARD_ENDED
 */
export const freezeCardOfDoubt = async (
  ports: DoubtPorts,
  { person }: Session,
  { use, note }: DoubtAction,
): Promise<void> => {
  await ports.database.transaction(async (tx) => {
    const { card } = await lockDoubt(tx, use);
    if (card === null) throw new CloudError('CL_NOT_FOUND', 'no card');
    const order = { way: 'doubt', actor: person.id, reason: note, use } as const;
    await freezeCard(tx, ports, await lockCard(tx, card), order);
  });
};

type EvidenceRow = {
  readonly pass: Uint8Array;
  readonly received_at: Date;
  readonly audience: string | null;
  readonly campus: string | null;
  readonly alg: string | null;
  readonly key: Uint8Array | null;
};

const jwkOf = ({ alg, key }: EvidenceRow): EvidenceView['key'] => {
  if (key === null) return null;
  const part = (from: number): string => toBase64Url(key.subarray(from, from + 32));
  return alg === 'EdDSA'
    ? { kty: 'OKP', crv: 'Ed25519', alg, x: part(0) }
    : { kty: 'EC', crv: 'P-256', alg: 'ES256', x: part(1), y: part(33) };
};

/**
 * The pass itself, for whoever has to prove something with it. Each look stands in the audit.
 * @throws CloudError CL_NOT_FOUND where it was erased, or never came
 */
export const readEvidence = async (
  { database, clock, appendAudit }: DoubtPorts,
  { person }: Session,
  use: string,
): Promise<EvidenceView> =>
  database.transaction(async (tx) => {
    const [row] = await tx.query<EvidenceRow>(
      `select v.pass, v.received_at, e.data ->> 'audience' as audience, k.alg, k.key,
         (select s.campus from gateway g join building b on b.id = g.building
           join site s on s.id = b.site where g.id = v.gateway) as campus
       from evidence v
       join use u on (u.gateway, u.epoch, u.stream, u.seq)
         = (v.gateway, v.epoch, v.stream, v.seq)
       join event e on (e.gateway, e.epoch, e.stream, e.seq)
         = (v.gateway, v.epoch, v.stream, v.seq)
       left join credential k on k.id = u.credential
       where v.gateway = $1 and v.epoch = $2 and v.stream = $3 and v.seq = $4`,
      useKey(use) ?? ['', '', '', 0],
    );
    const parsed = row && parsePassBytes(row.pass);
    if (row === undefined || parsed?.ok !== true) throw new CloudError('CL_NOT_FOUND', use);
    const atMs = clock.nowMs();
    const entry = { atMs, actor: person.id, action: 'evidence.read', subject: use, detail: {} };
    await appendAudit(tx, entry);
    return {
      jws: toCompactJws(parsed.pass, row.audience ?? row.campus ?? ''),
      key: jwkOf(row),
      receivedAt: row.received_at.toISOString(),
      erasedAt: new Date(row.received_at.getTime() + evidenceKeptMs).toISOString(),
    };
  });
