import type { Stream } from '@gatehouse/protocols';
import type { AcknowledgeOptions, ReadOptions } from '../journal/journal-file.ts';
import type { AppendRecord, LossRecord } from '../journal/record.ts';
import type { Appended, CommandEntry, JournalSlice, Mark, StreamPosition } from '../ports.ts';

/** A slow disk, for tests and benches: commits take `stallMs` longer, once in `everyMs`. */
export type DiskStall = { readonly stallMs: number; readonly everyMs: number };

export type JournalWorkerData = {
  readonly file: string;
  readonly gateway: string;
  readonly bytesMax: number;
  readonly stall: DiskStall | undefined;
};

/** Marks as columns: 140,000 small objects and buffers would take seconds to cross a thread. */
export type PackedMarks = {
  readonly credentials: readonly string[];
  readonly doors: readonly string[];
  readonly counters: Float64Array;
  readonly atMs: Float64Array;
  readonly bodies: Uint8Array;
  /** Where each body ends in `bodies`. */
  readonly ends: Uint32Array;
};

export type OpenedPacked = {
  readonly epoch: string;
  readonly clean: boolean;
  readonly fenceMs: number;
  readonly commandsOpen: readonly CommandEntry[];
  readonly marks: PackedMarks;
};

/** The worker has neither clock nor randomness of its own: every call brings what it may need. */
export type JournalTable = {
  readonly open: {
    readonly args: {
      readonly freshEpoch: string;
      readonly nextInstance: string;
      /** After a failure while the gateway runs: refuse older passes, return no marks. */
      readonly again: boolean;
      readonly nowMs: number;
    };
    readonly value: OpenedPacked;
  };
  readonly append: { readonly args: AppendArgs; readonly value: Appended };
  readonly positions: { readonly args: undefined; readonly value: readonly StreamPosition[] };
  readonly read: { readonly args: ReadOptions; readonly value: JournalSlice | undefined };
  readonly acknowledge: {
    readonly args: AcknowledgeOptions & { readonly nowMs: number };
    readonly value: void;
  };
  readonly close: { readonly args: undefined; readonly value: void };
};

export type AppendArgs = {
  readonly item: { readonly append: AppendRecord } | { readonly loss: LossRecord };
  readonly nowMs: number;
};

export type JournalNote = {
  readonly waiting: number;
  readonly fill: number;
  readonly grew: readonly Stream[];
  /** The file is not usable any more: it must be opened again before anything else. */
  readonly unusable?: boolean;
};

/** @param count how many `marks` will be */
export const packMarks = (marks: Iterable<Mark>, count: number): PackedMarks => {
  const credentials: string[] = [];
  const doors: string[] = [];
  const counters = new Float64Array(count);
  const atMs = new Float64Array(count);
  const ends = new Uint32Array(count);
  let bodies = new Uint8Array(count * passBodyBytes);
  let end = 0;
  for (const mark of marks) {
    const i = credentials.length;
    credentials.push(mark.credential);
    doors.push(mark.door);
    counters[i] = mark.counter;
    atMs[i] = mark.atMs;
    if (end + mark.body.length > bodies.length) bodies = grown(bodies, end + mark.body.length);
    bodies.set(mark.body, end);
    end += mark.body.length;
    ends[i] = end;
  }
  return { credentials, doors, counters, atMs, bodies, ends };
};

/** Bytes 0..16 of a pass. */
const passBodyBytes = 17;

const grown = (bytes: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> => {
  const larger = new Uint8Array(2 * least);
  larger.set(bytes);
  return larger;
};

export const unpackMarks = (packed: PackedMarks): readonly Mark[] =>
  packed.credentials.map((credential, i) => ({
    credential,
    counter: packed.counters[i] ?? 0,
    body: packed.bodies.subarray(i === 0 ? 0 : packed.ends[i - 1], packed.ends[i]),
    door: packed.doors[i] ?? '',
    atMs: packed.atMs[i] ?? 0,
  }));
