import { captureCommand } from './capture-command.ts';
import { certifyCommand } from './certify-command.ts';
import { checkCommand } from './check-command.ts';
import { diffCommand } from './diff-command.ts';
import { docsCommand } from './docs-command.ts';
import { newCommand } from './new-command.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { replayCommand } from './replay-command.ts';
import { schemaCommand } from './schema-command.ts';
import { simCommand } from './sim-command.ts';
import { testCommand } from './test-command.ts';
import { vectorsCommand } from './vectors-command.ts';

/** Everything that `npm run profile --` can do. */
export const subcommands: readonly Subcommand[] = [
  newCommand,
  checkCommand,
  testCommand,
  simCommand,
  captureCommand,
  vectorsCommand,
  replayCommand,
  diffCommand,
  certifyCommand,
  docsCommand,
  schemaCommand,
];

const usageText = (): string =>
  [
    'npm run profile -- COMMAND …    (the language: docs/profiles.md)',
    '',
    ...subcommands.flatMap(({ name, usage, what }) => [`  ${name} ${usage}`, `      ${what}`]),
  ].join('\n');

/** @returns the exit code */
export const runProfileCommand = async (
  ports: CommandPorts,
  [name, ...args]: readonly string[],
): Promise<number> => {
  if (name === undefined || name === '--help' || name === 'help') {
    ports.print(usageText());
    return name === undefined ? exitCodes.usage : exitCodes.good;
  }
  const command = subcommands.find((row) => row.name === name);
  if (command === undefined) {
    ports.complain(`${name} is no command\n\n${usageText()}`);
    return exitCodes.usage;
  }
  if (args.includes('--help')) {
    ports.print(`npm run profile -- ${name} ${command.usage}\n    ${command.what}`);
    return exitCodes.good;
  }
  return command.run(ports, args);
};
