import { modeOf } from '../capture/capture-file.ts';
import type { Capture } from '../capture/capture-file.ts';
import type { LineEvent } from '../capture/listener.ts';
import { compareReplays, replayed } from '../capture/replay.ts';
import type { Replay } from '../capture/replay.ts';
import { shown } from '../diff/change.ts';
import { parsedArgs } from './arguments.ts';
import { eventText } from './capture-command.ts';
import { readCapture } from './capture-reader.ts';
import { deviceWire } from './device-wire.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { findModel, goodProfile } from './profiles.ts';

const flagTable = { with: 'value', against: 'value', binding: 'value', param: 'value' } as const;

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, flagTable);
  const [path, ...more] = parsed?.names ?? [];
  const first = parsed?.flags.get('with');
  if (parsed === undefined || path === undefined || first === undefined || more.length > 0) {
    if (parsed !== undefined) ports.complain('Name one capture, and --with');
    return exitCodes.usage;
  }
  const capture = await readCapture(ports, path);
  if (capture === undefined) return exitCodes.faulty;
  const a = await eventsWith(ports, first, parsed.flags, capture);
  const second = parsed.flags.get('against');
  const b = second === undefined ? a : await eventsWith(ports, second, parsed.flags, capture);
  if (a === undefined || b === undefined) return exitCodes.faulty;
  if (second === undefined) {
    for (const event of a) ports.print(`${timeText(event.ms)}  ${eventText(event)}`);
    return exitCodes.good;
  }
  const replay = compareReplays(a, b);
  for (const line of replayLines(replay)) ports.print(line);
  return replay.disagreements.length === 0 ? exitCodes.good : exitCodes.faulty;
};

const eventsWith = async (
  ports: CommandPorts,
  name: string,
  flags: ReadonlyMap<string, string>,
  capture: Capture,
): Promise<readonly LineEvent[] | undefined> => {
  const model = await findModel(ports, name);
  if (model === undefined) {
    ports.complain(`${name} is no file and no id of the catalogue`);
    return undefined;
  }
  const profile = goodProfile(ports, model);
  if (profile === undefined) return undefined;
  const wire = deviceWire(ports, profile, flags, capture.header.binding);
  return wire === undefined
    ? undefined
    : replayed(wire.codec, capture.chunks, modeOf(capture.header));
};

const timeText = (ms: number): string => (ms / 1000).toFixed(3).padStart(9);

const replayLines = ({
  events: [before, after],
  disagreements,
  counts,
}: Replay): readonly string[] => [
  ...disagreements.flatMap(({ ms, frame, differences }) => [
    `${timeText(ms)}  ${frame ?? '(not shown)'}`,
    ...differences.map(
      (one) => `             ${one.path}: ${shown(one.before)} → ${shown(one.after)}`,
    ),
  ]),
  disagreements.length === 0
    ? `${before} frames and faults, both say the same`
    : `${before} and ${after} frames and faults, ${disagreements.length} differ: ` +
      Object.entries(counts)
        .map(([path, count]) => `${path} (${count})`)
        .join(', '),
];

export const replayCommand: Subcommand = {
  name: 'replay',
  usage:
    '<capture> --with <id or file> [--against <id or file>]\n' +
    '      [--binding NAME] [--param NAME=VALUE,…]',
  what: 'reads a recorded line again; with two profiles it prints only where they differ',
  run,
};
