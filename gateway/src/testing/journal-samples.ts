import { DatabaseSync } from 'node:sqlite';
import { toBase64Url } from '@gatehouse/protocols';
import type { NewEvent } from '@gatehouse/protocols';
import { openJournalFile } from '../journal/journal-file.ts';
import type { JournalFile, JournalFileOptions, JournalItem } from '../journal/journal-file.ts';
import { recordAppend } from '../journal/record.ts';
import type { Append, Mark } from '../ports.ts';

export const sampleAtMs = Date.UTC(2026, 8, 1, 8);

/** A door, an urgent and a telemetry event that can be told apart by `n`. */
export const doorEvent = (n: number): NewEvent => ({
  kind: 'access.granted',
  at: sampleAtMs + n,
  clock: { q: 'trusted', boot: '0badc0de', mono: n },
  door: 'east-gate',
  device: 'scanner-1',
  data: {
    reason: 'granted',
    side: 'entry',
    reader: 'scanner-1',
    basis: 'local',
    policy: { epoch: 1, version: 2, ageMs: 1000 },
    credential: '00a1b2c3d4e5f607',
    counter: n,
    audience: 'campus-01',
  },
  evidence: toBase64Url(new Uint8Array(81).fill(n % 256)),
});
export const urgentEvent = (n: number): NewEvent => ({
  kind: 'door.held',
  at: sampleAtMs + n,
  clock: { q: 'trusted', boot: '0badc0de', mono: n },
  door: 'east-gate',
  data: {},
});
export const telemetryEvent = (n: number): NewEvent => ({
  kind: 'presence.entered',
  at: sampleAtMs + n,
  clock: { q: 'trusted', boot: '0badc0de', mono: n },
  door: 'east-gate',
  data: {},
});

export const sampleMark = (credential: string, counter: number): Mark => ({
  credential,
  counter,
  body: new Uint8Array(17).fill(counter % 256),
  door: 'east-gate',
  atMs: sampleAtMs,
});

export const itemOf = (append: Append): JournalItem => ({ append: recordAppend(append) });

/** A journal without a disk. */
export const openMemoryJournal = (options: Partial<JournalFileOptions> = {}): JournalFile =>
  openJournalFile({
    db: new DatabaseSync(':memory:'),
    gateway: 'gw-1',
    bytesMax: 64 * 1024 * 1024,
    freshEpoch: '0000aaaa',
    instance: { held: undefined, next: '0000000000000001' },
    ...options,
  });
