import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Value from 'typebox/value';
import { writeConfigs } from './configs.ts';
import type { DemoFiles } from './configs.ts';
import { openCounters } from './counters.ts';
import { createLanNotice } from './lan.ts';
import { createLeftovers } from './leftovers.ts';
import { holdLock } from './lock.ts';
import { parseDemoOptions, usage } from './options.ts';
import type { DemoOptions } from './options.ts';
import { Plan } from './plan.ts';
import { freePorts, requirePorts } from './ports.ts';
import { createProgram } from './program.ts';
import type { Program, ProgramOptions } from './program.ts';
import { startTraffic } from './traffic.ts';
import { zoneWhere } from './zone-where.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const cloudMain = join(root, 'cloud', 'src', 'main.ts');
const run = promisify(execFile);
const planBytesMax = 64 * 1024 * 1024;

/** What the demo tells the person who started it, or the program that did. */
type Say = (event: string, fields: Readonly<Record<string, unknown>>, text: string) => void;

const sayer =
  (json: boolean): Say =>
  (event, fields, text) => {
    process.stdout.write(json ? `${JSON.stringify({ event, ...fields })}\n` : `${text}\n`);
  };

/** Asked of the cloud once per seed and size: it seeds the same campus into its database. */
const loadPlan = async ({ dataDir, seed, people, hour }: DemoOptions): Promise<Plan> => {
  const file = join(dataDir, `plan-${seed}-${people}.json`);
  if (!existsSync(file)) {
    const args = [cloudMain, 'plan', '--seed', String(seed), '--people', String(people)];
    if (hour !== undefined) args.push('--zone', zoneWhere(hour, Date.now()));
    const { stdout } = await run(process.execPath, args, { maxBuffer: planBytesMax });
    await writeFile(file, stdout, { mode: 0o600 });
  }
  const plan: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!Value.Check(Plan, plan)) throw new Error(`${file} is damaged: remove it and start again`);
  return plan;
};

/** RFC 5280 §4.2.1.12. */
const serverAuth = '1.3.6.1.5.5.7.3.1';

/** One of an earlier release could not serve the other gateways of its claim group. */
const isIssued = (file: string): boolean =>
  existsSync(file) && new X509Certificate(readFileSync(file)).keyUsage.includes(serverAuth);

const issueCertificates = async (files: DemoFiles): Promise<void> => {
  const missing = files.gateways.filter(
    ({ id }) => !isIssued(join(files.certificates(id), 'gateway.pem')),
  );
  if (missing.length === 0) return;
  const wanted = missing.flatMap(({ id }) => ['--gateway', `${id}=${files.certificates(id)}`]);
  await run(process.execPath, [cloudMain, 'issue', '--config', files.cloud, ...wanted]);
};

const buildDashboard = async (say: Say): Promise<void> => {
  const built = existsSync(join(root, 'dashboard', 'dist', 'index.html'));
  if (!built) say('building', {}, 'Building the screens (first start only) …');
  await run(process.execPath, [join(root, 'tools/build-dashboard.ts')], { cwd: root });
};

type Start = { readonly nodeArgs: readonly string[]; readonly env: NodeJS.ProcessEnv };

/** A gateway is a 1 GB box: as `npm run gateway` starts it. */
const lean: Start = {
  nodeArgs: ['--max-semi-space-size=4'],
  env: { ...process.env, MALLOC_ARENA_MAX: '2' },
};

const makePrograms = (
  files: DemoFiles,
  options: DemoOptions,
  { say, ...hears }: { readonly say: Say } & Pick<ProgramOptions, 'onStart' | 'onMessage'>,
) => {
  const program = (
    name: string,
    folder: string,
    config: string,
    start: Start = { nodeArgs: [], env: process.env },
  ): Program =>
    createProgram({
      ...start,
      name,
      file: join(root, folder, 'src', 'main.ts'),
      args: ['--config', config],
      logFile: join(options.dataDir, 'logs', `${name}.log`),
      ...hears,
      onEnd: (why) => {
        say('ended', { program: name, why }, `${name} ${why}; starting it again`);
      },
    });
  return {
    cloud: program('cloud', 'cloud', files.cloud),
    simulator: program('simulator', 'firmware-sim', files.simulator),
    gateways: files.gateways.map(({ id, file }) => program(id, 'gateway', file, lean)),
  };
};

const start = async (
  options: DemoOptions,
  say: Say,
  begun: number,
): Promise<() => Promise<void>> => {
  const unlock = await holdLock(options.dataDir);
  const leftovers = createLeftovers(options.dataDir);
  await leftovers.gone();
  await mkdir(join(options.dataDir, 'logs'), { recursive: true });
  await requirePorts(options);
  // Beside the plan and the certificates; the cloud serves what it finds when it starts.
  const built = buildDashboard(say);
  built.catch(() => undefined);
  const isNew = !existsSync(join(options.dataDir, 'cloud'));
  const plan = await loadPlan(options);
  const [broker = 0, listener = 0, control = 0, claim = 0, ...devices] = await freePorts(
    4 + plan.devices.length,
    [options.port, options.lanPort],
  );
  const files = await writeConfigs({
    options,
    plan,
    ports: { broker, listener, control, claim, devices },
  });
  await issueCertificates(files);
  const onStart = (): void => leftovers.remember(all.flatMap((each) => each.pid() ?? []));
  const lan = createLanNotice(say, process.stdout.isTTY);
  const { cloud, simulator, gateways } = makePrograms(files, options, {
    say,
    onStart,
    onMessage: lan.hear,
  });
  const all = [simulator, ...gateways, cloud];
  const traffic: { readonly stop: () => void }[] = [];
  const stopAll = async (): Promise<void> => {
    for (const each of traffic) each.stop();
    // Gateways first: their doors are still there, and what they say last finds its cloud.
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await Promise.all([simulator.stop(), cloud.stop()]);
    await leftovers.forget();
    await unlock();
  };
  try {
    await Promise.all([built.then(() => cloud.start()), simulator.start()]);
    await Promise.all(gateways.map((gateway) => gateway.start()));
  } catch (error) {
    await stopAll();
    throw error;
  }
  const counters = openCounters(options.dataDir, { isNew });
  const { seed, traffic: kind } = options;
  traffic.push(startTraffic({ plan, control, seed, kind, counters }));
  const url = `http://localhost:${options.port}`;
  const ms = Math.round(performance.now() - begun);
  const pids = Object.fromEntries(all.map((program, i) => [names(files)[i] ?? '', program.pid()]));
  say(
    'ready',
    { url, ms, control, pids, config: join(options.dataDir, 'config') },
    `\nGatehouse 门房 · the demo campus runs on ${url}  (${(ms / 1000).toFixed(1)} s)\n` +
      `  Choose who you are there: a guard at the console, a student with a phone.\n` +
      `  Readers take codes from about half a minute after a first start on.\n` +
      `  Data and logs: ${options.dataDir}   Ctrl-C stops everything.\n`,
  );
  lan.open();
  return stopAll;
};

const names = (files: DemoFiles): readonly string[] => [
  'simulator',
  ...files.gateways.map(({ id }) => id),
  'cloud',
];

const main = async (): Promise<void> => {
  const begun = performance.now() - process.uptime() * 1000;
  if (process.argv.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const parsed = parseDemoOptions(process.argv.slice(2), join(root, '.data', 'demo'));
  const options = { ...parsed, dataDir: resolve(parsed.dataDir) };
  const say = sayer(options.json);
  await mkdir(options.dataDir, { recursive: true, mode: 0o755 });
  const stopAll = await start(options, say, begun);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    say('stopping', {}, 'Stopping …');
    void stopAll().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
