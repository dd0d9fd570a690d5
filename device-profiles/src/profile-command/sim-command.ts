import { stringify } from 'yaml';
import { sampleParams } from '../check/compiled-rules.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { findModel, goodProfile, idOf } from './profiles.ts';

const portMax = 65_535;

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const flags = { tcp: 'value', pty: 'value', push: 'value', secret: 'value' } as const;
  const parsed = parsedArgs(ports, args, flags);
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
  const wire = wireOf(ports, profile, { tcp, flags: parsed.flags });
  if (wire === undefined) {
    ports.complain(
      `${profile.id} asks by HTTP: where (--push URL), and with what (--secret TEXT)?`,
    );
    return exitCodes.usage;
  }
  const file = isOurs ? undefined : ports.absolute(model.name);
  return ports.simulate(configOf(profile, { wire, file }));
};

type Wire =
  | { readonly listen: string; readonly pty?: string }
  | { readonly asks: string; readonly secret: string };

const isPushing = ({ bindings }: DeviceProfile): boolean =>
  Object.values(bindings).every(({ transport }) => transport === 'http-push');

/** Undefined for a head that asks and was not told whom. */
const wireOf = (
  ports: CommandPorts,
  profile: DeviceProfile,
  { tcp, flags }: { readonly tcp: number; readonly flags: ReadonlyMap<string, string> },
): Wire | undefined => {
  const pty = flags.get('pty');
  const asks = flags.get('push');
  const secret = flags.get('secret');
  if (!isPushing(profile)) {
    const listen = `tcp://127.0.0.1:${tcp}`;
    return pty === undefined ? { listen } : { listen, pty: ports.absolute(pty) };
  }
  return asks === undefined || secret === undefined ? undefined : { asks, secret };
};

type Where = {
  readonly wire: Wire;
  /** Of a profile outside of the catalogue. */
  readonly file: string | undefined;
};

/** The configuration of a simulator with this one device. */
export const configOf = (profile: DeviceProfile, { wire, file }: Where): string => {
  const params = sampleParams(profile);
  return stringify({
    control: '127.0.0.1:0',
    ...(file === undefined ? {} : { profileFiles: [file] }),
    devices: [
      {
        id: profile.id,
        profile: profile.id,
        ...wire,
        ...(Object.keys(params).length === 0 ? {} : { params }),
      },
    ],
  });
};

export const simCommand: Subcommand = {
  name: 'sim',
  usage: '<id or file> [--tcp PORT] [--pty PATH] [--push URL --secret TEXT]',
  what: 'plays the device on a real wire, until it is interrupted',
  run,
};
