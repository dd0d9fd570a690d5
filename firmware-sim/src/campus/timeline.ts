import assert from 'node:assert/strict';
import type { Cancel } from '../ports.ts';

/** Virtual time: whole milliseconds since the start, moved by the events that wait for them. */
export type Timeline = {
  readonly nowMs: () => number;
  /** Events of one moment run in the order in which they were asked for. */
  readonly after: (delayMs: number, run: () => void) => Cancel;
  readonly wait: (delayMs: number) => Promise<void>;
  /** Runs what falls due until then; all that follows from one event comes before the next. */
  readonly runUntil: (untilMs: number) => Promise<void>;
};

/** More in one millisecond and something calls itself for ever. */
const eventsPerMsMax = 10_000;

type Entry = { readonly dueMs: number; readonly order: number; run: (() => void) | undefined };

/** @param settle resolves when nothing moves any more without time moving */
export const createTimeline = (settle: () => Promise<void>): Timeline => {
  const queue = createQueue();
  let nowMs = 0;
  let order = 0;
  let atThisMs = 0;

  const after: Timeline['after'] = (delayMs, run) => {
    order += 1;
    const entry: Entry = { dueMs: nowMs + Math.max(0, Math.ceil(delayMs)), order, run };
    queue.push(entry);
    return () => {
      entry.run = undefined;
    };
  };
  const moveTo = (toMs: number): void => {
    if (toMs > nowMs) atThisMs = 0;
    nowMs = toMs;
    atThisMs += 1;
    assert(atThisMs <= eventsPerMsMax, `the moment ${nowMs} ms never ends`);
  };
  return {
    nowMs: () => nowMs,
    after,
    wait: (delayMs) => new Promise((resolve) => void after(delayMs, resolve)),
    runUntil: async (untilMs) => {
      await settle();
      for (let next = queue.peek(); next && next.dueMs <= untilMs; next = queue.peek()) {
        queue.pop();
        if (next.run === undefined) continue;
        moveTo(next.dueMs);
        next.run();
        await settle();
      }
      moveTo(untilMs);
    },
  };
};

type Queue = {
  readonly push: (entry: Entry) => void;
  readonly peek: () => Entry | undefined;
  readonly pop: () => void;
};

const isBefore = (a: Entry | undefined, b: Entry | undefined): boolean =>
  a !== undefined &&
  (b === undefined || a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order));

/** A binary heap: a campus of some minutes has tens of thousands of events. */
const createQueue = (): Queue => {
  const heap: Entry[] = [];
  const swap = (a: number, b: number): void => {
    const [first, second] = [heap[a], heap[b]];
    if (first === undefined || second === undefined) return;
    heap[a] = second;
    heap[b] = first;
  };
  const rise = (from: number): void => {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[parent])) return;
      swap(at, parent);
      at = parent;
    }
  };
  const sink = (): void => {
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = isBefore(heap[right], heap[left]) ? right : left;
      if (!isBefore(heap[child], heap[at])) return;
      swap(at, child);
      at = child;
    }
  };
  return {
    push: (entry) => {
      heap.push(entry);
      rise(heap.length - 1);
    },
    peek: () => heap[0],
    pop: () => {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      sink();
    },
  };
};
