import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogueOf, readModelFiles } from '@gatehouse/device-profiles';
import { createSystemClock } from './adapters/clock.ts';
import { primitives, random, zstd } from './adapters/crypto.ts';
import {
  demoPhones,
  enrolDemoPhones,
  keepDemoPhones,
  simulatorPlan,
} from './adapters/demo-phones.ts';
import { openDevelopmentTrust } from './adapters/development-trust.ts';
import type { Trust } from './adapters/development-trust.ts';
import { createEmbeddedBroker } from './adapters/embedded-broker.ts';
import { isEmbeddedPostgresError, startEmbeddedPostgres } from './adapters/embedded-postgres.ts';
import { createGatewayListener } from './adapters/gateway-listener.ts';
import { createLog } from './adapters/log.ts';
import { createMqttBroker } from './adapters/mqtt-broker.ts';
import { ownAddresses } from './adapters/own-addresses.ts';
import { createDatabase } from './adapters/postgres.ts';
import type { PostgresDatabase } from './adapters/postgres.ts';
import { createSnapshotFiles } from './adapters/snapshot-files.ts';
import { followRevokedCertificates } from './access/revoked-certificates.ts';
import { createCloud } from './cloud.ts';
import { parseCloudConfig } from './config.ts';
import type { CloudConfig } from './config.ts';
import { ensureDeployment } from './deployment.ts';
import { CloudError, cloudErrors } from './errors.ts';
import { startHttp } from './http.ts';
import type { HttpOptions } from './http.ts';
import { campusPlan } from './places/seed/campus-plan.ts';
import { demoDays, seedDemoDays } from './places/seed/demo-days.ts';
import { seedCampus } from './places/seed/seed-campus.ts';
import { seedClaimGroup } from './places/seed/seed-claim-group.ts';
import { createSnapshots } from './policy/snapshot.ts';
import { createProfileLibrary } from './profiles/library.ts';
import type { BuiltIn } from './profiles/library.ts';
import type { Broker, Log } from './ports.ts';

const usage = `usage:
  npm run cloud -- --config FILE
  npm run cloud -- issue --config FILE --gateway ID=DIR [--gateway ID=DIR ...]
  npm run cloud -- plan --seed N --people N [--zone Z]`;

const clock = createSystemClock();

type Loaded = { readonly config: CloudConfig; readonly path: (name: string) => string };

const loadConfig = async (file: string | undefined): Promise<Loaded> => {
  if (file === undefined) throw new CloudError('CL_CONFIG', usage);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CloudError('CL_CONFIG', `${file} cannot be read`, { cause });
  });
  const dir = resolve(file, '..');
  return { config: parseCloudConfig(text, file), path: (name) => resolve(dir, name) };
};

const openTrust = ({ config, path }: Loaded): Promise<Trust> => {
  if (!config.trust.development) {
    throw new CloudError(
      'CL_CONFIG',
      'trust.development must be true: only this form is there yet',
    );
  }
  return openDevelopmentTrust(path(config.trust.dir), clock.nowMs);
};

/** The codes for phones are secrets for a screen: without a parent that shows them, none. */
const openLan = async ({ config }: Loaded, trust: Trust): Promise<HttpOptions['lan']> => {
  const { listen } = config.demo?.lan ?? {};
  if (listen === undefined) return undefined;
  const parent = process.send?.bind(process);
  if (parent === undefined) {
    throw new CloudError('CL_CONFIG', 'demo.lan needs npm start -- --lan, which shows the codes');
  }
  const addresses = ownAddresses(listen.slice(0, listen.lastIndexOf(':')));
  if (addresses.reachable.length === 0) {
    throw new CloudError('CL_CONFIG', 'demo.lan: this machine is on no IPv4 network');
  }
  const tls = await trust.issueLan(addresses.own);
  return { listen, addresses, tls, show: (lan) => void parent({ lan }) };
};

type OpenDatabase = {
  readonly database: PostgresDatabase;
  /** `embedded`, or the URL. */
  readonly where: string;
  readonly close: () => Promise<void>;
};

const openDatabase = async ({ config, path }: Loaded, log: Log): Promise<OpenDatabase> => {
  const where = process.env['DATABASE_URL'] ?? config.database ?? 'embedded';
  if (where !== 'embedded') {
    const database = createDatabase({ connection: where, log });
    return { database, where, close: database.close };
  }
  const server = await startEmbeddedPostgres({
    dataDir: join(path(config.dataDir), 'postgres'),
    log,
  });
  const database = createDatabase({ connection: server.pgConfig, log });
  const close = async (): Promise<void> => {
    await database.close();
    await server.stop();
  };
  return { database, where, close };
};

/** What a fresh database needs before anybody uses it. */
const prepare = async (database: PostgresDatabase, config: CloudConfig): Promise<void> => {
  await database.migrate();
  await database.transaction(async (tx) => {
    await ensureDeployment(tx, { clock, random });
    const { demo } = config;
    if (demo === undefined) return;
    const nowMs = clock.nowMs();
    const isNew = await seedCampus(tx, demo, { nowMs });
    const plan = campusPlan(demo);
    const phones = demoPhones(demo.seed, plan);
    if (isNew) await enrolDemoPhones(tx, phones, nowMs);
    await keepDemoPhones(tx, phones, { nowMs, isNew });
    const [host, port] = demo.claim?.split(':') ?? [];
    if (host !== undefined) await seedClaimGroup(tx, { host, port: Number(port) }, { nowMs });
    const hasPast = isNew && demo.past === true;
    if (hasPast) await seedDemoDays(tx, demoDays(demo.seed, plan, nowMs), nowMs);
  });
};

/** The profiles of this release, each with its text: the start of somebody's own version. */
const readBuiltIns = async (): Promise<ReadonlyMap<string, BuiltIn>> => {
  const files = await readModelFiles();
  const profiles = catalogueOf(files);
  const texts = new Map(files.map(({ name, text }) => [basename(name, '.yaml'), text]));
  return new Map(
    [...profiles].map(([id, profile]) => [id, { profile, text: texts.get(id) ?? '' }]),
  );
};

const serve = async (file: string | undefined): Promise<void> => {
  const loaded = await loadConfig(file);
  const { config, path } = loaded;
  const log = createLog();
  const builtIns = await readBuiltIns();
  const trust = await openTrust(loaded);
  const lan = await openLan(loaded, trust);
  const { database, where, close } = await openDatabase(loaded, log);
  await prepare(database, config);
  const tls = { ca: trust.ca, ...trust.server };
  const brokers: Broker[] = [];
  const revoked = await followRevokedCertificates({ database, log }, (gateway) => {
    for (const broker of brokers) void broker.disconnect(gateway);
  });
  const broker = await openBroker(loaded, { tls, isRevoked: revoked.has, log });
  brokers.push(broker);
  const { signer } = trust;
  const snapshots = createSnapshots({
    database,
    signer,
    clock,
    snapshots: createSnapshotFiles(join(path(config.dataDir), 'snapshots')),
  });
  const listener = await createGatewayListener({
    listen: config.gatewayListen,
    tls,
    isRevoked: revoked.has,
    snapshots,
    signer,
    nowMs: clock.nowMs,
    log,
  });
  const ports = { clock, random, primitives, database, broker, signer, zstd, log };
  const cloud = createCloud(ports, { snapshots });
  const library = createProfileLibrary({ database, clock, log, builtIns });
  await library.refresh();
  const built = path(
    config.dashboardDir ?? join(import.meta.dirname, '..', '..', 'dashboard', 'dist'),
  );
  const http = await startHttp(ports, cloud, {
    config,
    library,
    database: where,
    dashboardDir: existsSync(join(built, 'index.html')) ? built : undefined,
    lan,
  });
  library.start();
  cloud.start();
  onEnd(async () => {
    await http.close();
    await library.stop();
    await cloud.stop();
    await listener.close();
    revoked.stop();
    await ports.broker.close();
    await close();
  });
  if (process.connected) process.send?.({ ready: true });
  http.offerLogins();
};

const openBroker = async (
  { config, path }: Loaded,
  options: Omit<Parameters<typeof createEmbeddedBroker>[0], 'listen'>,
): Promise<Broker> => {
  const { broker } = config;
  if ('embedded' in broker) return createEmbeddedBroker({ ...broker.embedded, ...options });
  const read = async (secret: { readonly file: string } | undefined) =>
    secret === undefined ? {} : { text: await readFile(path(secret.file), 'utf8') };
  const [ca, certificate, key] = await Promise.all(
    [broker.ca, broker.certificate, broker.key].map(read),
  );
  return createMqttBroker({
    url: broker.url,
    tls: {
      ...(ca?.text === undefined ? {} : { ca: ca.text }),
      ...(certificate?.text === undefined ? {} : { certificate: certificate.text }),
      ...(key?.text === undefined ? {} : { key: key.text }),
    },
    clientId: `cloud-${Buffer.from(random(4)).toString('hex')}`,
    log: options.log,
  });
};

const onEnd = (stop: () => Promise<void>): void => {
  let stopping = false;
  const end = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  // Started by another program: it went away, so do we.
  process.on('disconnect', end);
  // It may have gone while we started.
  if (process.send !== undefined && !process.connected) end();
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      gateway: { type: 'string', multiple: true },
      seed: { type: 'string', default: '1' },
      people: { type: 'string', default: '500' },
      zone: { type: 'string' },
    },
  });
  const [command = 'serve'] = positionals;
  if (command === 'serve') return serve(values.config);
  if (command === 'issue') {
    const trust = await openTrust(await loadConfig(values.config));
    for (const wanted of values.gateway ?? []) {
      const [gateway = '', dir = ''] = wanted.split('=', 2);
      await trust.issueGateway(gateway, resolve(dir));
    }
    return;
  }
  if (command === 'plan') {
    const { seed, people, zone } = values;
    const size = { seed: Number(seed), people: Number(people), zone };
    process.stdout.write(`${JSON.stringify(simulatorPlan(size.seed, campusPlan(size)))}\n`);
    return;
  }
  throw new CloudError('CL_CONFIG', usage);
};

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  const next =
    error instanceof CloudError ? `\n${error.code}: ${cloudErrors[error.code].next.en}` : '';
  const remedy = isEmbeddedPostgresError(error) ? `\n${error.code}: ${error.remedy}` : '';
  process.stderr.write(`${text}${next}${remedy}\n`);
  process.exit(1);
});
