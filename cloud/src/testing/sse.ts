/** What came over one server-sent stream, read by `fetch`, as a browser's EventSource reads it. */
export type ReadMessage = {
  readonly event: string;
  readonly data: unknown;
  readonly id: string | undefined;
};

export type ReadStream = {
  readonly status: number;
  readonly headers: Headers;
  readonly messages: ReadMessage[];
  /** Comments, without their colon. */
  readonly comments: string[];
  readonly lastId: () => string | undefined;
  /** Rejects after 10 s, or where the stream ends before. */
  readonly until: (holds: (messages: readonly ReadMessage[]) => boolean) => Promise<void>;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  readonly close: () => void;
};

const waitMaxMs = 10_000;

type Block = { event: string; data: string[] };

/** @param options.lastId as the browser sends it when it comes back */
export const readStream = async (options: {
  readonly url: string;
  readonly cookie: string;
  readonly lastId?: string | undefined;
}): Promise<ReadStream> => {
  const abort = new AbortController();
  const response = await fetch(options.url, {
    signal: abort.signal,
    headers: {
      cookie: options.cookie,
      ...(options.lastId === undefined ? {} : { 'last-event-id': options.lastId }),
    },
  });
  const messages: ReadMessage[] = [];
  const comments: string[] = [];
  const looks = new Set<() => void>();
  let lastId = options.lastId;
  let block: Block = { event: 'message', data: [] };
  const readLine = (line: string): void => {
    if (line === '') {
      if (block.data.length > 0) {
        const data: unknown = JSON.parse(block.data.join('\n'));
        messages.push({ event: block.event, data, id: lastId });
      }
      block = { event: 'message', data: [] };
      return;
    }
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (colon === 0) comments.push(value);
    if (line.startsWith('event:')) block.event = value;
    if (line.startsWith('data:')) block.data.push(value);
    if (line.startsWith('id:')) lastId = value;
  };
  const read = async (): Promise<void> => {
    let rest = '';
    const text = response.body?.pipeThrough(new TextDecoderStream());
    if (text === undefined || response.status !== 200) return;
    for await (const chunk of text) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(readLine);
      for (const look of looks) look();
    }
  };
  let isOver = false;
  const ended = read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      for (const look of looks) look();
    });
  return {
    status: response.status,
    headers: response.headers,
    messages,
    comments,
    lastId: () => lastId,
    until: (holds) =>
      new Promise((resolve, reject) => {
        const done = (error?: Error): void => {
          clearTimeout(timer);
          looks.delete(look);
          if (error === undefined) resolve();
          else reject(error);
        };
        const look = (): void => {
          if (holds(messages)) done();
          else if (isOver) done(new Error(`the stream ended: ${JSON.stringify(messages)}`));
        };
        const timer = setTimeout(() => {
          done(new Error(`waited in vain: ${JSON.stringify(messages).slice(0, 2000)}`));
        }, waitMaxMs);
        looks.add(look);
        look();
      }),
    ended,
    close: () => abort.abort(),
  };
};
