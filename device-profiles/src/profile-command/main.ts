/** `npm run profile -- COMMAND …`: checks, tests and plays device profiles. */
import { createBench } from '../adapters/bench.ts';
import { readModelFiles } from '../adapters/model-files.ts';
import { readProfileFile } from '../adapters/profile-file.ts';
import { runSimulator } from '../adapters/simulator.ts';
import { resolve } from 'node:path';
import { runProfileCommand } from './commands.ts';

/** npm runs us in the folder of the repository; paths are meant from where the person is. */
const startedIn = process.env['INIT_CWD'] ?? process.cwd();
const absolute = (path: string): string => resolve(startedIn, path);

process.exitCode = await runProfileCommand(
  {
    print: (text) => console.log(text),
    complain: (text) => console.error(text),
    models: readModelFiles,
    read: (path) => readProfileFile(absolute(path)),
    simulate: runSimulator,
    absolute,
    bench: createBench(absolute),
  },
  process.argv.slice(2),
);
