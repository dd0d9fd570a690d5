import type { DeviceProfile } from '@gatehouse/device-profiles';
import { deviceMachine } from './device-state.ts';
import { doorMachine, hasDoor } from './door-machine.ts';
import { run } from './running.ts';
import type { Running } from './running.ts';

type Engine = {
  readonly name: string;
  readonly fits: (model: DeviceProfile['model']) => boolean;
  readonly start: (profile: DeviceProfile, seed: number, nowMs: number) => Running;
};

/** The first that fits; the last one fits all. */
const engines: readonly Engine[] = [
  {
    name: 'door',
    fits: hasDoor,
    start: (profile, seed, nowMs) => run(doorMachine(profile, seed), nowMs),
  },
  {
    name: 'values',
    fits: () => true,
    start: (profile, seed, nowMs) => run(deviceMachine(profile, seed), nowMs),
  },
];

/** @throws never: any profile that was checked has an engine */
export const startEngine = (profile: DeviceProfile, seed: number, nowMs: number): Running => {
  const engine = engines.find(({ fits }) => fits(profile.model));
  if (engine === undefined) throw new Error('the last engine fits all');
  return engine.start(profile, seed, nowMs);
};
