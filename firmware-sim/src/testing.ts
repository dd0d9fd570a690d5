/** For tests: time that stands still until it is moved, and a wire without a network. */
import type { Accept, SimClock } from './ports.ts';

export type VirtualClock = SimClock & {
  /** Runs what falls due in order; promises settle in between. */
  readonly advance: (byMs: number) => Promise<void>;
};

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export const createVirtualClock = (startMs = 1_000_000): VirtualClock => {
  let nowMs = startMs;
  const timers = new Map<symbol, { readonly dueMs: number; readonly run: () => void }>();
  const advance = async (byMs: number): Promise<void> => {
    const untilMs = nowMs + byMs;
    await settle();
    for (;;) {
      const due = [...timers]
        .filter(([, { dueMs }]) => dueMs <= untilMs)
        .toSorted(([, a], [, b]) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      const [key, { dueMs, run }] = due;
      timers.delete(key);
      nowMs = Math.max(nowMs, dueMs);
      run();
      await settle();
    }
    nowMs = untilMs;
  };
  return {
    nowMs: () => 1_750_000_000_000 + nowMs,
    monoMs: () => nowMs,
    after: (delayMs, run) => {
      const key = Symbol('timer');
      timers.set(key, { dueMs: nowMs + delayMs, run });
      return () => void timers.delete(key);
    },
    advance,
  };
};

export type TestPeer = {
  readonly received: Uint8Array[];
  readonly send: (bytes: Uint8Array | string) => void;
  readonly hangUp: () => void;
  readonly isClosed: () => boolean;
};

/** @param onWrite what the peer does when bytes reach it */
export const connect = (accept: Accept, onWrite?: (peer: TestPeer) => void): TestPeer => {
  const received: Uint8Array[] = [];
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    handlers.onClose();
  };
  const handlers = accept({
    write: (bytes) => {
      received.push(bytes.slice());
      onWrite?.(peer);
    },
    // A socket tells of its end after the call that ended it.
    close: () => queueMicrotask(close),
  });
  const peer: TestPeer = {
    received,
    send: (bytes) => {
      handlers.onData(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    },
    hangUp: close,
    isClosed: () => closed,
  };
  return peer;
};

export const joined = (chunks: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
