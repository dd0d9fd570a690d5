import { createAsker } from '../capture/asker.ts';
import type { Asker } from '../capture/asker.ts';
import { captureBounds, endRecord, recordLine } from '../capture/capture-file.ts';
import type { CaptureEnd, CaptureHeader, CaptureRecord } from '../capture/capture-file.ts';
import type { Chunk, LineEvent, ModbusMode } from '../capture/listener.ts';
import { modeFor } from '../capture/line-mode.ts';
import { meaningText } from '../capture/meaning.ts';
import { createRecorder, plainRecorder } from '../capture/recorder.ts';
import type { Recorded, Recorder } from '../capture/recorder.ts';
import type { PlainCodec } from '../compiled.ts';
import type { SerialParameters } from '../language/bindings.ts';
import { hexText } from '../vectors/report.ts';
import { parsedArgs } from './arguments.ts';
import type { BenchPorts, Line, NewFile } from './bench-ports.ts';
import { deviceWire } from './device-wire.ts';
import type { DeviceWire } from './device-wire.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { findModel, goodProfile } from './profiles.ts';

const flagTable = {
  port: 'value',
  baud: 'value',
  profile: 'value',
  binding: 'value',
  param: 'value',
  out: 'value',
  seconds: 'value',
  poll: 'boolean',
  show: 'boolean',
} as const;

const usualSeconds = 3600;

type Plan = {
  readonly port: string;
  readonly out: string;
  readonly line: SerialParameters;
  readonly seconds: number;
  readonly wire: DeviceWire | undefined;
  readonly mode: ModbusMode;
  readonly asks: boolean;
  readonly shows: boolean;
};

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, flagTable);
  if (parsed === undefined) return exitCodes.usage;
  const plan = await planOf(ports, parsed.flags);
  if (typeof plan === 'number') return plan;
  const { bench } = ports;
  const opened = await bench.openLine(plan.port, plan.line);
  if (!opened.ok) {
    ports.complain(opened.fault);
    return exitCodes.faulty;
  }
  const file = await bench.createFile(plan.out, 'owner');
  if (file === undefined) {
    await opened.line.close();
    ports.complain(`${plan.out} is there already, or cannot be made: name a new file`);
    return exitCodes.faulty;
  }
  try {
    await record(ports, plan, opened.line, file);
  } finally {
    await file.close();
    await opened.line.close();
  }
  return exitCodes.good;
};

const planOf = async (
  ports: CommandPorts,
  flags: ReadonlyMap<string, string>,
): Promise<Plan | number> => {
  const [port, out, name] = [flags.get('port'), flags.get('out'), flags.get('profile')];
  const seconds = Number(flags.get('seconds') ?? usualSeconds);
  const baud = flags.has('baud') ? Number(flags.get('baud')) : undefined;
  const wrong =
    (port === undefined && '--port is missing: a serial port or tcp://host:port') ||
    (out === undefined && '--out is missing: the file to record into') ||
    (!(seconds > 0 && seconds <= captureBounds.secondsMax) &&
      `--seconds needs a number from 1 to ${captureBounds.secondsMax}`) ||
    (baud !== undefined && !Number.isInteger(baud) && '--baud needs a number') ||
    (flags.has('poll') && name === undefined && '--poll needs --profile: it asks what that says') ||
    '';
  if (wrong !== '' || port === undefined || out === undefined) {
    ports.complain(wrong);
    return exitCodes.usage;
  }
  const wire = name === undefined ? undefined : await wireOf(ports, name, flags);
  if (name !== undefined && wire === undefined) return exitCodes.faulty;
  const line = lineOf(wire?.codec, baud);
  if (line === undefined) {
    ports.complain('--baud is missing: the profile does not say it');
    return exitCodes.usage;
  }
  const mode = modeFor(port, wire?.codec);
  const [asks, shows] = [flags.has('poll'), flags.has('show')];
  return { port, out, line, seconds, wire, mode, asks, shows };
};

const wireOf = async (
  ports: CommandPorts,
  name: string,
  flags: ReadonlyMap<string, string>,
): Promise<DeviceWire | undefined> => {
  const model = await findModel(ports, name);
  if (model === undefined) {
    ports.complain(`${name} is no file and no id of the catalogue`);
    return undefined;
  }
  const profile = goodProfile(ports, model);
  return profile === undefined ? undefined : deviceWire(ports, profile, flags);
};

const lineOf = (
  codec: PlainCodec | undefined,
  baud: number | undefined,
): SerialParameters | undefined => {
  const told = codec?.line;
  if (baud !== undefined) return { ...told, baud };
  return told;
};

/** So long at most until an interrupt is noticed. */
const lookEveryMs = 250;

type Running = {
  readonly bench: BenchPorts;
  readonly plan: Plan;
  readonly line: Line;
  readonly file: NewFile;
  readonly recorder: Recorder;
  readonly asker: Asker | undefined;
  readonly startMs: number;
  readonly print: (text: string) => void;
  readonly tally: Tally;
};

type Tally = {
  fileBytes: number;
  chunks: number;
  bytes: number;
  /** Of the record before: what came while we wrote is not older than what we wrote. */
  lastMs: number;
  counts: Map<string, number>;
};

const record = async (
  ports: CommandPorts,
  plan: Plan,
  line: Line,
  file: NewFile,
): Promise<void> => {
  const { bench, print } = ports;
  const { wire, mode } = plan;
  const startMs = bench.nowMs();
  const asker =
    plan.asks && wire !== undefined
      ? createAsker(wire.codec, { mode, fromMs: startMs })
      : undefined;
  const recorder = wire === undefined ? plainRecorder : createRecorder({ ...wire, mode });
  const tally: Tally = { fileBytes: 0, chunks: 0, bytes: 0, lastMs: 0, counts: new Map() };
  const running = { bench, plan, line, file, recorder, asker, startMs, print, tally };
  await put(running, recordLine(headerOf(bench, plan)));
  print(`Recording ${plan.port} into ${plan.out}, ${plan.seconds} s at most; Ctrl-C ends it`);
  if (wire === undefined) {
    print('Without --profile nothing is redacted: the file may hold cards or passes');
  }
  const interrupts = bench.interrupts();
  const end = await listen(running, interrupts.isAsked);
  interrupts.end();
  const atMs = bench.nowMs() - startMs;
  await keep(running, recorder.end(atMs));
  await put(running, recordLine(endRecord(atMs, end)));
  const counts = [...tally.counts].map(([what, count]) => `${what} ${count}`);
  print(`${endTexts[end]}: ${tally.chunks} chunks, ${tally.bytes} bytes`);
  if (counts.length > 0) print(counts.join(', '));
};

const endTexts: Readonly<Record<CaptureEnd, string>> = {
  asked: 'Ended',
  time: 'The time is over',
  full: 'The file is full',
  closed: 'The line is gone',
};

const headerOf = (bench: BenchPorts, { port, line, wire, mode }: Plan): CaptureHeader => ({
  capture: 1,
  port,
  baud: line.baud,
  startedAt: bench.date(),
  ...(wire === undefined
    ? {}
    : { profile: `${wire.profile.id} ${wire.profile.profile}`, binding: wire.binding }),
  ...(wire?.codec.transport === 'modbus' ? { modbus: mode } : {}),
});

/** Room for the last record. */
const endBytes = 200;

const listen = async (running: Running, isAsked: () => boolean): Promise<CaptureEnd> => {
  const { bench, plan, line, recorder, asker, startMs, tally } = running;
  const endMs = startMs + plan.seconds * 1000;
  for (;;) {
    const nowMs = bench.nowMs();
    if (isAsked()) return 'asked';
    if (nowMs >= endMs) return 'time';
    if (tally.fileBytes > captureBounds.fileBytesMax - endBytes) return 'full';
    const question = asker?.due(nowMs);
    if (question !== undefined) {
      line.write(question);
      await take(running, { ms: nowMs - startMs, from: 'gateway', bytes: question });
    }
    const wakeMs = Math.min(lookEveryMs, Math.max(0, (asker?.wakeAtMs() ?? Infinity) - nowMs));
    const arrivals = await line.read(Math.min(wakeMs, Math.max(0, endMs - nowMs)));
    if (arrivals === undefined) return 'closed';
    for (const { ms, bytes } of arrivals) {
      await take(running, { ms: Math.max(0, ms - startMs), from: 'device', bytes });
    }
    await keep(running, recorder.expire(bench.nowMs() - startMs));
  }
};

const take = async (running: Running, arrived: Chunk): Promise<void> => {
  const { plan, recorder, tally, print } = running;
  const chunk = { ...arrived, ms: Math.max(arrived.ms, tally.lastMs) };
  tally.lastMs = chunk.ms;
  tally.chunks += 1;
  tally.bytes += chunk.bytes.length;
  if (plan.wire === undefined) {
    const what = plan.shows ? hexText(chunk.bytes) : `${chunk.bytes.length} bytes`;
    print(`${timeText(chunk.ms)}  ${what}`);
  }
  await keep(running, recorder.push(chunk));
};

const keep = async (running: Running, { records, events }: Recorded): Promise<void> => {
  if (events.some(({ kind }) => kind === 'said')) running.asker?.heard();
  for (const event of events) tell(running, event);
  await put(running, records.map((one: CaptureRecord) => recordLine(one)).join(''));
};

const put = async ({ file, tally }: Running, text: string): Promise<void> => {
  if (text === '' || tally.fileBytes + text.length > captureBounds.fileBytesMax) {
    tally.fileBytes += text.length;
    return;
  }
  tally.fileBytes += text.length;
  await file.write(text);
};

const timeText = (ms: number): string => (ms / 1000).toFixed(3).padStart(9);

const tell = ({ print, tally }: Running, event: LineEvent): void => {
  const what = nameOf(event);
  tally.counts.set(what, (tally.counts.get(what) ?? 0) + 1);
  print(`${timeText(event.ms)}  ${eventText(event)}`);
};

const nameOf = (event: LineEvent): string => {
  if (event.kind === 'fault') return `✗ ${event.fault}`;
  if (event.kind === 'asked') {
    return `→ ${event.command ?? (event.poll === undefined ? 'asked' : `poll ${event.poll}`)}`;
  }
  return event.meaning.message ?? `✗ ${event.meaning.faults.join(', ')}`;
};

/** A line for the screen: never a pass, card or PIN. */
export const eventText = (event: LineEvent): string => {
  if (event.kind === 'fault') return `✗ ${event.fault}, ${event.bytes} bytes`;
  if (event.kind === 'asked') {
    const bytes = event.isShown ? hexText(event.frame) : `${event.frame.length} bytes`;
    return `${nameOf(event)}  ${bytes}`;
  }
  const bytes = event.meaning.isShown ? `  ${hexText(event.frame)}` : '';
  return `← ${meaningText(event.meaning)}${bytes}`;
};

export const captureCommand: Subcommand = {
  name: 'capture',
  usage:
    '--port <path or tcp://host:port> --out FILE [--baud N] [--profile <id or file>] [--poll]\n' +
    '      [--binding NAME] [--param NAME=VALUE,…] [--seconds N] [--show]',
  what: 'records a live line with times; with a profile it names frames and redacts secrets',
  run,
};
