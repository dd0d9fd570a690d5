import { withVectors, vectorsText } from '../capture/appended-vectors.ts';
import { vectorsOf } from '../capture/capture-vectors.ts';
import type { FromCapture } from '../capture/capture-vectors.ts';
import { checkedProfile } from '../checked-profile.ts';
import { faultText } from '../checked-yaml.ts';
import type { Gap } from '../vectors/report.ts';
import { runVectors } from '../vectors/run-vectors.ts';
import { parsedArgs } from './arguments.ts';
import { readCapture } from './capture-reader.ts';
import { deviceWire } from './device-wire.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { findModel, goodProfile, idOf } from './profiles.ts';

const flagTable = { profile: 'value', binding: 'value', param: 'value', write: 'boolean' } as const;

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, flagTable);
  const name = parsed?.flags.get('profile');
  const [path, ...more] = parsed?.names ?? [];
  if (parsed === undefined || name === undefined || path === undefined || more.length > 0) {
    if (parsed !== undefined) ports.complain('Name one capture, and --profile');
    return exitCodes.usage;
  }
  const writes = parsed.flags.has('write');
  const isOurs = (await ports.models()).some((ours) => idOf(ours) === name);
  if (writes && isOurs) {
    ports.complain('--write needs the file of the profile, not its id');
    return exitCodes.usage;
  }
  const model = await findModel(ports, name);
  if (model === undefined) {
    ports.complain(`${name} is no file and no id of the catalogue`);
    return exitCodes.faulty;
  }
  const profile = goodProfile(ports, model);
  const capture = await readCapture(ports, path);
  if (profile === undefined || capture === undefined) return exitCodes.faulty;
  const wire = deviceWire(ports, profile, parsed.flags, capture.header.binding);
  if (wire === undefined) return exitCodes.faulty;
  const found = vectorsOf({ ...wire, capture });
  if (!writes && found.vectors.length > 0) ports.print(vectorsText(found.vectors));
  for (const line of summary(found)) ports.print(`# ${line}`);
  if (!writes || found.vectors.length === 0) return exitCodes.good;
  return append(ports, model.name, model.text, found);
};

const gapText = ({ path, why }: Gap): string => `${path} (${why} before)`;

const summary = (found: FromCapture): readonly string[] => {
  const { vectors, frames, folded, redacted, leftOut, unknown, unknownFrames } = found;
  const rows: readonly (readonly [number, string])[] = [
    [folded, `${folded} prove the same again`],
    [redacted, `${redacted} held a secret: something invented stands there`],
    [leftOut, `${leftOut} may hold a secret and are left out`],
    [unknown, `${unknown} are no message of the profile`],
  ];
  const counted = rows.filter(([count]) => count > 0).map(([, text]) => text);
  return [
    [`${frames} frames, ${vectors.length} new vectors`, ...counted].join('; '),
    ...unknownFrames.map((hex) => `unknown: ${hex}`),
    ...found.newlyCovered.map((gap) => `newly covered: ${gapText(gap)}`),
    ...found.newlyVouched.map(({ path }) => `now from a line, was invented: ${path}`),
    ...found.stillMissing.map(({ path, why }) => `still missing: ${path}: ${why}`),
  ];
};

/** Only what still passes every check goes into the file. */
const append = async (
  ports: CommandPorts,
  path: string,
  text: string,
  { vectors }: FromCapture,
): Promise<number> => {
  const next = withVectors(text, vectors);
  const checked = next === undefined ? undefined : checkedProfile(next, path);
  if (next === undefined || checked === undefined) {
    ports.complain(`${path} has no list of vectors in lines of their own: add them by hand`);
    return exitCodes.faulty;
  }
  if (!checked.ok) {
    for (const fault of checked.faults) ports.complain(faultText(fault));
    return exitCodes.faulty;
  }
  const failed = runVectors(checked.value).results.filter(({ ok }) => !ok);
  for (const { title } of failed) ports.complain(`does not hold: ${title}`);
  if (failed.length > 0 || !(await ports.bench.writeFile(path, next))) {
    ports.complain(`${path} stays as it was`);
    return exitCodes.faulty;
  }
  ports.print(`# ${vectors.length} written into ${path}`);
  return exitCodes.good;
};

export const vectorsCommand: Subcommand = {
  name: 'vectors',
  usage: '<capture> --profile <id or file> [--write] [--binding NAME] [--param NAME=VALUE,…]',
  what: 'turns recorded frames into vectors, without their secrets, and says what they cover',
  run,
};
