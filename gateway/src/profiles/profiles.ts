import type { DeviceProfile } from '@gatehouse/device-profiles';
import type { Conditions } from '../conditions.ts';
import type { ProfileSwaps } from '../devices/profile-swaps.ts';
import type { EventBody } from '../events.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { Ports, ProfileKept } from '../ports.ts';
import { createEditions } from './editions.ts';
import type { Choice, Edition, Editions } from './editions.ts';
import { createRollout } from './rollout.ts';
import type { Rollout } from './rollout.ts';

export type ProfilesOptions = {
  readonly ports: Pick<Ports, 'clock' | 'log' | 'policyStore' | 'primitives'>;
  readonly gateway: string;
  readonly builtIns: ReadonlyMap<string, DeviceProfile>;
  /** Of the configured devices, each once. */
  readonly ids: readonly string[];
  readonly keeper: Pick<Keeper, 'profiles' | 'profilesKept'>;
  readonly devices: ProfileSwaps;
  readonly conditions: Conditions;
  readonly record: (body: EventBody) => void;
  /** This drives the device from now on. */
  readonly onRunning: (device: string, profile: DeviceProfile) => void;
};

/** Which version of each profile drives the devices of this box. */
export type Profiles = {
  /** After the policy was read and before the devices start: they begin with what went well. */
  readonly begin: () => void;
  /** The policy is another one. */
  readonly onPolicy: () => void;
  readonly stop: () => void;
};

type State = {
  readonly options: ProfilesOptions;
  readonly editions: Editions;
  readonly kept: Map<string, ProfileKept>;
  readonly rollouts: Map<string, Rollout>;
  /** By profile: what of the cloud's is not used, and why. */
  readonly refused: Map<string, NonNullable<Choice['refused']>>;
  /** The detail of the condition that stands. */
  shown: string;
};

export const createProfiles = (options: ProfilesOptions): Profiles => {
  const state: State = {
    options,
    editions: createEditions(options.builtIns, options.ports.primitives),
    kept: new Map(),
    rollouts: new Map(),
    refused: new Map(),
    shown: '',
  };
  let hasBegun = false;
  return {
    begin: () => {
      for (const kept of options.keeper.profilesKept()) state.kept.set(kept.id, kept);
      for (const id of options.ids) begin(state, id);
      hasBegun = true;
      look(state);
    },
    onPolicy: () => {
      if (hasBegun) look(state);
    },
    stop: () => {
      for (const rollout of state.rollouts.values()) rollout.stop();
    },
  };
};

const rowOf = ({ options }: State, id: string, mode: 'live' | 'shadow') =>
  options.keeper.profiles().find((row) => row.id === id && row.mode === mode);

const begin = (state: State, id: string): void => {
  const { options, editions, kept } = state;
  const { devices, ports, onRunning } = options;
  const first = editions.first(id, rowOf(state, id, 'live'), kept.get(id));
  for (const device of first === undefined ? [] : devices.groupsOf(id).flat()) {
    if (first === undefined || devices.now(device)?.profile === first.profile) continue;
    devices.install(device, first.profile);
    onRunning(device, first.profile);
  }
  // What nobody had to swap in is what a later one falls back to.
  const text = first?.custom?.text;
  if (first !== undefined && text !== undefined && kept.get(id)?.inForce?.text !== text) {
    keep(state, { ...kept.get(id), id, inForce: { version: first.profile.profile, text } });
  }
  state.rollouts.set(
    id,
    createRollout(
      {
        ...{ ...ports, id, devices, record: options.record },
        onRunning: (device, { profile }) => {
          options.conditions.clear('profile_missing', device);
          onRunning(device, profile);
        },
        onInForce: (edition) => inForce(state, edition),
        onFailed: (edition, failure) => failed(state, edition, failure),
      },
      first,
    ),
  );
};

/** Compares what is wanted with what is there, profile by profile. */
const look = (state: State): void => {
  const { options, editions, kept, rollouts, refused } = state;
  for (const id of options.ids) {
    const choice = editions.choose(id, rowOf(state, id, 'live'), kept.get(id));
    const told = refused.get(id);
    if (choice.refused !== undefined) refused.set(id, choice.refused);
    else if (refused.delete(id)) forgive(state, id);
    if (choice.refused !== undefined && choice.refused.sha256 !== told?.sha256) {
      tellRefused(state, id, choice.refused);
    }
    if (choice.edition === undefined) missing(state, id);
    else rollouts.get(id)?.aim(choice.edition);
    const shadow = rowOf(state, id, 'shadow');
    const compared = shadow === undefined ? undefined : editions.read(shadow.text);
    rollouts.get(id)?.compare(typeof compared === 'object' ? compared : undefined);
  }
  showRefused(state);
};

/** What was refused is not wanted any more. */
const forgive = (state: State, id: string): void => {
  const { refused, ...kept } = state.kept.get(id) ?? { id };
  if (refused !== undefined) keep(state, kept);
  const { devices, conditions } = state.options;
  for (const device of devices.groupsOf(id).flat()) {
    conditions.clear('profile_rolled_back', device);
  }
};

const missing = ({ options }: State, id: string): void => {
  for (const device of options.devices.groupsOf(id).flat()) {
    if (options.devices.now(device) === undefined) {
      options.conditions.raise('profile_missing', device, id);
    }
  }
};

const tellRefused = (
  { options, kept }: State,
  id: string,
  { version, sha256, why }: NonNullable<Choice['refused']>,
): void => {
  options.ports.log.warn('profile.refused', { profile: id, version, why });
  // One that was tried here was told of when it failed.
  if (kept.get(id)?.refused?.sha256 === sha256) return;
  options.record({ kind: 'profile.refused', data: { profile: id, to: version, why } });
};

const showRefused = (state: State): void => {
  const { options, refused, shown } = state;
  const { conditions, gateway } = options;
  const detail = [...refused]
    .map(([id, { version, why }]) => `${id} ${version}: ${why}`)
    .join('; ');
  if (detail === shown) return;
  state.shown = detail;
  conditions.clear('profile_refused', gateway);
  if (detail !== '') conditions.raise('profile_refused', gateway, detail);
};

const keep = ({ options, kept }: State, now: ProfileKept): void => {
  kept.set(now.id, now);
  options.ports.policyStore.keepProfile(now).catch((error: unknown) => {
    // The next start tries again what this one knows.
    options.ports.log.error('profile.not_kept', { profile: now.id, error });
  });
};

const inForce = (state: State, { profile, custom }: Edition): void => {
  const { id, profile: version } = profile;
  const { refused } = state.kept.get(id) ?? {};
  keep(state, {
    id,
    ...(custom === undefined ? {} : { inForce: { version, text: custom.text } }),
    // Gone back to: what failed is still not to be tried again.
    ...(refused === undefined || state.refused.get(id) === undefined ? {} : { refused }),
  });
};

const failed: (
  state: State,
  edition: Edition,
  failure: { readonly device: string | undefined; readonly why: string; readonly from: string },
) => void = (state, { profile, custom }, { device, why, from }) => {
  const { options, kept } = state;
  const { id, profile: version } = profile;
  options.ports.log.warn('profile.failed', { profile: id, version, device, why });
  const data = { profile: id, to: version, why: why.slice(0, whyCharsMax) };
  if (device === undefined) options.record({ kind: 'profile.refused', data });
  else {
    options.record({ kind: 'profile.rolled_back', device, data: { ...data, from } });
    options.conditions.raise('profile_rolled_back', device, `${id} ${version} → ${from}`);
  }
  if (custom === undefined) return;
  const refused = { version, sha256: custom.sha256, why: data.why };
  state.refused.set(id, refused);
  keep(state, { ...kept.get(id), id, refused });
  showRefused(state);
};

const whyCharsMax = 300;
