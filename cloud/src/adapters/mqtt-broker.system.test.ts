// needs: mosquitto
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downTopic, upTopic } from '@gatehouse/protocols';
import mqtt from 'mqtt';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { boxOptions, connectBox, useTestTrust } from '../testing/link.ts';
import { silentLog } from '../testing/test-database.ts';
import { createMqttBroker } from './mqtt-broker.ts';

const trust = useTestTrust();
const programs = inject('programs');
const soon = { timeout: 20_000, interval: 20 };

const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

type Mosquitto = {
  readonly port: number;
  readonly url: string;
  readonly run: () => Promise<void>;
  readonly kill: () => Promise<void>;
};

/** The rule of `mayUseTopic`, as docs/link.md gives it for Mosquitto. */
const acl = (cloud: string): string =>
  [
    `user ${cloud}`,
    'topic read gh/v1/+/up/#',
    'topic write gh/v1/+/down/#',
    'pattern write gh/v1/%u/up/#',
    'pattern read gh/v1/%u/down/#',
    '',
  ].join('\n');

const settings = (port: number, dir: string): string =>
  [
    `listener ${port} 127.0.0.1`,
    `cafile ${join(dir, 'ca.pem')}`,
    `certfile ${join(dir, 'server.pem')}`,
    `keyfile ${join(dir, 'server.key.pem')}`,
    'require_certificate true',
    'use_identity_as_username true',
    `acl_file ${join(dir, 'acl')}`,
    'max_queued_messages 0',
    'persistence false',
    '',
  ].join('\n');

/** A Mosquitto behind our authority, as a school with a broker of its own would run it. */
const prepareMosquitto = async (cloud: string): Promise<Mosquitto> => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-mosquitto-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const port = await freePort();
  const { tls } = trust();
  const files = {
    'ca.pem': tls.ca,
    'server.pem': tls.certificate,
    'server.key.pem': tls.key,
    acl: acl(cloud),
    'mosquitto.conf': settings(port, dir),
  };
  // Started by root it becomes another user, who has to read these.
  await chmod(dir, 0o755);
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const over = once(child, 'exit');
    child.kill('SIGKILL');
    await over;
  };
  onTestFinished(kill);
  return {
    port,
    url: `mqtts://127.0.0.1:${port}`,
    run: async () => {
      const started = spawn(programs.mosquitto ?? '', ['-c', join(dir, 'mosquitto.conf')]);
      child = started;
      await new Promise<void>((resolve, reject) => {
        started.once('exit', () => reject(new Error('mosquitto ended')));
        started.stderr.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('running')) resolve();
        });
      });
    },
    kill,
  };
};

const startCloud = async (mosquitto: Mosquitto, name = 'cloud-1') => {
  const { ca, certificate, key } = await trust().box(name);
  const options = { clientId: name, tls: { ca, certificate, key }, log: silentLog };
  const broker = createMqttBroker({ url: mosquitto.url, ...options });
  onTestFinished(() => broker.close());
  const heard: string[] = [];
  const states: string[] = [];
  broker.onMessage((topic, payload) => {
    heard.push(`${topic} ${new TextDecoder().decode(payload)}`);
  });
  broker.onState((state) => void states.push(state));
  const isUp = (): Promise<void> =>
    vi.waitFor(() => {
      expect(states.at(-1)).toBe('up');
    }, soon);
  return { broker, heard, states, isUp };
};

describe('a broker outside', () => {
  it('carries both directions, and keeps gateways to their own topics', async () => {
    const mosquitto = await prepareMosquitto('cloud-1');
    await mosquitto.run();
    const { broker, heard, states, isUp } = await startCloud(mosquitto);
    await isUp();
    const box = await connectBox(mosquitto.url, await trust().box('east-gw'), 'east-gw');
    await box.say('beat', 1);
    await broker.publish(downTopic('east-gw', 'hello'), 'for east');
    await broker.publish(downTopic('west-gw', 'hello'), 'for west');
    await vi.waitFor(() => {
      expect(box.received).toEqual([{ name: 'hello', text: 'for east' }]);
      expect(heard).toEqual(['gh/v1/east-gw/up/beat 1']);
    }, soon);
    // MQTT 3.1.1 has no word to refuse a message by: the connection ends.
    const closed = new Promise<void>((resolve) => void box.client.once('close', resolve));
    box.client.publish(upTopic('west-gw', 'beat'), 'forged', { qos: 1 });
    await closed;
    const again = await connectBox(mosquitto.url, await trust().box('east-gw'), 'east-gw');
    await again.say('beat', 2);
    await vi.waitFor(() => {
      expect(heard.slice(1)).toEqual(['gh/v1/east-gw/up/beat 2']);
    }, soon);
    expect(states).toEqual(['down', 'up']);
    await again.close();
  });

  it('stays away where our certificate is missing, and the broker goes on', async () => {
    const mosquitto = await prepareMosquitto('cloud-1');
    await mosquitto.run();
    const states: string[] = [];
    const refusals: unknown[] = [];
    const broker = createMqttBroker({
      url: mosquitto.url,
      tls: { ca: trust().ca },
      clientId: 'cloud-1',
      log: { ...silentLog, info: (event, fields) => void refusals.push({ event, ...fields }) },
    });
    onTestFinished(() => broker.close());
    broker.onMessage(() => undefined);
    broker.onState((state) => void states.push(state));
    // Tried again and again, with a pause.
    await vi.waitFor(() => {
      expect(refusals.length).toBeGreaterThan(1);
    }, soon);
    expect(states).toEqual(['down']);
    expect(refusals[0]).toMatchObject({ event: 'broker.down', url: mosquitto.url });
  });

  it('comes back after it was killed, and says that it was away', async () => {
    const mosquitto = await prepareMosquitto('cloud-1');
    const { broker, heard, states, isUp } = await startCloud(mosquitto);
    const topic = downTopic('east-gw', 'hello');
    await expect(broker.publish(topic, 'too soon')).rejects.toMatchObject({ code: 'CL_BROKER' });
    await mosquitto.run();
    await isUp();
    await mosquitto.kill();
    await vi.waitFor(() => {
      expect(states).toEqual(['down', 'up', 'down']);
    }, soon);
    await expect(broker.publish(topic, 'lost')).rejects.toMatchObject({ code: 'CL_BROKER' });
    await mosquitto.run();
    await isUp();
    const box = await connectBox(mosquitto.url, await trust().box('east-gw'), 'east-gw');
    await broker.publish(topic, 'here again');
    await box.say('beat', 1);
    await vi.waitFor(() => {
      expect(box.texts('hello')).toEqual(['here again']);
      expect(heard).toEqual(['gh/v1/east-gw/up/beat 1']);
    }, soon);
    await box.close();
  });

  it('rejects what was on its way when the broker died, and never repeats it', async () => {
    const mosquitto = await prepareMosquitto('cloud-1');
    await mosquitto.run();
    const { broker, states, isUp } = await startCloud(mosquitto);
    await isUp();
    const box = await connectBox(mosquitto.url, await trust().box('east-gw'), 'east-gw');
    const topic = downTopic('east-gw', 'command');
    const killed = mosquitto.kill();
    const sent = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => broker.publish(topic, `unlock ${i}`)),
    );
    await killed;
    await box.close();
    expect(sent.some(({ status }) => status === 'rejected')).toBe(true);
    await vi.waitFor(() => {
      expect(states.at(-1)).toBe('down');
    }, soon);
    await mosquitto.run();
    const again = await connectBox(mosquitto.url, await trust().box('east-gw'), 'east-gw');
    await isUp();
    await broker.publish(downTopic('east-gw', 'hello'), 'only this');
    await vi.waitFor(() => {
      expect(again.received.map(({ text }) => text)).toEqual(['only this']);
    }, soon);
    await again.close();
  });

  it('drops what is retained: a message of before is none of now', async () => {
    const mosquitto = await prepareMosquitto('cloud-1');
    await mosquitto.run();
    const files = await trust().box('east-gw');
    const client = await mqtt.connectAsync(mosquitto.url, boxOptions(files, 'east-gw'));
    await client.publishAsync(upTopic('east-gw', 'beat'), 'old', { qos: 1, retain: true });
    const { heard, isUp } = await startCloud(mosquitto);
    await isUp();
    await client.publishAsync(upTopic('east-gw', 'beat'), 'new', { qos: 1 });
    await vi.waitFor(() => {
      expect(heard).toEqual(['gh/v1/east-gw/up/beat new']);
    }, soon);
    await client.endAsync(true);
  });
});
