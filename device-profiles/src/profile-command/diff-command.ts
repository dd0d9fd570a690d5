import { diffProfiles } from '../diff/diff-profiles.ts';
import type { ProfileDiff } from '../diff/diff-profiles.ts';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { goodProfile, namedModels } from './profiles.ts';

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, { json: 'boolean' });
  if (parsed === undefined) return exitCodes.usage;
  if (parsed.names.length !== 2) {
    ports.complain('Name two: the old version and the new one');
    return exitCodes.usage;
  }
  const models = await namedModels(ports, parsed.names, false);
  const [a, b] = (models ?? []).map((model) => goodProfile(ports, model));
  if (a === undefined || b === undefined) return exitCodes.faulty;
  const diff = diffProfiles(a, b);
  if (parsed.flags.has('json')) ports.print(JSON.stringify(diff, undefined, 2));
  else for (const line of diffLines(diff)) ports.print(line);
  return diff.isEnough ? exitCodes.good : exitCodes.faulty;
};

const diffLines = ({ from, to, changes, demands, ...rest }: ProfileDiff): readonly string[] => {
  const { atLeast, isEnough, proof } = rest;
  const proved = `${proof.same} of ${proof.run} old vectors come out the same`;
  const verdict =
    demands === undefined
      ? `They say the same; ${proved}`
      : `This is a ${demands} change: ${atLeast} or more after ${from}; ${proved}`;
  return [
    ...changes.map(({ level, path, what }) => `${level}  ${path}  ${what}`),
    verdict,
    `${isEnough ? '✓' : '✗'} ${from} → ${to}`,
  ];
};

export const diffCommand: Subcommand = {
  name: 'diff',
  usage: '<old id or file> <new id or file> [--json]',
  what: 'says what changes for those who rely on a profile, and which version number it demands',
  run,
};
