import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCatalogue } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { parseSimConfig, profileFilesOf } from './config.ts';
import { SimError } from './errors.ts';
import { lockProfile } from './testing.ts';

const catalogue = await loadCatalogue();
const profiles = new Map([...catalogue, [lockProfile.id, lockProfile]]);
const example = await readFile(
  join(import.meta.dirname, '..', '..', 'examples', 'sim.yaml'),
  'utf8',
);

const refusal = (text: string): string => {
  try {
    parseSimConfig(text, 'sim.yaml', profiles);
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

const head =
  'id: n, door: d, side: entry, profile: gatehouse-scanner-n1, ' +
  "asks: 'http://127.0.0.1:8085/push/n', secret: a-secret-of-24-characters";
const keyboard = (id: string): string =>
  `id: ${id}, door: d, side: entry, profile: gatehouse-scanner-h1, pty: keys`;

describe('the configuration of the simulator', () => {
  it('examples/sim.yaml is one gate', () => {
    const config = parseSimConfig(example, 'sim.yaml', catalogue);
    expect(config.control).toEqual({ host: '127.0.0.1', port: 7300 });
    expect(
      config.lines.flatMap(({ listen, devices }) =>
        devices.map(({ id, door, side, unit }) => [
          ...[id, door],
          `${listen?.host}:${listen?.port}`,
          side ?? unit,
        ]),
      ),
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
    const { control, lines } = parseSimConfig(text, 'sim.yaml', catalogue);
    expect(control).toEqual({ host: '::1', port: 0 });
    expect(lines[0]).toMatchObject({ listen: { host: '::1', port: 0 }, pty: 'run/a' });
  });

  const lock = (id: string, port: number, more: string): string =>
    `id: ${id}, profile: test-lock, listen: 'tcp://127.0.0.1:${port}'${more}`;

  it.each([
    ['two units at one address', [gate(', unit: 1'), gate(', unit: 2').replace('id: g', 'id: h')]],
    ['two addresses on one port', [lock('a', 9, ''), lock('b', 9, ', params: { address: 2 }')]],
    [
      'two addresses on one serial port',
      [lock('a', 0, ', pty: p'), lock('b', 0, ', pty: p, params: { address: 2 }')],
    ],
  ])('puts %s on one line', (_case, devices) => {
    const { lines } = parseSimConfig(file(...devices), 'sim.yaml', profiles);
    expect(lines.map((line) => line.devices.length)).toEqual([2]);
  });

  it('takes devices without a door, and the binding and unit of their profile', () => {
    const text = file(lock('a', 1, ''), gate('').replace(', door: d', ''));
    const { lines } = parseSimConfig(text, 'sim.yaml', profiles);
    expect(
      lines.flatMap(({ devices }) =>
        devices.map(({ binding, unit, door }) => [binding, unit, door]),
      ),
    ).toEqual([
      ['bus', undefined, undefined],
      ['modbus', 1, undefined],
    ]);
  });

  it('takes keyboards, and heads that ask', () => {
    const { lines } = parseSimConfig(file(keyboard('a'), head), 'sim.yaml', profiles);
    expect(lines).toMatchObject([
      { listen: undefined, pty: 'keys', asks: undefined },
      { pty: undefined, asks: { url: 'http://127.0.0.1:8085/push/n' } },
    ]);
    expect(lines.map(({ devices }) => devices[0]?.keys)).toEqual([24, undefined]);
  });

  it('names the profiles that it brings along', () => {
    const text = `profileFiles: [profiles/lock.yaml]\n${file(scan('a', 1))}`;
    expect(profileFilesOf(text, 'sim.yaml')).toEqual(['profiles/lock.yaml']);
    expect(profileFilesOf(file(scan('a', 1)), 'sim.yaml')).toEqual([]);
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
      `sim.yaml:3:45 devices.0.profile is unknown: use one of ${[...profiles.keys()].join(', ')}`,
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
    ['a turnstile with a side', file(gate(', side: exit')), 'belongs to readers'],
    ['a scanner with a unit', file(`${scan('a', 1)}, unit: 3`), 'belongs to Modbus devices'],
    [
      'a unit twice on a line',
      file(gate(''), gate('').replace('id: g', 'id: h')),
      'devices.1.listen is already taken by g',
    ],
    [
      'devices of two wires on one',
      file(scan('a', 9), gate('')),
      'devices.1.listen is already taken by a',
    ],
    [
      'one serial port on two lines',
      file(`${scan('a', 1)}, pty: p`, `${scan('b', 2)}, pty: p`),
      'devices.1.pty is already taken by a',
    ],
    [
      'a parameter that the profile does not have',
      file(`${scan('a', 1)}, params: { address: 2 }`),
      'devices.0.params.address is no parameter of this profile',
    ],
    [
      'a parameter that it does not take',
      file(`${scan('a', 1).replace('gatehouse-scanner-s1', 'test-lock')}, params: { address: 99 }`),
      'params.address of test-lock: out_of_range',
    ],
    [
      'a binding that the profile does not have',
      file(`${scan('a', 1)}, binding: radio`),
      'gatehouse-scanner-s1 has no binding radio: use serial',
    ],
    [
      'a control port for everybody',
      file(scan('a', 1)).replace('127.0.0.1:7300', '0.0.0.0:7300'),
      'sim.yaml:1:10 control must match pattern',
    ],
    [
      'a head that does not know whom to ask',
      file(head.replace(/asks: '[^']*', /, '')),
      'lacks asks: where this head asks by HTTP',
    ],
    ['a head without a secret', file(head.replace(/, secret: [^,]*/, '')), 'lacks secret'],
    [
      'a head with a line',
      file(`${head}, listen: 'tcp://127.0.0.1:9'`),
      'devices.0.listen is of no use to a head that asks by HTTP',
    ],
    [
      'a scanner that asks',
      file(`${scan('a', 1)}, asks: 'http://h:1/push/a'`),
      'devices.0.asks belongs to heads that ask by HTTP',
    ],
    ['a device without any wire', file(gate('').replace(/, listen: '[^']*'/, '')), 'lacks listen'],
    [
      'two keyboards on one line',
      file(keyboard('a'), keyboard('b')),
      'devices.1.pty is already taken by a',
    ],
    ['a misspelt key', file(gate(', untit: 3')), 'devices.0.untit is not an option here'],
  ])('refuses %s', (_case, text, fault) => {
    expect(refusal(text)).toContain('SIM_CONFIG The configuration cannot be used');
    expect(refusal(text)).toContain(fault);
  });
});
