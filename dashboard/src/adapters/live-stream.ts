import { readSse, sseStart } from '../api/sse.ts';
import type { SseMessage } from '../api/sse.ts';
import { after, pause } from './clock.ts';

export type StreamListener = {
  readonly onMessage: (message: SseMessage) => void;
  /** The stream answers; also called for each piece that comes, pings included. */
  readonly onAlive: () => void;
  readonly onLost: () => void;
};

/** The server pings every 5 s: two that are missing and the stream is dead. */
const silentMaxMs = 12_000;
const retryDelaysMs = [500, 1_000, 2_000, 4_000, 8_000] as const;
const retryDelayMaxMs = 10_000;

type Connection = { readonly lastId: string | null; readonly heard: boolean };

const readOnce = async (
  path: string,
  lastId: string | null,
  abort: AbortController,
  listener: StreamListener,
): Promise<Connection> => {
  let cancelWatch = after(silentMaxMs, () => {
    abort.abort();
  });
  const alive = (): void => {
    cancelWatch();
    cancelWatch = after(silentMaxMs, () => {
      abort.abort();
    });
    listener.onAlive();
  };
  let state = { ...sseStart, id: lastId };
  let heard = false;
  try {
    const response = await fetch(path, {
      signal: abort.signal,
      cache: 'no-store',
      headers: {
        accept: 'text/event-stream',
        ...(lastId === null ? {} : { 'last-event-id': lastId }),
      },
    });
    if (!response.ok || response.body === null) return { lastId, heard };
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    alive();
    heard = true;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { lastId: state.id, heard };
      const step = readSse(state, value);
      state = step.state;
      alive();
      step.messages.forEach(listener.onMessage);
    }
  } catch {
    return { lastId: state.id, heard };
  } finally {
    cancelWatch();
  }
};

/**
 * A server-sent stream that comes back by itself, from the last id it saw. It reads `fetch` instead
 * of EventSource because only so the pings are seen, and with them a line that died in silence.
 * @returns closes it
 */
export const openLiveStream = (path: string, listener: StreamListener): (() => void) => {
  let abort = new AbortController();
  let closed = false;
  const run = async (): Promise<void> => {
    let lastId: string | null = null;
    let failures = 0;
    while (!closed) {
      const ended: Connection = await readOnce(path, lastId, abort, listener);
      if (closed) return;
      lastId = ended.lastId;
      failures = ended.heard ? 0 : failures + 1;
      listener.onLost();
      await pause(retryDelaysMs[failures] ?? retryDelayMaxMs);
      abort = new AbortController();
    }
  };
  void run();
  return () => {
    closed = true;
    abort.abort();
  };
};
