import type { Lost, WireEvent } from '@gatehouse/protocols';
import type { JournalSlice } from '../ports.ts';
import { numberIn, textIn } from './database.ts';
import type { Database, SqlRow } from './database.ts';
import { classOf, defaultClass } from './lanes.ts';
import type { Lane } from './lanes.ts';

/** A header line of 64 KiB has room for these. */
const lostMax = 500;

/** `{"seq":,` and LF beyond the stored body, with 16 digits. */
const lineBytesExtra = 25;

type Limits = {
  readonly after: number;
  readonly eventsMax: number;
  readonly bytesMax: number;
};

export type SliceReader = (lane: Lane, limits: Limits) => JournalSlice | undefined;

const eventOf = (seq: number, body: string): WireEvent | undefined => {
  try {
    // We wrote it from a NewEvent, whose fields are those of a WireEvent.
    return { seq, ...(JSON.parse(body) as Omit<WireEvent, 'seq'>) };
  } catch {
    return undefined;
  }
};

/**
 * Reads what stands above `after`: events, and every number without one as a loss. A hole that
 * nobody declared (a damaged file) is declared here, so that it can never block the stream.
 */
export const createSliceReader = (db: Database): SliceReader => {
  const eventRows = db.prepare(
    'SELECT seq, body FROM events WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const lostRows = db.prepare(
    `SELECT from_seq, to_seq, class, why FROM lost
     WHERE lane = ? AND to_seq > ? ORDER BY from_seq LIMIT ?`,
  );
  return (lane, { after, eventsMax, bytesMax }) => {
    if (after >= lane.head) return undefined;
    const start = Math.max(after, lane.pruned);
    const events = eventRows.all(lane.id, start, eventsMax);
    const losses = lostRows.all(lane.id, start, lostMax);
    const pruned: readonly Lost[] =
      after < lane.pruned
        ? [{ from: after + 1, to: lane.pruned, journalClass: lane.prunedClass, why: 'pruned' }]
        : [];
    const end = Math.min(
      lane.head,
      events.length < eventsMax ? lane.head : lastOf(events, 'seq', lane.head),
      losses.length < lostMax ? lane.head : lastOf(losses, 'to_seq', lane.head),
    );
    const walked = walk({ lane, start, end, events, losses, bytesMax });
    return { from: after + 1, ...walked, lost: [...pruned, ...walked.lost] };
  };
};

const lastOf = (rows: readonly SqlRow[], column: string, otherwise: number): number => {
  const row = rows.at(-1);
  return row === undefined ? otherwise : numberIn(row, column);
};

type Walk = {
  readonly lane: Lane;
  readonly start: number;
  readonly end: number;
  readonly events: readonly SqlRow[];
  readonly losses: readonly SqlRow[];
  readonly bytesMax: number;
};

const walk = ({ lane, start, end, events, losses, bytesMax }: Walk): Omit<JournalSlice, 'from'> => {
  const found: WireEvent[] = [];
  const lost: Lost[] = [];
  const declare = (from: number, to: number, row?: SqlRow): void => {
    const journalClass = row
      ? classOf(textIn(row, 'class'), lane.stream)
      : defaultClass(lane.stream);
    lost.push({ from, to, journalClass, why: row ? textIn(row, 'why') : 'damaged' });
  };
  let done = start;
  let bytes = 0;
  let nextEvent = 0;
  let nextLoss = 0;
  while (done < end && lost.length < lostMax) {
    const event = events[nextEvent];
    const loss = losses[nextLoss];
    const seq = event === undefined ? end + 1 : numberIn(event, 'seq');
    const from = loss === undefined ? end + 1 : Math.max(done + 1, numberIn(loss, 'from_seq'));
    if (event !== undefined && seq === done + 1) {
      const body = textIn(event, 'body');
      bytes += Buffer.byteLength(body) + lineBytesExtra;
      if (bytes > bytesMax && done > start) break;
      const wire = eventOf(seq, body);
      if (wire === undefined) declare(seq, seq);
      else found.push(wire);
      nextEvent += 1;
      done = seq;
    } else if (loss !== undefined && from === done + 1) {
      const to = Math.min(numberIn(loss, 'to_seq'), seq - 1);
      if (to >= from) {
        declare(from, to, loss);
        done = to;
      }
      nextLoss += 1;
    } else {
      const to = Math.min(seq, from) - 1;
      declare(done + 1, to);
      done = to;
    }
  }
  return { to: done, events: found, lost };
};
