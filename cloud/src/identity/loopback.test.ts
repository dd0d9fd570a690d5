import { describe, expect, it } from 'vitest';
import { CloudError } from '../errors.ts';
import { isLoopbackHost, requireLoopback } from './loopback.ts';
import type { Addresses } from './loopback.ts';

const here: Addresses = {
  listen: '127.0.0.1:8090',
  database: 'embedded',
  broker: '127.0.0.1:8883',
};

const database = (url: string): Addresses => ({ ...here, database: url });

const local: readonly Addresses[] = [
  here,
  { ...here, listen: 'localhost:8090' },
  { ...here, listen: '127.3.2.1:1' },
  { ...here, broker: 'mqtts://127.0.0.1:8883' },
  { ...here, broker: 'mqtt://[::1]:1883' },
  database('postgres://gatehouse:secret@127.0.0.1:5432/gatehouse'),
  database('postgresql://localhost/gatehouse'),
  database('postgresql://[::1]:5432/gatehouse'),
  database('postgresql:///gatehouse?host=/var/run/postgresql'),
  database('postgresql://%2Fvar%2Frun%2Fpostgresql/gatehouse'),
];

const outside: readonly (readonly [Addresses, string])[] = [
  [{ ...here, listen: '0.0.0.0:8090' }, 'listen'],
  [{ ...here, listen: '10.0.0.5:8090' }, 'listen'],
  [{ ...here, listen: '127.0.0.1.evil.example:8090' }, 'listen'],
  [{ ...here, listen: 'localhost.evil.example:8090' }, 'listen'],
  [{ ...here, broker: '0.0.0.0:8883' }, 'broker'],
  [{ ...here, broker: 'mqtts://broker.example:8883' }, 'broker'],
  [{ ...here, broker: 'mqtts://127.0.0.1@broker.example' }, 'broker'],
  [database('postgres://gatehouse:secret@db.example/gatehouse'), 'database'],
  [database('postgres://127.0.0.1@db.example/gatehouse'), 'database'],
  [database('postgres://127.0.0.1/gatehouse?host=db.example'), 'database'],
  [database('postgres://127.0.0.1/gatehouse?hostaddr=10.0.0.5'), 'database'],
  // The environment's PGHOST decides where none is named.
  [database('postgresql:///gatehouse'), 'database'],
  [database('not a url'), 'database'],
];

describe('the demo stays on this machine', () => {
  for (const addresses of local) {
    it(`takes ${JSON.stringify(addresses)}`, () => {
      expect(() => requireLoopback(addresses)).not.toThrow();
    });
  }

  for (const [addresses, what] of outside) {
    it(`refuses ${JSON.stringify(addresses)}`, () => {
      expect(() => requireLoopback(addresses)).toThrow(CloudError);
      expect(() => requireLoopback(addresses)).toThrow(what);
      expect(() => requireLoopback(addresses)).not.toThrow('secret');
    });
  }

  it('knows loopback from its neighbours', () => {
    expect(['127.0.0.1', 'LOCALHOST', '[::1]', '::1'].every(isLoopbackHost)).toBe(true);
    expect(['128.0.0.1', '::', '1127.0.0.1', '127.0.0', ''].some(isLoopbackHost)).toBe(false);
  });
});
