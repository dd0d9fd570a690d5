import { batchBytesMax, batchEventsMax, readBatchBody, splitBatch } from '@gatehouse/protocols';
import type { CursorNote, Hello, Lost, Stream, WireEvent } from '@gatehouse/protocols';
import type { LinkConnection, Zstd } from '../ports.ts';

type Stored = { cursor: number; readonly events: WireEvent[]; readonly lost: Lost[] };

export type FakeCloud = {
  lineage: string;
  /** Stores a batch by the cursor rules and answers, whatever becomes of it. */
  readonly ingest: (payload: Uint8Array) => CursorNote;
  readonly hello: () => Hello;
  readonly stored: (epoch: string, stream: Stream) => Stored;
  /** Forgets everything above a cursor, as a database from a backup does. */
  readonly restore: (epoch: string, stream: Stream, cursor: number) => void;
  readonly batches: readonly {
    readonly from: number;
    readonly to: number;
    readonly stream: Stream;
  }[];
};

/** The rules of ingestion, without a database: duplicates skipped, gaps refused, cursor told. */
export const createFakeCloud = (zstd: Zstd): FakeCloud => {
  const lanes = new Map<string, Stored>();
  const batches: { from: number; to: number; stream: Stream }[] = [];
  const stored = (epoch: string, stream: Stream): Stored => {
    const name = `${epoch}.${stream}`;
    const held = lanes.get(name) ?? { cursor: 0, events: [], lost: [] };
    lanes.set(name, held);
    return held;
  };
  const cloud: FakeCloud = {
    lineage: '00000000000000a1',
    batches,
    stored,
    ingest: (payload) => {
      const parts = splitBatch(payload);
      if (!parts.ok) throw new Error(parts.fault);
      const { header } = parts;
      const text = new TextDecoder().decode(zstd.inflate(parts.body, batchBytesMax));
      const body = readBatchBody(header, text);
      if (!body.ok) throw new Error(body.fault);
      if (body.events.length > batchEventsMax) throw new Error('too many');
      const { epoch, stream, from, to } = header;
      batches.push({ from, to, stream });
      const lane = stored(epoch, stream);
      if (to > lane.cursor && from <= lane.cursor + 1) {
        lane.events.push(...body.events.filter((event) => event.seq > lane.cursor));
        lane.lost.push(...header.lost.filter((lost) => lost.to > lane.cursor));
        lane.cursor = to;
      }
      return { lineage: cloud.lineage, epoch, stream, cursor: lane.cursor };
    },
    hello: () => ({
      session: '0123456789abcdef',
      lineage: cloud.lineage,
      at: 0,
      cursors: [...lanes].map(([name, { cursor }]) => {
        const [epoch = '', stream] = name.split('.');
        return { epoch, stream: stream as Stream, cursor };
      }),
    }),
    restore: (epoch, stream, cursor) => {
      const lane = stored(epoch, stream);
      lane.cursor = cursor;
      lane.events.splice(0, lane.events.length, ...lane.events.filter((e) => e.seq <= cursor));
      lane.lost.splice(0, lane.lost.length, ...lane.lost.filter((l) => l.to <= cursor));
    },
  };
  return cloud;
};

/** A connection that hands every message to `publish`; closing it is told once. */
export const createFakeConnection = (
  publish: (payload: Uint8Array) => Promise<void>,
): LinkConnection & { readonly closed: () => boolean } => {
  let closed = false;
  const listeners: ((cause: string) => void)[] = [];
  return {
    publish: async (_topic, payload) => {
      if (closed) throw new Error('closed');
      await publish(typeof payload === 'string' ? new TextEncoder().encode(payload) : payload);
    },
    onMessage: () => undefined,
    onClose: (run) => void listeners.push(run),
    close: async () => {
      if (closed) return;
      closed = true;
      await Promise.resolve();
      listeners.forEach((listener) => listener('closed'));
    },
    closed: () => closed,
  };
};
