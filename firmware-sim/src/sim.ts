import { createControl } from './control.ts';
import type { SimDevice } from './control.ts';
import type { DoorConfig, ScannerConfig, SimConfig } from './config.ts';
import { createDoorController } from './devices/door-controller.ts';
import { createRandom, seedFor } from './devices/random.ts';
import { createScanner } from './devices/scanner.ts';
import type { Accept, Listener, SimPorts } from './ports.ts';

/** Where everything listens, once it does. */
export type SimReady = {
  readonly control: string;
  readonly devices: readonly {
    readonly id: string;
    readonly listen: string;
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
  const openWires = async (
    { host, port, pty: path }: ScannerConfig | DoorConfig,
    accept: { readonly tcp: Accept; readonly line: Accept },
  ) => ({
    listen: await keep(ports.listenTcp({ host, port, accept: accept.tcp })),
    pty: path === undefined ? undefined : await keep(ports.openPty({ path, accept: accept.line })),
  });
  const { clock } = ports;
  const startDevice = async (device: ScannerConfig | DoorConfig): Promise<SimDevice> => {
    const random = createRandom(seedFor(config.seed, device.id));
    if (device.kind === 'scanner') {
      const { profile } = device;
      const scanner = createScanner({ profile, clock, random, baud: profile.serial.baud });
      stops.push(scanner.stop);
      const accept = { tcp: scanner.accept, line: scanner.acceptLine };
      return { config: device, scanner, wires: await openWires(device, accept) };
    }
    const { profile, unit } = device;
    const controller = createDoorController({ profile, unit, clock, random });
    stops.push(controller.stop);
    const accept = { tcp: controller.acceptTcp, line: controller.acceptLine };
    return { config: device, controller, wires: await openWires(device, accept) };
  };
  const start = async (): Promise<SimReady> => {
    try {
      const devices = new Map<string, SimDevice>();
      for (const device of config.devices) devices.set(device.id, await startDevice(device));
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
