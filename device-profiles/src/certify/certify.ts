import { stringify } from 'yaml';
import { carriedCommands } from '../check/plain-wires.ts';
import { sampleParams } from '../check/compiled-rules.ts';
import { modeFor } from '../capture/line-mode.ts';
import type { ModbusMode } from '../capture/listener.ts';
import type { PlainCodec } from '../compiled.ts';
import { compiledOrNot } from '../diff/sample-frames.ts';
import type { Binding } from '../language/bindings.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { BenchPorts, Line, StartedSimulator } from '../profile-command/bench-ports.ts';
import { certificateOf, fail, notTested } from './certificate.ts';
import type { Certificate, Check } from './certificate.ts';
import { createConversation } from './conversation.ts';
import { fuzzChecks } from './fuzz-checks.ts';
import { paperChecks } from './paper-checks.ts';
import { playedChecks } from './played-checks.ts';
import {
  commandCheck,
  faultCheck,
  identifyCheck,
  listen,
  pollChecks,
  valueCheck,
} from './wire-checks.ts';
import type { Unit } from './wire-checks.ts';

type Bench = Pick<BenchPorts, 'nowMs' | 'openLine' | 'startSimulator' | 'ptyFolder'>;

/** @param file absolute path of a profile that does not ship with the product */
export type Candidate = { readonly profile: DeviceProfile; readonly file: string | undefined };

type Place = {
  readonly id: string;
  readonly candidate: Candidate;
  readonly binding: string;
  readonly wire: Binding;
};

/** Devices on their own lines wait for each other's silence: so many at once. */
const atOnceMax = 4;

/** On the simulator, which shares our codecs: a profile is shown to be whole, not to be right. */
export const certifySimulated = async (
  bench: Bench,
  candidates: readonly Candidate[],
): Promise<readonly Certificate[]> => {
  const places = candidates.flatMap((candidate, index) =>
    Object.entries(candidate.profile.bindings).map(([binding, wire], at): Place => ({
      id: `d${index}-${at}`,
      candidate,
      binding,
      wire,
    })),
  );
  const played = await playedChecksOf(bench, places.filter(isPlayed));
  return candidates.map((candidate) => {
    const { profile } = candidate;
    const own = places.filter((place) => place.candidate === candidate);
    const checks = [
      ...paperChecks(profile),
      ...fuzzChecks(profile),
      ...own.flatMap((place) => played.get(place) ?? [notPlayed(place)]),
    ];
    return certificateOf({ ...head(profile), where: 'SIMULATED', checks });
  });
};

/** Keys and requests come on no line that could be spoken on from here. */
const isPlayed = ({ wire: { transport } }: Place): boolean =>
  transport === 'serial' || transport === 'modbus';

const notPlayed = ({ binding, wire: { transport } }: Place): Check =>
  notTested(`${binding} on the wire`, `${transport} is not played here: try it on a gateway`);

const playedChecksOf = async (
  bench: Bench,
  places: readonly Place[],
): Promise<ReadonlyMap<Place, readonly Check[]>> => {
  if (places.length === 0) return new Map();
  const folder = await bench.ptyFolder();
  try {
    const simulator = await bench.startSimulator(configOf(places, folder?.path));
    try {
      const wired = await inTurns(
        places,
        async (place) => [place, await simulatedChecks(bench, simulator, place)] as const,
      );
      return new Map(wired);
    } finally {
      await simulator.stop();
    }
  } finally {
    await folder?.remove();
  }
};

const head = ({
  id,
  profile,
}: DeviceProfile): { readonly id: string; readonly profile: string } => ({
  id,
  profile,
});

const inTurns = async <A, B>(items: readonly A[], run: (item: A) => Promise<B>): Promise<B[]> => {
  const results: B[] = [];
  for (let at = 0; at < items.length; at += atOnceMax) {
    results.push(...(await Promise.all(items.slice(at, at + atOnceMax).map(run))));
  }
  return results;
};

const configOf = (places: readonly Place[], folder: string | undefined): string => {
  const files = [...new Set(places.flatMap(({ candidate }) => candidate.file ?? []))];
  return stringify({
    control: '127.0.0.1:0',
    ...(files.length === 0 ? {} : { profileFiles: files }),
    devices: places.map(({ id, candidate: { profile }, binding }) => {
      const params = sampleParams(profile);
      return {
        id,
        profile: profile.id,
        binding,
        listen: 'tcp://127.0.0.1:0',
        ...(folder === undefined ? {} : { pty: `${folder}/${id}` }),
        ...(Object.keys(params).length === 0 ? {} : { params }),
      };
    }),
  });
};

const named = (prefix: string, checks: readonly Check[]): readonly Check[] =>
  checks.map((check) => ({ ...check, name: `${prefix} ${check.name}` }));

/** A pseudo-terminal has no speed, and takes only those that every machine knows. */
const ptyBaud = 9600;

const simulatedChecks = async (
  bench: Bench,
  simulator: StartedSimulator,
  { id, candidate: { profile }, binding, wire }: Place,
): Promise<readonly Check[]> => {
  const codec = compiledOrNot(profile, binding, {});
  const where = simulator.devices.get(id);
  const isPlain = codec?.transport === 'serial' || codec?.transport === 'modbus';
  if (!isPlain || where === undefined) return [fail(binding, 'cannot be simulated')];
  const speaksTcp = wire.transport !== 'modbus' || wire.modes.includes('tcp');
  const speaksSerial = wire.transport !== 'modbus' || wire.modes.includes('rtu');
  const onTcp = `${binding} on TCP`;
  const onPty = `${binding} on a serial port`;
  const whole = async (unit: Unit): Promise<readonly Check[]> => [
    ...(await pollChecks(unit)),
    ...(await playedChecks(unit, simulator, id)),
    ...(await allCommands(unit)),
    valueCheck(unit),
    identifyCheck(unit),
    faultCheck(unit),
  ];
  const short = async (unit: Unit): Promise<readonly Check[]> => [
    ...(await pollChecks(unit)),
    faultCheck(unit),
  ];
  const tcp = speaksTcp
    ? await onLine(bench, { profile, binding, codec, port: where.listen, mode: 'tcp' }, whole)
    : [notTested('all', 'the device has no TCP')];
  if (!speaksSerial) return named(onTcp, tcp);
  const serial =
    where.pty === undefined
      ? [notTested('all', 'this machine has no socat to make serial ports with')]
      : await onLine(
          bench,
          { profile, binding, codec, port: where.pty, mode: 'rtu', baud: ptyBaud },
          speaksTcp ? short : whole,
        );
  return [...named(onTcp, tcp), ...named(onPty, serial)];
};

const allCommands = async (unit: Unit): Promise<readonly Check[]> => {
  const checks: Check[] = [];
  for (const command of carriedCommands(unit.profile, unit.binding)) {
    checks.push(await commandCheck(unit, command));
  }
  return checks;
};

type Wired = {
  readonly profile: DeviceProfile;
  readonly binding: string;
  readonly codec: PlainCodec;
  readonly port: string;
  readonly mode: ModbusMode;
  readonly unit?: number | undefined;
  readonly baud?: number | undefined;
};

const usualLine = { baud: 9600 };

const onLine = async (
  bench: Bench,
  { profile, binding, codec, port, mode, unit, baud }: Wired,
  run: (unit: Unit) => Promise<readonly Check[]>,
): Promise<readonly Check[]> => {
  const settings = { ...(codec.line ?? usualLine), ...(baud === undefined ? {} : { baud }) };
  const opened = await bench.openLine(port, settings);
  if (!opened.ok) return [fail('line', opened.fault)];
  const line: Line = opened.line;
  try {
    const { nowMs } = bench;
    const talk = createConversation(line, codec, { mode, nowMs });
    return await run({ profile, binding, codec, mode, unit, talk, nowMs });
  } finally {
    await line.close();
  }
};

export type LiveOptions = {
  readonly port: string;
  readonly baud: number | undefined;
  readonly unit: number | undefined;
  readonly binding: string;
  readonly codec: PlainCodec;
  /** Commands that somebody has named, and said yes to. */
  readonly commands: readonly string[];
  /** How long it is listened to for what the unit says by itself. */
  readonly listenMs: number;
};

/** Against a unit: it is asked what the gateway would ask, and nothing else is sent. */
export const certifyLive = async (
  bench: Bench,
  profile: DeviceProfile,
  options: LiveOptions,
): Promise<Certificate> => {
  const { port, binding, codec, commands, listenMs, baud, unit } = options;
  const mode = modeFor(port, codec);
  const wired = { profile, binding, codec, port, mode, unit, baud };
  const live = await onLine(bench, wired, async (device) => [
    ...(await pollChecks(device)),
    ...(await eventChecks(device, listenMs)),
    ...(await namedCommands(device, commands)),
    valueCheck(device),
    identifyCheck(device),
    faultCheck(device),
  ]);
  return certificateOf({
    ...head(profile),
    where: `LIVE ${port}`,
    checks: [...paperChecks(profile), ...fuzzChecks(profile), ...named(binding, live)],
  });
};

const eventChecks = async (unit: Unit, listenMs: number): Promise<readonly Check[]> => {
  if (listenMs > 0) await listen(unit, listenMs);
  const { profile, binding, talk } = unit;
  const wire = profile.bindings[binding];
  const told = Object.values(wire?.transport === 'serial' ? (wire.messages ?? {}) : {});
  const seen = new Set(
    talk.heard.flatMap(({ meaning }) => meaning.events.map(({ event }) => event)),
  );
  return [...new Set(told.flatMap(({ emit }) => emit ?? []))].map((event) =>
    seen.has(event)
      ? { name: `event ${event}`, verdict: 'pass', detail: 'came' }
      : notTested(`event ${event}`, 'nobody did what makes it: --seconds N listens for longer'),
  );
};

const namedCommands = async (
  unit: Unit,
  commands: readonly string[],
): Promise<readonly Check[]> => {
  const checks: Check[] = [];
  for (const command of carriedCommands(unit.profile, unit.binding)) {
    checks.push(
      commands.includes(command)
        ? await commandCheck(unit, command)
        : notTested(`command ${command}`, 'not sent to a live unit: name it with --commands'),
    );
  }
  return checks;
};
