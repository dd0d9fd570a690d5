import { checkedYaml, compileProfile, faultText } from '@gatehouse/device-profiles';
import type { Binding, Catalogue, DeviceProfile, Transport } from '@gatehouse/device-profiles';
import { Id, isGatewayId } from '@gatehouse/protocols';
import Type from 'typebox';
import { opensSide, readsCodes } from './devices/norms.ts';
import { GatewayError } from './errors.ts';

const closed = { additionalProperties: false } as const;
const Secret = Type.Object({ file: Type.String({ minLength: 1 }) }, closed);

const ParamName = Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' });
const ParamValue = Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()]);

const Device = Type.Object(
  {
    id: Id,
    profile: Id,
    /** It comes from the cloud and not with this release: until then the device waits. */
    customProfile: Type.Optional(Type.Boolean()),
    /** Of the profile; the first that fits the port where left out. */
    binding: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    /** What the profile leaves to the installer, such as an address on a bus or a channel. */
    params: Type.Optional(Type.Record(ParamName, ParamValue, { maxProperties: 16 })),
    /**
     * Device path, or `tcp://host:port` of a serial or Modbus TCP converter. Of a keyboard scanner
     * an event node, `usb:vvvv:pppp` or `usb`; of a head that asks by HTTP `push`.
     */
    port: Type.String({ minLength: 1, maxLength: 200 }),
    /** What a head that asks by HTTP must know: 16 characters or more. */
    secret: Type.Optional(Secret),
    /** Modbus unit; devices with the same port share one line. */
    unit: Type.Optional(Type.Integer({ minimum: 1, maximum: 247 })),
    /** Which it controls, or stands at. */
    door: Type.Optional(Id),
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
    /** Address to listen at where the policy makes this gateway the authority; all by default. */
    claimListen: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
    /** The public root key (JWK) that signs key lists. */
    rootKey: Secret,
    /** Upper bound of the journal on disk; the oldest acknowledged events go first. */
    journalBytesMax: Type.Optional(Type.Integer({ minimum: 1_000_000 })),
    /** Language of the readers' displays. */
    displayLanguage: Type.Optional(Type.Union([Type.Literal('zh'), Type.Literal('en')])),
    /** Where heads on the network ask; nobody listens where it is left out. */
    httpPush: Type.Optional(
      Type.Object(
        {
          /** `host:port`; a loopback or LAN address, for it is plain HTTP. */
          listen: Type.String({ pattern: '^(\\[[0-9a-fA-F:]+\\]|[a-zA-Z0-9.-]+):[0-9]{1,5}$' }),
        },
        closed,
      ),
    ),
    devices: Type.Array(Device, { maxItems: 500 }),
  },
  closed,
);
export type GatewayConfig = Type.Static<typeof GatewayConfig>;

export const journalBytesDefault = 1024 * 1024 * 1024;

export const pushPort = 'push';
const isUsb = (port: string): boolean => port === 'usb' || port.startsWith('usb:');
const isEventNode = (port: string): boolean => port.startsWith('/dev/input/');
const isLine = (port: string): boolean => port !== pushPort && !isUsb(port) && !isEventNode(port);

type Fits = { readonly [T in Transport]: (wire: Wire<T>, port: string) => boolean };
type Wire<T> = Extract<Binding, { readonly transport: T }>;
/** Frames and lines are the same on any line. */
const fits: Fits = {
  serial: (_, port) => isLine(port),
  modbus: ({ modes }, port) =>
    isLine(port) && modes.includes(port.startsWith('tcp://') ? 'tcp' : 'rtu'),
  'usb-hid': ({ usb }, port) =>
    port === 'usb' ? usb !== undefined : isUsb(port) || port.startsWith('/'),
  'http-push': (_, port) => port === pushPort,
};

const fitsPort = (binding: Binding, port: string): boolean =>
  // Each row takes the wire that it is named after.
  (fits[binding.transport] as (wire: Binding, port: string) => boolean)(binding, port);

/** @returns the name of the binding that a device uses; undefined where the profile has none */
export const bindingOf = (
  { bindings }: DeviceProfile,
  { binding, port }: Pick<DeviceConfig, 'binding' | 'port'>,
): string | undefined =>
  Object.keys(bindings).find((name) => {
    const found = bindings[name];
    const isMeant = binding === undefined || name === binding;
    return isMeant && found !== undefined && fitsPort(found, port);
  });

type Faulty = (key: string, message: string) => void;
type Checked = {
  readonly device: DeviceConfig;
  /** `devices.3` */
  readonly at: string;
  readonly faulty: Faulty;
};

/** What no schema can say of the devices: names that meet, and profiles that fit their place. */
const checkDevices = (
  devices: readonly DeviceConfig[],
  profiles: Catalogue | undefined,
  faulty: Faulty,
): void => {
  const ids = new Set<string>();
  const controlled = new Set<string>();
  const wires = new Map<string, string>();
  for (const [i, device] of devices.entries()) {
    const { id, profile: name } = device;
    const checked: Checked = { device, at: `devices.${i}`, faulty };
    if (ids.has(id)) faulty(`${checked.at}.id`, `${id} stands twice`);
    ids.add(id);
    if (profiles === undefined) continue;
    const profile = profiles.get(name);
    if (profile === undefined && device.customProfile === true) continue;
    if (profile === undefined) {
      const remedy = 'docs/devices lists them; for one of your own add `customProfile: true`';
      faulty(`${checked.at}.profile`, `${name} is unknown: ${remedy}`);
      continue;
    }
    checkDoor(checked, profile, controlled);
    checkWire(checked, profile, wires);
  }
};

const checkDoor = (
  { device, at, faulty }: Checked,
  { model, family }: DeviceProfile,
  controlled: Set<string>,
): void => {
  const { door } = device;
  const opens = opensSide(model, 'entry') || opensSide(model, 'exit');
  if (door === undefined) {
    if (opens) faulty(at, `${device.id} opens a door: name it by \`door\``);
    // What a till reads pays for something and opens nothing.
    else if (readsCodes(model) && family !== 'pos') {
      faulty(at, `${device.id} reads codes: name its \`door\``);
    }
    return;
  }
  if (!opens) return;
  if (controlled.has(door)) faulty(`${at}.door`, `${door} has two controllers`);
  controlled.add(door);
};

/** @param wires port → how it is used, which all who share it must agree on; and who is there */
const checkWire = (
  { device, at, faulty }: Checked,
  profile: DeviceProfile,
  wires: Map<string, string>,
): void => {
  const { port, params = {} } = device;
  const name = bindingOf(profile, device);
  const binding = name === undefined ? undefined : profile.bindings[name];
  if (name === undefined || binding === undefined) {
    const known = Object.keys(profile.bindings).join(', ');
    faulty(`${at}.port`, `no binding of ${profile.id} (${known}) fits this port`);
    return;
  }
  try {
    compileProfile(profile, name, params);
  } catch (error) {
    faulty(`${at}.params`, error instanceof Error ? error.message : String(error));
  }
  if ((binding.transport === 'http-push') !== (device.secret !== undefined)) {
    const isNeeded = device.secret === undefined;
    faulty(at, isNeeded ? 'lacks `secret: { file: … }`' : 'needs no secret: it has a wire');
  }
  // Heads share the one address where they ask.
  if (binding.transport === 'http-push') return;
  const isModbusTcp = binding.transport === 'modbus' && port.startsWith('tcp://');
  const wire = JSON.stringify([
    binding.transport,
    isModbusTcp || !('line' in binding) ? null : (binding.line ?? null),
    'framing' in binding ? binding.framing : null,
  ]);
  const shared = wires.get(port) ?? wire;
  if (shared !== wire) faulty(`${at}.port`, `${port} is used in another way by a device above`);
  wires.set(port, shared);
  const place = JSON.stringify([port, device.unit ?? null, profile.id, params]);
  if (wires.has(place)) faulty(`${at}.port`, 'a device above has this port, unit and parameters');
  wires.set(place, '');
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
  const head = value.devices.findIndex(({ port }) => port === pushPort);
  if (head >= 0 && value.httpPush === undefined) {
    faulty(`devices.${head}.port`, 'needs httpPush: { listen: host:port }');
  }
  if (faults.length > 0) throw new GatewayError('GW_CONFIG', faults.join('\n'));
  return value;
};
