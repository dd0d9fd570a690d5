import { constants } from 'node:crypto';
import { createServer, TLSSocket } from 'node:tls';
import type { Server } from 'node:tls';
import {
  claimAnswerTopic,
  claimAskMember,
  claimAskTopic,
  claimBytesMax,
  createPacketMeter,
  mayUseClaimTopic,
} from '@gatehouse/protocols';
import { Aedes } from 'aedes';
import type { AedesOptions, AedesPublishPacket, Client } from 'aedes';
import { GatewayError } from '../errors.ts';
import type { ClaimPorts, ClaimServer, Log } from '../ports.ts';
import type { LinkSecrets } from './mqtt-link.ts';

export type ClaimPortsOptions = {
  readonly secrets: LinkSecrets;
  /** Address to listen at; all where undefined. */
  readonly listen: string | undefined;
  readonly log: Log;
};

type ServeOptions = ClaimPortsOptions & Parameters<ClaimPorts['serve']>[0];

/** Topic and packet header, above the payload itself. */
const packetBytesMax = claimBytesMax + 512;
const handshakeTimeoutMs = 4_000;
const connectTimeoutMs = 4_000;
/** One frozen reader stalls all others for this long, then its connection ends. */
const drainTimeoutMs = 2_000;
const keepaliveSecondsMax = 30;
const connectionsMax = 600;
const pendingPacketsMax = 16;

/**
 * The broker of a claim group: aedes behind mutual TLS, at the authority itself. A member is the
 * common name of its certificate and in the policy's list; it writes its own ask and reads its own
 * answer. Nothing is retained, QoS 0 alone, and a second connection of a member ends the first.
 * @throws GatewayError GW_CLAIM_PORT
 */
export const serveClaims = async (options: ServeOptions): Promise<ClaimServer> => {
  const { group, port, listen, log, onAsk } = options;
  const aedes = await Aedes.createBroker(rules(options));
  aedes.on('clientError', ({ id }, { message }) =>
    log.debug('claim.client_error', { member: id, error: message }),
  );
  aedes.on('connectionError', (_, { message }) =>
    log.debug('claim.connection_error', { error: message }),
  );
  const deliver = ({ topic, payload }: AedesPublishPacket, done: () => void): void => {
    const member = claimAskMember(group, topic);
    if (member !== undefined) onAsk(member, Buffer.from(payload));
    done();
  };
  await new Promise<void>((resolve) => {
    aedes.subscribe(claimAskTopic(group, '+'), deliver, resolve);
  });
  const sockets = new Set<TLSSocket>();
  const server = createServer(mutualTls(options), (socket) => {
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
  server.on('tlsClientError', ({ message }) => log.info('claim.tls_refused', { error: message }));
  await listenOn(server, listen, port).catch(async (error: unknown) => {
    await closeAedes(aedes);
    throw error;
  });
  server.on('error', (error) => log.error('claim.server_failed', { error }));
  log.info('claim.serves', { group, port });
  return {
    answer: (member, payload) => answer(aedes, claimAnswerTopic(group, member), payload),
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      await closeAedes(aedes);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const mutualTls = ({ secrets }: ServeOptions) => ({
  ...secrets,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2' as const,
  handshakeTimeout: handshakeTimeoutMs,
  // A resumed session would skip the certificate.
  secureOptions: constants.SSL_OP_NO_TICKET,
});

const listenOn = (server: Server, host: string | undefined, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${host ?? ''}:${port} (${cause.code ?? cause.message})`;
      reject(new GatewayError('GW_CLAIM_PORT', where, { cause }));
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });

const closeAedes = (aedes: Aedes): Promise<void> =>
  new Promise((resolve) => {
    aedes.close(resolve);
  });

const answer = (aedes: Aedes, topic: string, payload: string): void => {
  if (aedes.closed) return;
  const packet = { cmd: 'publish', qos: 0, retain: false, dup: false } as const;
  // Lost where nobody reads: the member has decided alone by then.
  aedes.publish({ ...packet, topic, payload: Buffer.from(payload) }, () => undefined);
};

/** Who the certificate names, or undefined. */
const nameOf = ({ conn }: Client): string | undefined => {
  if (!(conn instanceof TLSSocket) || !conn.authorized) return undefined;
  const { subject } = conn.getPeerCertificate();
  // Absent on a connection that is gone; an array where a certificate has two common names.
  const name: unknown = (subject as { readonly CN?: unknown } | undefined)?.CN;
  return typeof name === 'string' ? name : undefined;
};

const rules = ({ group, members, log }: ServeOptions): AedesOptions => {
  const welcome = new Set(members);
  const refuse = (member: string, what: string): Error => {
    log.warn('claim.refused', { member: member.slice(0, 40), what });
    return new Error(what);
  };
  return {
    connectTimeout: connectTimeoutMs,
    drainTimeout: drainTimeoutMs,
    queueLimit: pendingPacketsMax,
    maxInflightInbound: 1,
    maxClientsIdLength: 40,
    maxTopicLevels: 6,
    preConnect: (_, { clientId, keepalive = 0, will }, done) => {
      const isLively = keepalive > 0 && keepalive <= keepaliveSecondsMax;
      if (isLively && will === undefined) done(null, true);
      else done(refuse(clientId, isLively ? 'will' : 'keepalive'), false);
    },
    authenticate: (client, username, _, done) => {
      const isItself = nameOf(client) === client.id && username === client.id;
      const isWelcome = isItself && client.clean && welcome.has(client.id);
      if (!isWelcome) refuse(client.id, 'connect');
      done(null, isWelcome);
    },
    authorizePublish: (client, { topic, qos, retain }, done) => {
      const member = client?.id ?? '';
      const isOwn = mayUseClaimTopic({ group, member }, 'publish', topic);
      done(isOwn && qos === 0 && !retain ? null : refuse(member, 'publish'));
    },
    authorizeSubscribe: (client, subscription, done) => {
      const member = client.id;
      const isOwn = mayUseClaimTopic({ group, member }, 'subscribe', subscription.topic);
      // A subscription that fails, not an error: MQTT 3.1.1 §3.9.3, return code 0x80.
      done(null, isOwn ? subscription : null);
    },
  };
};
