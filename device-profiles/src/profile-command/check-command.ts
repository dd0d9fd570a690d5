import { catalogueOf, idOfFile } from '../catalogue.ts';
import { ProfileError } from '../errors.ts';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { goodProfile, namedModels } from './profiles.ts';

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, { all: 'boolean' });
  if (parsed === undefined) return exitCodes.usage;
  const { names, flags } = parsed;
  if ((names.length === 0) === !flags.has('all')) {
    ports.complain('Name files or ids, or --all');
    return exitCodes.usage;
  }
  const models = await namedModels(ports, names, flags.has('all'));
  if (models === undefined) return exitCodes.faulty;
  let faulty = 0;
  for (const model of models) {
    const profile = goodProfile(ports, model);
    if (profile === undefined) faulty += 1;
    else ports.print(`✓ ${model.name}  ${profile.id} ${profile.profile}`);
    if (profile !== undefined && idOfFile(model.name) !== profile.id) {
      ports.print(`  the catalogue takes it only as ${profile.id}.yaml`);
    }
  }
  if (faulty === 0 && flags.has('all')) {
    try {
      catalogueOf(models);
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      ports.complain(error.message);
      return exitCodes.faulty;
    }
  }
  ports.print(`${models.length - faulty} good, ${faulty} faulty`);
  return faulty === 0 ? exitCodes.good : exitCodes.faulty;
};

export const checkCommand: Subcommand = {
  name: 'check',
  usage: '<file or id …> | --all',
  what: 'says what is wrong with a profile, with file:line:column and how to mend it',
  run,
};
