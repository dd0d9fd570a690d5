import type { Stream } from '@gatehouse/protocols';

export const windowBatches = 8;
/** No progress for this long and everything above the cursor is sent again. */
export const resendFirstMs = 5_000;
export const resendMaxMs = 30_000;

/** Where one (epoch, stream) stands on its way to the cloud. */
export type Lane = {
  readonly epoch: string;
  readonly stream: Stream;
  readonly live: boolean;
  /** Last sequence in the journal. */
  readonly head: number;
  /** The cloud's word: it has everything up to here. */
  readonly cursor: number;
  /** Sent up to here. */
  readonly sent: number;
  /** The last sequence of each batch in flight, ascending. */
  readonly flights: readonly number[];
  /** Batches that may be in flight: one after a silence, doubled with each progress. */
  readonly window: number;
  /** Monotonic time of the last progress, or of the first batch after a rest. */
  readonly movedAtMs: number;
  readonly resendMs: number;
  /** A gap is mended once: until the cursor is here, only silence makes us send again. */
  readonly mendedTo: number;
  /** Highest cursor heard since the last rewind. */
  readonly heard: number | undefined;
  /** Turns go round among lanes of one rank. */
  readonly servedAt: number;
};

export type LaneStart = Pick<Lane, 'epoch' | 'stream' | 'live' | 'head' | 'cursor'>;

export const startLane = (start: LaneStart): Lane => ({
  ...start,
  sent: start.cursor,
  flights: [],
  window: windowBatches,
  movedAtMs: 0,
  resendMs: resendFirstMs,
  mendedTo: 0,
  heard: undefined,
  servedAt: 0,
});

export const laneName = ({ epoch, stream }: Pick<Lane, 'epoch' | 'stream'>): string =>
  `${epoch}.${stream}`;

export const canSend = (lane: Lane): boolean =>
  lane.sent < lane.head && lane.flights.length < lane.window;

/** A batch up to `to` was handed to the broker. */
export const afterSend = (lane: Lane, to: number, nowMs: number, servedAt: number): Lane => ({
  ...lane,
  sent: to,
  flights: [...lane.flights, to],
  movedAtMs: lane.flights.length === 0 ? nowMs : lane.movedAtMs,
  servedAt,
});

/**
 * A cursor from the cloud. Progress opens the window; the same cursor again while batches are in
 * flight means that one before them was lost: everything above is sent again, once. A lower one is
 * an old note, unless nothing better is heard until the deadline.
 */
export const afterCursor = (lane: Lane, cursor: number, nowMs: number): Lane => {
  const heard = Math.max(cursor, lane.heard ?? 0);
  if (cursor > lane.cursor) {
    return {
      ...lane,
      cursor,
      heard,
      sent: Math.max(lane.sent, cursor),
      head: Math.max(lane.head, cursor),
      flights: lane.flights.filter((to) => to > cursor),
      window: Math.min(2 * lane.window, windowBatches),
      movedAtMs: nowMs,
      resendMs: resendFirstMs,
    };
  }
  const gap = cursor === lane.cursor && lane.flights.length > 0 && lane.mendedTo <= cursor;
  if (!gap) return { ...lane, heard };
  return { ...rewind(lane, cursor), mendedTo: lane.sent, movedAtMs: nowMs };
};

export const rewind = (lane: Lane, cursor: number): Lane => ({
  ...lane,
  cursor,
  sent: cursor,
  flights: [],
  heard: undefined,
});

export const deadlineMs = (lane: Lane): number | undefined =>
  lane.flights.length === 0 ? undefined : lane.movedAtMs + lane.resendMs;

/**
 * Nothing moved until the deadline: from the cursor again, one batch first, waiting longer. A cloud
 * that only ever names a lower cursor has lost what it acknowledged: it is believed.
 */
export const afterSilence = (lane: Lane): Lane => ({
  ...rewind(lane, Math.min(lane.cursor, lane.heard ?? lane.cursor)),
  window: 1,
  mendedTo: 0,
  resendMs: Math.min(2 * lane.resendMs, resendMaxMs),
});

/** Alarms of now, alarms of before, what happened, measurements. */
const rankOf = ({ stream, live }: Lane): number =>
  stream === 'urgent' ? (live ? 0 : 1) : stream === 'main' ? 2 : 3;

/** The lane whose turn it is; within a rank the one that waited longest. */
export const nextLane = (lanes: Iterable<Lane>): Lane | undefined => {
  let best: Lane | undefined;
  for (const lane of lanes) {
    if (!canSend(lane)) continue;
    const order =
      best === undefined ? -1 : rankOf(lane) - rankOf(best) || lane.servedAt - best.servedAt;
    if (order < 0) best = lane;
  }
  return best;
};
