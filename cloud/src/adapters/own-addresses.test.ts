import { describe, expect, it } from 'vitest';
import { addressesFor } from './own-addresses.ts';
import type { Interfaces } from './own-addresses.ts';

const v4 = (address: string, internal = false) => ({ family: 'IPv4' as const, address, internal });
const v6 = (address: string) => ({ family: 'IPv6' as const, address, internal: false });

const laptop: Interfaces = {
  lo: [v4('127.0.0.1', true)],
  docker0: [v4('172.17.0.1')],
  wg0: [v4('10.8.0.2')],
  en5: [v4('169.254.7.7')],
  wlan0: [v4('192.168.1.20'), v6('fe80::1')],
};

const rows: readonly (readonly [string, string, Interfaces, readonly string[], number])[] = [
  [
    'the network first, then bridges and tunnels',
    '0.0.0.0',
    laptop,
    ['192.168.1.20', '172.17.0.1', '10.8.0.2'],
    5,
  ],
  ['nothing without a network', '0.0.0.0', { lo: [v4('127.0.0.1', true)] }, [], 1],
  ['the one address that is listened on', '10.8.0.2', laptop, ['10.8.0.2'], 1],
];

describe('addresses of this machine', () => {
  it.each(rows)('are %s', (_name, host, interfaces, reachable, own) => {
    const found = addressesFor(host, interfaces);
    expect(found.reachable).toEqual(reachable);
    expect(found.own).toHaveLength(own);
  });
});
