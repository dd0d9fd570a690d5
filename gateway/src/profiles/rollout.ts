import { ProfileError } from '@gatehouse/device-profiles';
import type { ProfileSwaps } from '../devices/profile-swaps.ts';
import { GatewayError } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { Cancel, Clock, Log } from '../ports.ts';
import { isSameEdition } from './editions.ts';
import type { Edition } from './editions.ts';
import { runShadow } from './shadow-run.ts';

/** A door that is open, or a command that runs, is waited for this long at a time. */
export const idleWaitMs = 10_000;
const idleLookMs = 100;
/** Then it is tried again. */
export const nextChanceMs = 30_000;
/** A device that answered before and falls silent in this time goes back by itself. */
export const probationMs = 10_000;

export type RolloutOptions = {
  /** Of the profile. */
  readonly id: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly devices: ProfileSwaps;
  readonly record: (body: EventBody) => void;
  /** It drives this device from now on. */
  readonly onRunning: (device: string, edition: Edition) => void;
  /** It drives all devices that it can, and went well. */
  readonly onInForce: (edition: Edition) => void;
  /** It cannot be used on this box; `device` fell silent by it, or none did. */
  readonly onFailed: (
    edition: Edition,
    failure: { readonly device: string | undefined; readonly why: string; readonly from: string },
  ) => void;
};

/** Brings the devices of one profile from one version to another while they work. */
export type Rollout = {
  /** Of a device that waits for its profile: at once. Of all others: after a shadow run. */
  readonly aim: (edition: Edition) => void;
  /** Only compares, once; undefined = no more. */
  readonly compare: (edition: Edition | undefined) => void;
  readonly stop: () => void;
};

type State = {
  readonly options: RolloutOptions;
  target: Edition;
  /** What runs while the target is on its way. */
  former: Edition | undefined;
  compared: Edition | undefined;
  /** Raised with each new aim: what belongs to an older one is over. */
  round: number;
  cancels: Set<Cancel>;
  /** Until when a device is on probation, monotonic. */
  readonly probation: Map<string, number>;
};

/** @param first what drives the devices as this begins; undefined = they wait for their profile */
export const createRollout = (options: RolloutOptions, first: Edition | undefined): Rollout => {
  let state: State | undefined = first && newState(options, first);
  return {
    aim: (edition) => {
      if (state === undefined) {
        state = newState(options, edition);
        void bring(state, { isShadowed: false });
        return;
      }
      if (isSameEdition(state.target, edition)) return;
      turnTo(state, edition);
      void bring(state, { isShadowed: true });
    },
    compare: (edition) => {
      if (state === undefined || edition === undefined) return;
      if (state.compared !== undefined && isSameEdition(state.compared, edition)) return;
      state.compared = edition;
      void compareAll(state, edition);
    },
    stop: () => {
      if (state !== undefined) endRound(state);
    },
  };
};

const newState = (options: RolloutOptions, target: Edition): State => ({
  options,
  target,
  former: undefined,
  compared: undefined,
  round: 0,
  cancels: new Set(),
  probation: new Map(),
});

const endRound = (state: State): void => {
  state.round += 1;
  for (const cancel of state.cancels) cancel();
  state.cancels.clear();
  state.probation.clear();
};

const turnTo = (state: State, target: Edition): void => {
  endRound(state);
  state.former = state.target;
  state.target = target;
};

/** Waits in virtual or real time; over at once when the round is. */
const wait = (state: State, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const cancel = (): void => {
      stopTimer();
      state.cancels.delete(cancel);
      resolve();
    };
    const stopTimer = state.options.clock.after(ms, cancel);
    state.cancels.add(cancel);
  });

const compareAll = async (state: State, edition: Edition): Promise<void> => {
  const { devices, id } = state.options;
  const runs = devices
    .groupsOf(id)
    .flat()
    .map((device) => runShadow(state.options, device, edition.profile));
  for (const { cancel } of runs) state.cancels.add(cancel);
  await Promise.all(runs.map(({ done }) => done));
  for (const { cancel } of runs) state.cancels.delete(cancel);
};

const isBehind = ({ options, target }: State, device: string): boolean =>
  options.devices.now(device)?.profile !== target.profile;

const bring = async (
  state: State,
  { isShadowed }: { readonly isShadowed: boolean },
): Promise<void> => {
  const { round, target } = state;
  const { devices, id } = state.options;
  const groups = devices.groupsOf(id);
  for (const device of groups.flat()) {
    if (devices.now(device) === undefined && !install(state, device)) return;
  }
  if (isShadowed) await compareAll(state, target);
  if (state.round !== round) return;
  const done = await Promise.all(groups.map((group) => bringGroup(state, group)));
  if (state.round !== round || !done.every(Boolean)) return;
  await wait(state, probationMs);
  if (state.round !== round) return;
  state.probation.clear();
  state.former = undefined;
  state.options.onInForce(target);
};

/** @returns whether it could be driven by it */
const install = (state: State, device: string): boolean => {
  const { devices, onRunning } = state.options;
  try {
    devices.install(device, state.target.profile);
  } catch (error) {
    if (!(error instanceof GatewayError) && !(error instanceof ProfileError)) throw error;
    fail(state, undefined, error.message);
    return false;
  }
  onRunning(device, state.target);
  return true;
};

/** @returns whether all of them run it; false = the round is over */
const bringGroup = async (state: State, group: readonly string[]): Promise<boolean> => {
  const { round, options, target } = state;
  const { devices, clock, log, id } = options;
  const behind = (): readonly string[] => group.filter((device) => isBehind(state, device));
  while (behind().length > 0) {
    const isFree = await freeOf(state, behind());
    if (state.round !== round) return false;
    if (!isFree) {
      log.info('profile.waits', { profile: id, devices: behind() });
      await wait(state, nextChanceMs);
      if (state.round !== round) return false;
      continue;
    }
    const going = behind().map((device) => ({
      device,
      from: devices.now(device)?.profile.profile ?? '',
      isOnline: devices.isOnline(device),
    }));
    const fromMs = clock.monoMs();
    const names = going.map(({ device }) => device);
    const why = await devices.swap(names, target.profile, (device, detail) =>
      onSilent(state, round, { device, detail }),
    );
    if (why !== undefined) {
      if (state.round === round) fail(state, undefined, why);
      return false;
    }
    // It took its time, and another version is wanted by now.
    if (state.round !== round) void bring(state, { isShadowed: false });
    const tookMs = clock.monoMs() - fromMs;
    for (const { device, from, isOnline } of going) {
      if (isOnline && state.round === round) {
        state.probation.set(device, clock.monoMs() + probationMs);
      }
      const data = { profile: id, from, to: target.profile.profile, tookMs };
      options.record({ kind: 'profile.swapped', device, data });
      options.onRunning(device, target);
    }
  }
  return state.round === round;
};

/** Never while a door is open or released, or something runs. */
const freeOf = async (state: State, devices: readonly string[]): Promise<boolean> => {
  const { round, options } = state;
  const untilMs = options.clock.monoMs() + idleWaitMs;
  while (!devices.every(options.devices.isIdle)) {
    if (options.clock.monoMs() >= untilMs) return false;
    await wait(state, idleLookMs);
    if (state.round !== round) return false;
  }
  return true;
};

type Silence = { readonly device: string; readonly detail: string };

/** @returns true: it is on probation, and goes back */
const onSilent = (state: State, round: number, { device, detail }: Silence): boolean => {
  const { clock } = state.options;
  const untilMs = state.probation.get(device);
  if (state.round !== round || untilMs === undefined || clock.monoMs() > untilMs) return false;
  // Not from inside the driver that tells it.
  clock.after(0, () => {
    if (state.round === round) fail(state, device, `${device}: ${detail}`);
  });
  return true;
};

/** Back to what ran before; what has gone over already goes back too. */
const fail = (state: State, device: string | undefined, why: string): void => {
  const { target, former, options } = state;
  const from = former?.profile.profile ?? '';
  endRound(state);
  if (former !== undefined) {
    state.target = former;
    state.former = undefined;
  }
  options.onFailed(target, { device, why, from });
  if (former === undefined) return;
  // The silent one has no command to finish and no door that is known to be open.
  void (device === undefined ? Promise.resolve() : takeBack(state, device)).then(() =>
    bring(state, { isShadowed: false }),
  );
};

const takeBack = async (state: State, device: string): Promise<void> => {
  const { devices, onRunning, log } = state.options;
  const group = devices.groupsOf(state.options.id).find((one) => one.includes(device)) ?? [];
  const behind = group.filter((one) => isBehind(state, one));
  const why = await devices.swap(behind, state.target.profile, () => false);
  if (why !== undefined) return log.error('profile.not_taken_back', { device, why });
  for (const one of behind) onRunning(one, state.target);
};
