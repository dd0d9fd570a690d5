import { compileProfile } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import type { DeviceDriver } from '../drivers/driver.ts';
import { createLines } from '../drivers/lines.ts';
import { createModbusDevice } from '../drivers/modbus-device.ts';
import type { Clock } from '../ports.ts';
import { createMemorySerial } from './memory-serial.ts';
import { createSilentLog } from './silent-log.ts';
import { createSimulatedRtu } from './simulated-rtu.ts';
import type { SimulatedRtu, SimulatedUnit } from './simulated-rtu.ts';
import { createVirtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type SimulatedBus = SimulatedRtu & {
  readonly clock: VirtualClock;
  readonly units: ReadonlyMap<number, SimulatedUnit>;
  readonly driver: (unit: number) => DeviceDriver;
  /** `online`, `silent` of each unit, in order: `1200 3 silent`. */
  readonly links: readonly string[];
};

/** Timers of a real machine count whole milliseconds. */
const wholeMs = (clock: Clock): Clock => ({
  ...clock,
  after: (delayMs, run) => clock.after(Math.ceil(delayMs), run),
});

/** So many units of one profile on an RTU line in virtual time, by the gateway's own drivers. */
export const createSimulatedBus = (options: {
  readonly profile: DeviceProfile;
  readonly units: number;
  readonly baud: number;
  readonly turnaroundMs?: number;
}): SimulatedBus => {
  const { profile, baud, turnaroundMs = 3 } = options;
  const clock = createVirtualClock();
  const log = createSilentLog();
  const numbers = Array.from({ length: options.units }, (_, n) => n + 1);
  const units = new Map(numbers.map((unit) => [unit, { turnaroundMs, isDead: false }]));
  const rtu = createSimulatedRtu(clock, baud, units);
  const timers = wholeMs(clock);
  const serial = createMemorySerial().ports;
  const lines = createLines({ modbus: rtu.ports, serial, clock: timers, log });
  const links: string[] = [];
  const drivers = new Map<number, DeviceDriver>();
  for (const unit of numbers) {
    const codec = compileProfile(profile, 'modbus', {});
    if (codec.transport !== 'modbus') throw new Error('a Modbus binding');
    drivers.set(
      unit,
      createModbusDevice({
        deviceId: `unit-${unit}`,
        unit,
        codec: { ...codec, line: { baud } },
        model: profile.model,
        line: lines.modbus('/dev/rtu', { baud }),
        isTcp: false,
        clock: timers,
        log,
        onReading: () => undefined,
        onLink: (state) => void links.push(`${Math.round(clock.monoMs())} ${unit} ${state}`),
        onCondition: () => undefined,
      }),
    );
  }
  for (const driver of drivers.values()) driver.start();
  return {
    ...rtu,
    clock,
    units,
    links,
    driver: (unit) => {
      const driver = drivers.get(unit);
      if (driver === undefined) throw new Error(`no unit ${unit}`);
      return driver;
    },
  };
};
