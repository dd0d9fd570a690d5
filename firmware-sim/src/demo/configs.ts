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
};

const certificatesOf = ({ dataDir }: DemoOptions, gateway: string): string =>
  join(dataDir, 'gateways', gateway);

const loopback = (port: number): string => `127.0.0.1:${port}`;

const cloudConfig = ({ options, ports }: Parts) => ({
  dataDir: join(options.dataDir, 'cloud'),
  listen: loopback(options.port),
  gatewayListen: loopback(ports.listener),
  broker: { embedded: { listen: loopback(ports.broker) } },
  trust: { dir: join(options.dataDir, 'trust'), development: true },
  demo: {
    simulator: loopback(ports.control),
    seed: options.seed,
    people: options.people,
    // A campus on which nobody moves has no past either.
    ...(options.traffic === 'off' ? {} : { past: true }),
    ...(options.lanPort === undefined
      ? {}
      : { lan: { listen: `${everyAddress}:${options.lanPort}` } }),
  },
});

/** A device as both ends name it: the simulator listens where the gateway connects. */
const devicesOf = ({ plan, ports }: Parts, end: 'listen' | 'port') =>
  plan.devices.map(({ id, profile, door, side, gateway, wire = 'tcp', params = {} }, i) => ({
    gateway,
    device: {
      id,
      profile,
      [end]: `${wire}://${loopback(ports.devices[i] ?? 0)}`,
      ...(door === null ? {} : { door }),
      ...(side === null ? {} : { side }),
      ...(Object.keys(params).length === 0 ? {} : { params }),
    },
  }));

const simulatorConfig = (parts: Parts) => ({
  control: loopback(parts.ports.control),
  seed: parts.options.seed,
  devices: devicesOf(parts, 'listen').map(({ device }) => device),
});

const gatewayConfig = (parts: Parts, id: string) => {
  const own = certificatesOf(parts.options, id);
  const secret = (name: string) => ({ file: join(own, name) });
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
    devices: devicesOf(parts, 'port')
      .filter(({ gateway }) => gateway === id)
      .map(({ device }) => device),
  };
};

/** The same files that a real installation writes by hand, for every program of the demo. */
export const writeConfigs = async (parts: Parts): Promise<DemoFiles> => {
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
  return {
    cloud: await write('cloud.yaml', cloudConfig(parts)),
    simulator: await write('sim.yaml', simulatorConfig(parts)),
    gateways,
    certificates: (gateway) => certificatesOf(parts.options, gateway),
  };
};
