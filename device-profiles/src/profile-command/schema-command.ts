import { profileSchema } from '../profile-schema.ts';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { Subcommand } from './ports.ts';

export const schemaCommand: Subcommand = {
  name: 'schema',
  usage: '',
  what: 'prints the JSON Schema of the language, for completion in an editor',
  run: (ports, args) => {
    if (parsedArgs(ports, args, {}) === undefined) return Promise.resolve(exitCodes.usage);
    ports.print(profileSchema());
    return Promise.resolve(exitCodes.good);
  },
};
