import type { PushAnswer, PushRequest, PushServer } from '../ports.ts';

export type Pushed = Partial<Omit<PushRequest, 'body' | 'header'>> & {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How the answer leaves; whole where left out. */
  readonly isWhole?: boolean;
};

export type MemoryPush = {
  readonly server: PushServer;
  readonly request: (pushed: Pushed) => Promise<PushAnswer>;
  /** The network goes away. */
  readonly drop: (cause: string) => void;
  canOpen: boolean;
};

/** Heads that push, without a network. */
export const createMemoryPush = (): MemoryPush => {
  let handle: Parameters<PushServer['open']>[0] | undefined;
  let closers: ((cause: string) => void)[] = [];
  const drop = (cause: string) => {
    handle = undefined;
    for (const run of closers.splice(0)) run(cause);
  };
  const memory: MemoryPush = {
    server: {
      address: 'http://10.0.0.1:8085',
      open: (run) => {
        if (!memory.canOpen) return Promise.reject(new Error('address in use'));
        handle = run;
        closers = [];
        return Promise.resolve({
          onClose: (closed) => void closers.push(closed),
          close: () => Promise.resolve(drop('closed by the gateway')),
        });
      },
    },
    request: async ({ headers = {}, body = '', isWhole = true, ...rest }) => {
      const reply = await handle?.({
        ...{ method: 'POST', path: '/push/n1', query: '' },
        ...rest,
        header: (name) => headers[name],
        body: new TextEncoder().encode(body),
      });
      if (reply === undefined) throw new Error('nobody listens');
      reply.onSent?.(isWhole);
      return reply.answer;
    },
    drop,
    canOpen: true,
  };
  return memory;
};
