/** `npm run sim -- --config FILE`: simulated devices on real wires. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkedProfile, faultText, loadCatalogue, ProfileError } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { systemClock } from './adapters/clock.ts';
import { askHttp } from './adapters/http-client.ts';
import { serveHttp } from './adapters/http-server.ts';
import { openPty } from './adapters/pty-wire.ts';
import { listenTcp } from './adapters/tcp-wire.ts';
import { parseSimConfig, profileFilesOf } from './config.ts';
import type { SimConfig } from './config.ts';
import { SimError } from './errors.ts';
import { createSim } from './sim.ts';
import type { Sim, SimReady } from './sim.ts';

const usage = 'npm run sim -- --config FILE    (see firmware-sim/README.md; examples/sim.yaml)';

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SimError('SIM_CONFIG', `${file} cannot be read`, { cause });
  });

const readProfile = async (file: string): Promise<DeviceProfile> => {
  const checked = checkedProfile(await readText(file), file);
  if (checked.ok) return checked.value;
  throw new SimError('SIM_CONFIG', `\n${checked.faults.map(faultText).join('\n')}`);
};

const readConfig = async (file: string): Promise<SimConfig> => {
  const text = await readText(file);
  const at = (path: string): string => resolve(dirname(file), path);
  const catalogue = new Map(await loadCatalogue());
  for (const path of profileFilesOf(text, file)) {
    const profile = await readProfile(at(path));
    catalogue.set(profile.id, profile);
  }
  const config = parseSimConfig(text, file, catalogue);
  return {
    ...config,
    lines: config.lines.map((line) => ({
      ...line,
      pty: line.pty === undefined ? undefined : at(line.pty),
    })),
  };
};

const announce = (ready: SimReady): void => {
  if (process.send !== undefined) {
    if (process.connected) process.send({ ready: true, ...ready });
    return;
  }
  for (const { id, listen, pty } of ready.devices) {
    console.log(`${id.padEnd(24)} ${[listen, pty].filter(Boolean).join('  ')}`);
  }
  console.log(`ready: ${ready.devices.length} devices, control ${ready.control}/devices`);
};

/** Every way in which this program is asked to end; asked twice, it ends at once. */
const stopWhenAsked = (sim: Sim): void => {
  let asked = false;
  const stop = (): void => {
    if (asked) process.exit(1);
    asked = true;
    void sim.stop().then(() => {
      if (process.connected) process.disconnect();
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.once('disconnect', () => {
    if (!asked) stop();
  });
  // It may have gone while we started.
  if (process.send !== undefined && !process.connected) stop();
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true || values.config === undefined) {
    console.log(usage);
    if (values.help !== true) process.exitCode = 1;
    return;
  }
  const ports = { clock: systemClock, listenTcp, openPty, serveHttp, askHttp };
  const sim = createSim(ports, await readConfig(values.config));
  const ready = await sim.start();
  stopWhenAsked(sim);
  announce(ready);
};

const explain = (error: unknown): unknown => {
  if (error instanceof SimError || error instanceof ProfileError) {
    return `${error.code} ${error.message}\n${error.remedy}`;
  }
  const isUsage = error instanceof TypeError && /^ERR_PARSE_ARGS/.test(String(codeOf(error)));
  return isUsage ? `${error.message}\n${usage}` : error;
};

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined);

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  console.error(explain(error));
  if (process.connected) process.disconnect();
}
