import { upFilter } from '@gatehouse/protocols';
import mqtt from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import { CloudError } from '../errors.ts';
import { messageBytesMax } from '../ports.ts';
import type { Broker, Log } from '../ports.ts';
import type { TlsFiles } from './tls-listen.ts';

export type MqttBrokerOptions = {
  /** `mqtt://host:port` or `mqtts://host:port` */
  readonly url: string;
  readonly tls?: Partial<TlsFiles>;
  /** Another one for each process of the cloud: a broker keeps only the newest of a name. */
  readonly clientId: string;
  readonly log: Log;
};

const connectTimeoutMs = 8_000;
const keepaliveSeconds = 10;
const backOffMinMs = 250;
const backOffMaxMs = 10_000;

const optionsOf = ({ tls, clientId }: MqttBrokerOptions): IClientOptions => ({
  ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
  ...(tls?.certificate === undefined ? {} : { cert: tls.certificate }),
  ...(tls?.key === undefined ? {} : { key: tls.key }),
  rejectUnauthorized: true,
  protocolVersion: 4,
  clientId,
  username: clientId,
  clean: true,
  // Each connection is a client of its own: nothing that was sent on one is repeated on the next.
  reconnectPeriod: 0,
  connectTimeout: connectTimeoutMs,
  keepalive: keepaliveSeconds,
  resubscribe: false,
  queueQoSZero: false,
});

type Live = {
  /** Connected and subscribed. */
  client: MqttClient | undefined;
  attempt: MqttClient | undefined;
  timer: NodeJS.Timeout | undefined;
  backOffMs: number;
  closed: boolean;
};

type Told = {
  readonly state: (state: 'up' | 'down') => void;
  readonly message: (topic: string, payload: Uint8Array) => void;
};

/**
 * A broker outside (Mosquitto, EMQX), reached as a client that reads every gateway's `up` and
 * writes every gateway's `down`. Who else may use which topic is the outer broker's configuration,
 * see docs/link.md. Connects when somebody reads, and then for ever; `disconnect` does nothing,
 * since MQTT has no word for it.
 */
export const createMqttBroker = (options: MqttBrokerOptions): Broker => {
  const { url } = options;
  const readers: ((topic: string, payload: Uint8Array) => void)[] = [];
  const watchers: ((state: 'up' | 'down') => void)[] = [];
  const live = keepConnected(options, {
    state: (state) => {
      for (const watch of watchers) watch(state);
    },
    message: (topic, payload) => {
      for (const read of readers) read(topic, payload);
    },
  });
  return {
    onMessage: (run) => {
      readers.push(run);
      live.connect();
    },
    publish: async (topic, payload) => {
      const { client } = live;
      if (client === undefined) throw new CloudError('CL_BROKER', url);
      const body = typeof payload === 'string' ? payload : Buffer.from(payload);
      await client.publishAsync(topic, body, { qos: 1 }).catch((cause: unknown) => {
        throw new CloudError('CL_BROKER', url, { cause });
      });
    },
    onState: (run) => {
      watchers.push(run);
      run(live.client === undefined ? 'down' : 'up');
    },
    disconnect: () => Promise.resolve(),
    close: async () => {
      live.closed = true;
      clearTimeout(live.timer);
      const { attempt } = live;
      live.client = undefined;
      live.attempt = undefined;
      await attempt?.endAsync(!attempt.connected);
    },
  };
};

/** From the first `connect` on tries for ever, with longer and longer pauses, until `closed`. */
const keepConnected = (
  options: MqttBrokerOptions,
  told: Told,
): Live & { readonly connect: () => void } => {
  const { url, log } = options;
  const live: Live = {
    client: undefined,
    attempt: undefined,
    timer: undefined,
    backOffMs: backOffMinMs,
    closed: false,
  };

  const ready = (client: MqttClient): void => {
    if (live.attempt !== client) return;
    live.client = client;
    live.backOffMs = backOffMinMs;
    log.info('broker.up', { url });
    told.state('up');
  };

  const over = (client: MqttClient, cause: string): void => {
    if (live.attempt !== client) return;
    client.end(true);
    live.attempt = undefined;
    log.info('broker.down', { url, cause });
    if (live.client === client) {
      live.client = undefined;
      told.state('down');
    }
    if (live.closed) return;
    live.timer = setTimeout(connect, live.backOffMs);
    live.backOffMs = Math.min(live.backOffMs * 2, backOffMaxMs);
  };

  const connect = (): void => {
    const client = mqtt.connect(url, optionsOf(options));
    let cause = 'closed';
    live.attempt = client;
    client.on('error', (error) => {
      cause = error.message;
    });
    client.on('close', () => {
      over(client, cause);
    });
    client.on('message', (topic, payload, { retain }) => {
      if (retain || payload.length > messageBytesMax) {
        log.warn('broker.dropped', { topic, retain, bytes: payload.length });
        return;
      }
      told.message(topic, payload);
    });
    client.on('connect', () => {
      subscribe(client).then(
        () => {
          ready(client);
        },
        (error: unknown) => {
          log.error('broker.no_subscription', { url, error });
          over(client, 'not subscribed');
        },
      );
    });
  };
  return Object.assign(live, {
    connect: () => {
      if (live.attempt === undefined && live.timer === undefined) connect();
    },
  });
};

const subscribe = async (client: MqttClient): Promise<void> => {
  const [granted] = await client.subscribeAsync(upFilter(), { qos: 1 });
  if (granted === undefined || granted.qos > 2) throw new Error(`${upFilter()} was refused`);
};
