import type { DeviceProfile, Reading } from '@gatehouse/device-profiles';
import { createSystemClock } from '../adapters/clock.ts';
import { createKeyboardPorts } from '../adapters/evdev.ts';
import { createModbusPorts } from '../adapters/modbus.ts';
import { createPrimitives } from '../adapters/primitives.ts';
import { createPushServer } from '../adapters/push-server.ts';
import { createSerialPorts } from '../adapters/serial.ts';
import { createConditions } from '../conditions.ts';
import type { DeviceConfig } from '../config.ts';
import { createDevices } from '../devices/devices.ts';
import type { DevicesOptions } from '../devices/devices.ts';
import { createSilentLog } from './silent-log.ts';

/** For system tests: the devices of a gateway on the wires and the clock of this machine. */
export const createRealWires = (options: {
  readonly devices: readonly DeviceConfig[];
  readonly profiles: ReadonlyMap<string, DeviceProfile>;
  readonly secrets?: ReadonlyMap<string, string>;
  /** Port of the loopback where heads ask. */
  readonly pushPort?: number;
  readonly onCode: DevicesOptions['onCode'];
}) => {
  const { pushPort, ...rest } = options;
  const clock = createSystemClock();
  const log = createSilentLog();
  const conditions = createConditions(clock.nowMs, () => undefined);
  const readings: { readonly device: string; readonly reading: Reading }[] = [];
  const devices = createDevices({
    ports: {
      ...{ clock, log, primitives: createPrimitives() },
      serial: createSerialPorts(log),
      modbus: createModbusPorts(log),
      keyboards: createKeyboardPorts(log),
      ...(pushPort === undefined
        ? {}
        : { push: createPushServer({ host: '127.0.0.1', port: pushPort }, log) }),
    },
    ...rest,
    language: 'en',
    conditions,
    record: () => undefined,
    onChange: () => undefined,
  });
  devices.onReading((device, reading) => void readings.push({ device, reading }));
  return {
    clock,
    devices,
    /** Everything that was read, in its order. */
    readings,
    raised: () => conditions.active().map(({ code, subject }) => `${code} ${subject}`),
    state: (id: string) => devices.deviceReports().find(({ device }) => device === id)?.state,
  };
};
