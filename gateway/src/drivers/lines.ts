import type { SerialCodec, SerialParameters } from '@gatehouse/device-profiles';
import type { Clock, Log, ModbusLine, ModbusPorts, PushServer, SerialPorts } from '../ports.ts';
import { createPushLine } from './http-push-line.ts';
import type { PushLine } from './http-push-line.ts';
import { createFrameLine } from './serial-line.ts';
import type { FrameLine } from './serial-line.ts';
import { createSharedLine } from './shared-line.ts';
import type { SharedLine } from './shared-line.ts';

export const isTcp = (port: string): boolean => port.startsWith('tcp://');

/** Devices that name the same port share one line; what the first says of it opens it. */
export type Lines = {
  readonly modbus: (port: string, parameters: SerialParameters) => SharedLine<ModbusLine>;
  readonly serial: (
    port: string,
    codec: Pick<SerialCodec, 'line' | 'framing' | 'createDecoder'>,
  ) => FrameLine;
  /** Closes a line for good: who names its port next opens another one. */
  readonly release: (port: string) => Promise<void>;
  /** Where heads ask; undefined where nobody listens. */
  readonly push: () => PushLine | undefined;
  readonly stop: () => Promise<void>;
};

export const createLines = (ports: {
  readonly modbus: ModbusPorts;
  readonly serial: SerialPorts;
  readonly push?: PushServer | undefined;
  readonly clock: Clock;
  readonly log: Log;
}): Lines => {
  const { clock, log } = ports;
  const modbus = new Map<string, SharedLine<ModbusLine>>();
  const serial = new Map<string, FrameLine>();
  const push =
    ports.push === undefined ? undefined : createPushLine({ ...ports, push: ports.push });
  return {
    modbus: (port, parameters) => {
      const line =
        modbus.get(port) ??
        createSharedLine<ModbusLine>({
          port,
          clock,
          log,
          open: () => ports.modbus.open({ port, ...parameters }),
          restMs: (on, unit) => on.restMs?.(Number(unit)) ?? 0,
          onOpen: (opened) => {
            opened.tap?.((direction, bytes) => line.frames.tap?.(direction, bytes));
          },
        });
      modbus.set(port, line);
      return line;
    },
    serial: (port, codec) => {
      const line = serial.get(port) ?? createFrameLine({ ...ports, port, codec });
      serial.set(port, line);
      return line;
    },
    release: async (port) => {
      const released = [modbus.get(port), serial.get(port)];
      modbus.delete(port);
      serial.delete(port);
      await Promise.all(released.flatMap((line) => (line === undefined ? [] : [line.stop()])));
    },
    push: () => push,
    stop: async () => {
      const all = [...modbus.values(), ...serial.values()];
      await Promise.all([...all, ...(push === undefined ? [] : [push])].map((line) => line.stop()));
    },
  };
};
