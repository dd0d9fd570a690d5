import Type from 'typebox';
import Value from 'typebox/value';
import { journalClasses, WireEvent } from '../events.ts';
import { Cursor, Epoch, Id, Seq, Stream } from '../ids.ts';
import { utf8 } from '../bytes.ts';

export const batchEventsMax = 500;
/** Of the body before compression. */
export const batchBytesMax = 1024 * 1024;
/** Of the header line, without its LF. */
export const batchHeaderBytesMax = 64 * 1024;

/** A hole that the gateway owns up to: thinned telemetry, a damaged disk, deleted past the cap. */
export const Lost = Type.Object({
  from: Seq,
  to: Seq,
  journalClass: Type.Enum([...journalClasses]),
  why: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
});
export type Lost = Type.Static<typeof Lost>;

/** One line of JSON ending in LF, then the zstd body: NDJSON of WireEvent, in order of seq. */
export const BatchHeader = Type.Object({
  v: Type.Literal(1),
  gateway: Id,
  epoch: Epoch,
  stream: Stream,
  from: Seq,
  to: Seq,
  lost: Type.Array(Lost, { maxItems: 1000 }),
});
export type BatchHeader = Type.Static<typeof BatchHeader>;

/** Cloud → gateway after the commit; the only proof that a batch is stored. */
export const CursorNote = Type.Object({
  lineage: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  epoch: Epoch,
  stream: Stream,
  cursor: Cursor,
});
export type CursorNote = Type.Static<typeof CursorNote>;

export type BatchFault =
  'no_header' | 'bad_header' | 'bad_body' | 'too_many' | 'bad_event' | 'seq_mismatch';

/** The two parts of a batch; the body stays compressed. */
export const splitBatch = (
  bytes: Uint8Array,
): { ok: true; header: BatchHeader; body: Uint8Array } | { ok: false; fault: BatchFault } => {
  const end = bytes.subarray(0, batchHeaderBytesMax + 1).indexOf(0x0a);
  if (end < 0) return { ok: false, fault: 'no_header' };
  const header = parseJson(new TextDecoder().decode(bytes.subarray(0, end)));
  if (!Value.Check(BatchHeader, header) || header.to < header.from) {
    return { ok: false, fault: 'bad_header' };
  }
  return { ok: true, header, body: bytes.subarray(end + 1) };
};

export const joinBatch = (header: BatchHeader, body: Uint8Array): Uint8Array => {
  const line = utf8(`${JSON.stringify(header)}\n`);
  const bytes = new Uint8Array(line.length + body.length);
  bytes.set(line);
  bytes.set(body, line.length);
  return bytes;
};

/**
 * The events of an inflated body, checked against the header: in order, inside [from, to], and
 * every number that is absent is declared in `lost`.
 * @param isWireEvent a compiled check of the same schema, ten times as fast where `Function` is
 *   allowed
 */
export const readBatchBody = (
  header: BatchHeader,
  body: string,
  isWireEvent: (value: unknown) => value is WireEvent = checkWireEvent,
): { ok: true; events: readonly WireEvent[] } | { ok: false; fault: BatchFault } => {
  const lines = body.split('\n').filter((line) => line !== '');
  if (lines.length > batchEventsMax) return { ok: false, fault: 'too_many' };
  const events: WireEvent[] = [];
  for (const line of lines) {
    const event = parseJson(line);
    if (!isWireEvent(event)) return { ok: false, fault: 'bad_event' };
    events.push(event);
  }
  return covers(header, events) ? { ok: true, events } : { ok: false, fault: 'seq_mismatch' };
};

const checkWireEvent = (value: unknown): value is WireEvent => Value.Check(WireEvent, value);

/** A hole may reach beyond the batch or over an event that was saved: the event counts. */
const covers = ({ from, to, lost }: BatchHeader, events: readonly WireEvent[]): boolean => {
  const seqs = events.map(({ seq }) => seq);
  const inOrder = seqs.every((seq, n) => seq > (seqs[n - 1] ?? from - 1) && seq <= to);
  const runs = [...lost, ...seqs.map((seq) => ({ from: seq, to: seq }))];
  let next = from;
  for (const run of runs.sort((a, b) => a.from - b.from)) {
    if (run.from > next) break;
    next = Math.max(next, run.to + 1);
  }
  return inOrder && next > to;
};

/** The value of a JSON text, or undefined where it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
