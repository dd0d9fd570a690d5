import {
  checkedYaml,
  compileProfile,
  faultText,
  own,
  ProfileError,
} from '@gatehouse/device-profiles';
import type {
  Args,
  Binding,
  Catalogue,
  DeviceProfile,
  PlainCodec,
  PushCodec,
  YamlFault,
} from '@gatehouse/device-profiles';
import { FieldName, Id, inputEventBytes } from '@gatehouse/protocols';
import type { InputEventBytes, Side as SideName } from '@gatehouse/protocols';
import Type from 'typebox';
import { presentedNorms } from './devices/reader.ts';
import { SimError } from './errors.ts';

const closed = { additionalProperties: false } as const;
const Side = Type.Union([Type.Literal('entry'), Type.Literal('exit')]);
const ParamValue = Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()]);

const DeviceEntry = Type.Object(
  {
    id: Id,
    /** An id of device-profiles/models/, or of one of `profileFiles`. */
    profile: Id,
    /** Port 0 takes a free one. Devices with the same address hang on one line. */
    listen: Type.Optional(Type.String({ pattern: '^(rtu\\+)?tcp://[^/]+:[0-9]{1,5}$' })),
    /** Path of a serial port or of a keyboard, made by socat; relative to this file. */
    pty: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Where a head that asks by HTTP asks: `http://host:port/push/<device>` of a gateway. */
    asks: Type.Optional(Type.String({ pattern: '^https?://[^/?#]+/[^?#]+$', maxLength: 200 })),
    /** What an installer types into that head. */
    secret: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** A binding of the profile; the first that fits `listen` if absent. */
    binding: Type.Optional(FieldName),
    /** Modbus unit; that of the profile if absent. */
    unit: Type.Optional(Type.Integer({ minimum: 1, maximum: 247 })),
    /** What an installer sets on the device, by the profile's `params`. */
    params: Type.Optional(Type.Record(FieldName, ParamValue, { maxProperties: 16 })),
    door: Type.Optional(Id),
    /** Of a reader at a door. */
    side: Type.Optional(Side),
  },
  closed,
);
type DeviceEntry = Type.Static<typeof DeviceEntry>;

/** The file of one simulator. */
const SimFile = Type.Object(
  {
    control: Type.String({ pattern: '^(127\\.0\\.0\\.1|localhost|\\[::1\\]):[0-9]{1,5}$' }),
    /** The same seed, the same noise. 1 if absent. */
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    /** Profiles outside of the catalogue; paths relative to this file. */
    profileFiles: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50 }),
    ),
    devices: Type.Array(DeviceEntry, { minItems: 1, maxItems: 500 }),
  },
  closed,
);

export type DeviceConfig = {
  readonly id: string;
  readonly profile: DeviceProfile;
  readonly binding: string;
  readonly params: Args;
  readonly codec: PlainCodec | PushCodec;
  /** Of a keyboard: how large its events are. */
  readonly keys: InputEventBytes | undefined;
  /** Of a Modbus device. */
  readonly unit: number | undefined;
  readonly door: string | undefined;
  readonly side: SideName | undefined;
};
/** One wire and all that hangs on it: devices of one transport, each with an address of its own. */
export type LineConfig = {
  readonly listen:
    | {
        readonly host: string;
        readonly port: number;
        /** TCP that carries a serial line, as behind a converter: Modbus RTU, not TCP. */
        readonly isSerial: boolean;
      }
    | undefined;
  readonly pty: string | undefined;
  /** Of a head that asks: where, and with what. */
  readonly asks: { readonly url: string; readonly secret: string } | undefined;
  readonly devices: readonly DeviceConfig[];
};
export type SimConfig = {
  readonly control: { readonly host: string; readonly port: number };
  readonly seed: number;
  readonly lines: readonly LineConfig[];
};

type Fault = (key: string, message: string) => undefined;

/**
 * The profiles that a configuration brings along, which come into the catalogue before it is read.
 * @throws SimError SIM_CONFIG
 */
export const profileFilesOf = (text: string, file: string): readonly string[] => {
  const checked = checkedYaml(text, SimFile, file);
  if (!checked.ok) throw refused(checked.faults);
  return checked.value.profileFiles ?? [];
};

/** @throws SimError SIM_CONFIG with `file:line:column` of each fault */
export const parseSimConfig = (text: string, file: string, catalogue: Catalogue): SimConfig => {
  const checked = checkedYaml(text, SimFile, file);
  if (!checked.ok) throw refused(checked.faults);
  const { value, faultAt } = checked;
  const faults: YamlFault[] = [];
  const control = endpoint(value.control);
  if (control.port > portMax) faults.push(faultAt('control', 'has a port above 65535'));
  const ids = new Set<string>();
  const lines: OpenLine[] = [];
  for (const [index, entry] of value.devices.entries()) {
    const fault: Fault = (key, message) => {
      faults.push(faultAt(`devices.${index}.${key}`, message));
      return undefined;
    };
    if (ids.has(entry.id)) fault('id', `is already taken by ${entry.id}`);
    ids.add(entry.id);
    const port = entry.listen === undefined ? 0 : endpoint(entry.listen).port;
    if (port > portMax) fault('listen', 'has a port above 65535');
    if (port !== 0 && port === control.port) fault('listen', 'is already taken by control');
    const device = deviceOf(entry, catalogue, fault);
    if (device !== undefined) addToLine(lines, entry, device, fault);
  }
  if (faults.length > 0) throw refused(faults);
  return { control, seed: value.seed ?? 1, lines };
};

const portMax = 65_535;

const refused = (faults: readonly YamlFault[]): SimError =>
  new SimError('SIM_CONFIG', `\n${faults.map(faultText).join('\n')}`);

const deviceOf = (
  entry: DeviceEntry,
  catalogue: Catalogue,
  fault: Fault,
): DeviceConfig | undefined => {
  const profile = catalogue.get(entry.profile);
  if (profile === undefined) {
    return fault('profile', `is unknown: use one of ${[...catalogue.keys()].join(', ')}`);
  }
  const { id, door, side, unit, params = {} } = entry;
  const strange = Object.keys(params).find((name) => own(profile.model.params, name) === undefined);
  if (strange !== undefined) return fault(`params.${strange}`, 'is no parameter of this profile');
  const binding = entry.binding ?? usualBinding(profile, entry);
  const codec = compiled(profile, binding, params, fault);
  if (codec === undefined || !isPlaced(entry, codec, fault)) return undefined;
  if (unit !== undefined && codec.transport !== 'modbus') {
    return fault('unit', 'belongs to Modbus devices');
  }
  if (side !== undefined && !isReader(profile)) return fault('side', 'belongs to readers');
  if (side === undefined && door !== undefined && isReader(profile)) {
    return fault('id', 'lacks side: entry or exit');
  }
  const at = codec.transport === 'modbus' ? (unit ?? codec.unit) : undefined;
  const keys = profile.bindings[binding]?.transport === 'usb-hid' ? eventBytes : undefined;
  return { id, profile, binding, params, codec, keys, unit: at, door, side };
};

/** A head asks and needs no line; all others need one. */
const isPlaced = (
  { listen, pty, asks, secret }: DeviceEntry,
  { transport }: DeviceConfig['codec'],
  fault: Fault,
): boolean => {
  if (transport === 'http-push') {
    if (asks === undefined) fault('id', 'lacks asks: where this head asks by HTTP');
    if (secret === undefined) fault('id', 'lacks secret: what this head must know');
    if (listen !== undefined) fault('listen', 'is of no use to a head that asks by HTTP');
    if (pty !== undefined) fault('pty', 'is of no use to a head that asks by HTTP');
    return [listen, pty].every((each) => each === undefined) && secret !== undefined;
  }
  if (asks !== undefined) fault('asks', 'belongs to heads that ask by HTTP');
  if (secret !== undefined) fault('secret', 'belongs to heads that ask by HTTP');
  if (listen === undefined && pty === undefined) fault('id', 'lacks listen or pty');
  return true;
};

/** `kernel_ulong_t` of these has four bytes; keyboard and gateway are on one machine. */
const arch32: readonly string[] = ['arm', 'ia32', 'mips', 'mipsel'];
const eventBytes = inputEventBytes[arch32.includes(process.arch) ? 1 : 0];

/** As a gateway chooses it for such a port: Modbus is told apart by its mode. */
const usualBinding = ({ bindings }: DeviceProfile, { listen, asks }: DeviceEntry): string => {
  const mode = listen === undefined || listen.startsWith('rtu+') ? 'rtu' : 'tcp';
  const fits = (binding: Binding): boolean => {
    if (binding.transport === 'modbus') return binding.modes.includes(mode);
    return (binding.transport === 'http-push') === (asks !== undefined);
  };
  const names = Object.entries(bindings);
  const fitting = names.find(([, binding]) => fits(binding));
  return (fitting ?? names[0])?.[0] ?? '';
};

const compiled = (
  profile: DeviceProfile,
  binding: string,
  params: Args,
  fault: Fault,
): DeviceConfig['codec'] | undefined => {
  try {
    const codec = compileProfile(profile, binding, params);
    // A keyboard types on a line what its node would give.
    return codec.transport === 'usb-hid' ? codec.on(eventBytes) : codec;
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return fault(error.code === 'PROFILE_PARAMS' ? 'params' : 'binding', error.message);
  }
};

const isReader = ({ model }: DeviceProfile): boolean => {
  const norms: readonly (string | undefined)[] = Object.values(presentedNorms);
  return Object.values(model.events ?? {}).some(
    ({ norm }) => norm !== undefined && norms.includes(norm),
  );
};

type OpenLine = Omit<LineConfig, 'devices'> & { readonly devices: DeviceConfig[] };

/** Devices share a wire where they name the same address, and only then. */
const addToLine = (
  lines: OpenLine[],
  { listen, pty, asks, secret = '' }: DeviceEntry,
  device: DeviceConfig,
  fault: Fault,
): void => {
  const at = listen === undefined ? undefined : endpoint(listen);
  const byPort =
    at === undefined || at.port === 0
      ? undefined
      : lines.find((line) => line.listen?.port === at.port);
  const byPty = pty === undefined ? undefined : lines.find((line) => line.pty === pty);
  const line = byPort ?? byPty;
  if (line === undefined) {
    lines.push({
      listen: at && { ...at, isSerial: listen?.startsWith('rtu+') ?? false },
      pty,
      asks: asks === undefined ? undefined : { url: asks, secret },
      devices: [device],
    });
    return;
  }
  const [first] = line.devices;
  const taken = `is already taken by ${first?.id ?? 'another device'}`;
  if (line.listen?.host !== at?.host || line.listen?.port !== at?.port) return fault('pty', taken);
  if (line.pty !== pty || !isNeighbour(line, device)) {
    return fault(listen === undefined ? 'pty' : 'listen', taken);
  }
  line.devices.push(device);
};

/** Of one transport, and told apart by unit or parameters. */
const isNeighbour = ({ devices }: OpenLine, device: DeviceConfig): boolean =>
  devices.every(
    (other) =>
      other.codec.transport === device.codec.transport &&
      // Nobody types on another's keyboard.
      (other.keys ?? device.keys) === undefined &&
      addressOf(other) !== addressOf(device),
  );

const addressOf = ({ unit, params }: DeviceConfig): string => JSON.stringify(unit ?? params);

/** `tcp://host:port`, `rtu+tcp://host:port` or `host:port`. */
const endpoint = (text: string): { readonly host: string; readonly port: number } => {
  const address = text.replace(/^(rtu\+)?tcp:\/\//, '');
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
};
