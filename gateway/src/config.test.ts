import type { DeviceProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { parseGatewayConfig } from './config.ts';
import { GatewayError } from './errors.ts';
import { turnstileProfile } from './testing/profiles.ts';

const scanner = {
  kind: 'line-scanner',
  id: 'line-scanner',
  title: { zh: '', en: '' },
  source: 'invented',
  serial: { baud: 9600, lineBytesMax: 512, halfLineMaxMs: 500 },
} as const;
const profiles = new Map<string, DeviceProfile>([
  ['line-scanner', scanner],
  ['other', scanner],
  ['d1', turnstileProfile],
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
  - { id: scan-1, profile: line-scanner, port: /dev/ttyUSB0, door: lab, side: exit }
`;

it('a good file is what it says', () => {
  expect(parseGatewayConfig(good, 'gw.yaml')).toMatchObject({
    gateway: 'gw-1',
    devices: [{ id: 'scan-1', side: 'exit' }],
  });
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

  it.each([
    ['stands twice', '{ id: scan-1, profile: other, port: tty, door: lab }', 'scan-1 stands twice'],
    ['has no profile', '{ id: x, profile: d9, port: tty, door: lab }', 'd9 is unknown: use one of'],
    [
      'is the second controller of its door',
      `{ id: c1, profile: d1, port: tty, door: lab }
  - { id: c2, profile: d1, port: tty, door: lab }`,
      'lab has two controllers',
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
