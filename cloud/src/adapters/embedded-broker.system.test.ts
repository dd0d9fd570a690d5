// needs: mosquitto_pub, mosquitto_sub
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { downTopic, upTopic } from '@gatehouse/protocols';
import mqtt from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { messageBytesMax } from '../ports.ts';
import { boxOptions, connectBox, useTestTrust } from '../testing/link.ts';
import { silentLog } from '../testing/test-database.ts';
import { createEmbeddedBroker } from './embedded-broker.ts';
import type { EmbeddedBroker, EmbeddedBrokerOptions } from './embedded-broker.ts';

const trust = useTestTrust();
const programs = inject('programs');
const run = promisify(execFile);
const soon = { timeout: 10_000, interval: 20 };

/** Not `once`, which an error before the close rejects. */
const closing = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => void client.once('close', resolve));

type Heard = { readonly topic: string; readonly text: string };

const start = async (
  change: Partial<EmbeddedBrokerOptions> = {},
): Promise<{ broker: EmbeddedBroker; url: string; heard: Heard[] }> => {
  const broker = await createEmbeddedBroker({
    listen: '127.0.0.1:0',
    tls: trust().tls,
    isRevoked: () => false,
    log: silentLog,
    ...change,
  });
  onTestFinished(() => broker.close());
  const heard: Heard[] = [];
  broker.onMessage((topic, payload) => {
    heard.push({ topic, text: new TextDecoder().decode(payload) });
  });
  return { broker, url: `mqtts://127.0.0.1:${broker.port}`, heard };
};

/** mosquitto_pub and mosquitto_sub as somebody on site would type them. */
const mosquitto = (port: number, dir: string, ...rest: readonly string[]): readonly string[] => [
  ...['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311'],
  ...['--cafile', join(dir, 'ca.pem')],
  ...rest,
];
const withCertificate = (dir: string): readonly string[] => [
  ...['--cert', join(dir, 'gateway.pem')],
  ...['--key', join(dir, 'gateway.key.pem')],
];
const named = (name: string): readonly string[] => ['-i', name, '-u', name];

/** The exit code of mosquitto_pub. */
const pub = async (args: readonly string[]): Promise<number> => {
  const program = programs.mosquitto_pub ?? '';
  return run(program, [...args], { timeout: 10_000 }).then(
    () => 0,
    (error: unknown) => (error as { code: number }).code,
  );
};

describe('the broker in the box, with other people’s programs', () => {
  it('takes what a gateway sends on its own topics', async () => {
    const { broker, heard } = await start();
    const { dir } = await trust().box('east-gw');
    const message = ['-q', '1', '-t', upTopic('east-gw', 'beat'), '-m', 'hello'];
    const args = mosquitto(broker.port, dir, ...withCertificate(dir), ...named('east-gw'));
    expect(await pub([...args, ...message])).toBe(0);
    expect(heard).toEqual([{ topic: 'gh/v1/east-gw/up/beat', text: 'hello' }]);
  });

  const refused = [
    { what: 'another gateway’s topic', topic: upTopic('west-gw', 'beat') },
    { what: 'its own down topic', topic: downTopic('east-gw', 'command') },
    { what: 'a topic that nobody has', topic: 'gh/v1/east-gw/up/else' },
    { what: 'a topic of the broker', topic: '$SYS/broker/load' },
    { what: 'a retained message', topic: upTopic('east-gw', 'beat'), more: ['-r'] },
  ];
  it.each(refused)('takes nothing on $what', async ({ topic, more = [] }) => {
    const { broker, heard } = await start();
    const { dir } = await trust().box('east-gw');
    const args = mosquitto(broker.port, dir, ...withCertificate(dir), ...named('east-gw'));
    await pub([...args, '-q', '1', '-t', topic, '-m', 'x', ...more]);
    const again = ['-q', '1', '-t', upTopic('east-gw', 'beat'), '-m', 'after'];
    expect(await pub([...args, ...again])).toBe(0);
    expect(heard.map(({ text }) => text)).toEqual(['after']);
  });

  const strangers = [
    { what: 'no certificate', certificate: false, name: 'east-gw' },
    { what: 'the name of another', certificate: true, name: 'west-gw' },
  ];
  it.each(strangers)('lets nobody in with $what', async ({ certificate, name }) => {
    const { broker, heard } = await start();
    const { dir } = await trust().box('east-gw');
    const own = certificate ? withCertificate(dir) : [];
    const args = mosquitto(broker.port, dir, ...own, ...named(name));
    const message = ['-q', '1', '-t', upTopic(name, 'beat'), '-m', 'x'];
    expect(await pub([...args, ...message])).not.toBe(0);
    expect(heard).toEqual([]);
  });

  it('delivers to mosquitto_sub what is for its gateway, and to no other', async () => {
    const { broker } = await start();
    const { dir } = await trust().box('east-gw');
    const args = mosquitto(broker.port, dir, ...withCertificate(dir), ...named('east-gw'));
    const filter = ['-t', 'gh/v1/east-gw/down/#', '-C', '1', '-W', '20', '-v'];
    const sub = spawn(programs.mosquitto_sub ?? '', [...args, ...filter]);
    onTestFinished(() => void sub.kill());
    let said = '';
    sub.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const over = once(sub, 'exit');
    await vi.waitFor(async () => {
      await broker.publish(downTopic('west-gw', 'hello'), 'not yours');
      await broker.publish(downTopic('east-gw', 'hello'), 'yours');
      expect(said).not.toBe('');
    }, soon);
    expect(await over).toEqual([0, null]);
    expect(said).toBe('gh/v1/east-gw/down/hello yours\n');
  });

  const filters = ['gh/v1/west-gw/down/#', 'gh/v1/+/down/#', '#', '$SYS/#', 'gh/v1/east-gw/up/#'];
  it.each(filters)('refuses mosquitto_sub the filter %s', async (filter) => {
    const { broker } = await start();
    const { dir } = await trust().box('east-gw');
    const args = mosquitto(broker.port, dir, ...withCertificate(dir), ...named('east-gw'));
    const program = programs.mosquitto_sub ?? '';
    const asked = run(program, [...args, '-t', filter, '-C', '1', '-W', '10']);
    const { stdout, stderr } = await asked;
    expect({ stdout, stderr: stderr.trim() }).toEqual({
      stdout: '',
      stderr: 'All subscription requests were denied.',
    });
  });
});

const refusals: readonly { what: string; change: IClientOptions }[] = [
  { what: 'a user name that is not its own', change: { username: 'west-gw' } },
  { what: 'a session that would outlive it', change: { clean: false } },
  { what: 'no keepalive', change: { keepalive: 0 } },
  {
    what: 'a will on another’s topic',
    change: { will: { topic: upTopic('west-gw', 'death'), payload: Buffer.from('{}'), qos: 1 } },
  },
  {
    what: 'a will that is retained',
    change: {
      will: {
        topic: upTopic('east-gw', 'death'),
        payload: Buffer.from('{}'),
        qos: 1,
        retain: true,
      },
    },
  },
  { what: 'MQTT 5', change: { protocolVersion: 5 } },
];

describe('the broker in the box', () => {
  it.each(refusals)('refuses a connection with $what', async ({ change }) => {
    const { url } = await start();
    const options = { ...boxOptions(await trust().box('east-gw'), 'east-gw'), ...change };
    await expect(mqtt.connectAsync(url, options, false)).rejects.toThrow();
  });

  it('refuses a certificate of another authority, and one that was revoked', async () => {
    const revoked = new Set<string>();
    const { broker, url } = await start({ isRevoked: (serial) => revoked.has(serial) });
    const files = await trust().box('east-gw');
    await (await connectBox(url, files, 'east-gw')).close();
    const socket = connectTls({ ...tlsOf(files), host: '127.0.0.1', port: broker.port });
    await once(socket, 'secureConnect');
    const own = socket.getCertificate();
    if (own !== null && 'serialNumber' in own) revoked.add(own.serialNumber);
    socket.destroy();
    expect(revoked.size).toBe(1);
    await expect(connectBox(url, files, 'east-gw')).rejects.toThrow(/authorized/);
  });

  it('lets nobody in before somebody reads: a birth would be lost', async () => {
    const options = { listen: '127.0.0.1:0', tls: trust().tls, log: silentLog };
    const broker = await createEmbeddedBroker({ ...options, isRevoked: () => false });
    onTestFinished(() => broker.close());
    const files = await trust().box('east-gw');
    const connecting = connectBox(`mqtts://127.0.0.1:${broker.port}`, files, 'east-gw');
    const early = await Promise.race([connecting.then(() => 'in'), pause(300, 'waits')]);
    expect(early).toBe('waits');
    const heard: string[] = [];
    broker.onMessage((topic) => void heard.push(topic));
    const box = await connecting;
    await box.say('birth', 1);
    expect(heard).toEqual(['gh/v1/east-gw/up/birth']);
    await box.close();
  });

  it('ends a connection whose message is too long, before it is whole', async () => {
    const { broker, heard } = await start();
    const files = await trust().box('east-gw');
    const url = `mqtts://127.0.0.1:${broker.port}`;
    const box = await connectBox(url, files, 'east-gw');
    const closed = closing(box.client);
    const long = Buffer.alloc(messageBytesMax + 2048);
    box.client.publish(upTopic('east-gw', 'batch'), long, { qos: 0 });
    await closed;
    expect(heard).toEqual([]);
    const again = await connectBox(url, files, 'east-gw');
    await again.send(Buffer.alloc(messageBytesMax, 0x61));
    expect(heard.map(({ text }) => text.length)).toEqual([messageBytesMax]);
    await again.close();
  });

  it('keeps the newest connection of a gateway and publishes the will of the other', async () => {
    const { url, heard } = await start();
    const files = await trust().box('east-gw');
    const payload = Buffer.from('{"session":"0000000000000001"}');
    const will = { topic: upTopic('east-gw', 'death'), payload, qos: 1, retain: false } as const;
    const first = await connectBox(url, files, 'east-gw', { will });
    const closed = closing(first.client);
    const second = await connectBox(url, files, 'east-gw');
    await closed;
    await second.say('beat', 1);
    expect(heard.map(({ topic }) => topic)).toEqual([
      'gh/v1/east-gw/up/death',
      'gh/v1/east-gw/up/beat',
    ]);
    await second.close();
  });

  it('ends the connections of one gateway when asked', async () => {
    const { broker, url } = await start();
    const east = await connectBox(url, await trust().box('east-gw'), 'east-gw');
    const west = await connectBox(url, await trust().box('west-gw'), 'west-gw');
    const closed = closing(east.client);
    await broker.disconnect('east-gw');
    await closed;
    await broker.disconnect('nobody');
    expect(west.client.connected).toBe(true);
    await west.close();
  });

  it('lets go of a reader that reads nothing, and others hear on', async () => {
    const { broker, url } = await start();
    const frozen = await connectBox(url, await trust().box('east-gw'), 'east-gw');
    const west = await connectBox(url, await trust().box('west-gw'), 'west-gw');
    const closed = closing(frozen.client);
    frozen.client.stream.pause();
    const much = 'x'.repeat(1024 * 1024);
    const flood = Array.from({ length: 40 }, () =>
      broker.publish(downTopic('east-gw', 'delta'), much),
    );
    await Promise.all(flood);
    await broker.publish(downTopic('west-gw', 'hello'), 'on time');
    await vi.waitFor(() => {
      expect(west.texts('hello')).toEqual(['on time']);
    }, soon);
    frozen.client.stream.resume();
    await closed;
    await west.close();
  });

  it('says by its code that a port is taken', async () => {
    const { broker } = await start();
    const options = { tls: trust().tls, isRevoked: () => false, log: silentLog };
    const second = createEmbeddedBroker({ listen: `127.0.0.1:${broker.port}`, ...options });
    await expect(second).rejects.toMatchObject({ code: 'CL_PORT' });
    await expect(second).rejects.toThrow(`127.0.0.1:${broker.port} (EADDRINUSE)`);
  });

  it('rejects a publication after its end', async () => {
    const { broker } = await start();
    await broker.close();
    await expect(broker.publish('gh/v1/x/down/hello', '')).rejects.toMatchObject({
      code: 'CL_BROKER',
    });
  });
});

const tlsOf = ({ ca, certificate, key }: { ca: string; certificate: string; key: string }) => ({
  ca,
  cert: certificate,
  key,
});
