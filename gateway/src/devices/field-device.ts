import type { Codec, DeviceProfile, Model, Reading, Values } from '@gatehouse/device-profiles';
import type { DeviceReport, Language, Value } from '@gatehouse/protocols';
import type { ReadKind } from '../access/presented.ts';
import type { Reader } from '../access/doorway.ts';
import type { Conditions } from '../conditions.ts';
import type { DeviceConfig } from '../config.ts';
import type {
  CommandResult,
  DeviceDriver,
  DriverCondition,
  DriverEvents,
  HeardRaw,
  LinkState,
  TappedFrame,
} from '../drivers/driver.ts';
import { createHttpPush } from '../drivers/http-push.ts';
import { isTcp } from '../drivers/lines.ts';
import type { Lines } from '../drivers/lines.ts';
import { createModbusDevice } from '../drivers/modbus-device.ts';
import { createSerialDevice } from '../drivers/serial-device.ts';
import type { SerialDeviceOptions } from '../drivers/serial-device.ts';
import { createUsbHid } from '../drivers/usb-hid.ts';
import { GatewayError } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { Cancel, Ports } from '../ports.ts';
import { createControlledDoor } from './door.ts';
import type { ControlledDoor } from './door.ts';
import { createLinkReport } from './link-report.ts';
import type { LinkReport } from './link-report.ts';
import { opensSide, readsCodes } from './norms.ts';
import { partShape } from './part-shape.ts';
import { createReaderRole } from './reader.ts';

export type FieldDeviceOptions = {
  readonly config: DeviceConfig;
  readonly profile: DeviceProfile;
  readonly codec: Codec;
  readonly lines: Lines;
  readonly ports: Pick<Ports, 'clock' | 'keyboards' | 'primitives' | 'log'>;
  readonly secrets?: ReadonlyMap<string, string> | undefined;
  readonly language: Language;
  readonly conditions: Conditions;
  readonly record: (body: EventBody, agoMs: number) => void;
  readonly onCode: (reader: Reader, text: string, kind: ReadKind) => void;
  readonly onReading: (device: string, reading: Reading) => void;
  readonly onChange: () => void;
};

/** The next version of its profile, and who hears that the device does not answer to it. */
export type NextDrive = Pick<FieldDeviceOptions, 'profile' | 'codec'> & {
  /** @returns true where it is dealt with: then nobody else hears of it */
  readonly onSilent?: ((detail: string) => boolean) | undefined;
};

/** One device: its driver, and the parts that it plays. */
export type FieldDevice = Pick<DeviceDriver, 'run' | 'health' | 'start' | 'stop'> & {
  /** Where it controls one. */
  readonly door: () => ControlledDoor | undefined;
  readonly report: () => DeviceReport;
  readonly values: () => Values;
  readonly watch: (onFrame: (frame: TappedFrame) => void) => Cancel;
  /** What comes, with its secrets; ends with the driver of now. */
  readonly hear: (run: (heard: HeardRaw) => void) => Cancel;
  readonly now: () => Pick<FieldDeviceOptions, 'profile' | 'codec'>;
  /** Nothing is under way that an exchange of the driver would cut off. */
  readonly isIdle: () => boolean;
  /** Ends the driver; what is run from here on waits for `change`. */
  readonly halt: () => void;
  /** Another driver takes its place: door, values and link stay what they are. */
  readonly change: (next: NextDrive) => void;
};

/** What a device does beyond being there; a device may play several parts, or none. */
type Part = {
  readonly onReading: (reading: Reading, askedAtMs: number) => void;
  readonly onLink?: (state: LinkState) => void;
  readonly door?: ControlledDoor;
  readonly stop?: () => void;
};
type PartOptions = FieldDeviceOptions & {
  readonly door: string;
  readonly driver: Pick<DeviceDriver, 'run' | 'refresh'>;
};

/** One row a part: who plays it, and what it is. Only a device at a door plays any. */
const parts: readonly {
  readonly fits: (model: Model) => boolean;
  readonly create: (options: PartOptions) => Part;
}[] = [
  {
    fits: (model) => opensSide(model, 'entry') || opensSide(model, 'exit'),
    create: ({ config, profile, codec, door: id, ...options }) => {
      const door = createControlledDoor({
        ...options,
        id,
        deviceId: config.id,
        model: profile.model,
        onlyAnswers: codec.transport === 'http-push',
      });
      return { door, onReading: door.onReading, onLink: door.onLink, stop: door.stop };
    },
  },
  {
    fits: readsCodes,
    create: ({ config, profile, ports, ...options }) => {
      const { id, side = 'entry' } = config;
      return createReaderRole({ ...options, ...ports, id, side, model: profile.model });
    },
  },
];

type Drive = NextDrive & { readonly driver: DeviceDriver };

type State = {
  readonly options: FieldDeviceOptions;
  readonly values: Map<string, Value>;
  readonly link: LinkReport;
  drive: Drive;
  played: readonly Part[];
  tap: Parameters<DeviceDriver['tap']>[0];
  /** Runs that have begun and not ended. */
  runs: number;
  isStarted: boolean;
  /** While the driver is away, what is to be run waits here. */
  away: PromiseWithResolvers<void> | undefined;
};

export const createFieldDevice = (options: FieldDeviceOptions): FieldDevice => {
  const { config, onChange } = options;
  const { id: deviceId, door } = config;
  const { clock } = options.ports;
  const state: State = {
    options,
    values: new Map(),
    link: createLinkReport({ deviceId, door, clock, record: options.record, onChange }),
    drive: newDrive(options, () => state, options),
    played: [],
    tap: undefined,
    runs: 0,
    isStarted: false,
    away: undefined,
  };
  state.played = playedBy(state);
  return {
    run: (command, args, run) => runOn(state, command, args, run),
    health: () => state.drive.driver.health(),
    door: () => state.played.find((part) => part.door !== undefined)?.door,
    report: state.link.report,
    values: () => Object.fromEntries(state.values),
    watch: createWatches((run) => {
      state.tap = run;
      state.drive.driver.tap(run);
    }),
    hear: (run) => state.drive.driver.hear?.(run) ?? (() => undefined),
    now: () => state.drive,
    isIdle: () => state.runs === 0 && state.played.every(({ door: own }) => isShut(own)),
    start: () => {
      state.isStarted = true;
      state.drive.driver.start();
    },
    halt: () => {
      state.away ??= Promise.withResolvers();
      state.drive.driver.stop();
    },
    change: (next) => change(state, next),
    stop: () => {
      for (const part of state.played) part.stop?.();
      state.drive.driver.stop();
      state.away?.resolve();
    },
  };
};

const newDrive = (options: FieldDeviceOptions, stateOf: () => State, next: NextDrive): Drive => {
  const { config, conditions } = options;
  /** What an exchanged driver still has to say is over. */
  const isNow = (): boolean => stateOf().drive === drive;
  const driver = createDriver(
    { ...options, ...next },
    {
      onReading: (reading, { askedAtMs }) => {
        if (!isNow()) return;
        const { values, played } = stateOf();
        for (const [path, value] of Object.entries(reading.values)) values.set(path, value);
        for (const part of played) part.onReading(reading, askedAtMs);
        options.onReading(config.id, reading);
      },
      onLink: (state, detail) => {
        if (!isNow() || (state === 'silent' && next.onSilent?.(detail) === true)) return;
        const { values, link, played } = stateOf();
        // What it said before is not what is.
        if (state === 'silent') values.clear();
        link.become(state, detail);
        for (const part of played) part.onLink?.(state);
      },
      onCondition: (code, detail) => {
        if (!isNow()) return;
        if (detail === undefined) conditions.clear(code, config.id);
        else conditions.raise(code, config.id, detail);
      },
    },
  );
  const drive: Drive = { ...next, driver };
  return drive;
};

/** The parts keep the device that they play: its driver may be exchanged below them. */
const playedBy = (state: State): readonly Part[] => {
  const { options, drive } = state;
  const { profile, codec } = drive;
  const { door } = options.config;
  const driver: PartOptions['driver'] = {
    run: (command, args, run) => runOn(state, command, args, run),
    refresh: () => state.drive.driver.refresh(),
  };
  if (door === undefined) return [];
  return parts
    .filter(({ fits }) => fits(profile.model))
    .map(({ create }) => create({ ...options, profile, codec, door, driver }));
};

const runOn = async (
  state: State,
  ...[command, args, options]: Parameters<DeviceDriver['run']>
): Promise<CommandResult> => {
  if (state.away !== undefined) await state.away.promise;
  state.runs += 1;
  try {
    return await state.drive.driver.run(command, args, options);
  } finally {
    state.runs -= 1;
  }
};

const isShut = (door: ControlledDoor | undefined): boolean => {
  if (door === undefined) return true;
  const { lock, contact, passage } = door.report();
  const isSecure = passage === 'secure' || passage === 'unknown';
  return lock !== 'unlocked' && contact !== 'open' && isSecure;
};

const driverConditions: readonly DriverCondition[] = [
  'serial_lost',
  'device_silent',
  'reader_noisy',
  'device_refuses',
];

const change = (state: State, next: NextDrive): void => {
  const { options, drive: old } = state;
  const { model } = next.profile;
  state.drive = newDrive(options, () => state, next);
  // The new one joins its line before the old one leaves, so that the line stays open.
  if (state.isStarted) state.drive.driver.start();
  old.driver.stop();
  state.drive.driver.tap(state.tap);
  for (const path of state.values.keys()) if (!isOf(model, path)) state.values.delete(path);
  // The new one raises again what is still so; it knows nothing of what the old one raised.
  for (const code of driverConditions) options.conditions.clear(code, options.config.id);
  if (partShape(old.profile.model) !== partShape(model)) {
    for (const part of state.played) part.stop?.();
    state.played = playedBy(state);
  }
  state.away?.resolve();
  state.away = undefined;
  options.onChange();
};

const isOf = ({ state, telemetry }: Model, path: string): boolean => {
  const [part, name = ''] = path.split('.', 2);
  return Object.hasOwn((part === 'state' ? state : telemetry) ?? {}, name);
};

type Common = Omit<SerialDeviceOptions, 'codec' | 'line' | 'port'>;
type Make<C> = (codec: C, common: Common, options: FieldDeviceOptions) => DeviceDriver;
type CodecOf<T> = Extract<Codec, { readonly transport: T }>;

/** One row a wire. */
const drivers: { readonly [T in Codec['transport']]: Make<CodecOf<T>> } = {
  serial: (codec, common, { config: { port }, lines }) =>
    createSerialDevice({ ...common, port, codec, line: lines.serial(port, codec) }),
  modbus: (codec, common, { config, lines }) => {
    const { port, unit = codec.unit } = config;
    const line = lines.modbus(port, codec.line ?? rtuDefault);
    return createModbusDevice({ ...common, codec, line, unit, isTcp: isTcp(port) });
  },
  'usb-hid': (codec, common, { config: { id, port }, ports }) => {
    const keyboards = needed(ports.keyboards, `device ${id}: ${absent.keyboards}`);
    return createUsbHid({ ...common, port, codec, keyboards });
  },
  'http-push': (codec, common, { config: { id }, ports, lines, secrets }) => {
    const line = needed(lines.push(), `device ${id}: ${absent.push}`);
    const secret = needed(secrets?.get(id), `device ${id}: ${absent.secret}`);
    return createHttpPush({ ...common, codec, line, secret, primitives: ports.primitives });
  },
};

/**
 * What a version of a profile demands of the place where its device is: asked before anything is
 * exchanged.
 * @throws GatewayError GW_CONFIG
 */
export const checkPlace = (
  { transport }: Codec,
  {
    config: { id },
    ports,
    lines,
    secrets,
  }: Pick<FieldDeviceOptions, 'config' | 'ports' | 'lines' | 'secrets'>,
): void => {
  if (transport === 'usb-hid') needed(ports.keyboards, `device ${id}: ${absent.keyboards}`);
  if (transport !== 'http-push') return;
  needed(lines.push(), `device ${id}: ${absent.push}`);
  needed(secrets?.get(id), `device ${id}: ${absent.secret}`);
};

const absent = {
  keyboards: 'there are no keyboards here',
  push: 'nobody listens, set httpPush',
  secret: 'its secret is missing',
} as const;

const needed = <T>(thing: T | undefined, why: string): T => {
  if (thing === undefined) throw new GatewayError('GW_CONFIG', why);
  return thing;
};

const createDriver = (options: FieldDeviceOptions, events: DriverEvents): DeviceDriver => {
  const { config, profile, codec, ports } = options;
  const { clock, log } = ports;
  const common = { deviceId: config.id, model: profile.model, clock, log, ...events };
  // Each row takes the codec that it is named after.
  return (drivers[codec.transport] as Make<Codec>)(codec, common, options);
};

/** 9600 is what every RTU device must offer: "MODBUS over Serial Line" V1.02 §3.3. */
const rtuDefault = { baud: 9600 } as const;

/** Several may look at one device; the tap is open while anybody does. */
const createWatches = (tap: DeviceDriver['tap']): FieldDevice['watch'] => {
  const watches = new Set<(frame: TappedFrame) => void>();
  return (onFrame) => {
    const watch = (frame: TappedFrame): void => onFrame(frame);
    watches.add(watch);
    tap((frame) => {
      for (const each of watches) each(frame);
    });
    return () => {
      if (watches.delete(watch) && watches.size === 0) tap(undefined);
    };
  };
};
