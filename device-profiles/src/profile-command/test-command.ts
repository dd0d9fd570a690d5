import type { DeviceProfile } from '../language/profile.ts';
import type { VectorReport, VectorResult } from '../vectors/report.ts';
import { runVectors } from '../vectors/run-vectors.ts';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { goodProfile, namedModels } from './profiles.ts';

type Tested = {
  readonly file: string;
  readonly profile: DeviceProfile | undefined;
  readonly report: VectorReport | undefined;
};

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, { all: 'boolean', json: 'boolean' });
  if (parsed === undefined) return exitCodes.usage;
  const { names, flags } = parsed;
  if ((names.length === 0) === !flags.has('all')) {
    ports.complain('Name ids or files, or --all');
    return exitCodes.usage;
  }
  const models = await namedModels(ports, names, flags.has('all'));
  if (models === undefined) return exitCodes.faulty;
  const tested = models.map((model): Tested => {
    const profile = goodProfile(ports, model);
    const report = profile === undefined ? undefined : runVectors(profile);
    return { file: model.name, profile, report };
  });
  if (flags.has('json')) ports.print(JSON.stringify(tested.map(jsonOf), undefined, 2));
  else for (const one of tested) printTested(ports, one);
  return tested.every(isGood) ? exitCodes.good : exitCodes.faulty;
};

const isGood = ({ report }: Tested): boolean =>
  report?.coverage.missing.length === 0 && report.results.every(({ ok }) => ok);

const jsonOf = (tested: Tested): object => ({
  file: tested.file,
  id: tested.profile?.id,
  profile: tested.profile?.profile,
  good: isGood(tested),
  results: tested.report?.results ?? [],
  coverage: tested.report?.coverage,
});

const printTested = (ports: CommandPorts, { file, profile, report }: Tested): void => {
  if (profile === undefined || report === undefined) {
    ports.print(`✗ ${file} breaks a rule: see above`);
    return;
  }
  const { results, coverage } = report;
  ports.print(`${profile.id} ${profile.profile}`);
  for (const result of results) for (const line of resultLines(result)) ports.print(line);
  const failed = results.filter(({ ok }) => !ok).length;
  for (const { path, why } of coverage.missing) ports.print(`  ✗ ${path}: ${why}`);
  ports.print(
    `  ${results.length - failed} of ${results.length} vectors hold, ` +
      `${coverage.covered} of ${coverage.needed} covered`,
  );
};

const resultLines = (result: VectorResult): readonly string[] => {
  const { ok, index, binding, title, source, expected, got } = result;
  const head = `  ${ok ? '✓' : '✗'} ${index} ${binding} ${title}  (${source})`;
  return ok ? [head] : [head, `      expected  ${expected}`, `      got       ${got}`];
};

export const testCommand: Subcommand = {
  name: 'test',
  usage: '<id or file …> | --all  [--json]',
  what: 'runs the vectors in both directions and lists what none of them proves',
  run,
};
