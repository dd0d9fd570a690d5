import type { DeviceProfile, Values } from '@gatehouse/device-profiles';
import type { Cancel, SimClock } from '../ports.ts';
import { startEngine } from './engines.ts';
import { noFaults, rebootEveryMs, rebootOffMs } from './faults.ts';
import type { Faults } from './faults.ts';
import type { DeviceEvent, DeviceInput, DeviceResult, DoorView } from './machine.ts';
import type { Random } from './random.ts';

/** A device that lives: its machine, its timer, its power and what is wrong with it. */
export type LiveDevice = {
  readonly profile: DeviceProfile;
  readonly apply: (input: DeviceInput) => DeviceResult;
  readonly values: () => Values;
  /** Paths that a client may write where it reads them. */
  readonly writable: readonly string[];
  readonly door: () => DoorView | undefined;
  readonly onEvent: (run: (event: DeviceEvent) => void) => void;
  /** Runs when something has happened to it after which its values are others. */
  readonly onChange: (run: (values: Values) => void) => void;
  readonly faults: () => Faults;
  readonly setFaults: (faults: Faults) => void;
  /** Outputs fall off; it answers again after this time. */
  readonly cutPower: (offMs: number) => void;
  readonly onPowerCut: (run: () => void) => void;
  readonly isPowered: () => boolean;
  /** It is powered and not silent. */
  readonly answers: () => boolean;
  readonly stop: () => void;
};

export const createLiveDevice = (options: {
  readonly profile: DeviceProfile;
  readonly clock: SimClock;
  readonly random: Random;
}): LiveDevice => {
  const { profile, clock, random } = options;
  const nowMs = clock.monoMs;
  const engine = startEngine(profile, random.below(2 ** 32), nowMs());
  const listeners: ((event: DeviceEvent) => void)[] = [];
  const cutListeners: (() => void)[] = [];
  const watch = createWatch(() => engine.values(nowMs()));
  let faults = noFaults;
  let offUntilMs = -Infinity;
  let cancelWake: Cancel = () => undefined;
  let cancelReboot: Cancel = () => undefined;
  const apply = (input: DeviceInput): DeviceResult => {
    const { events, wakeAtMs, result } = engine.step(input, nowMs());
    cancelWake();
    if (wakeAtMs !== undefined) {
      cancelWake = clock.after(Math.max(0, wakeAtMs - nowMs()), () => void apply(time));
    }
    for (const event of events) for (const listener of listeners) listener(event);
    watch.look();
    return result;
  };
  const isPowered = (): boolean => nowMs() >= offUntilMs;
  const cutPower = (offMs: number): void => {
    apply({ kind: 'cut_power' });
    offUntilMs = nowMs() + offMs;
    for (const run of cutListeners) run();
  };
  const rebootLater = (): void => {
    const { least, most } = rebootEveryMs;
    cancelReboot = clock.after(least + random.below(most - least), () => {
      cutPower(rebootOffMs);
      rebootLater();
    });
  };
  return {
    profile,
    apply,
    values: () => {
      apply(time);
      return engine.values(nowMs());
    },
    writable: engine.writable,
    door: () => engine.door(nowMs()),
    onEvent: (run) => void listeners.push(run),
    onChange: watch.add,
    faults: () => faults,
    setFaults: (next) => {
      if (next.reboot !== faults.reboot) {
        cancelReboot();
        if (next.reboot) rebootLater();
      }
      faults = next;
    },
    cutPower,
    onPowerCut: (run) => void cutListeners.push(run),
    isPowered,
    answers: () => isPowered() && !faults.silent,
    stop: () => {
      cancelWake();
      cancelReboot();
    },
  };
};

const time: DeviceInput = { kind: 'time' };

/** Costs nothing while nobody watches. */
const createWatch = (values: () => Values) => {
  const watchers: ((values: Values) => void)[] = [];
  let seen = '';
  return {
    add: (run: (values: Values) => void): void => {
      seen = JSON.stringify(values());
      watchers.push(run);
    },
    look: (): void => {
      if (watchers.length === 0) return;
      const held = values();
      const now = JSON.stringify(held);
      if (now === seen) return;
      seen = now;
      for (const watcher of watchers) watcher(held);
    },
  };
};
