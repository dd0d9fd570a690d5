import { checkedYaml, faultText } from '@gatehouse/device-profiles';
import Type from 'typebox';
import { CloudError } from './errors.ts';

const closed = { additionalProperties: false } as const;
const Path = Type.String({ minLength: 1 });
const HostPort = Type.String({ pattern: '^[^:/\\s]+:\\d{1,5}$' });
/** A certificate names addresses, so a name will not do. */
const AddressPort = Type.String({ pattern: '^\\d{1,3}(?:\\.\\d{1,3}){3}:\\d{1,5}$' });
const Secret = Type.Object({ file: Path }, closed);

/** The file of the cloud service. Paths are relative to the file itself. */
export const CloudConfig = Type.Object(
  {
    dataDir: Path,
    /** Console and phones. `host:port` */
    listen: HostPort,
    /** Gateways: policy snapshots over TLS with client certificates. */
    gatewayListen: HostPort,
    /** `embedded` or the URL of a PostgreSQL; the environment's DATABASE_URL overrides it. */
    database: Type.Optional(Type.String({ minLength: 1 })),
    broker: Type.Union([
      /** Our own, in this process; TLS with client certificates. */
      Type.Object({ embedded: Type.Object({ listen: HostPort }, closed) }, closed),
      /** Any MQTT 3.1.1 broker. */
      Type.Object(
        {
          url: Type.String({ pattern: '^mqtts?://' }),
          ca: Type.Optional(Secret),
          certificate: Type.Optional(Secret),
          key: Type.Optional(Secret),
        },
        closed,
      ),
    ]),
    /** Where keys and the development CA live; made on first start where `development` says so. */
    trust: Type.Object({ dir: Path, development: Type.Boolean() }, closed),
    /** Demo identity and the simulator's stand-in scanners; loopback only. */
    demo: Type.Optional(
      Type.Object(
        {
          /** Control server of the simulated devices. */
          simulator: Type.Optional(HostPort),
          /** Which campus is seeded into an empty database, and how many people it has. */
          seed: Type.Integer({ minimum: 1 }),
          people: Type.Integer({ minimum: 20, maximum: 20_000 }),
          /** IANA zone of the seeded campus; where nothing is said it is in Shanghai. */
          zone: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_+/-]{1,60}$' })),
          /** Where the authority of the one claim group listens for the other gateways. */
          claim: Type.Optional(HostPort),
          /** The seeded people also have a past of four weeks, marked as made up. */
          past: Type.Optional(Type.Boolean()),
          /** Phones on the network, by one-time codes: `0.0.0.0:port`, or one address of ours. */
          lan: Type.Optional(Type.Object({ listen: AddressPort }, closed)),
        },
        closed,
      ),
    ),
    /** Built dashboard; default: the one of this workspace. */
    dashboardDir: Type.Optional(Path),
  },
  closed,
);
export type CloudConfig = Type.Static<typeof CloudConfig>;

const portMax = 65_535;

/** Addresses that this program or its demo use, by their path in the file. */
const addressesOf = ({ listen, gatewayListen, broker, demo }: CloudConfig) =>
  Object.entries({
    listen,
    gatewayListen,
    'broker.embedded.listen': 'embedded' in broker ? broker.embedded.listen : undefined,
    'demo.simulator': demo?.simulator,
    'demo.claim': demo?.claim,
    'demo.lan.listen': demo?.lan?.listen,
  });

/** @throws CloudError CL_CONFIG with `file:line:column` of each fault */
export const parseCloudConfig = (text: string, file: string): CloudConfig => {
  const checked = checkedYaml(text, CloudConfig, file);
  if (!checked.ok) throw new CloudError('CL_CONFIG', checked.faults.map(faultText).join('\n'));
  const { value, faultAt } = checked;
  const faults = addressesOf(value)
    .filter(([, address]) => Number(address?.split(':').at(-1) ?? 0) > portMax)
    .map(([path]) => faultText(faultAt(path, `has a port above ${portMax}`)));
  if (faults.length > 0) throw new CloudError('CL_CONFIG', faults.join('\n'));
  return value;
};
