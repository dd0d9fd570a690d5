import { FieldName, ValuePath } from '@gatehouse/protocols';
import Type from 'typebox';
import Value from 'typebox/value';
import type { DeviceConfig } from './config.ts';
import { inputNames } from './devices/machine.ts';
import { faultNames } from './devices/faults.ts';
import type { LiveDevice } from './devices/live-device.ts';
import type { DeviceInput } from './devices/machine.ts';
import type { Reader } from './devices/reader.ts';
import { controlErrors } from './errors.ts';
import type { ControlErrorCode } from './errors.ts';
import type { HttpReply, HttpRequest } from './ports.ts';

export type SimDevice = {
  readonly config: DeviceConfig;
  readonly device: LiveDevice;
  readonly isConnected: () => boolean;
  /** Undefined where nothing but whole requests is spoken. @returns false: nobody is connected */
  readonly sendRaw: ((bytes: Uint8Array) => boolean) | undefined;
  readonly reader: Reader | undefined;
  readonly wires: { readonly listen: string | undefined; readonly pty: string | undefined };
};

const textCharsMax = 4_096;
const rawHexCharsMax = 131_072;
const rawBytesMax = 16 * 1024 * 1024;
const holdMsMax = 600_000;

/** @returns the answer, or the code of what went wrong */
type Outcome = { readonly body: unknown } | { readonly code: ControlErrorCode };
type Run = (device: SimDevice, body: unknown) => Promise<Outcome> | Outcome;

/** One thing that can be done to a device that has what it needs. */
const action =
  <C, T extends Type.TSchema>(
    need: (device: SimDevice) => C | undefined,
    schema: T,
    run: (has: C, body: Type.Static<T>) => Promise<Outcome> | Outcome,
  ): Run =>
  (device, body) => {
    const has = need(device);
    if (has === undefined) return { code: 'wrong_kind' };
    return Value.Check(schema, body) ? run(has, body) : { code: 'bad_body' };
  };

const closed = { additionalProperties: false } as const;
const Side = Type.Union([Type.Literal('entry'), Type.Literal('exit')]);
const Text = Type.String({ minLength: 1, maxLength: textCharsMax });
/** A code, or the number of a card. */
const Present = Type.Union([
  Type.Object({ text: Text }, closed),
  Type.Object({ uid: Text }, closed),
]);
const Raw = Type.Object(
  {
    hex: Type.String({ pattern: '^([0-9a-fA-F]{2})+$', maxLength: rawHexCharsMax }),
    /** The bytes so many times: 10 MB need no 20 MB body. */
    repeat: Type.Optional(Type.Integer({ minimum: 1, maximum: rawBytesMax })),
  },
  closed,
);
const FaultChange = Type.Partial(
  Type.Object(Object.fromEntries(faultNames.map((name) => [name, Type.Boolean()])), closed),
  closed,
);
const Walk = Type.Object({ side: Side }, closed);
const Force = Type.Object({ side: Type.Optional(Side) }, closed);
const Hold = Type.Object(
  { side: Type.Optional(Side), forMs: Type.Integer({ minimum: 1, maximum: holdMsMax }) },
  closed,
);
const Stick = Type.Object(
  {
    input: Type.Union(inputNames.map((name) => Type.Literal(name))),
    /** `null` repairs it. */
    on: Type.Union([Type.Boolean(), Type.Null()]),
  },
  closed,
);
const Power = Type.Object({ offMs: Type.Integer({ minimum: 1, maximum: holdMsMax }) }, closed);
const Act = Type.Object({ action: FieldName }, closed);
const Scalar = Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]);
const Values = Type.Object(
  {
    /** `state.lock`, `telemetry.voltage`; `null`: the device does not know. */
    values: Type.Record(ValuePath, Type.Union([Scalar, Type.Array(Scalar, { maxItems: 256 })]), {
      minProperties: 1,
      maxProperties: 128,
    }),
  },
  closed,
);

const reading = ({ reader }: SimDevice): Reader | undefined =>
  reader?.reads('text') === true || reader?.reads('uid') === true ? reader : undefined;
const withDoor = ({ device }: SimDevice): LiveDevice | undefined =>
  device.door() === undefined ? undefined : device;
const withActions = ({ device }: SimDevice): LiveDevice | undefined =>
  device.profile.simulate.actions === undefined ? undefined : device;
const withValues = ({ device }: SimDevice): LiveDevice | undefined =>
  Object.keys(device.values()).length === 0 ? undefined : device;
const any = ({ device }: SimDevice): LiveDevice => device;

const people = (device: LiveDevice, input: DeviceInput): Outcome => ({
  body: { result: device.apply(input) },
});

/** What was done by the profile shows in the values. */
const changed = (device: LiveDevice, input: DeviceInput): Outcome => {
  const result = device.apply(input);
  const isDone = result !== 'absent' && result !== 'refused';
  return isDone ? { body: { result, values: device.values() } } : { code: 'bad_body' };
};

const actions: Readonly<Record<string, Run>> = {
  present: action(reading, Present, async (reader, body) => {
    const [kind, text] =
      'text' in body ? (['text', body.text] as const) : (['uid', body.uid] as const);
    if (!reader.reads(kind)) return { code: 'wrong_kind' };
    const presented = await reader.present(kind, text);
    if (!presented.ok) return { code: presented.why };
    return { body: { ...presented.feedback, withinMs: Math.round(presented.withinMs) } };
  }),
  raw: action(
    ({ sendRaw }) => sendRaw,
    Raw,
    (sendRaw, { hex, repeat = 1 }) => {
      const once = Buffer.from(hex, 'hex');
      if (once.length * repeat > rawBytesMax) return { code: 'too_large' };
      const bytes = Buffer.alloc(once.length * repeat, once);
      return sendRaw(bytes) ? { body: { bytes: bytes.length } } : { code: 'not_connected' };
    },
  ),
  faults: action(any, FaultChange, (device, change) => {
    device.setFaults({ ...device.faults(), ...change });
    return { body: device.faults() };
  }),
  power: action(any, Power, (device, { offMs }) => {
    device.cutPower(offMs);
    return { body: { offMs } };
  }),
  act: action(withActions, Act, (device, { action: name }) =>
    changed(device, { kind: 'act', action: name }),
  ),
  set: action(withValues, Values, (device, { values }) => changed(device, { kind: 'set', values })),
  walk: action(withDoor, Walk, (device, { side }) => people(device, { kind: 'walk', side })),
  force: action(withDoor, Force, (device, { side = 'entry' }) =>
    people(device, { kind: 'force', side }),
  ),
  hold: action(withDoor, Hold, (device, { side = 'entry', forMs }) =>
    people(device, { kind: 'hold', side, forMs }),
  ),
  stick: action(withDoor, Stick, (device, { input, on }) =>
    people(device, { kind: 'stick', input, on: on ?? undefined }),
  ),
};

export type Control = (request: HttpRequest) => Promise<HttpReply>;

/** `GET /devices`, `GET /devices/:id`, `POST /devices/:id/:action`. */
export const createControl =
  (devices: ReadonlyMap<string, SimDevice>): Control =>
  async ({ method, path, contentType, body }) => {
    const [root, id, name, ...more] = path.slice(1).split('/');
    if (root !== 'devices' || more.length > 0) return failed('unknown_route');
    if (id === undefined) {
      if (method !== 'GET') return failed('wrong_method', 'GET');
      return { status: 200, body: { devices: [...devices.values()].map(describeDevice) } };
    }
    const device = devices.get(id);
    if (device === undefined) return failed('unknown_device', id);
    if (name === undefined) {
      if (method !== 'GET') return failed('wrong_method', 'GET');
      return { status: 200, body: describeDevice(device) };
    }
    const run = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (run === undefined) return failed('unknown_route', name);
    if (method !== 'POST') return failed('wrong_method', 'POST');
    if (!/^application\/json(?:;|$)/.test(contentType)) return failed('not_json');
    const given = parsed(body);
    const outcome: Outcome = given === undefined ? { code: 'not_json' } : await run(device, given);
    return 'code' in outcome ? failed(outcome.code, name) : { status: 200, body: outcome.body };
  };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text === '' ? '{}' : text) as unknown;
  } catch {
    return undefined;
  }
};

const failed = (code: ControlErrorCode, detail?: string): HttpReply => ({
  status: controlErrors[code].status,
  body: {
    error: {
      code,
      message: controlErrors[code].message + (detail === undefined ? '' : ` (${detail})`),
    },
  },
});

const describeDevice = ({ config, device, isConnected, reader, wires }: SimDevice): unknown => {
  const { id, profile, binding, door, side, unit } = config;
  const { lamp = null, tone = null, text = null, atMs: at = null } = reader?.shown() ?? {};
  return {
    ...{ id, profile: profile.id, family: profile.family, binding, door, side, unit, ...wires },
    connected: isConnected(),
    powered: device.isPowered(),
    values: device.values(),
    actions: Object.keys(profile.simulate.actions ?? {}),
    ...(reader === undefined ? {} : { lamp, tone, text, at }),
    ...device.door(),
    faults: device.faults(),
  };
};
