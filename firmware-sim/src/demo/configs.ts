import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { everyAddress } from './ports.ts';
import type { DemoOptions } from './options.ts';
import type { Plan } from './plan.ts';

export type DemoPorts = {
  readonly broker: number;
  readonly listener: number;
  readonly control: number;
  /** Where the authority of the claim group listens. */
  readonly claim: number;
  /** One for each device, in the order of the plan. */
  readonly devices: readonly number[];
};

export type DemoFiles = {
  readonly cloud: string;
  readonly simulator: string;
  readonly gateways: readonly { readonly id: string; readonly file: string }[];
  /** Where the certificates of a gateway are issued to. */
  readonly certificates: (gateway: string) => string;
};

type Parts = {
  readonly options: DemoOptions;
  readonly plan: Plan;
  readonly ports: DemoPorts;
  /** By device, of those that ask by HTTP. */
  readonly secrets: Map<string, string>;
};

const certificatesOf = ({ dataDir }: DemoOptions, gateway: string): string =>
  join(dataDir, 'gateways', gateway);

const loopback = (port: number): string => `127.0.0.1:${port}`;

const cloudConfig = ({ options, plan, ports }: Parts) => ({
  dataDir: join(options.dataDir, 'cloud'),
  listen: loopback(options.port),
  gatewayListen: loopback(ports.listener),
  broker: { embedded: { listen: loopback(ports.broker) } },
  trust: { dir: join(options.dataDir, 'trust'), development: true },
  demo: {
    simulator: loopback(ports.control),
    seed: options.seed,
    people: options.people,
    zone: plan.zone,
    claim: loopback(ports.claim),
    // A campus on which nobody moves has no past either.
    ...(options.traffic === 'off' ? {} : { past: true }),
    ...(options.lanPort === undefined
      ? {}
      : { lan: { listen: `${everyAddress}:${options.lanPort}` } }),
  },
});

/** A head and its gateway know the same secret, made anew at each start. */
const secretOf = (secrets: Map<string, string>, id: string): string => {
  const secret = secrets.get(id) ?? randomBytes(24).toString('base64url');
  secrets.set(id, secret);
  return secret;
};

/** Where the heads of a gateway ask: at the port of the first of them. */
const pushPortOf = ({ plan, ports }: Parts, id: string): number | undefined => {
  const at = plan.devices.findIndex(({ gateway, wire }) => gateway === id && wire === 'push');
  return at < 0 ? undefined : ports.devices[at];
};

/** How each end reaches the other: mostly the simulator listens where the gateway connects. */
const wiringOf = (parts: Parts, device: Plan['devices'][number], end: 'listen' | 'port') => {
  const { id, gateway, wire = 'tcp' } = device;
  if (wire === 'push') {
    const secret = secretOf(parts.secrets, id);
    return end === 'port'
      ? { port: 'push', secret: { file: secretFile(parts, id) } }
      : { asks: `http://${loopback(pushPortOf(parts, gateway) ?? 0)}/push/${id}`, secret };
  }
  const port = parts.ports.devices[parts.plan.devices.indexOf(device)] ?? 0;
  return { [end]: `${wire}://${loopback(port)}` };
};

const secretFile = ({ options }: Parts, id: string): string =>
  join(options.dataDir, 'config', `${id}.secret`);

/** A device as both ends name it. */
const devicesOf = (parts: Parts, end: 'listen' | 'port') =>
  parts.plan.devices.map((device) => {
    const { id, profile, door, side, gateway, params = {} } = device;
    return {
      gateway,
      device: {
        id,
        profile,
        ...wiringOf(parts, device, end),
        ...(door === null ? {} : { door }),
        ...(side === null ? {} : { side }),
        ...(Object.keys(params).length === 0 ? {} : { params }),
      },
    };
  });

const simulatorConfig = (parts: Parts) => ({
  control: loopback(parts.ports.control),
  seed: parts.options.seed,
  devices: devicesOf(parts, 'listen').map(({ device }) => device),
});

const gatewayConfig = (parts: Parts, id: string) => {
  const own = certificatesOf(parts.options, id);
  const secret = (name: string) => ({ file: join(own, name) });
  const pushPort = pushPortOf(parts, id);
  return {
    gateway: id,
    dataDir: join(own, 'data'),
    cloud: {
      broker: `mqtts://${loopback(parts.ports.broker)}`,
      listener: `https://${loopback(parts.ports.listener)}`,
      ca: secret('ca.pem'),
      certificate: secret('gateway.pem'),
      key: secret('gateway.key.pem'),
    },
    rootKey: secret('root.jwk'),
    ...(pushPort === undefined ? {} : { httpPush: { listen: loopback(pushPort) } }),
    claimListen: '127.0.0.1',
    devices: devicesOf(parts, 'port')
      .filter(({ gateway }) => gateway === id)
      .map(({ device }) => device),
  };
};

/** The same files that a real installation writes by hand, for every program of the demo. */
export const writeConfigs = async (given: Omit<Parts, 'secrets'>): Promise<DemoFiles> => {
  const parts: Parts = { ...given, secrets: new Map() };
  const dir = join(parts.options.dataDir, 'config');
  await mkdir(dir, { recursive: true, mode: 0o755 });
  const write = async (name: string, config: unknown): Promise<string> => {
    const file = join(dir, name);
    await writeFile(file, stringify(config), { mode: 0o600 });
    return file;
  };
  const gateways = [];
  for (const { id } of parts.plan.gateways) {
    gateways.push({ id, file: await write(`${id}.yaml`, gatewayConfig(parts, id)) });
  }
  const simulator = await write('sim.yaml', simulatorConfig(parts));
  for (const [id, secret] of parts.secrets) {
    await writeFile(secretFile(parts, id), `${secret}\n`, { mode: 0o600 });
  }
  return {
    cloud: await write('cloud.yaml', cloudConfig(parts)),
    simulator,
    gateways,
    certificates: (gateway) => certificatesOf(parts.options, gateway),
  };
};
