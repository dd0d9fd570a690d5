import { randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { joinBatch, uuidv7 } from '@gatehouse/protocols';
import type { BatchHeader, WireEvent } from '@gatehouse/protocols';
import type { IngestPorts } from '../ingest/ingest.ts';
import type { Database, Zstd } from '../ports.ts';
import { silentLog } from './database-server.ts';

export const testZstd: Zstd = {
  compress: (bytes) => zstdCompressSync(bytes),
  inflate: (bytes, bytesMax) => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }),
};

/** 2026-11-22 08:00 in Shanghai. */
export const testNowMs = Date.UTC(2026, 10, 22, 0, 0, 0);

export const testIngestPorts = (database: Database): IngestPorts => ({
  database,
  zstd: testZstd,
  nowMs: () => testNowMs,
  newId: () => uuidv7(testNowMs, randomBytes(10)),
  log: silentLog,
});

export const testHeader = {
  v: 1,
  gateway: 'library-gw',
  epoch: '0a1b2c3d',
  stream: 'main',
  from: 1,
  to: 1,
  lost: [],
} as const satisfies BatchHeader;

const trusted = { q: 'trusted', boot: '00000001', mono: 1000 } as const;

/** `undefined` leaves a field out, as JSON does. */
export type EventChange = { readonly [K in keyof WireEvent]?: WireEvent[K] | undefined };

/** One event a second, on a morning. */
export const testEvent = (seq: number, change: EventChange = {}): WireEvent => {
  const event = {
    seq,
    kind: 'door.opened',
    at: testNowMs - 1_000_000 + seq * 1000,
    clock: trusted,
    door: 'library-east',
    data: { n: seq },
    ...change,
  };
  // What `undefined` leaves out here is optional in the schema; tests of bad events say it there.
  return JSON.parse(JSON.stringify(event)) as WireEvent;
};

export const testBody = (events: readonly unknown[]): Uint8Array =>
  testZstd.compress(new TextEncoder().encode(events.map((e) => `${JSON.stringify(e)}\n`).join('')));

/** A batch of these events; the header spans them where it does not say otherwise. */
export const testBatch = (
  events: readonly WireEvent[],
  header: Partial<BatchHeader> = {},
): Uint8Array => {
  const seqs = events.map(({ seq }) => seq);
  const span = { from: Math.min(...seqs), to: Math.max(...seqs) };
  return joinBatch({ ...testHeader, ...span, ...header }, testBody(events));
};

export const testEvents = (from: number, to: number): readonly WireEvent[] =>
  Array.from({ length: to - from + 1 }, (_, i) => testEvent(from + i));
