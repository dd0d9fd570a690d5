import type { Cancel, Clock } from '../../ports.ts';

/** The part of an HTTP response that a stream needs. */
export type SseSocket = {
  readonly write: (text: string) => boolean;
  readonly end: (text?: string) => unknown;
  readonly destroy: () => unknown;
  readonly on: (event: 'drain' | 'close' | 'error', run: () => void) => unknown;
};

export type SseMessage = {
  readonly event: string;
  readonly data: unknown;
  /** Where to go on from, once this has arrived. */
  readonly id?: number;
};

export type SseWriter = {
  readonly send: (message: SseMessage) => void;
  /** A comment, so that both ends see a dead line; carries how far the listener is. */
  readonly beat: (id: number) => void;
  /** Tells why, and closes. The listener comes back by itself. */
  readonly end: (why: string) => void;
  readonly hasEnded: () => boolean;
};

export type SseWriterOptions = {
  readonly socket: SseSocket;
  readonly clock: Pick<Clock, 'after'>;
  /** Once, whoever ended it. */
  readonly onEnd: (why: string) => void;
};

/** Of text that waits for a listener who reads too slowly. */
const waitingCharsMax = 512 * 1024;
/** For the last words to get through. */
const farewellMs = 2_000;

/** HTML standard, §9.2.6; JSON has no bare line end, so one data line holds it. */
export const sseText = ({ event, data, id }: SseMessage): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Writes messages in order; a listener who falls behind is let go before it fills our memory. */
export const createSseWriter = ({ socket, clock, onEnd }: SseWriterOptions): SseWriter => {
  let waiting: string[] = [];
  let waitingChars = 0;
  let isBlocked = false;
  let ended = false;
  let cancelFarewell: Cancel = () => undefined;

  const over = (why: string): boolean => {
    if (ended) return false;
    ended = true;
    waiting = [];
    onEnd(why);
    return true;
  };
  const end = (why: string): void => {
    if (!over(why)) return;
    cancelFarewell = clock.after(farewellMs, () => void socket.destroy());
    socket.end(sseText({ event: 'end', data: { why } }));
  };
  const write = (text: string): void => {
    if (ended) return;
    if (!isBlocked) {
      isBlocked = !socket.write(text);
      return;
    }
    waiting.push(text);
    waitingChars += text.length;
    if (waitingChars > waitingCharsMax) end('slow');
  };
  socket.on('drain', () => {
    const texts = waiting;
    waiting = [];
    waitingChars = 0;
    isBlocked = false;
    for (const text of texts) write(text);
  });
  socket.on('error', () => over('error'));
  socket.on('close', () => {
    cancelFarewell();
    over('closed');
  });
  return {
    send: (message) => write(sseText(message)),
    beat: (id) => write(`: beat\nid: ${id}\n\n`),
    end,
    hasEnded: () => ended,
  };
};
