import { fromHex } from '@gatehouse/protocols';
import type { CodecFault, Field } from '@gatehouse/protocols';
import type {
  Args,
  Encoded,
  Outgoing,
  Reading,
  ReadFault,
  SerialCodec,
  SerialMessage,
  Values,
} from '../compiled.ts';
import type { Message, Sending, SerialBinding } from '../language/bindings.ts';
import type { Model } from '../language/model.ts';
import { isSecretArg } from '../language/secrets.ts';
import { entryAt, own } from '../language/values.ts';
import type { Scope } from '../language/values.ts';
import { filledArgs } from './arguments.ts';
import { contentFields } from './content.ts';
import type { Content } from './content.ts';
import { createModelCodec, remembered } from './field-codec.ts';
import type { ModelCodec } from './field-codec.ts';
import { createWire } from './wire.ts';
import type { Wire } from './wire.ts';

const replyTimeoutMs = 500;
const missesMax = 5;

type Compiled = {
  readonly model: Model;
  readonly binding: SerialBinding;
  readonly receives: Wire;
  readonly sends: Wire;
  readonly params: Args;
};
type FramedContent = Content & { readonly frame?: number };

/** A codec with the framing that its bytes lie in. */
type FramedCodec = Pick<ModelCodec, 'read'> & {
  readonly frame: number;
  readonly fields: readonly Field[];
  /** @returns what goes on the wire */
  readonly write: ModelCodec['write'];
};

export const compileSerial = (model: Model, binding: SerialBinding, params: Args): SerialCodec => {
  const receives = createWire(binding.framing);
  const sends = binding.sends === undefined ? receives : createWire(binding.sends);
  const compiled: Compiled = { model, binding, receives, sends, params };
  const messages = messagesOf(compiled);
  const commands = commandsOf(compiled);
  const polls = pollsOf(compiled);
  const [framing] = receives.framings;
  if (framing === undefined) throw new Error('a serial binding has a framing');
  return {
    transport: 'serial',
    line: binding.line,
    framing,
    createDecoder: () => receives.createDecoder(false),
    read: (frame) => readMessage(messages, receives.frameOf(frame), frame),
    encode: (command, args) => encode(model, own(commands, command), command, args),
    polls: polls.map((poll) => ({ everyMs: poll.everyMs, ...pollOf(poll) })),
    replyTimeoutMs: binding.replyTimeoutMs ?? replyTimeoutMs,
    missesMax: binding.missesMax ?? missesMax,
    peer: peerOf(sends, { messages, commands, polls }),
  };
};

/** Fields in the framing of one direction; what is written goes on the wire as it is. */
const framedCodec = (
  { model, params }: Compiled,
  wire: Wire,
  content: FramedContent,
  scope: Scope,
): FramedCodec => {
  const frame = content.frame ?? 0;
  const fields = contentFields(model, content, scope);
  const codec = createModelCodec({
    fields,
    geometry: wire.geometry({ frame, fields }),
    entryOf: (path) => entryAt(model, path, scope),
    params,
  });
  return {
    frame,
    fields,
    read: codec.read,
    write: (values) => {
      const put = codec.write(values);
      if (!put.ok) return put;
      const bytes = wire.seal({ frame, fields }, put.bytes);
      return bytes === undefined
        ? { ok: false, fault: 'out_of_range', at: 'frame' }
        : { ok: true, bytes };
    },
  };
};

type MessageCodec = {
  readonly name: string;
  readonly message: Message;
  readonly codec: FramedCodec;
  readonly hasConst: boolean;
  readonly answer: Uint8Array | undefined;
  readonly isShown: boolean;
  /** Of a path `event.…`: the field's name. */
  readonly fieldOf: (path: string) => string | undefined;
};

const messagesOf = (compiled: Compiled): readonly MessageCodec[] =>
  Object.entries(compiled.binding.messages ?? {}).map(([name, message]) => {
    const codec = framedCodec(compiled, compiled.receives, message, { event: message.emit });
    return {
      name,
      message,
      codec,
      hasConst: codec.fields.some((field) => 'const' in field),
      answer: message.answer === undefined ? undefined : bytesOf(message.answer),
      isShown: own(compiled.model.events, message.emit)?.secret !== true,
      fieldOf: remembered((path) =>
        path.startsWith(eventPrefix) ? path.slice(eventPrefix.length) : undefined,
      ),
    };
  });

const bytesOf = (hex: string): Uint8Array | undefined =>
  fromHex(hex.replaceAll(' ', '').toLowerCase());

type SendingCodec = {
  readonly command: string | undefined;
  readonly step: number;
  readonly sending: Sending;
  readonly codec: FramedCodec;
  /** How many of its fields are free: what is always the same is recognised first. */
  readonly values: number;
};

const sendingOf = (
  compiled: Compiled,
  sending: Sending,
  command: string | undefined,
  step: number,
): SendingCodec => {
  const codec = framedCodec(compiled, compiled.sends, sending, { command });
  const values = codec.fields.filter((field) => !('const' in field)).length;
  return { command, step, sending, codec, values };
};

type Commands = Readonly<Record<string, readonly SendingCodec[]>>;

const commandsOf = (compiled: Compiled): Commands =>
  Object.fromEntries(
    Object.entries(compiled.binding.commands ?? {}).map(([command, sendings]) => [
      command,
      sendings.map((sending, step) => sendingOf(compiled, sending, command, step)),
    ]),
  );

const pollsOf = (compiled: Compiled): readonly (SendingCodec & { readonly everyMs: number })[] =>
  (compiled.binding.polls ?? []).map((poll, step) => ({
    ...sendingOf(compiled, poll, undefined, step),
    everyMs: poll.everyMs,
  }));

const lengthFaults: readonly CodecFault[] = ['too_short', 'too_long'];

/** The first message that fits; else what is wrong with the one that was meant. */
const readMessage = (
  messages: readonly MessageCodec[],
  framing: number,
  frame: Uint8Array,
): SerialMessage => {
  let fault: ReadFault = 'unknown_message';
  for (const { name, message, codec, hasConst, answer, isShown, fieldOf } of messages) {
    if (codec.frame !== framing) continue;
    const got = codec.read(frame);
    if (got.ok) {
      const reading = readingOf(message, got.values, fieldOf);
      const { refuses, countsAs: replyAs = name } = message;
      return { ok: true, message: name, reading, refuses, replyAs, answer, isShown };
    }
    if (got.fault === 'other_message') continue;
    const isLength = lengthFaults.includes(got.fault);
    if (isLength && !hasConst && messages.length > 1) continue;
    const isBetter = fault === 'unknown_message' || (isFault(fault, lengthFaults) && !isLength);
    if (isBetter) fault = got.fault;
  }
  return { ok: false, fault, isShown: messages.every(({ isShown }) => isShown) };
};

const isFault = (fault: ReadFault, faults: readonly ReadFault[]): boolean => faults.includes(fault);

const eventPrefix = 'event.';

const readingOf = (
  { emit }: Message,
  all: Values,
  fieldOf: (path: string) => string | undefined,
): Reading => {
  const values: Record<string, Values[string]> = {};
  const fields: Record<string, Values[string]> = {};
  for (const path of Object.keys(all)) {
    const value = all[path];
    if (value === undefined) continue;
    const field = fieldOf(path);
    if (field === undefined) values[path] = value;
    else fields[field] = value;
  }
  return { values, events: emit === undefined ? [] : [{ event: emit, fields }] };
};

const encode = (
  model: Model,
  sendings: readonly SendingCodec[] | undefined,
  command: string,
  args: Args,
): Encoded<Outgoing> => {
  const entry = own(model.commands, command);
  if (sendings === undefined || entry === undefined) {
    return { ok: false, fault: 'unknown_command', at: command };
  }
  const filled = filledArgs(entry.args, args);
  if (!filled.ok) return filled;
  const byPath = underPrefix('args.', filled.args);
  const isShown = !Object.keys(filled.args).some(isSecretArg);
  const sends: Outgoing[] = [];
  for (const { codec, sending } of sendings) {
    const put = codec.write(byPath);
    if (!put.ok) return put;
    const { reply, replyTimeoutMs: timeoutMs } = sending;
    sends.push({ bytes: put.bytes, reply, replyTimeoutMs: timeoutMs, isShown });
  }
  return { ok: true, sends };
};

const underPrefix = (prefix: string, values: Args): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

/** @throws Error where a poll cannot be written, which `checkedProfile` has made sure of */
const pollOf = ({ sending, codec }: SendingCodec): Outgoing => {
  const put = codec.write({});
  if (!put.ok) throw new Error(`the poll for ${sending.reply ?? ''} cannot be written: ${put.at}`);
  const { reply, replyTimeoutMs: timeoutMs } = sending;
  return { bytes: put.bytes, reply, replyTimeoutMs: timeoutMs, isShown: true };
};

type Sides = {
  readonly messages: readonly MessageCodec[];
  readonly commands: Commands;
  readonly polls: readonly SendingCodec[];
};

const peerOf = (sends: Wire, { messages, commands, polls }: Sides): SerialCodec['peer'] => {
  const sendings = [...Object.values(commands).flat(), ...polls].toSorted(
    (a, b) => a.values - b.values,
  );
  return {
    createDecoder: () => sends.createDecoder(true),
    read: (frame) => {
      const framing = sends.frameOf(frame);
      for (const { command, step, sending, codec } of sendings) {
        if (codec.frame !== framing) continue;
        const got = codec.read(frame);
        if (!got.ok) continue;
        const args = Object.fromEntries(
          Object.entries(got.values).map(([path, value]) => [path.slice('args.'.length), value]),
        );
        return { command, step, args, reply: sending.reply };
      }
      return undefined;
    },
    write: (name, values, event) => {
      const codec = messages.find((message) => message.name === name)?.codec;
      const put = codec?.write({ ...values, ...underPrefix(eventPrefix, event) });
      return put?.ok === true ? put.bytes : undefined;
    },
    messageOf: (event) =>
      messages.find(({ message }) => message.emit === event && message.refuses === undefined)?.name,
    tells: messages.flatMap(({ name, message: { everyMs } }) =>
      everyMs === undefined ? [] : [{ message: name, everyMs }],
    ),
  };
};
