import mqtt from 'mqtt';
import { GatewayError } from '../errors.ts';
import type { CloudLink } from '../ports.ts';

const connectTimeoutMs = 8_000;
const keepaliveSeconds = 10;

export type LinkSecrets = { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

/** MQTT 3.1.1 over mutual TLS: one connection per call, clean session, never reconnects. */
export const createMqttLink = (url: string, secrets: LinkSecrets): CloudLink => ({
  connect: async ({ clientId, subscribe, will }) => {
    const client = mqtt.connect(url, {
      ...secrets,
      rejectUnauthorized: true,
      protocolVersion: 4,
      clientId,
      username: clientId,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: connectTimeoutMs,
      keepalive: keepaliveSeconds,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false },
    });
    let cause = 'closed';
    client.on('error', (error) => {
      cause = error.message;
    });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => {
        resolve();
      });
      client.once('close', () => {
        reject(new GatewayError('GW_LINK', cause));
      });
    });
    const granted = await client.subscribeAsync(subscribe, { qos: 1 });
    if (granted[0] === undefined || granted[0].qos > 2) {
      await client.endAsync(true);
      throw new GatewayError('GW_LINK', `not allowed to subscribe to ${subscribe}`);
    }
    return {
      publish: async (topic, payload) => {
        if (!client.connected) throw new GatewayError('GW_LINK', cause);
        const body = typeof payload === 'string' ? payload : Buffer.from(payload);
        await client.publishAsync(topic, body, { qos: 1 });
      },
      onMessage: (run) => {
        client.on('message', (topic, payload) => {
          run(topic, payload);
        });
      },
      onClose: (run) => {
        let told = false;
        const tell = (): void => {
          if (told) return;
          told = true;
          client.end(true);
          run(cause);
        };
        client.on('close', tell);
        if (!client.connected) queueMicrotask(tell);
      },
      close: async () => {
        await client.endAsync(false).catch(() => undefined);
      },
    };
  },
});
