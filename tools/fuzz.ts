/**
 * `npm run fuzz -- [--seconds N] [--seed S]`: feeds every decoder with hostile bytes. The same seed
 * makes the same inputs. Exit: 0 all laws hold, 1 one broke (its input is printed), 2 bad usage.
 */
import { parseArgs } from 'node:util';
import type { FuzzReport } from './fuzz/runner.ts';
import { fuzzTargets } from './fuzz/targets.ts';
import { runWatched } from './fuzz/watched.ts';

const secondsDefault = 60;
const nameChars = 58;

const { values: options } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' } },
});
const seconds = Number(options.seconds ?? secondsDefault);
const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));

const shorten = (name: string): string =>
  (name.length > nameChars ? `${name.slice(0, nameChars - 1)}…` : name).padEnd(nameChars);

const rowOf = ({ target, inputs, bytes, faults, worstUs }: FuzzReport): string => {
  const codes = Object.entries(faults)
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
  const numbers = [inputs, bytes, Math.round(worstUs)].map((n) => String(n).padStart(10));
  return `${shorten(target)}${numbers.join('')}  ${codes}`;
};

const main = async (): Promise<number> => {
  if (!(seconds > 0) || !Number.isInteger(seed)) {
    console.error('--seconds is a number above 0, --seed a whole number');
    return 2;
  }
  console.log(`seed ${seed}, ${fuzzTargets.length} decoders, ${seconds} s`);
  console.log(`${'decoder'.padEnd(nameChars)}    inputs     bytes  worst µs  faults`);
  let failures = 0;
  let reports = 0;
  await runWatched(
    { seed, seconds },
    {
      onReport: (report) => {
        reports += 1;
        console.log(rowOf(report));
        const { failure } = report;
        if (failure === undefined) return;
        failures += 1;
        console.error(`  BROKEN ${failure.what} (seed ${seed}, input ${report.inputs})`);
        console.error(`  ${failure.hex || '(no bytes)'} cut at [${failure.cuts.join(', ')}]`);
        console.error(`  ${failure.isAlone ? 'this input alone' : 'only after the inputs before'}`);
      },
      onHang: (target, hex) => {
        failures += 1;
        console.error(
          `  BROKEN ${fuzzTargets[target]?.name ?? 'start'} hangs (seed ${seed})\n  ${hex}`,
        );
      },
    },
  );
  console.log(failures === 0 ? 'all laws hold' : `${failures} broken`);
  return failures === 0 && reports === fuzzTargets.length ? 0 : 1;
};

process.exitCode = await main();
