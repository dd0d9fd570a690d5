import Type from 'typebox';
import Value from 'typebox/value';
import type { DoorConfig, ScannerConfig } from './config.ts';
import type { DoorController } from './devices/door-controller.ts';
import { inputNames } from './devices/door-physics.ts';
import type { Scanner } from './devices/scanner.ts';
import { controlErrors } from './errors.ts';
import type { ControlErrorCode } from './errors.ts';
import type { HttpReply, HttpRequest } from './ports.ts';

type Wires = { readonly listen: string; readonly pty: string | undefined };
export type SimScanner = {
  readonly config: ScannerConfig;
  readonly scanner: Scanner;
  readonly wires: Wires;
};
export type SimDoor = {
  readonly config: DoorConfig;
  readonly controller: DoorController;
  readonly wires: Wires;
};
export type SimDevice = SimScanner | SimDoor;

const textCharsMax = 4_096;
const rawHexCharsMax = 131_072;
const rawBytesMax = 16 * 1024 * 1024;
const holdMsMax = 600_000;

/** @returns the answer, or the code of what went wrong with a detail */
type Outcome = { readonly body: unknown } | { readonly code: ControlErrorCode };
type Run<D> = (device: D, body: unknown) => Promise<Outcome> | Outcome | undefined;

/** One thing that can be done to a device; `undefined` from `run` = the body does not fit. */
type Action = { readonly scanner?: Run<SimScanner>; readonly door?: Run<SimDoor> };

const on =
  <D, T extends Type.TSchema>(
    schema: T,
    run: (device: D, body: Type.Static<T>) => Promise<Outcome> | Outcome,
  ): Run<D> =>
  (device, body) =>
    Value.Check(schema, body) ? run(device, body) : undefined;

const closed = { additionalProperties: false } as const;
const Side = Type.Union([Type.Literal('entry'), Type.Literal('exit')]);
const Present = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: textCharsMax }) },
  closed,
);
const Raw = Type.Object(
  {
    hex: Type.String({ pattern: '^([0-9a-fA-F]{2})+$', maxLength: rawHexCharsMax }),
    /** The bytes so many times: 10 MB need no 20 MB body. */
    repeat: Type.Optional(Type.Integer({ minimum: 1, maximum: rawBytesMax })),
  },
  closed,
);
const FaultChange = Type.Object(
  {
    silent: Type.Optional(Type.Boolean()),
    slow: Type.Optional(Type.Boolean()),
    noisy: Type.Optional(Type.Boolean()),
  },
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

const present = on<SimScanner, typeof Present>(Present, async ({ scanner }, { text }) => {
  const presented = await scanner.present(text);
  if (!presented.ok) return { code: presented.why };
  return { body: { ...presented.feedback, withinMs: Math.round(presented.withinMs) } };
});

const raw = on<SimScanner, typeof Raw>(Raw, ({ scanner }, { hex, repeat = 1 }) => {
  const once = Buffer.from(hex, 'hex');
  if (once.length * repeat > rawBytesMax) return { code: 'too_large' };
  const bytes = Buffer.alloc(once.length * repeat, once);
  return scanner.sendRaw(bytes) ? { body: { bytes: bytes.length } } : { code: 'not_connected' };
});

const actions: Readonly<Record<string, Action>> = {
  present: { scanner: present },
  raw: { scanner: raw },
  faults: {
    scanner: on(FaultChange, ({ scanner }, change) => {
      scanner.setFaults({ ...scanner.state().faults, ...change });
      return { body: scanner.state().faults };
    }),
    door: on(FaultChange, ({ controller }, change) => {
      controller.setFaults({ ...controller.state().faults, ...change });
      return { body: controller.state().faults };
    }),
  },
  walk: {
    door: on(Walk, ({ controller }, { side }) => ({
      body: { result: controller.act({ kind: 'walk', side }) },
    })),
  },
  force: {
    door: on(Force, ({ controller }, { side = 'entry' }) => ({
      body: { result: controller.act({ kind: 'force', side }) },
    })),
  },
  hold: {
    door: on(Hold, ({ controller }, { side = 'entry', forMs }) => ({
      body: { result: controller.act({ kind: 'hold', side, forMs }) },
    })),
  },
  stick: {
    door: on(Stick, ({ controller }, { input, on: active }) => ({
      body: { result: controller.act({ kind: 'stick', input, on: active ?? undefined }) },
    })),
  },
  power: {
    door: on(Power, ({ controller }, { offMs }) => {
      controller.cutPower(offMs);
      return { body: { offMs } };
    }),
  },
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
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) return failed('unknown_route', name);
    if (method !== 'POST') return failed('wrong_method', 'POST');
    if (!/^application\/json(?:;|$)/.test(contentType)) return failed('not_json');
    const outcome = await act(device, action, body);
    return 'code' in outcome ? failed(outcome.code, name) : { status: 200, body: outcome.body };
  };

const act = async (device: SimDevice, action: Action, text: string): Promise<Outcome> => {
  const body = parsed(text);
  if (body === undefined) return { code: 'not_json' };
  if ('scanner' in device) {
    if (action.scanner === undefined) return { code: 'wrong_kind' };
    return (await action.scanner(device, body)) ?? { code: 'bad_body' };
  }
  if (action.door === undefined) return { code: 'wrong_kind' };
  return (await action.door(device, body)) ?? { code: 'bad_body' };
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

const describeDevice = (device: SimDevice): unknown => {
  const { config, wires } = device;
  const { id, kind, door, profile } = config;
  const head = { id, kind, profile: profile.id, door, ...wires };
  if (!('scanner' in device)) {
    return { ...head, unit: device.config.unit, ...device.controller.state() };
  }
  const { connected, shown, faults } = device.scanner.state();
  const { lamp = null, tone = null, text = null, atMs: at = null } = shown ?? {};
  return { ...head, side: device.config.side, connected, lamp, tone, text, at, faults };
};
