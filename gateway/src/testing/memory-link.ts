import { GatewayError } from '../errors.ts';
import type { CloudLink, LinkConnection } from '../ports.ts';

export type MemoryConnection = {
  readonly clientId: string;
  readonly subscribe: string;
  readonly will: { readonly topic: string; readonly payload: string };
  /** What was published: topic and payload. */
  readonly published: (readonly [string, Uint8Array])[];
  /** JSON of one topic, in order. */
  readonly bodies: (name: string) => readonly Record<string, unknown>[];
  readonly say: (topic: string, payload: string | Uint8Array) => void;
  readonly drop: (cause: string) => void;
  readonly isOpen: () => boolean;
};

export type MemoryLink = {
  readonly port: CloudLink;
  readonly connections: MemoryConnection[];
  /** `mute` takes everything and acknowledges nothing, not even a goodbye. */
  mood: 'well' | 'refuses' | 'mute';
  /** The cloud's side: hears what a connection publishes, and may answer it. */
  cloud: (connection: MemoryConnection, topic: string, payload: Uint8Array) => void;
};

const unanswered = Promise.withResolvers<void>().promise;

/** A broker for tests. */
export const createMemoryLink = (): MemoryLink => {
  const connect: CloudLink['connect'] = async ({ clientId, subscribe, will }) => {
    await Promise.resolve();
    if (link.mood === 'refuses') throw new GatewayError('GW_LINK', 'refused');
    const published: (readonly [string, Uint8Array])[] = [];
    let open = true;
    let closed: (cause: string) => void = () => undefined;
    let heard: (topic: string, payload: Uint8Array) => void = () => undefined;
    const drop = (cause: string): void => {
      if (!open) return;
      open = false;
      closed(cause);
    };
    const connection: LinkConnection = {
      publish: async (topic, payload) => {
        if (!open) throw new GatewayError('GW_LINK', 'closed');
        const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
        published.push([topic, bytes]);
        link.cloud(memory, topic, bytes);
        return link.mood === 'mute' ? unanswered : Promise.resolve();
      },
      onMessage: (run) => {
        heard = run;
      },
      onClose: (run) => {
        closed = run;
      },
      close: () => {
        if (link.mood === 'mute') return unanswered;
        drop('closed by the gateway');
        return Promise.resolve();
      },
    };
    const memory: MemoryConnection = {
      clientId,
      subscribe,
      will,
      published,
      bodies: (name) =>
        published
          .filter(([topic]) => topic.endsWith(`/up/${name}`))
          // Tests read what the gateway itself has written.
          .map(
            ([, bytes]) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>,
          ),
      say: (topic, payload) => {
        heard(topic, typeof payload === 'string' ? new TextEncoder().encode(payload) : payload);
      },
      drop,
      isOpen: () => open,
    };
    link.connections.push(memory);
    return connection;
  };
  const link: MemoryLink = {
    port: { connect },
    connections: [],
    mood: 'well',
    cloud: () => undefined,
  };
  return link;
};
