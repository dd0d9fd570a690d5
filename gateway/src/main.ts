import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCatalogue } from '@gatehouse/device-profiles';
import { parseJson } from '@gatehouse/protocols';
import { createClaimPorts } from './adapters/claim-ports.ts';
import { createSystemClock } from './adapters/clock.ts';
import { createCloudHttp } from './adapters/cloud-http.ts';
import { createJournal } from './adapters/journal-client.ts';
import { createJwsVerifier } from './adapters/jws.ts';
import { createKeyboardPorts } from './adapters/evdev.ts';
import { createLog } from './adapters/log.ts';
import { createModbusPorts } from './adapters/modbus.ts';
import { createMqttLink } from './adapters/mqtt-link.ts';
import { createPolicyStore } from './adapters/policy-store.ts';
import { pinHash } from './adapters/pin-hash.ts';
import { createPrimitives } from './adapters/primitives.ts';
import { createPushServer } from './adapters/push-server.ts';
import { createSerialPorts } from './adapters/serial.ts';
import { createTimeSigns } from './adapters/time-signs.ts';
import { createZstd } from './adapters/zstd.ts';
import { journalBytesDefault, parseGatewayConfig } from './config.ts';
import type { GatewayConfig } from './config.ts';
import { GatewayError } from './errors.ts';
import { createGateway } from './gateway.ts';
import type { Ports } from './ports.ts';

const usage = 'usage: npm run gateway -- --config FILE';

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new GatewayError('GW_CONFIG', `${file} cannot be read`, { cause: error });
  }
};

/** A JWK that is no key of ours verifies nothing: every key list would be refused, and said so. */
const readRootKey = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const key: unknown = parseJson(await readText(file));
  if (typeof key === 'object' && key !== null) return { ...key };
  throw new GatewayError('GW_CONFIG', `rootKey: ${file} holds no JWK`);
};

/** Shorter ones can be guessed. */
const secretCharsMin = 16;

/** The secrets of devices; of a file only the end of its line goes. */
const readSecrets = async (
  { devices }: GatewayConfig,
  dir: string,
): Promise<ReadonlyMap<string, string>> => {
  const secrets = new Map<string, string>();
  for (const { id, secret } of devices) {
    if (secret === undefined) continue;
    const text = (await readText(resolve(dir, secret.file))).replace(/\r?\n$/, '');
    if (text.length < secretCharsMin) {
      const why = `${secret.file} has less than ${secretCharsMin} characters`;
      throw new GatewayError('GW_CONFIG', `secret of ${id}: ${why}`);
    }
    secrets.set(id, text);
  }
  return secrets;
};

const hostAndPort = (listen: string): { readonly host: string; readonly port: number } => {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(listen.slice(colon + 1)) };
};

const makePorts = async (config: GatewayConfig, dir: string): Promise<Ports> => {
  const secret = async ({ file }: { readonly file: string }): Promise<Buffer> =>
    Buffer.from(await readText(resolve(dir, file)));
  const { cloud } = config;
  const secrets = {
    ca: await secret(cloud.ca),
    cert: await secret(cloud.certificate),
    key: await secret(cloud.key),
  };
  const dataDir = resolve(dir, config.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const log = createLog({ gateway: config.gateway });
  const clock = createSystemClock();
  const random = (length: number): Uint8Array => randomBytes(length);
  return {
    clock,
    timeSigns: createTimeSigns({ nowMs: clock.nowMs }),
    random,
    log,
    primitives: createPrimitives(),
    pinHash,
    serial: createSerialPorts(log),
    modbus: createModbusPorts(log),
    keyboards: createKeyboardPorts(log),
    ...(config.httpPush === undefined
      ? {}
      : { push: createPushServer(hostAndPort(config.httpPush.listen), log) }),
    journal: createJournal({
      gateway: config.gateway,
      file: join(dataDir, 'journal.sqlite'),
      bytesMax: config.journalBytesMax ?? journalBytesDefault,
      random,
      nowMs: clock.nowMs,
      log,
    }),
    policyStore: createPolicyStore({ dir: dataDir, log }),
    link: createMqttLink(cloud.broker, secrets),
    claims: createClaimPorts({ secrets, listen: config.claimListen, log }),
    http: createCloudHttp(cloud.listener, secrets),
    zstd: createZstd(),
    jws: createJwsVerifier(),
  };
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new GatewayError('GW_CONFIG', usage);
  const file = resolve(values.config);
  const dir = dirname(file);
  const text = await readText(file);
  const { devices } = parseGatewayConfig(text, values.config);
  const profiles = await loadCatalogue(new Set(devices.map(({ profile }) => profile)));
  const config = parseGatewayConfig(text, values.config, profiles);
  const rootKey = await readRootKey(resolve(dir, config.rootKey.file));
  const gateway = createGateway(await makePorts(config, dir), {
    ...{ config, profiles, rootKey },
    secrets: await readSecrets(config, dir),
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    gateway.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  // More than one may come: a terminal signals the whole group, its parent then each child.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Started by another program: it went away, so do we.
  process.on('disconnect', stop);
  await gateway.start();
  if (process.connected) process.send?.({ ready: true });
  // It may have gone while we started.
  else if (process.send !== undefined) stop();
};

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof GatewayError ? `\n${error.code}: ${error.remedy}` : '';
  process.stderr.write(`${text}${remedy}\n`);
  process.exit(1);
});
