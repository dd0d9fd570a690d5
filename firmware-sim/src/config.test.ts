import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCatalogue } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { parseSimConfig } from './config.ts';
import { SimError } from './errors.ts';

const catalogue = await loadCatalogue();
const example = await readFile(
  join(import.meta.dirname, '..', '..', 'examples', 'sim.yaml'),
  'utf8',
);

const refusal = (text: string): string => {
  try {
    parseSimConfig(text, 'sim.yaml', catalogue);
    return 'accepted';
  } catch (error) {
    return error instanceof SimError ? `${error.code} ${error.message}` : String(error);
  }
};

const file = (...devices: readonly string[]): string =>
  `control: 127.0.0.1:7300\ndevices:\n${devices.map((d) => `  - { ${d} }\n`).join('')}`;
const scan = (id: string, port: number): string =>
  `id: ${id}, door: d, side: entry, profile: gatehouse-scanner-s1, ` +
  `listen: 'tcp://127.0.0.1:${port}'`;
const gate = (more: string): string =>
  `id: g, door: d, profile: gatehouse-turnstile-t1, listen: 'tcp://127.0.0.1:9'${more}`;

describe('the configuration of the simulator', () => {
  it('examples/sim.yaml is one gate', () => {
    const config = parseSimConfig(example, 'sim.yaml', catalogue);
    expect(config.control).toEqual({ host: '127.0.0.1', port: 7300 });
    expect(
      config.devices.map((device) => [
        device.id,
        device.door,
        `${device.host}:${device.port}`,
        device.kind === 'scanner' ? device.side : device.unit,
      ]),
    ).toEqual([
      ['east-gate-1-in', 'east-gate-1', '127.0.0.1:7301', 'entry'],
      ['east-gate-1-out', 'east-gate-1', '127.0.0.1:7302', 'exit'],
      ['east-gate-1-ctl', 'east-gate-1', '127.0.0.1:7303', 1],
    ]);
  });

  it('takes IPv6 addresses, free ports and a serial path', () => {
    const text = file(
      `${scan('a', 0).replace('127.0.0.1', '[::1]')}, pty: run/a`,
      scan('b', 0),
    ).replace('127.0.0.1:7300', "'[::1]:0'");
    const { control, devices } = parseSimConfig(text, 'sim.yaml', catalogue);
    expect(control).toEqual({ host: '::1', port: 0 });
    expect(devices[0]).toMatchObject({ host: '::1', port: 0, pty: 'run/a' });
  });

  it.each([
    ['nothing', '', 'sim.yaml:1:1 is empty'],
    [
      'no device',
      'control: 127.0.0.1:1\ndevices: []\n',
      'sim.yaml:2:10 devices must not have fewer than 1 items',
    ],
    [
      'an unknown profile',
      file(scan('a', 1).replace('scanner-s1', 'scanner-s9')),
      'sim.yaml:3:45 devices.0.profile is unknown: use one of gatehouse-scanner-s1, ' +
        'gatehouse-strike-d1, gatehouse-turnstile-t1',
    ],
    [
      'an id twice',
      file(scan('a', 1), scan('a', 2)),
      'sim.yaml:4:11 devices.1.id is already taken by a',
    ],
    [
      'a port twice',
      file(scan('a', 1), scan('b', 1)),
      'sim.yaml:4:75 devices.1.listen is already taken by a',
    ],
    [
      'the port of the control',
      file(scan('a', 7300)),
      'sim.yaml:3:75 devices.0.listen is already taken by control',
    ],
    [
      'a port that does not exist',
      file(scan('a', 65_536)),
      'sim.yaml:3:75 devices.0.listen has a port above 65535',
    ],
    [
      'a scanner without a side',
      file(scan('a', 1).replace('side: entry, ', '')),
      'sim.yaml:3:11 devices.0.id lacks side: entry or exit',
    ],
    ['a turnstile with a side', file(gate(', side: exit')), 'belongs to scanners'],
    ['a scanner with a unit', file(`${scan('a', 1)}, unit: 3`), 'belongs to Modbus controllers'],
    [
      'a control port for everybody',
      file(scan('a', 1)).replace('127.0.0.1:7300', '0.0.0.0:7300'),
      'sim.yaml:1:10 control must match pattern',
    ],
    ['a misspelt key', file(gate(', untit: 3')), 'devices.0.untit is not an option here'],
  ])('refuses %s', (_case, text, fault) => {
    expect(refusal(text)).toContain('SIM_CONFIG The configuration cannot be used');
    expect(refusal(text)).toContain(fault);
  });
});
