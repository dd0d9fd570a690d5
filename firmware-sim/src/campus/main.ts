import { parseArgs } from 'node:util';
import { loadCatalogue } from '@gatehouse/device-profiles';
import { startDatabases } from './adapters/databases.ts';
import { runCampus } from './campus.ts';
import type { CampusResult } from './campus.ts';
import { runCeremony } from './ceremony/ceremony.ts';
import { wholeCeremony } from './ceremony/venue.ts';
import { makePlan } from './plan.ts';
import { keptSeeds } from './seeds.ts';

const usage = `usage: npm run campus -- --seed N | --seeds A-B | --ceremony  [--json] [--trace]
  --seed N      the campus of this seed
  --seeds A-B   these seeds, and those that once failed
  --ceremony    7,799 people in ten minutes under --seed N: some minutes of real time
  --json        one JSON object for each seed
  --trace       everything that happened`;

const tailLines = 60;
/** While one campus waits for its database, another one moves. */
const atOnce = 2;

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(usage);
  return Number(text);
};

const wantedSeeds = (seed: string | undefined, range: string | undefined): readonly number[] => {
  if (range === undefined) return [wholeNumber(seed ?? '1')];
  const [from = '', to = ''] = range.split('-');
  const count = wholeNumber(to) - wholeNumber(from) + 1;
  const inRange = Array.from({ length: count }, (_, i) => wholeNumber(from) + i);
  return [...new Set([...inRange, ...keptSeeds.map((kept) => kept.seed)])];
};

const text = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const summary = (result: CampusResult, wallMs: number): string =>
  [
    `seed ${result.seed}: ${result.faults.length === 0 ? 'ok' : 'FAILED'}`,
    `  ${Math.round(result.virtualMs / 1000)} s virtual, ${wallMs} ms`,
    `  decisions: ${text(result.decisions)}`,
    `  ${text(result.counts)}`,
    `  ${result.unlocks} unlocks, ${result.events} events, trace ${result.traceHash.slice(0, 16)}`,
  ].join('\n');

const failure = ({ seed, faults, lines }: CampusResult): string =>
  [
    ...lines.slice(-tailLines),
    '',
    ...faults.map(({ checker, detail }) => `${checker}: ${detail}`),
    `again: npm run campus -- --seed ${seed} --trace`,
    '',
  ].join('\n');

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Prints its figures as one JSON object. */
const ceremony = async (seed: number): Promise<number> => {
  const beganMs = performance.now();
  const catalogue = await loadCatalogue();
  const databases = await startDatabases();
  try {
    const database = await databases.create();
    const { faults, figures, traceHash } = await runCeremony({
      ...{ ceremony: wholeCeremony(seed), database, catalogue },
    });
    const wallMs = Math.round(performance.now() - beganMs);
    process.stdout.write(`${JSON.stringify({ seed, ...figures, wallMs, traceHash }, null, 2)}\n`);
    for (const { checker, detail } of faults) process.stderr.write(`${checker}: ${detail}\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await databases.stop();
  }
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      ceremony: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  if (values.ceremony) return ceremony(wholeNumber(values.seed ?? '1'));
  const seeds = [...wantedSeeds(values.seed, values.seeds)];
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (!values.json) say(`seeds ${seeds.join(' ')}`);
  const catalogue = await loadCatalogue();
  const databases = await startDatabases();
  const stop = (): void => void databases.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const running = new Set<number>();
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`seed ${[...running].join(' or ')}: ${stackOf(error)}\n`);
    void databases.stop().finally(() => process.exit(1));
  });
  let failed = 0;
  const runOne = async (seed: number): Promise<void> => {
    running.add(seed);
    const beganMs = performance.now();
    const database = await databases.create();
    const result = await runCampus({ plan: makePlan(seed), database, catalogue }).catch(
      (error: unknown) => `seed ${seed} broke: ${stackOf(error)}`,
    );
    await database.remove();
    running.delete(seed);
    const isOk = typeof result !== 'string' && result.faults.length === 0;
    if (!isOk) failed += 1;
    if (typeof result === 'string') return void process.stderr.write(`${result}\n`);
    const { lines, ...rest } = result;
    const wallMs = Math.round(performance.now() - beganMs);
    if (values.trace) say(lines.join('\n'));
    say(values.json ? JSON.stringify({ ...rest, wallMs }) : summary(result, wallMs));
    if (!isOk) process.stderr.write(failure(result));
  };
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) await runOne(seed);
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, lane));
  } finally {
    await databases.stop();
  }
  return failed === 0 ? 0 : 1;
};

process.exitCode = await main();
