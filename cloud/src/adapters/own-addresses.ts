import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';

export type Interfaces = Readonly<
  Record<string, readonly Pick<NetworkInterfaceInfo, 'family' | 'address' | 'internal'>[]>
>;

export type OwnAddresses = {
  /** IPv4, all of them. */
  readonly own: readonly string[];
  /** Those that another machine may reach, the likeliest first. */
  readonly reachable: readonly string[];
};

/** Bridges and tunnels of programs on this machine: a phone is seldom behind them. */
const virtual = /^(?:br-|docker|veth|virbr|vmnet|vboxnet|utun|tun|tap|wg|zt|tailscale)/;
/** RFC 3927: given by nobody, so there is no network behind it. */
const linkLocal = /^169\.254\./;
const anyAddress = '0.0.0.0';

/** @param host what is listened on: `0.0.0.0`, or one address */
export const addressesFor = (host: string, interfaces: Interfaces): OwnAddresses => {
  if (host !== anyAddress) return { own: [host], reachable: [host] };
  const all = Object.entries(interfaces).flatMap(([name, addresses]) =>
    addresses
      .filter(({ family }) => family === 'IPv4')
      .map(({ address, internal }) => ({ name, address, internal })),
  );
  const outside = all.filter(({ address, internal }) => !internal && !linkLocal.test(address));
  const [behind, real] = [true, false].map((is) =>
    outside.filter(({ name }) => virtual.test(name) === is),
  );
  return {
    own: all.map(({ address }) => address),
    reachable: [...(real ?? []), ...(behind ?? [])].map(({ address }) => address),
  };
};

/** As they are now; a machine that moves to another network has others. */
export const ownAddresses = (host: string): OwnAddresses =>
  addressesFor(
    host,
    Object.fromEntries(
      Object.entries(networkInterfaces()).map(([name, addresses]) => [name, addresses ?? []]),
    ),
  );
