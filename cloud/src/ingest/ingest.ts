import { batchBytesMax, readBatchBody, splitBatch, WireEvent } from '@gatehouse/protocols';
import type { BatchHeader, CursorNote } from '@gatehouse/protocols';
import { Compile } from 'typebox/compile';
import { appendFeed } from '../feed/feed.ts';
import type { Database, Log, Queryable, Zstd } from '../ports.ts';
import { isRefusedValue } from '../sql-state.ts';
import { declaredGaps, eventColumns, evidenceColumns } from './event-rows.ts';
import type { EventColumns, EvidenceColumns } from './event-rows.ts';
import { insertEvents, insertEvidence, insertGaps, lockCursor, moveCursor } from './event-store.ts';
import type { Gap } from './event-store.ts';
import { quarantineBatch } from './quarantine.ts';
import type { IngestFault } from './quarantine.ts';

export type IngestPorts = {
  readonly database: Database;
  readonly zstd: Zstd;
  readonly nowMs: () => number;
  /** A fresh uuidv7. */
  readonly newId: () => string;
  readonly log: Log;
};

export type IngestResult = {
  readonly outcome: 'inserted' | 'duplicate' | 'ahead' | 'quarantined';
  /** To publish: what the committed database holds. Undefined where nothing can be acknowledged. */
  readonly note: CursorNote | undefined;
  /** Why it was quarantined: raise `batch_quarantined`. */
  readonly fault: IngestFault | undefined;
  /** Holes that this batch brought and that people must hear of: raise `events_lost`. */
  readonly gaps: readonly Gap[];
};

/** The body, ready for the database, or why it cannot be. */
type Content =
  | {
      readonly ok: true;
      readonly events: readonly WireEvent[];
      readonly rows: readonly EventColumns[];
      readonly evidence: readonly EvidenceColumns[];
    }
  | { readonly ok: false; readonly fault: IngestFault };

type Received = {
  readonly header: BatchHeader;
  readonly content: Content;
  readonly bytes: Uint8Array;
  readonly receivedAt: Date;
};

/**
 * Takes one batch into the database, once, in one transaction. No bytes make it reject: what cannot
 * be read is kept and, where its header is in sequence, passed over.
 * @param gateway of the topic, whose use the broker authorised
 * @throws CloudError CL_DATABASE while the database is away: the gateway sends it again
 */
export const ingestBatch = async (
  ports: IngestPorts,
  gateway: string,
  bytes: Uint8Array,
): Promise<IngestResult> => {
  const receivedAt = new Date(ports.nowMs());
  const split = splitBatch(bytes);
  if (!split.ok) return refuse(ports, { gateway, bytes, receivedAt, fault: split.fault });
  const { header, body } = split;
  if (header.gateway !== gateway) {
    return refuse(ports, { gateway, bytes, receivedAt, fault: 'foreign_gateway' });
  }
  const received = { header, content: readContent(ports.zstd, header, body), bytes, receivedAt };
  try {
    return await take(ports, received);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    ports.log.warn('ingest.value_refused', { gateway, error: String(error) });
    return take(ports, { ...received, content: { ok: false, fault: 'not_storable' } });
  }
};

const compiled = Compile(WireEvent);
const isWireEvent = (value: unknown): value is WireEvent => compiled.Check(value);

const readContent = (zstd: Zstd, header: BatchHeader, body: Uint8Array): Content => {
  const text = inflateText(zstd, body);
  if (text === undefined) return { ok: false, fault: 'bad_compression' };
  const read = readBatchBody(header, text, isWireEvent);
  if (!read.ok) return read;
  const { events } = read;
  try {
    return { ok: true, events, rows: events.map(eventColumns), evidence: evidenceColumns(events) };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, fault: 'not_storable' };
    throw error;
  }
};

const inflateText = (zstd: Zstd, body: Uint8Array): string | undefined => {
  try {
    return new TextDecoder().decode(zstd.inflate(body, batchBytesMax));
  } catch {
    return undefined;
  }
};

/** Without a header that can be believed there is no cursor to move. */
const refuse = async (
  { database, newId, log }: IngestPorts,
  batch: Pick<Received, 'bytes' | 'receivedAt'> & { gateway: string; fault: IngestFault },
): Promise<IngestResult> => {
  await database.transaction((tx) => quarantineBatch(tx, { id: newId(), ...batch }));
  log.warn('ingest.refused', { gateway: batch.gateway, fault: batch.fault });
  return { outcome: 'quarantined', note: undefined, fault: batch.fault, gaps: [] };
};

const take = async (ports: IngestPorts, received: Received): Promise<IngestResult> => {
  const { header } = received;
  const { gateway, epoch, stream, from, to } = header;
  const result = await ports.database.transaction(async (tx): Promise<IngestResult> => {
    const cursor = await lockCursor(tx, header);
    const lineage = await readLineage(tx);
    const note = { lineage, epoch, stream, cursor };
    if (to <= cursor) return { outcome: 'duplicate', note, fault: undefined, gaps: [] };
    if (from > cursor + 1) return { outcome: 'ahead', note, fault: undefined, gaps: [] };
    const added = await store(ports, tx, { ...received, from: cursor + 1 });
    return { ...added, note: { ...note, cursor: to } };
  });
  const { outcome, fault } = result;
  const level = outcome === 'quarantined' ? 'warn' : 'debug';
  ports.log[level](`ingest.${outcome}`, { gateway, epoch, stream, from, to, fault });
  return result;
};

type Stored = Omit<IngestResult, 'note'>;

/** What stands at and above `from`, and the feed last. */
const store = async (
  { newId }: IngestPorts,
  tx: Queryable,
  received: Received & { readonly from: number },
): Promise<Stored> => {
  const { header, content, receivedAt, from } = received;
  const { gateway, epoch, stream, to } = header;
  const place = { gateway, epoch, stream, receivedAt };
  const isNew = ({ seq }: { readonly seq: number }): boolean => seq >= from;
  const gaps: readonly Gap[] = content.ok
    ? declaredGaps({ ...header, from }, content.events)
    : [{ from, to, journalClass: 'unknown', why: 'quarantined' }];
  if (content.ok) {
    await insertEvents(tx, place, content.rows.filter(isNew));
    await insertEvidence(tx, place, content.evidence.filter(isNew));
  } else {
    const { bytes } = received;
    await quarantineBatch(tx, { id: newId(), gateway, receivedAt, fault: content.fault, bytes });
  }
  await insertGaps(tx, place, gaps);
  await moveCursor(tx, place, to);
  await appendFeed(tx, receivedAt.getTime(), { kind: 'batch', gateway, epoch, stream, from, to });
  return content.ok
    ? { outcome: 'inserted', fault: undefined, gaps }
    : { outcome: 'quarantined', fault: content.fault, gaps };
};

const readLineage = async (tx: Queryable): Promise<string> => {
  const [row] = await tx.query<{ lineage: string }>('select lineage from deployment');
  if (row === undefined) throw new Error('the database has no row in deployment');
  return row.lineage;
};
