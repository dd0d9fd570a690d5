import { createServer, TLSSocket } from 'node:tls';
import { createPacketMeter, mayUseTopic, upFilter } from '@gatehouse/protocols';
import { Aedes } from 'aedes';
import type { AedesOptions, AedesPublishPacket, Client } from 'aedes';
import { CloudError } from '../errors.ts';
import { messageBytesMax } from '../ports.ts';
import type { Broker, Log } from '../ports.ts';
import { identityOf, listenOn, mutualTls } from './tls-listen.ts';
import type { TlsFiles } from './tls-listen.ts';

export type EmbeddedBrokerOptions = {
  /** `host:port`; port 0 = any free one. */
  readonly listen: string;
  readonly tls: TlsFiles;
  /** Asked at each connection with the serial of its certificate. */
  readonly isRevoked: (serial: string) => boolean;
  readonly log: Log;
};

export type EmbeddedBroker = Broker & { readonly port: number };

/** Topic and packet header, above the payload itself. */
const packetBytesMax = messageBytesMax + 1024;
const connectTimeoutMs = 10_000;
/** One frozen reader stalls all others for this long, then its connection ends. */
const drainTimeoutMs = 2_000;
/** A box that vanished without a word is noticed within one and a half of these. */
const keepaliveSecondsMax = 120;
const connectionsMax = 5_000;
const pendingPacketsMax = 16;
const halfOpenMessagesMax = 4;

/**
 * The broker in this process: aedes behind mutual TLS. A gateway is the common name of its
 * certificate, writes its own `up` topics and reads its own `down` topics; nothing is retained and
 * no session outlives its connection. A second connection of a gateway ends the first.
 * @throws CloudError CL_PORT
 */
export const createEmbeddedBroker = async (
  options: EmbeddedBrokerOptions,
): Promise<EmbeddedBroker> => {
  const { listen, tls, log } = options;
  // Until somebody reads, a birth would be lost, and its gateway would wait for an answer.
  const reading = Promise.withResolvers<void>();
  const aedes = await Aedes.createBroker(rules(options, reading.promise));
  const clients = new Map<string, Client>();
  aedes.on('client', (client) => clients.set(client.id, client));
  aedes.on('clientDisconnect', (client) => {
    if (clients.get(client.id) === client) clients.delete(client.id);
    log.debug('broker.disconnected', { gateway: client.id });
  });
  aedes.on('clientError', ({ id }, error) =>
    log.debug('broker.client_error', { gateway: id, error: error.message }),
  );
  aedes.on('connectionError', (_, error) =>
    log.debug('broker.connection_error', { error: error.message }),
  );

  const sockets = new Set<TLSSocket>();
  const server = createServer(mutualTls(tls), (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    aedes.handle(socket);
    // After aedes, which reads in paused mode: then `data` only looks on.
    const meter = createPacketMeter(packetBytesMax);
    socket.on('data', (chunk: Buffer) => {
      if (!meter.see(chunk)) socket.destroy(new Error('packet too long'));
    });
  });
  server.maxConnections = connectionsMax;
  server.on('tlsClientError', (error) => log.info('broker.tls_refused', { error: error.message }));
  const port = await listenOn(server, listen).catch(async (error: unknown) => {
    await closeAedes(aedes);
    throw error;
  });
  server.on('error', (error) => log.error('broker.failed', { error }));

  return {
    port,
    onMessage: (run) => {
      const deliver = (packet: AedesPublishPacket, done: () => void): void => {
        run(packet.topic, bytesOf(packet.payload));
        done();
      };
      aedes.subscribe(upFilter(), deliver, reading.resolve);
    },
    publish: (topic, payload) => publish(aedes, topic, payload),
    onState: (run) => {
      run('up');
    },
    disconnect: async (gateway) => {
      const client = clients.get(gateway);
      if (client === undefined) return;
      await new Promise<void>((resolve) => {
        client.close(resolve);
      });
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      await closeAedes(aedes);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const closeAedes = (aedes: Aedes): Promise<void> =>
  new Promise((resolve) => {
    aedes.close(resolve);
  });

const bytesOf = (payload: Buffer | string): Uint8Array =>
  typeof payload === 'string' ? Buffer.from(payload) : payload;

const publish = (aedes: Aedes, topic: string, payload: Uint8Array | string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (aedes.closed) {
      reject(new CloudError('CL_BROKER', 'closed'));
      return;
    }
    // QoS 0: TCP carries it as well as it would an acknowledged one, and the session that a
    // message belongs to ends with the connection anyway.
    const packet = { cmd: 'publish', qos: 0, retain: false, dup: false } as const;
    const body = typeof payload === 'string' ? payload : Buffer.from(payload);
    aedes.publish({ ...packet, topic, payload: body }, (error) => {
      if (error) reject(new CloudError('CL_BROKER', error.message, { cause: error }));
      else resolve();
    });
  });

type Asked = { readonly topic: string; readonly retain?: boolean; readonly clientId?: string };

/** Why a message may not be sent, or undefined. */
const publishFault = (clientId: string, { topic, retain }: Asked): string | undefined => {
  if (!mayUseTopic(clientId, 'publish', topic)) return 'topic';
  return retain === true ? 'retained' : undefined;
};

const rules = ({ isRevoked, log }: EmbeddedBrokerOptions, isRead: Promise<void>): AedesOptions => {
  const refuse = (gateway: string, what: string, detail = ''): Error => {
    log.warn('broker.refused', { gateway, what, detail: detail.slice(0, 200) });
    return new Error(what);
  };
  return {
    connectTimeout: connectTimeoutMs,
    drainTimeout: drainTimeoutMs,
    queueLimit: pendingPacketsMax,
    maxInflightInbound: halfOpenMessagesMax,
    maxClientsIdLength: 40,
    maxTopicLevels: 5,
    preConnect: (_, { clientId, keepalive = 0, will }, done) => {
      const isLively = keepalive > 0 && keepalive <= keepaliveSecondsMax;
      const fault = will === undefined ? undefined : publishFault(clientId, will);
      if (isLively && fault === undefined) done(null, true);
      else done(refuse(clientId, isLively ? `will: ${fault ?? ''}` : 'keepalive'), false);
    },
    authenticate: (client, username, _, done) => {
      const identity = client.conn instanceof TLSSocket ? identityOf(client.conn) : undefined;
      const isItself = identity?.gateway === client.id && username === client.id;
      const isWelcome = isItself && client.clean && !isRevoked(identity.serial);
      if (!isWelcome) refuse(client.id, 'connect', identity?.gateway);
      void isRead.then(() => {
        done(null, isWelcome);
      });
    },
    authorizePublish: (client, packet, done) => {
      // A will that its connection outlived comes without a client, and names its own.
      const asked: Asked = packet;
      const clientId = client?.id ?? asked.clientId ?? '';
      const fault = publishFault(clientId, asked);
      done(fault === undefined ? null : refuse(clientId, fault, packet.topic));
    },
    authorizeSubscribe: (client, subscription, done) => {
      if (mayUseTopic(client.id, 'subscribe', subscription.topic)) return done(null, subscription);
      refuse(client.id, 'subscribe', subscription.topic);
      // A subscription that fails, not an error: MQTT 3.1.1 §3.9.3, return code 0x80.
      return done(null, null);
    },
  };
};
