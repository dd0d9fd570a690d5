import { compileProfile } from '@gatehouse/device-profiles';
import type { Binding, Catalogue, Codec } from '@gatehouse/device-profiles';
import type { GatewayConfig } from '@gatehouse/gateway';
import type { Side } from '@gatehouse/protocols';
import { createHead } from './heads.ts';
import type { Head } from './heads.ts';
import { createOutputWatch } from './output-watch.ts';
import { place } from './places.ts';
import type { BoxPlace } from './places.ts';
import { createTurnstile } from './turnstile.ts';
import type { Turnstile } from './turnstile.ts';
import type { World } from './world.ts';

/** What a gateway gives an exit whose policy it does not have yet; more than that of the policy. */
const pulseMsMax = 5_000;

export const scannerProfile = 'gatehouse-scanner-s1';
export const turnstileProfile = 'gatehouse-turnstile-t1';

export const createTurnstileOf = (world: World, catalogue: Catalogue, name: string): Turnstile => {
  const { timeline, recorder, random } = world;
  return createTurnstile({
    ...world,
    random: random(name),
    ...wireOf(catalogue, turnstileProfile, 'modbus'),
    watch: createOutputWatch(timeline, recorder, pulseMsMax),
  });
};

/** @param port of its serial line */
export const createHeadOf = (
  world: World,
  catalogue: Catalogue,
  {
    name,
    port,
    profile = scannerProfile,
  }: { readonly name: string; readonly port: string; readonly profile?: string },
): Head => {
  const { timeline, random } = world;
  const scanner = wireOf(catalogue, profile, 'serial');
  return createHead({
    ...{ ...scanner, timeline, port, startMs: place.startMs },
    random: random(name),
  });
};

/** A turnstile with a head on each side. */
export const createHardware = (world: World, catalogue: Catalogue) => {
  const head = (side: Side): Head =>
    createHeadOf(world, catalogue, { name: `head ${side}`, port: `head-${side}` });
  return {
    turnstile: createTurnstileOf(world, catalogue, 'turnstile'),
    heads: { entry: head('entry'), exit: head('exit') },
  };
};

/** What the gateway is told of them. */
export const devicesOf = (
  { door, devices }: BoxPlace,
  { breakage }: World,
): GatewayConfig['devices'] =>
  devices.map(({ id, profile, side }) =>
    side === undefined
      ? { id, profile, door, port: 'turnstile', unit: 1 }
      : {
          ...{ id, profile, door, port: `head-${side}` },
          side: breakage.exitHeadIsEntry === true ? ('entry' as const) : side,
        },
  );

/** A model with its binding for a transport. */
const wireOf = <T extends Codec['transport']>(catalogue: Catalogue, id: string, transport: T) => {
  const profile = catalogue.get(id);
  const [name, binding] =
    Object.entries(profile?.bindings ?? {}).find(([, each]) => each.transport === transport) ?? [];
  if (profile === undefined || name === undefined) throw new Error(`no ${transport} for ${id}`);
  const codec = compileProfile(profile, name, {});
  return {
    profile,
    // Both are of the transport that was looked for.
    codec: codec as Extract<Codec, { transport: T }>,
    // As above.
    binding: binding as Extract<Binding, { transport: T }>,
  };
};
