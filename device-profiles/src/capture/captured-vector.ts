import type { Args, PlainCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { Vector } from '../language/vectors.ts';
import { hexText } from '../vectors/report.ts';
import type { LineEvent } from './listener.ts';
import { meaningOf } from './meaning.ts';
import type { Meaning } from './meaning.ts';
import { keptBytes } from './redact.ts';

type Asked = Extract<LineEvent, { readonly kind: 'asked' }>;
type Said = Extract<LineEvent, { readonly kind: 'said' }>;
/** What the device said, and what it was asked just before. */
export type Exchange = { readonly said: Said; readonly asked: Asked | undefined };

/** A device answers the last thing that it was asked; what it says later it says by itself. */
export const exchangesOf = (events: readonly LineEvent[]): readonly Exchange[] => {
  const exchanges: Exchange[] = [];
  let asked: Asked | undefined;
  for (const event of events) {
    if (event.kind === 'asked') asked = event;
    if (event.kind !== 'said') continue;
    exchanges.push({ said: event, asked });
    asked = undefined;
  }
  return exchanges;
};

export type VectorLine = {
  readonly profile: DeviceProfile;
  readonly binding: string;
  readonly params: Args;
  readonly codec: PlainCodec;
  /** `capture 2026-11-22, /dev/ttyUSB0` */
  readonly source: string;
};

export type Candidate = {
  /** With what was asked, then the frame alone; none where nothing of it may be kept. */
  readonly vectors: readonly Vector[];
  readonly isRedacted: boolean;
};

/** A frame of the line as a vector; what may be secret is replaced by something invented. */
export const candidateOf = (line: VectorLine, { said, asked }: Exchange): Candidate => {
  const { binding, source, params } = line;
  const isRedacted = !said.meaning.isShown || asked?.isShown === false;
  const none: Candidate = { vectors: [], isRedacted };
  const got = answerOf(line, said);
  if (got === undefined) return none;
  const head = {
    binding,
    source,
    ...(Object.keys(params).length === 0 ? {} : { params: plainArgs(params) }),
  };
  const received = { in: hexText(got.bytes), ...outcomeOf(got.meaning) };
  const question = asked === undefined ? undefined : questionOf(line, asked);
  if (line.codec.transport === 'modbus') {
    const tx = said.request === undefined ? undefined : hexText(said.request);
    if (tx === undefined) return none;
    const read: Vector = { ...head, tx, ...received };
    return {
      vectors: question === undefined ? [read] : [{ ...head, ...question, ...received }, read],
      isRedacted,
    };
  }
  const alone: Vector = { ...head, ...received };
  return {
    vectors: question === undefined ? [alone] : [{ ...head, ...question, ...received }, alone],
    isRedacted,
  };
};

const answerOf = (
  line: VectorLine,
  said: Said,
): { readonly bytes: Uint8Array; readonly meaning: Meaning } | undefined => {
  const bytes = keptBytes(line, said);
  if (bytes === undefined || said.meaning.faults.length > 0) return undefined;
  const { codec } = line;
  if (said.meaning.isShown || codec.transport !== 'serial') return { bytes, meaning: said.meaning };
  const [first] = heard(codec.createDecoder(), bytes);
  if (first?.kind !== 'frame') return undefined;
  return { bytes, meaning: meaningOf(codec, first.bytes) };
};

type Question = Pick<Vector, 'command' | 'poll' | 'args' | 'tx'>;

const questionOf = (line: VectorLine, asked: Asked): Question | undefined => {
  const bytes = keptBytes(line, asked);
  if (bytes === undefined) return undefined;
  const tx = hexText(bytes);
  if (asked.command === undefined) {
    return asked.poll === undefined ? undefined : { poll: asked.poll, tx };
  }
  const again = asked.isShown ? asked.args : argsOf(line.codec, bytes);
  if (again === undefined) return undefined;
  const { command } = asked;
  return Object.keys(again).length === 0
    ? { command, tx }
    : { command, args: plainArgs(again), tx };
};

/** Of a command that was written anew. */
const argsOf = (codec: PlainCodec, bytes: Uint8Array): Args | undefined => {
  if (codec.transport !== 'serial') return undefined;
  const [first] = heard(codec.peer.createDecoder(), bytes);
  return first?.kind === 'frame' ? codec.peer.read(first.bytes)?.args : undefined;
};

// The schema's lists are mutable and ours are not; nobody writes into either.
const plainArgs = (args: Args): NonNullable<Vector['args']> => args as NonNullable<Vector['args']>;

const outcomeOf = ({ values, events, refused }: Meaning): Pick<Vector, 'out' | 'error'> => {
  if (refused !== undefined) return { error: refused };
  const of = (part: string): Args =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([path]) => path.startsWith(part))
        .map(([path, value]) => [path.slice(part.length), value]),
    );
  const [state, telemetry] = [of('state.'), of('telemetry.')];
  const event = Object.fromEntries(events.map(({ event: name, fields }) => [name, fields]));
  const parts = Object.entries({ state, telemetry, event }).filter(
    ([, part]) => Object.keys(part).length > 0,
  );
  // As above.
  return { out: Object.fromEntries(parts) };
};
