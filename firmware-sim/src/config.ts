import { checkedYaml, faultText } from '@gatehouse/device-profiles';
import type {
  Catalogue,
  LineScannerProfile,
  ModbusDoorProfile,
  YamlFault,
} from '@gatehouse/device-profiles';
import { Id } from '@gatehouse/protocols';
import Type from 'typebox';
import { SimError } from './errors.ts';

const closed = { additionalProperties: false } as const;
const Side = Type.Union([Type.Literal('entry'), Type.Literal('exit')]);

const DeviceEntry = Type.Object(
  {
    id: Id,
    /** An id of device-profiles/models/. */
    profile: Id,
    /** Port 0 takes a free one. */
    listen: Type.String({ pattern: '^tcp://[^/]+:[0-9]{1,5}$' }),
    /** Path of a serial port, made by socat; relative to this file. */
    pty: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Of a Modbus controller; 1 if absent. */
    unit: Type.Optional(Type.Integer({ minimum: 1, maximum: 247 })),
    door: Id,
    /** Of a scanner. */
    side: Type.Optional(Side),
  },
  closed,
);

/** The file of one simulator. */
const SimFile = Type.Object(
  {
    control: Type.String({ pattern: '^(127\\.0\\.0\\.1|localhost|\\[::1\\]):[0-9]{1,5}$' }),
    /** The same seed, the same noise. 1 if absent. */
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    devices: Type.Array(DeviceEntry, { minItems: 1, maxItems: 500 }),
  },
  closed,
);

type Common = {
  readonly id: string;
  readonly door: string;
  readonly host: string;
  readonly port: number;
  readonly pty: string | undefined;
};
export type ScannerConfig = Common & {
  readonly kind: 'scanner';
  readonly profile: LineScannerProfile;
  readonly side: 'entry' | 'exit';
};
export type DoorConfig = Common & {
  readonly kind: 'door';
  readonly profile: ModbusDoorProfile;
  readonly unit: number;
};
export type SimConfig = {
  readonly control: { readonly host: string; readonly port: number };
  readonly seed: number;
  readonly devices: readonly (ScannerConfig | DoorConfig)[];
};

type Fault = (key: string, message: string) => undefined;

/** @throws SimError SIM_CONFIG with `file:line:column` of each fault */
export const parseSimConfig = (text: string, file: string, catalogue: Catalogue): SimConfig => {
  const checked = checkedYaml(text, SimFile, file);
  if (!checked.ok) throw refused(checked.faults);
  const { value, faultAt } = checked;
  const faults: YamlFault[] = [];
  const seen = new Map<string, string>([[portKey(endpoint(value.control)), 'control']]);
  const devices = value.devices.flatMap((entry, index) => {
    const fault: Fault = (key, message) => {
      faults.push(faultAt(`devices.${index}.${key}`, message));
      return undefined;
    };
    for (const [key, name] of [
      [`id ${entry.id}`, 'id'],
      [portKey(endpoint(entry.listen)), 'listen'],
      [entry.pty === undefined ? '' : `path ${entry.pty}`, 'pty'],
    ] as const) {
      const taken = key === '' ? undefined : seen.get(key);
      if (taken !== undefined) fault(name, `is already taken by ${taken}`);
      seen.set(key, entry.id);
    }
    if (endpoint(entry.listen).port > 65_535) fault('listen', 'has a port above 65535');
    return deviceOf(entry, catalogue, fault) ?? [];
  });
  const control = endpoint(value.control);
  if (control.port > 65_535) faults.push(faultAt('control', 'has a port above 65535'));
  if (faults.length > 0) throw refused(faults);
  return { control, seed: value.seed ?? 1, devices };
};

const refused = (faults: readonly YamlFault[]): SimError =>
  new SimError('SIM_CONFIG', `\n${faults.map(faultText).join('\n')}`);

const deviceOf = (
  entry: Type.Static<typeof DeviceEntry>,
  catalogue: Catalogue,
  fault: Fault,
): ScannerConfig | DoorConfig | undefined => {
  const profile = catalogue.get(entry.profile);
  const { id, door, pty, side, unit } = entry;
  const common = { id, door, pty, ...endpoint(entry.listen) };
  if (profile === undefined) {
    return fault('profile', `is unknown: use one of ${[...catalogue.keys()].join(', ')}`);
  }
  if (profile.kind === 'line-scanner') {
    if (unit !== undefined) return fault('unit', 'belongs to Modbus controllers');
    if (side === undefined) return fault('id', 'lacks side: entry or exit');
    return { kind: 'scanner', ...common, profile, side };
  }
  if (side !== undefined) return fault('side', 'belongs to scanners');
  return { kind: 'door', ...common, profile, unit: unit ?? 1 };
};

/** `tcp://host:port` or `host:port`. */
const endpoint = (text: string): { readonly host: string; readonly port: number } => {
  const address = text.replace(/^tcp:\/\//, '');
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
};

/** Free ports never clash. */
const portKey = ({ port }: { readonly port: number }): string => (port === 0 ? '' : `port ${port}`);
