import type { ModbusCodec, PushCodec, SerialCodec } from '@gatehouse/device-profiles';
import type { DeviceConfig, LineConfig, SimConfig } from './config.ts';
import { createControl } from './control.ts';
import type { SimDevice } from './control.ts';
import { createLiveDevice } from './devices/live-device.ts';
import type { LiveDevice } from './devices/live-device.ts';
import { createModbusBank } from './devices/modbus-device.ts';
import { createModbusLine } from './devices/modbus-line.ts';
import { createRandom, seedFor } from './devices/random.ts';
import type { Random } from './devices/random.ts';
import { createPushHead } from './devices/push-head.ts';
import { createPushReader } from './devices/push-reader.ts';
import { createReader } from './devices/reader.ts';
import { createSerialDevice } from './devices/serial-device.ts';
import { createSerialWires } from './devices/serial-wires.ts';
import type { Accept, Listener, SimClock, SimPorts } from './ports.ts';

/** Where everything listens, once it does. */
export type SimReady = {
  readonly control: string;
  readonly devices: readonly {
    readonly id: string;
    /** Of a head that asks: where it asks. */
    readonly listen: string | undefined;
    readonly pty: string | undefined;
  }[];
};

export type Sim = {
  /** @throws SimError; what had been opened is closed again */
  readonly start: () => Promise<SimReady>;
  readonly stop: () => Promise<void>;
};

/** Simulated devices on real wires, with a control port for people and tests. */
export const createSim = (ports: SimPorts, config: SimConfig): Sim => {
  const open: Listener[] = [];
  const stops: (() => void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0)) end();
    await Promise.all(open.splice(0).map((listener) => listener.close()));
  };
  const keep = async (opening: Promise<Listener>): Promise<string> => {
    const listener = await opening;
    open.push(listener);
    return listener.address;
  };
  const startLine = async (line: LineConfig): Promise<readonly SimDevice[]> => {
    const started = createLine(line, ports, config.seed);
    stops.push(started.stop);
    const { listen, pty: path, asks } = line;
    const accept = listen?.isSerial === true ? started.acceptLine : started.acceptTcp;
    const wires = {
      listen: listen === undefined ? asks?.url : await keep(ports.listenTcp({ ...listen, accept })),
      pty:
        path === undefined
          ? undefined
          : await keep(ports.openPty({ path, accept: started.acceptLine })),
    };
    return started.devices.map((device) => ({ ...device, wires }));
  };
  const start = async (): Promise<SimReady> => {
    try {
      const devices = new Map<string, SimDevice>();
      for (const line of config.lines) {
        for (const device of await startLine(line)) devices.set(device.config.id, device);
      }
      const handle = createControl(devices);
      const control = await keep(ports.serveHttp({ ...config.control, handle }));
      const listed = [...devices].map(([id, { wires }]) => ({ id, ...wires }));
      return { control, devices: listed };
    } catch (error) {
      await stop();
      throw error;
    }
  };
  return { start, stop };
};

/** All that hangs on one wire, before the wire is there. */
type Line = {
  readonly acceptTcp: Accept;
  readonly acceptLine: Accept;
  readonly devices: readonly Omit<SimDevice, 'wires'>[];
  readonly stop: () => void;
};

type Alive<C> = {
  readonly config: DeviceConfig;
  readonly codec: C;
  readonly device: LiveDevice;
  readonly random: Random;
};

const createLine = (
  { devices, asks }: LineConfig,
  { clock, askHttp }: Pick<SimPorts, 'clock' | 'askHttp'>,
  seed: number,
): Line => {
  const serial: Alive<SerialCodec>[] = [];
  const modbus: Alive<ModbusCodec>[] = [];
  for (const config of devices) {
    const { codec, profile } = config;
    const random = createRandom(seedFor(seed, config.id));
    const device = createLiveDevice({ profile, clock, random });
    if (codec.transport === 'http-push') {
      // A configuration puts such a device alone, with what it asks.
      if (asks === undefined) throw new Error(`${config.id} asks nobody`);
      return headLine({ config, codec, device, random }, asks, { clock, askHttp });
    }
    if (codec.transport === 'serial') serial.push({ config, codec, device, random });
    else modbus.push({ config, codec, device, random });
  }
  // A configuration puts devices of one transport on a line.
  return modbus.length > 0 ? modbusLine(modbus, clock) : serialLine(serial, clock);
};

const nobody: Accept = (peer) => {
  peer.close();
  return { onData: () => undefined, onClose: () => undefined };
};

const headLine = (
  { config, codec, device, random }: Alive<PushCodec>,
  asks: NonNullable<LineConfig['asks']>,
  ports: Pick<SimPorts, 'clock' | 'askHttp'>,
): Line => {
  const { profile } = config;
  const binding = profile.bindings[config.binding];
  if (binding?.transport !== 'http-push') throw new Error(`${config.id} has a line`);
  const head = createPushHead({ device, codec, binding, asks, random, ...ports });
  const reader = createPushReader({ head, codec, profile, clock: ports.clock });
  const { isConnected } = head;
  return {
    acceptTcp: nobody,
    acceptLine: nobody,
    devices: [{ config, device, isConnected, sendRaw: undefined, reader }],
    stop: () => {
      head.stop();
      device.stop();
    },
  };
};

const serialLine = (alive: readonly Alive<SerialCodec>[], clock: SimClock): Line => {
  const wires = createSerialWires();
  const stops: (() => void)[] = [];
  const devices = alive.map(({ config, codec, device, random }) => {
    const { baud } = codec.line;
    const { keys } = config;
    const serial = createSerialDevice({ device, codec, clock, random, wires, baud, keys });
    const reader = createReader({ serial, codec, profile: config.profile, clock });
    stops.push(device.stop, serial.stop, () => reader?.stop());
    const { isConnected, sendRaw } = serial;
    return { config, device, isConnected, sendRaw, reader };
  });
  return {
    acceptTcp: wires.accept,
    acceptLine: wires.acceptLine,
    devices,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
};

const modbusLine = (alive: readonly Alive<ModbusCodec>[], clock: SimClock): Line => {
  const stations = alive.flatMap(({ config, codec, device, random }) => {
    const binding = config.profile.bindings[config.binding];
    if (binding?.transport !== 'modbus') return [];
    const { params, unit = codec.unit } = config;
    const bank = createModbusBank({ device, codec, binding, params });
    return [{ unit, device, bank, random, replyTimeoutMs: codec.replyTimeoutMs }];
  });
  const line = createModbusLine({ stations, clock });
  const { acceptTcp, acceptLine, isConnected } = line;
  return {
    acceptTcp,
    acceptLine,
    devices: alive.map(({ config, device }) => ({
      config,
      device,
      isConnected,
      sendRaw: undefined,
      reader: undefined,
    })),
    stop: () => {
      line.stop();
      for (const { device } of alive) device.stop();
    },
  };
};
