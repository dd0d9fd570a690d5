import { utf8 } from '@gatehouse/protocols';
import type { Args, Encoded, Outgoing, Reading, SerialCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import type { SerialBinding } from '../language/bindings.ts';
import type { Vector } from '../language/vectors.ts';
import { bytesOfHex, failure, hexText, hit, outcomeText, success, valueHits } from './report.ts';
import type { Run } from './report.ts';

export const runSerial = (codec: SerialCodec, binding: SerialBinding, vector: Vector): Run => {
  const sent = runSent(codec, vector);
  if (sent?.failed !== undefined) return sent;
  const received = vector.inText ?? vector.in;
  if (received === undefined) return sent ?? failure('bytes', 'none');
  const bytes = vector.inText === undefined ? bytesOfHex(received) : utf8(received);
  const got = runReceived(codec, binding, vector, bytes);
  return got.failed === undefined ? success([...(sent?.hits ?? []), ...got.hits]) : got;
};

type Told = {
  readonly message: string;
  readonly replyAs: string;
  readonly reading: Reading;
  readonly frame: Uint8Array;
};

const runReceived = (
  codec: SerialCodec,
  binding: SerialBinding,
  vector: Vector,
  bytes: Uint8Array,
): Run => {
  const errors: string[] = [];
  const refusals: string[] = [];
  const told: Told[] = [];
  for (const output of heard(codec.createDecoder(), bytes)) {
    if (output.kind === 'fault') {
      errors.push(output.fault);
      continue;
    }
    const got = codec.read(output.bytes);
    if (!got.ok) {
      errors.push(got.fault);
      continue;
    }
    if (got.refuses !== undefined) {
      errors.push(`refused_${got.refuses}`);
      refusals.push(got.message);
    } else told.push({ ...got, frame: output.bytes });
  }
  const said = outcomeText(outcomeOf(told));
  const actual = errors[0] === undefined ? said : `error ${errors[0]}`;
  const expected = vector.error === undefined ? outcomeText(vector.out) : `error ${vector.error}`;
  if (actual !== expected || (vector.error !== undefined && told.length > 0)) {
    return failure(expected, told.length > 0 && errors.length > 0 ? `${actual}, ${said}` : actual);
  }
  const replies = [...told.map(({ replyAs }) => replyAs), ...refusals];
  const strange = strangeReply(codec, vector, replies);
  if (strange !== undefined && refusals.length === 0) return strange;
  for (const one of told) {
    const back = writtenBack(codec, binding, one);
    if (back !== undefined) return back;
  }
  return success([
    ...errors.map(hit.error),
    ...[...refusals, ...told.map(({ message }) => message)].map(hit.message),
    ...told.flatMap(hitsOf),
  ]);
};

const eventPaths = (fields: Args): Args =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`event.${name}`, value]));

const hitsOf = ({ message, reading }: Told): readonly string[] => [
  ...valueHits(`messages.${message}`, reading.values),
  ...reading.events.flatMap(({ fields }) => valueHits(`messages.${message}`, eventPaths(fields))),
];

/** Of several messages the later one wins, as on a twin. */
const outcomeOf = (told: readonly Told[]): NonNullable<Vector['out']> => {
  const parts: Record<'state' | 'telemetry', Record<string, Args[string]>> = {
    state: {},
    telemetry: {},
  };
  const event: Record<string, Args> = {};
  for (const { reading } of told) {
    for (const [path, value] of Object.entries(reading.values)) {
      const part = path.startsWith('state.') ? 'state' : 'telemetry';
      parts[part][path.slice(part.length + 1)] = value;
    }
    for (const { event: name, fields } of reading.events) event[name] = fields;
  }
  // The schema's lists are mutable and ours are not; nobody writes into either.
  return { ...parts, event } as NonNullable<Vector['out']>;
};

const strangeReply = (
  codec: SerialCodec,
  { command, poll, args, error }: Vector,
  messages: readonly string[],
): Run | undefined => {
  if (error !== undefined) return undefined;
  const sends = command === undefined ? [] : sendsOf(codec.encode(command, args ?? {}));
  const reply = poll === undefined ? sends.at(-1)?.reply : codec.polls[poll]?.reply;
  if (reply === undefined || messages.includes(reply)) return undefined;
  return failure(`the reply ${reply}`, messages.length === 0 ? 'nothing' : messages.join(', '));
};

const sendsOf = (encoded: Encoded<Outgoing>): readonly Outgoing[] =>
  encoded.ok ? encoded.sends : [];

/** The device's half writes what ours has read, and ours reads the same again. */
const writtenBack = (codec: SerialCodec, binding: SerialBinding, told: Told): Run | undefined => {
  const { message, reading, frame } = told;
  const [event] = reading.events;
  const bytes = codec.peer.write(message, reading.values, event?.fields ?? {});
  if (bytes === undefined) return undefined;
  const [first] = heard(codec.createDecoder(), bytes);
  const again = first?.kind === 'frame' ? codec.read(first.bytes) : undefined;
  const same =
    again?.ok === true &&
    outcomeText(outcomeOf([{ ...told, reading: again.reading }])) ===
      outcomeText(outcomeOf([told]));
  if (!same) return failure(`written back: ${hexText(frame)}`, hexText(bytes));
  const isExact = first?.kind === 'frame' && hexText(first.bytes) === hexText(frame);
  if (isExact || !mustBeExact(binding, message)) return undefined;
  return failure(
    `written back: ${hexText(frame)}`,
    hexText(first?.kind === 'frame' ? first.bytes : bytes),
  );
};

/** Nothing in it can be written in two ways: no gap, filler, free number, or tag. */
const mustBeExact = ({ messages }: SerialBinding, name: string): boolean => {
  const message = messages?.[name];
  return (
    message?.fields !== undefined &&
    message.fields.every(
      (field) =>
        !('repeat' in field) &&
        !('tlv' in field) &&
        field.at === undefined &&
        (field.const ?? field.value) !== undefined &&
        (field.const !== undefined || /^(?:[ui][0-9]+|f64)(?:le)?$/.test(field.type)) &&
        field.bits === undefined &&
        (field.unknown?.length ?? 0) < 2 &&
        new Set(Object.values(field.enum ?? {})).size === Object.keys(field.enum ?? {}).length,
    )
  );
};

const expectedBytes = ({ tx, txText }: Vector): readonly string[] => {
  if (txText !== undefined) return [txText].flat().map((text) => hexText(utf8(text)));
  return [tx ?? []].flat().map((text) => hexText(bytesOfHex(text)));
};

const runSent = (codec: SerialCodec, vector: Vector): Run | undefined => {
  const { command, poll, args } = vector;
  if (poll !== undefined) {
    const bytes = codec.polls[poll]?.bytes;
    const got = bytes === undefined ? 'nothing' : hexText(bytes);
    const [expected = ''] = expectedBytes(vector);
    return got === expected ? success([hit.poll(poll)]) : failure(expected, got);
  }
  if (command === undefined) return undefined;
  const encoded = codec.encode(command, args ?? {});
  const isSentWrongly =
    vector.error !== undefined && vector.tx === undefined && vector.txText === undefined;
  if (isSentWrongly && vector.in === undefined && vector.inText === undefined) {
    const got = encoded.ok ? sentText(encoded.sends) : `error ${encoded.fault}`;
    const expected = `error ${vector.error}`;
    return got === expected ? success([hit.error(vector.error ?? '')]) : failure(expected, got);
  }
  const expected = expectedBytes(vector).join(' | ');
  if (!encoded.ok) return failure(expected, `error ${encoded.fault} at ${encoded.at}`);
  const got = sentText(encoded.sends);
  if (got !== expected) return failure(expected, got);
  return understoodBack(codec, command, args ?? {}, encoded.sends);
};

const sentText = (sends: readonly Outgoing[]): string =>
  sends.map(({ bytes }) => hexText(bytes)).join(' | ');

/** The device's half understands what ours has sent. */
const understoodBack = (
  codec: SerialCodec,
  command: string,
  args: Args,
  sends: readonly Outgoing[],
): Run => {
  const hits = [hit.command(command)];
  for (const [step, { bytes }] of sends.entries()) {
    const [first] = heard(codec.peer.createDecoder(), bytes);
    const got = first?.kind === 'frame' ? codec.peer.read(first.bytes) : undefined;
    const what = got === undefined ? 'nothing' : `${got.command ?? 'a poll'}.${got.step}`;
    if (got?.command !== command || got.step !== step) {
      return failure(`the device understands ${command}.${step}`, what);
    }
    // What the wire rounds, such as 3050 ms in steps of 100, comes back rounded.
    const again = codec.encode(command, { ...args, ...got.args });
    const resent = again.ok ? sentText(again.sends) : again.fault;
    if (resent !== sentText(sends)) return failure(`${command} again: ${sentText(sends)}`, resent);
    const paths = Object.fromEntries(
      Object.entries(got.args).map(([name, value]) => [`args.${name}`, value]),
    );
    hits.push(...valueHits(`commands.${command}`, paths));
  }
  return success(hits);
};
