import type { DeviceProfile, SerialCodec } from '@gatehouse/device-profiles';
import { GatewayError } from '@gatehouse/gateway';
import type { SerialLine, SerialPorts } from '@gatehouse/gateway';
import { noFaults } from '../devices/faults.ts';
import { createLiveDevice } from '../devices/live-device.ts';
import type { Random } from '../devices/random.ts';
import { createReader } from '../devices/reader.ts';
import type { Presented } from '../devices/reader.ts';
import { createSerialDevice } from '../devices/serial-device.ts';
import { createSerialWires } from '../devices/serial-wires.ts';
import type { Peer } from '../ports.ts';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';

/** A scanner head and the serial line behind it. */
export type Head = {
  readonly port: string;
  /** A code, or what is typed. */
  readonly present: (text: string) => Promise<Presented>;
  /** A chip, where it reads such. */
  readonly hold: (uid: string) => Promise<Presented>;
  /** The cable comes off. */
  readonly unplug: (forMs: number) => void;
  readonly setNoisy: (noisy: boolean) => void;
  readonly isConnected: () => boolean;
  /** How often its line was lost. */
  readonly losses: () => number;
  readonly open: (life: Life) => Promise<SerialLine>;
};

export type HeadOptions = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly profile: DeviceProfile;
  readonly codec: SerialCodec;
  /** Name of the serial port that it hangs on. */
  readonly port: string;
  /** Unix milliseconds from virtual ones. */
  readonly startMs: number;
};

const wireMs = 1;

export const createHead = (options: HeadOptions): Head => {
  const { timeline, port } = options;
  const { nowMs } = timeline;
  const { device, reader, wires } = createScanner(options);
  let pluggedAtMs = 0;
  let losses = 0;
  let unplugNow = (): void => undefined;

  const open = async (life: Life): Promise<SerialLine> => {
    await life.mine(timeline.wait(wireMs));
    if (nowMs() < pluggedAtMs) throw new GatewayError('GW_SERIAL_OPEN', 'no such device');
    const listeners: ((chunk: Uint8Array) => void)[] = [];
    const closers: ((cause: string) => void)[] = [];
    let isOpen = true;
    const close = (cause: string): void => {
      if (!isOpen) return;
      isOpen = false;
      handlers.onClose();
      if (!life.isOver()) for (const run of closers) run(cause);
    };
    const peer: Peer = {
      write: (bytes) => {
        life.after(wireMs, () => {
          if (isOpen) for (const run of listeners) run(bytes);
        });
      },
      close: () => close('closed by the head'),
    };
    const handlers = wires.accept(peer);
    unplugNow = () => close('unplugged');
    life.onEnd(() => {
      losses += 1;
      close('power cut');
    });
    return {
      write: async (bytes) => {
        await life.mine(timeline.wait(wireMs));
        if (isOpen) handlers.onData(bytes);
      },
      onData: (run) => void listeners.push(run),
      onClose: (run) => void closers.push(run),
      close: () => {
        close('closed by the gateway');
        return Promise.resolve();
      },
    };
  };

  return {
    port,
    present: (text) => reader.present('text', text),
    hold: (uid) => reader.present('uid', uid),
    unplug: (forMs) => {
      pluggedAtMs = nowMs() + forMs;
      losses += 1;
      unplugNow();
    },
    setNoisy: (noisy) => device.setFaults({ ...noFaults, noisy }),
    isConnected: wires.isConnected,
    losses: () => losses,
    open,
  };
};

const createScanner = ({ timeline, random, profile, codec, startMs }: HeadOptions) => {
  const { nowMs, after } = timeline;
  const clock = { nowMs: () => startMs + nowMs(), monoMs: nowMs, after };
  const wires = createSerialWires();
  const device = createLiveDevice({ profile, clock, random });
  const { baud } = codec.line;
  const serial = createSerialDevice({ device, codec, clock, random, wires, baud });
  const reader = createReader({ serial, codec, profile, clock });
  if (reader === undefined) throw new Error(`${profile.id} reads nothing`);
  return { device, reader, wires };
};

/** @throws GatewayError GW_SERIAL_OPEN for a port that no head stands at */
export const serialPorts = (heads: readonly Head[], life: Life): SerialPorts => ({
  open: async ({ port }) => {
    const head = heads.find((each) => each.port === port);
    if (head === undefined) throw new GatewayError('GW_SERIAL_OPEN', port);
    return life.mine(head.open(life));
  },
});
