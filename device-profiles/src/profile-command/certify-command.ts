import { carriedCommands } from '../check/plain-wires.ts';
import { certificateLines, certificateOf, fail } from '../certify/certificate.ts';
import type { Certificate } from '../certify/certificate.ts';
import { certifyLive, certifySimulated } from '../certify/certify.ts';
import type { Candidate } from '../certify/certify.ts';
import { checkedProfile } from '../checked-profile.ts';
import { faultText } from '../checked-yaml.ts';
import { own } from '../language/values.ts';
import { parsedArgs } from './arguments.ts';
import { deviceWire } from './device-wire.ts';
import type { DeviceWire } from './device-wire.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { goodProfile, idOf, namedModels } from './profiles.ts';

const flagTable = {
  all: 'boolean',
  json: 'boolean',
  live: 'value',
  baud: 'value',
  unit: 'value',
  binding: 'value',
  param: 'value',
  commands: 'value',
  seconds: 'value',
} as const;

const secondsMax = 3600;
const unitMax = 247;

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, flagTable);
  if (parsed === undefined) return exitCodes.usage;
  const { names, flags } = parsed;
  const wrong = wrongFlags(names, flags);
  if (wrong !== undefined) {
    ports.complain(wrong);
    return exitCodes.usage;
  }
  const certificates = flags.has('live')
    ? await liveCertificate(ports, names, flags)
    : await simulatedCertificates(ports, names, flags.has('all'));
  if (certificates === undefined) return exitCodes.faulty;
  if (flags.has('json')) ports.print(JSON.stringify(documentOf(ports, certificates), undefined, 2));
  else for (const line of certificates.flatMap(certificateLines)) ports.print(line);
  return certificates.every(({ good }) => good) ? exitCodes.good : exitCodes.faulty;
};

const wrongFlags = (
  names: readonly string[],
  flags: ReadonlyMap<string, string>,
): string | undefined => {
  const number = (name: string, max: number): boolean => {
    const value = Number(flags.get(name) ?? 1);
    return Number.isInteger(value) && value >= 0 && value <= max;
  };
  if ((names.length === 0) === !flags.has('all')) return 'Name ids or files, or --all';
  const isLive = flags.has('live');
  if (isLive && names.length !== 1) return '--live is one unit: name its profile';
  const onlyLive = ['baud', 'unit', 'commands', 'seconds', 'binding', 'param'];
  const stray = onlyLive.find((name) => flags.has(name));
  if (!isLive && stray !== undefined) return `--${stray} belongs to --live`;
  if (!number('seconds', secondsMax)) return `--seconds needs a number up to ${secondsMax}`;
  if (!number('unit', unitMax)) return `--unit needs a number up to ${unitMax}`;
  return number('baud', 4_000_000) ? undefined : '--baud needs a number';
};

const simulatedCertificates = async (
  ports: CommandPorts,
  names: readonly string[],
  all: boolean,
): Promise<readonly Certificate[] | undefined> => {
  const models = await namedModels(ports, names, all);
  if (models === undefined) return undefined;
  const ours = new Set((await ports.models()).map(({ name }) => name));
  const broken: Certificate[] = [];
  const candidates: Candidate[] = [];
  for (const model of models) {
    const checked = checkedProfile(model.text, model.name);
    if (checked.ok) {
      const file = ours.has(model.name) ? undefined : ports.absolute(model.name);
      candidates.push({ profile: checked.value, file });
      continue;
    }
    const checks = checked.faults.map((fault) => fail('schema', faultText(fault)));
    broken.push(certificateOf({ id: idOf(model), profile: '', where: 'SIMULATED', checks }));
  }
  if (candidates.length === 0) return broken;
  return [...broken, ...(await certifySimulated(ports.bench, candidates))];
};

const liveCertificate = async (
  ports: CommandPorts,
  names: readonly string[],
  flags: ReadonlyMap<string, string>,
): Promise<readonly Certificate[] | undefined> => {
  const [model] = (await namedModels(ports, names, false)) ?? [];
  const profile = model === undefined ? undefined : goodProfile(ports, model);
  const wire = profile === undefined ? undefined : deviceWire(ports, profile, flags);
  if (wire === undefined) return undefined;
  const wanted = (flags.get('commands') ?? '').split(',').filter((name) => name !== '');
  const commands = await agreedCommands(ports, wire, wanted);
  if (commands === undefined) return undefined;
  const numberOf = (name: string): number | undefined =>
    flags.has(name) ? Number(flags.get(name)) : undefined;
  const certificate = await certifyLive(ports.bench, wire.profile, {
    port: flags.get('live') ?? '',
    baud: numberOf('baud'),
    unit: numberOf('unit'),
    binding: wire.binding,
    codec: wire.codec,
    commands,
    listenMs: 1000 * (numberOf('seconds') ?? 0),
  });
  return [certificate];
};

/** What moves a door or money is asked for twice; without a person it is not sent. */
const agreedCommands = async (
  ports: CommandPorts,
  { profile, binding }: DeviceWire,
  wanted: readonly string[],
): Promise<readonly string[] | undefined> => {
  const agreed: string[] = [];
  for (const name of wanted) {
    const entry = own(profile.model.commands, name);
    const carried = carriedCommands(profile, binding);
    if (entry === undefined || !carried.includes(name)) {
      ports.complain(`${name} is no command of ${profile.id} on ${binding}`);
      return undefined;
    }
    const question = graveQuestions[entry.class];
    if (question === undefined || (await saysYesTwice(ports, name, question))) agreed.push(name);
    else ports.complain(`${name} is not sent: nobody said yes twice`);
  }
  return agreed;
};

const graveQuestions: Readonly<Record<string, string>> = {
  door: 'moves a real door',
  money: 'moves real money',
};

const saysYesTwice = async (
  { bench }: CommandPorts,
  name: string,
  what: string,
): Promise<boolean> => {
  const first = await bench.ask(`${name} ${what}. Type yes to send it: `);
  if (first?.trim() !== 'yes') return false;
  const second = await bench.ask(`Nobody is in its way or pays? Type ${name} to send it now: `);
  return second?.trim() === name;
};

/** For machines: the same for every run but the time. */
const documentOf = ({ bench }: CommandPorts, certificates: readonly Certificate[]): object => ({
  certificate: 1,
  at: bench.date(),
  good: certificates.every(({ good }) => good),
  profiles: certificates,
});

export const certifyCommand: Subcommand = {
  name: 'certify',
  usage:
    '<id or file …> | --all  [--json]\n' +
    '    certify <id or file> --live <path or tcp://host:port> [--baud N] [--unit N]\n' +
    '      [--binding NAME] [--param NAME=VALUE,…] [--commands NAME,…] [--seconds N] [--json]',
  what: 'what is shown of a profile and what is not: on paper, on the simulator, or on a live unit',
  run,
};
