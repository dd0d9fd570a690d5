import { checkedYaml, faultText } from '@gatehouse/device-profiles';
import type { Catalogue } from '@gatehouse/device-profiles';
import { Id, isGatewayId } from '@gatehouse/protocols';
import Type from 'typebox';
import { GatewayError } from './errors.ts';

const closed = { additionalProperties: false } as const;
const Secret = Type.Object({ file: Type.String({ minLength: 1 }) }, closed);

const Device = Type.Object(
  {
    id: Id,
    profile: Id,
    /** Device path, or `tcp://host:port` of a serial or Modbus TCP converter. */
    port: Type.String({ minLength: 1, maxLength: 200 }),
    /** Modbus unit; devices with the same port share one line. */
    unit: Type.Optional(Type.Integer({ minimum: 1, maximum: 247 })),
    door: Id,
    /** Of a reader. */
    side: Type.Optional(Type.Union([Type.Literal('entry'), Type.Literal('exit')])),
  },
  closed,
);
export type DeviceConfig = Type.Static<typeof Device>;

/** The file of one gateway. Paths are relative to the file itself. */
export const GatewayConfig = Type.Object(
  {
    gateway: Id,
    dataDir: Type.String({ minLength: 1 }),
    cloud: Type.Object(
      {
        /** `mqtts://host:port` of the broker. */
        broker: Type.String({ pattern: '^mqtts?://' }),
        /** `https://host:port` of the cloud's gateway listener. */
        listener: Type.String({ pattern: '^https://' }),
        ca: Secret,
        certificate: Secret,
        key: Secret,
      },
      closed,
    ),
    /** The public root key (JWK) that signs key lists. */
    rootKey: Secret,
    /** Upper bound of the journal on disk; the oldest acknowledged events go first. */
    journalBytesMax: Type.Optional(Type.Integer({ minimum: 1_000_000 })),
    /** Language of the readers' displays. */
    displayLanguage: Type.Optional(Type.Union([Type.Literal('zh'), Type.Literal('en')])),
    devices: Type.Array(Device, { maxItems: 500 }),
  },
  closed,
);
export type GatewayConfig = Type.Static<typeof GatewayConfig>;

export const journalBytesDefault = 1024 * 1024 * 1024;

type Faulty = (key: string, message: string) => void;

/** What no schema can say of the devices: names that meet, and profiles that fit their place. */
const checkDevices = (
  devices: readonly DeviceConfig[],
  profiles: Catalogue | undefined,
  faulty: Faulty,
): void => {
  const ids = new Set<string>();
  const controlled = new Set<string>();
  for (const [i, { id, profile, door }] of devices.entries()) {
    if (ids.has(id)) faulty(`devices.${i}.id`, `${id} stands twice`);
    ids.add(id);
    if (profiles === undefined) continue;
    const kind = profiles.get(profile)?.kind;
    if (kind === undefined) {
      const known = [...profiles.keys()].join(', ');
      faulty(`devices.${i}.profile`, `${profile} is unknown: use one of ${known}`);
    }
    if (kind !== 'modbus-door') continue;
    if (controlled.has(door)) faulty(`devices.${i}.door`, `${door} has two controllers`);
    controlled.add(door);
  }
};

/**
 * @param profiles those that the devices may name; any, where left out
 * @throws GatewayError GW_CONFIG with `file:line:column` of each fault
 */
export const parseGatewayConfig = (
  text: string,
  file: string,
  profiles?: Catalogue,
): GatewayConfig => {
  const checked = checkedYaml(text, GatewayConfig, file);
  if (!checked.ok) throw new GatewayError('GW_CONFIG', checked.faults.map(faultText).join('\n'));
  const { value, faultAt } = checked;
  const faults: string[] = [];
  const faulty: Faulty = (path, message) => void faults.push(faultText(faultAt(path, message)));
  if (!isGatewayId(value.gateway)) faulty('gateway', `${value.gateway} is reserved`);
  checkDevices(value.devices, profiles, faulty);
  if (faults.length > 0) throw new GatewayError('GW_CONFIG', faults.join('\n'));
  return value;
};
