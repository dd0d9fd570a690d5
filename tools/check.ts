/**
 * `npm run check`: what must hold before every commit. Steps run in two lanes; the first that fails
 * ends the others, and its output is what you see.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run, script, seconds } from './run.ts';
import type { Outcome } from './run.ts';

type Step = { readonly name: string; readonly run: (signal: AbortSignal) => Promise<Outcome> };

const limitMs = 90_000;
const stepLimitMs = 5 * 60_000;
const campusPath = 'firmware-sim/src/campus/main.ts';

const keep = (command: Parameters<typeof run>[0]) => (signal: AbortSignal) =>
  run(command, { output: 'keep', signal, timeLimitMs: stepLimitMs });

const staleReport = async (): Promise<string> => {
  try {
    // Loaded late: it loads our own packages, and one that is broken must not stop the other steps.
    const { findStale } = await import('./generated.ts');
    const stale = await findStale();
    return stale.map((file) => `${file} is not what its source makes: npm run fix\n`).join('');
  } catch (error) {
    return `The generated files cannot be made: ${String(error)}\n`;
  }
};

const generatedStep = async (): Promise<Outcome> => {
  const startedAt = performance.now();
  const output = await staleReport();
  return { code: output === '' ? 0 : 1, output, tookMs: performance.now() - startedAt };
};

const campusSteps: readonly Step[] = existsSync(join(root, campusPath))
  ? [{ name: 'campus seeds', run: keep(script(campusPath, '--seeds', '1-20')) }]
  : [];

/** Longest first, so that the lanes end at about the same time. */
const steps: readonly Step[] = [
  { name: 'lint', run: keep(bin('eslint', '--max-warnings=0', '.')) },
  { name: 'types', run: keep(bin('tsc', '--noEmit', '-p', '.')) },
  { name: 'tidy', run: keep(bin('vitest', 'run', '--project', 'unit', 'tidy.test.ts')) },
  {
    name: 'unit',
    run: keep(bin('vitest', 'run', '--project', 'unit', '--exclude', 'tidy.test.ts')),
  },
  ...campusSteps,
  { name: 'format', run: keep(bin('prettier', '--check', '--cache', '.')) },
  { name: 'generated', run: generatedStep },
];

const main = async (): Promise<number> => {
  const startedAt = performance.now();
  const abort = new AbortController();
  const waiting = [...steps];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const { code, output, tookMs } = await step.run(abort.signal);
      if (abort.signal.aborted) return;
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${step.name.padEnd(13)} ${seconds(tookMs)}`);
      if (code === 0) continue;
      abort.abort();
      console.log(`\n${output.trimEnd()}\n`);
      return;
    }
  };
  await Promise.all([lane(), lane()]);
  const tookMs = performance.now() - startedAt;
  const slow = tookMs > limitMs ? `, over the limit of ${seconds(limitMs)}` : '';
  console.log(
    `${abort.signal.aborted ? 'check failed' : 'all good'} after ${seconds(tookMs)}${slow}`,
  );
  return abort.signal.aborted ? 1 : 0;
};

process.exitCode = await main();
