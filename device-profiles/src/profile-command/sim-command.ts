import { stringify } from 'yaml';
import { sampleParams } from '../check/compiled-rules.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { findModel, goodProfile, idOf } from './profiles.ts';

const portMax = 65_535;

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, { tcp: 'value', pty: 'value' });
  const [name, ...more] = parsed?.names ?? [];
  const tcp = Number(parsed?.flags.get('tcp') ?? 0);
  if (parsed === undefined || name === undefined || more.length > 0) {
    if (parsed !== undefined) ports.complain('Name one id or file');
    return exitCodes.usage;
  }
  if (!Number.isInteger(tcp) || tcp < 0 || tcp > portMax) {
    ports.complain(`--tcp needs a port from 0 (any) to ${portMax}`);
    return exitCodes.usage;
  }
  const model = await findModel(ports, name);
  if (model === undefined) {
    ports.complain(`${name} is no file and no id of the catalogue`);
    return exitCodes.faulty;
  }
  const profile = goodProfile(ports, model);
  if (profile === undefined) return exitCodes.faulty;
  const isOurs = (await ports.models()).some((ours) => idOf(ours) === name);
  const pty = parsed.flags.get('pty');
  return ports.simulate(
    configOf(profile, {
      tcp,
      pty: pty === undefined ? undefined : ports.absolute(pty),
      file: isOurs ? undefined : ports.absolute(model.name),
    }),
  );
};

type Where = {
  readonly tcp: number;
  readonly pty: string | undefined;
  /** Of a profile outside of the catalogue. */
  readonly file: string | undefined;
};

/** The configuration of a simulator with this one device. */
export const configOf = (profile: DeviceProfile, { tcp, pty, file }: Where): string => {
  const params = sampleParams(profile);
  return stringify({
    control: '127.0.0.1:0',
    ...(file === undefined ? {} : { profileFiles: [file] }),
    devices: [
      {
        id: profile.id,
        profile: profile.id,
        listen: `tcp://127.0.0.1:${tcp}`,
        ...(pty === undefined ? {} : { pty }),
        ...(Object.keys(params).length === 0 ? {} : { params }),
      },
    ],
  });
};

export const simCommand: Subcommand = {
  name: 'sim',
  usage: '<id or file> [--tcp PORT] [--pty PATH]',
  what: 'plays the device on a real wire, until it is interrupted',
  run,
};
