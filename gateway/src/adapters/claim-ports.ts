import { TLSSocket } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { claimAnswerTopic, claimAskTopic } from '@gatehouse/protocols';
import mqtt from 'mqtt';
import { GatewayError } from '../errors.ts';
import type { ClaimConnection, ClaimPorts } from '../ports.ts';
import type { ClaimPortsOptions } from './claim-broker.ts';

const connectTimeoutMs = 4_000;
/** A dead authority is noticed within one and a half of these. */
const keepaliveSeconds = 5;

/** Claims over MQTT 3.1.1 and mutual TLS. The broker is loaded by an authority alone. */
export const createClaimPorts = (options: ClaimPortsOptions): ClaimPorts => ({
  serve: async (asked) => {
    const { serveClaims } = await import('./claim-broker.ts');
    return serveClaims({ ...options, ...asked });
  },
  connect: async ({ group, member, authority, host, port }) => {
    const isAuthority: NonNullable<ConnectionOptions['checkServerIdentity']> = (_, { subject }) =>
      // Not by host: addresses of boxes change, the name in the certificate is the gateway.
      subject.CN === authority ? undefined : new Error(`${String(subject.CN)} is not ${authority}`);
    const tls = { ...options.secrets, rejectUnauthorized: true, checkServerIdentity: isAuthority };
    const client = mqtt.connect({
      ...tls,
      ...{ protocol: 'mqtts', host, port },
      protocolVersion: 4,
      clientId: member,
      username: member,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: connectTimeoutMs,
      keepalive: keepaliveSeconds,
      resubscribe: false,
      queueQoSZero: false,
    });
    let cause = 'closed';
    client.on('error', (error) => {
      cause = error.message;
    });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('close', () => reject(new GatewayError('GW_CLAIM', cause)));
    });
    if (client.stream instanceof TLSSocket) client.stream.setNoDelay(true);
    const [granted] = await client.subscribeAsync(claimAnswerTopic(group, member), { qos: 0 });
    if (granted === undefined || granted.qos > 2) {
      await client.endAsync(true);
      throw new GatewayError('GW_CLAIM', `no member of ${group}`);
    }
    return connectionOf(client, claimAskTopic(group, member), () => cause);
  },
});

const connectionOf = (
  client: mqtt.MqttClient,
  askTopic: string,
  cause: () => string,
): ClaimConnection => ({
  ask: (payload) => {
    // What does not leave at once is of no use later: the answer would be too late.
    if (client.connected) client.publish(askTopic, payload, { qos: 0 });
  },
  onAnswer: (run) => {
    client.on('message', (_, payload) => run(payload));
  },
  onClose: (run) => {
    let told = false;
    const tell = (): void => {
      if (told) return;
      told = true;
      client.end(true);
      run(cause());
    };
    client.on('close', tell);
    if (!client.connected) queueMicrotask(tell);
  },
  close: async () => {
    await client.endAsync(true).catch(() => undefined);
  },
});
