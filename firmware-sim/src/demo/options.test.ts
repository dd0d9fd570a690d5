import { describe, expect, it } from 'vitest';
import { parseDemoOptions } from './options.ts';
import type { DemoOptions } from './options.ts';

const usual: DemoOptions = {
  port: 8080,
  dataDir: '.data/demo',
  seed: 1,
  traffic: 'calm',
  people: 500,
  json: false,
  hour: undefined,
  lanPort: undefined,
};

const good: readonly (readonly [string, Partial<DemoOptions>])[] = [
  ['', {}],
  ['--port 9000 --json', { port: 9000, json: true }],
  ['--data here --seed 7 --traffic rush --people 20', { dataDir: 'here', seed: 7, people: 20 }],
  ['--hour 0', { hour: 0 }],
  ['--lan', { lanPort: 8443 }],
  ['--lan --port 9000', { port: 9000, lanPort: 9363 }],
  ['--port 65535', { port: 65_535 }],
  ['--port 65172 --lan', { port: 65_172, lanPort: 65_535 }],
];

const bad: readonly (readonly [string, RegExp])[] = [
  ['--port 0', /--port takes a whole number from 1 to 65535, not "0"/],
  ['--port 65536', /from 1 to 65535/],
  ['--port 65173 --lan', /--port takes a whole number from 1 to 65172/],
  ['--lan=yes', /--lan/],
  ['--lan 9000', /9000/],
  ['--people 19', /--people takes a whole number from 20 to 20000/],
  ['--hour 24', /--hour takes a whole number from 0 to 23/],
  ['--traffic fast', /--traffic takes off, calm, rush/],
  ['--wan', /--wan/],
];

const parse = (line: string): DemoOptions =>
  parseDemoOptions(
    line.split(' ').filter((word) => word !== ''),
    '.data/demo',
  );

describe('options of the demo', () => {
  it.each(good)('%s', (line, change) => {
    const traffic = line.includes('rush') ? 'rush' : 'calm';
    expect(parse(line)).toEqual({ ...usual, traffic, ...change });
  });

  it.each(bad)('%s is refused', (line, why) => {
    expect(() => parse(line)).toThrow(why);
  });
});
