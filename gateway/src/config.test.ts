import { describe, expect, it } from 'vitest';
import { parseGatewayConfig } from './config.ts';
import { GatewayError } from './errors.ts';

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

  it('a device that stands twice is named', () => {
    const twice = `${good}  - { id: scan-1, profile: other, port: tty, door: lab }\n`;
    expect(() => parseGatewayConfig(twice, 'gw.yaml')).toThrow('scan-1 stands twice');
  });
});
