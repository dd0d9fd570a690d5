import type { DeviceProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { parseGatewayConfig } from './config.ts';
import { GatewayError } from './errors.ts';
import {
  climateProfile,
  scannerProfile,
  strikeProfile,
  turnstileProfile,
} from './testing/profiles.ts';

const profiles = new Map<string, DeviceProfile>([
  ['scanner', scannerProfile],
  ['d1', turnstileProfile],
  ['s1', strikeProfile],
  ['c1', climateProfile],
]);

const good = `gateway: gw-1
dataDir: data
cloud:
  broker: mqtts://cloud.example:8883
  listener: https://cloud.example:8443
  ca: { file: ca.pem }
  certificate: { file: gw.pem }
  key: { file: gw.key }
rootKey: { file: root.json }
devices:
  - { id: scan-1, profile: scanner, port: /dev/ttyUSB0, door: lab, side: exit }
`;

it('a good file is what it says', () => {
  expect(parseGatewayConfig(good, 'gw.yaml')).toMatchObject({
    gateway: 'gw-1',
    devices: [{ id: 'scan-1', side: 'exit' }],
  });
});

it.each([
  ['a second door on one line', '{ id: x, profile: s1, port: tty, unit: 2, door: hall }'],
  ['a device at no door', '{ id: x, profile: c1, port: tty2, params: { address: 1 } }'],
  ['a binding by name', '{ id: x, profile: s1, port: tty, binding: modbus, door: hall }'],
])('%s is no fault', (_, more) => {
  const line = `  - { id: d, profile: d1, port: tty, door: lab }\n  - ${more}\n`;
  expect(parseGatewayConfig(good + line, 'gw.yaml', profiles).devices).toHaveLength(3);
});

describe('a fault', () => {
  it.each([
    ['no file at all', ['gateway: gw-1\n', ''], 'gw.yaml:'],
    ['a reserved gateway', ['gw-1', 'cloud'], 'cloud is reserved'],
    ['an id in capitals', ['scan-1', 'Scan-1'], 'gw.yaml:11:'],
    ['a side that there is not', ['side: exit', 'side: both'], 'gw.yaml:11:'],
    ['a broker by http', ['mqtts://', 'http://'], 'gw.yaml:4:'],
    ['a listener without TLS', ['https://', 'http://'], 'gw.yaml:5:'],
    ['a secret in the file', ['{ file: gw.key }', 'hunter2'], 'gw.yaml:8:'],
    ['a word that we do not know', ['dataDir: data', 'dataDir: data\ncolour: red'], 'gw.yaml:3:'],
    ['no YAML', ['devices:', 'devices: ]'], 'gw.yaml:'],
  ])('%s is named with its place', (_, [from = '', to = ''], text) => {
    const parse = () => parseGatewayConfig(good.replace(from, to), 'gw.yaml');
    expect(parse).toThrow(GatewayError);
    expect(parse).toThrow(text);
  });

  it('leaves a profile that comes from the cloud to be waited for', () => {
    const device = '{ id: x, profile: d9, port: tty, customProfile: true }';
    const text = good.replace(/devices:[^]*$/, `devices:\n  - ${device}\n`);
    const { devices } = parseGatewayConfig(text, 'gw.yaml', profiles);
    expect(devices).toMatchObject([{ profile: 'd9', customProfile: true }]);
  });

  it.each([
    ['stands twice', '{ id: scan-1, profile: d1, port: tty, door: lab }', 'scan-1 stands twice'],
    [
      'has no profile',
      '{ id: x, profile: d9, port: tty, door: lab }',
      'd9 is unknown: docs/devices',
    ],
    [
      'is the second controller of its door',
      `{ id: c1, profile: d1, port: tty, door: lab }
  - { id: c2, profile: d1, port: tty, door: lab }`,
      'lab has two controllers',
    ],
    ['opens no door', '{ id: x, profile: d1, port: tty }', 'x opens a door'],
    ['reads codes nowhere', '{ id: x, profile: scanner, port: tty }', 'x reads codes'],
    [
      'wants another binding',
      '{ id: x, profile: d1, port: tty, door: lab, binding: usb }',
      'no binding of test-turnstile (modbus) fits',
    ],
    ['lacks a parameter', '{ id: x, profile: c1, port: tty }', 'params.address of test-climate'],
    [
      'has a parameter out of range',
      '{ id: x, profile: c1, port: tty, params: { address: 100 } }',
      'params.address of test-climate',
    ],
    [
      'is another one again',
      `{ id: x, profile: c1, port: tty, params: { address: 1 } }
  - { id: y, profile: c1, port: tty, params: { address: 1 } }`,
      'a device above has this port, unit and parameters',
    ],
    [
      'uses a line in another way',
      `{ id: x, profile: d1, port: tty, door: lab }
  - { id: y, profile: c1, port: tty, params: { address: 1 } }`,
      'tty is used in another way',
    ],
  ])('a device that %s is named with its place', (_, more, text) => {
    const file = `${good}  - ${more}\n`;
    const line = file.trimEnd().split('\n').length;
    const parse = () => parseGatewayConfig(file, 'gw.yaml', profiles);
    expect(parse).toThrow(GatewayError);
    expect(parse).toThrow(text);
    expect(parse).toThrow(`gw.yaml:${line}:`);
  });
});
