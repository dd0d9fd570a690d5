/**
 * `npm test`: everything, on a bare machine too. What the system suites need is installed where
 * that is ours to do (root on Debian); elsewhere each suite that is left out is named.
 * The last line is `N passed, N failed, N skipped`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDashboardIfStale } from './dashboard.ts';
import { findPrograms, missingPackages } from './programs.ts';
import { bin, root, run } from './run.ts';
import { findSystemSuites, lacking } from './suites.ts';
import type { SystemSuite } from './suites.ts';
import { closingLine, isGood, tallyOf } from './tally.ts';
import type { Report } from './tally.ts';

const filters = process.argv.slice(2);
const inCi = process.env['CI'] === 'true';

const canInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');

const installMissing = async (suites: readonly SystemSuite[]): Promise<void> => {
  const packages = missingPackages(new Set(suites.flatMap(({ needs }) => needs)), findPrograms());
  if (packages.length === 0) return;
  if (!canInstall()) {
    console.log(`Missing here (Debian: apt-get install ${packages.join(' ')}).`);
    return;
  }
  console.log(`Installing what the system tests need: ${packages.join(', ')} …`);
  // In run level 1 a package does not start its daemon: the tests start their own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (...args: string[]) =>
    run(['/usr/bin/apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      output: 'keep',
      env,
    });
  const update = await aptGet('update');
  const install = await aptGet('install', '-y', '--no-install-recommends', ...packages);
  if (install.code !== 0) {
    console.log(`apt-get could not install them:\n${update.output}${install.output}`);
  }
};

/** One loud line for each suite that vitest.config.ts leaves out. */
const leftOutLines = (suites: readonly SystemSuite[]): readonly string[] => {
  const programs = findPrograms();
  return suites
    .map(({ path, needs }) => ({ path, missing: lacking({ path, needs }, programs) }))
    .filter(({ missing }) => missing.length > 0)
    .map(({ path, missing }) => `SKIPPED ${path}: this machine has no ${missing.join(', ')}`);
};

const runVitest = async (): Promise<{ code: number; report: Report | undefined }> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const { code } = await run(
      bin(
        'vitest',
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${reportPath}`,
        ...filters,
      ),
      { output: 'show' },
    );
    if (!existsSync(reportPath)) return { code, report: undefined };
    // vitest's own format, written a moment ago by the version of our lock file.
    return { code, report: JSON.parse(readFileSync(reportPath, 'utf8')) as Report };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const main = async (): Promise<void> => {
  const suites = findSystemSuites(root).filter(
    ({ path }) => filters.length === 0 || filters.some((filter) => path.includes(filter)),
  );
  await installMissing(suites);
  const built = await buildDashboardIfStale();
  const { code, report } = await runVitest();
  const leftOut = leftOutLines(suites);
  for (const line of leftOut) console.log(line);
  if (!built) console.log('FAILED the dashboard could not be built');
  const tally = tallyOf(report, built ? code : 1, leftOut.length);
  if (inCi && tally.skipped > 0) console.log('With CI=true a skipped test is a failure.');
  console.log(closingLine(tally));
  process.exitCode = isGood(tally, inCi) ? 0 : 1;
};

await main();
