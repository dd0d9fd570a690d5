/**
 * `npm run bench -- NAME [--json]`: measures one thing against a limit taken in the same run.
 * Exit: 0 aims met, 1 missed or broken, 2 no such bench.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { benchTable, isBenchModule, isBenchResult, readable } from './bench-result.ts';
import { root } from './run.ts';

const args = process.argv.slice(2);
const json = args.includes('--json');
const name = args.find((arg) => !arg.startsWith('--'));

const main = async (): Promise<number> => {
  const path = benchTable.find((row) => row.name === name)?.path;
  if (path === undefined) {
    console.error(name === undefined ? 'Name a bench.' : `There is no bench '${name}'.`);
    for (const row of benchTable) console.error(`  ${row.name.padEnd(10)} ${row.measures}`);
    return 2;
  }
  const module: unknown = await import(pathToFileURL(join(root, path)).href);
  if (!isBenchModule(module)) throw new Error(`${path} must export bench(): Promise<BenchResult>`);
  const result = await module.bench();
  if (!isBenchResult(result)) throw new Error(`${path} returned what is no BenchResult`);
  console.log(readable(result));
  if (json) console.log(JSON.stringify(result));
  return result.met ? 0 : 1;
};

process.exitCode = await main();
