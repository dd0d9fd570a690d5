import { parseArgs } from 'node:util';

export const trafficKinds = ['off', 'calm', 'rush'] as const;
export type Traffic = (typeof trafficKinds)[number];

export type DemoOptions = {
  readonly port: number;
  readonly dataDir: string;
  readonly seed: number;
  readonly traffic: Traffic;
  readonly people: number;
  readonly json: boolean;
  /** How late it is now on a new campus, whose zone is chosen so. Undefined: it is in Shanghai. */
  readonly hour: number | undefined;
  /** Phones on the network: HTTPS on this port of every address. Undefined where not asked for. */
  readonly lanPort: number | undefined;
};

export const usage = `usage: npm start -- [options]
  --port N                   console and phones on http://localhost:N (8080)
  --data DIR                 where everything is kept (.data/demo); a second start resumes it
  --seed N                   which campus (1)
  --traffic off|calm|rush    how many people come and go by themselves (calm)
  --people N                 how many people the campus has (500)
  --hour H                   how late it is there now, 0 to 23: a new campus lies in that zone
  --lan                      phones on this network too, by one-time codes; port N + 363 (8443)
  --json                     one JSON object a line on stdout`;

/** 8443 beside 8080. */
const lanPortAbove = 363;
const portMax = 65_535;

const integer = (name: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`--${name} takes a whole number from ${min} to ${max}, not "${text}"`);
  }
  return value;
};

/** @throws RangeError or TypeError that says which option does not fit */
export const parseDemoOptions = (args: readonly string[], defaultDir: string): DemoOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8080' },
      data: { type: 'string', default: defaultDir },
      seed: { type: 'string', default: '1' },
      traffic: { type: 'string', default: 'calm' },
      people: { type: 'string', default: '500' },
      hour: { type: 'string' },
      lan: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const traffic = trafficKinds.find((kind) => kind === values.traffic);
  if (traffic === undefined) throw new RangeError(`--traffic takes ${trafficKinds.join(', ')}`);
  const port = integer('port', values.port, 1, portMax - (values.lan ? lanPortAbove : 0));
  return {
    port,
    dataDir: values.data,
    seed: integer('seed', values.seed, 1, 1_000_000),
    traffic,
    people: integer('people', values.people, 20, 20_000),
    json: values.json,
    hour: values.hour === undefined ? undefined : integer('hour', values.hour, 0, 23),
    lanPort: values.lan ? port + lanPortAbove : undefined,
  };
};
