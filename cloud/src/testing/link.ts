import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downFilter, parseJson, upTopic } from '@gatehouse/protocols';
import type { Birth, Held, Primitives, UpTopic } from '@gatehouse/protocols';
import mqtt from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import { afterAll, beforeAll } from 'vitest';
import { openDevelopmentTrust } from '../adapters/development-trust.ts';
import type { Trust } from '../adapters/development-trust.ts';
import type { TlsFiles } from '../adapters/tls-listen.ts';
import type { Clock } from '../ports.ts';

export const sha256: Primitives['sha256'] = (data) => createHash('sha256').update(data).digest();

export const testRandom = (length: number): Uint8Array => randomBytes(length);

/** The machine's clock, or one that begins where one likes, and a way to let hours pass. */
export const createTestClock = (
  startMs = Date.now(),
): Clock & { readonly skip: (ms: number) => void } => {
  let skippedMs = startMs - Date.now();
  return {
    nowMs: () => Date.now() + skippedMs,
    monoMs: () => performance.now() + skippedMs,
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
    skip: (ms) => {
      skippedMs += ms;
    },
  };
};

export type BoxFiles = { readonly dir: string } & Readonly<
  Record<'ca' | 'certificate' | 'key', string>
>;

export type TestTrust = Trust & {
  readonly dir: string;
  readonly tls: TlsFiles;
  /** Certificate files of a box, made once for each name. */
  readonly box: (gateway: string) => Promise<BoxFiles>;
};

const openTestTrust = async (dir: string): Promise<TestTrust> => {
  const trust = await openDevelopmentTrust(dir, Date.now);
  const boxes = new Map<string, Promise<BoxFiles>>();
  const issue = async (gateway: string): Promise<BoxFiles> => {
    const out = join(dir, 'boxes', gateway);
    await trust.issueGateway(gateway, out);
    const read = (name: string): Promise<string> => readFile(join(out, name), 'utf8');
    const [ca, certificate, key] = await Promise.all([
      read('ca.pem'),
      read('gateway.pem'),
      read('gateway.key.pem'),
    ]);
    return { dir: out, ca, certificate, key };
  };
  return {
    ...trust,
    dir,
    tls: { ca: trust.ca, ...trust.server },
    box: (gateway) => {
      const made = boxes.get(gateway) ?? issue(gateway);
      boxes.set(gateway, made);
      return made;
    },
  };
};

/** One authority for the test file that calls this. */
export const useTestTrust = (): (() => TestTrust) => {
  let trust: TestTrust | undefined;
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gatehouse-trust-'));
    trust = await openTestTrust(dir);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  return () => {
    if (trust === undefined) throw new Error('only inside a test');
    return trust;
  };
};

/** As a gateway connects: its certificate, its name, a clean session of MQTT 3.1.1. */
export const boxOptions = ({ ca, certificate, key }: BoxFiles, name: string): IClientOptions => ({
  ca,
  cert: certificate,
  key,
  clientId: name,
  username: name,
  protocolVersion: 4,
  clean: true,
  reconnectPeriod: 0,
  connectTimeout: 5_000,
  keepalive: 10,
});

export const nothingHeld: Held = {
  keysSerial: 0,
  policyEpoch: 0,
  policyVersion: 0,
  revocationEpoch: 0,
  revocation: 0,
};

export const testStamp = { q: 'trusted', boot: '00000001', mono: 1 } as const;

export const testBirth = (session: string, change: Partial<Birth> = {}): Birth => ({
  v: 1,
  session,
  version: '0.1.0',
  clock: testStamp,
  held: nothingHeld,
  journals: [],
  ...change,
});

/** The other end of a link: an MQTT client that is no gateway, and all that came down to it. */
export type Box = {
  readonly client: MqttClient;
  readonly received: { readonly name: string; readonly text: string }[];
  readonly texts: (name: string) => readonly string[];
  readonly bodies: (name: string) => readonly unknown[];
  readonly say: (name: UpTopic, body: unknown) => Promise<void>;
  readonly send: (bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const connectBox = async (
  url: string,
  files: BoxFiles,
  gateway: string,
  change: IClientOptions = {},
): Promise<Box> => {
  const client = await mqtt.connectAsync(url, { ...boxOptions(files, gateway), ...change });
  const received: { name: string; text: string }[] = [];
  client.on('error', () => undefined);
  client.on('message', (topic, payload) => {
    received.push({ name: topic.split('/').at(-1) ?? '', text: payload.toString() });
  });
  await client.subscribeAsync(downFilter(gateway), { qos: 1 });
  const texts = (name: string): readonly string[] =>
    received.filter((message) => message.name === name).map(({ text }) => text);
  return {
    client,
    received,
    texts,
    bodies: (name) => texts(name).map(parseJson),
    say: async (name, body) => {
      await client.publishAsync(upTopic(gateway, name), JSON.stringify(body), { qos: 1 });
    },
    send: async (bytes) => {
      await client.publishAsync(upTopic(gateway, 'batch'), Buffer.from(bytes), { qos: 1 });
    },
    close: () => client.endAsync(true),
  };
};

/** What a signed text says, unchecked. */
export const payloadOf = (jws: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Readonly<
    Record<string, unknown>
  >;
